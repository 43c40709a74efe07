#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Captures connections of real sockets at a router, in a guest.

capture.py [WORD]...: only the kinds with a WORD in their name

Writes captures.gz and captures.txt into $TCPFSM_OUT: the segments, and a line for
each connection that says what it is and in which states its sockets ended.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import files  # noqa: E402
import kinds  # noqa: E402
import stage  # noqa: E402
from netlib import guest, segment  # noqa: E402
from netlib.capture import Capture  # noqa: E402
from netlib.diag import Diag  # noqa: E402
from netlib.netdev import Net  # noqa: E402
from stage import Stage  # noqa: E402

SYSCTLS = {
    "net.ipv4.tcp_fastopen": 3,
    "net.ipv4.tcp_fastopen_blackhole_timeout_sec": 0,
    # Do not learn from the last connection, so that each is like the first
    "net.ipv4.tcp_no_metrics_save": 1,
}
# Sockets that stay: nothing more is sent unless something comes
AT_REST = {"closed", "time-wait"}
# So long may a close take that is retransmitted
SETTLE = 30


class Studio:
    def __init__(self):
        self.net = Net(routed=True, prefix="sweep")
        for name in ("client", "server"):
            for option, value in SYSCTLS.items():
                self.net.hosts[name].sysctl(option, value)
        self.net.offload(False)
        self.diags = [Diag(self.net.hosts[name]) for name in ("client", "server")]
        self.capture = Capture(self.net.hosts["router"])

    def close(self):
        self.capture.close()
        for diag in self.diags:
            diag.close()
        self.net.close()

    def warm_up(self):
        """The neighbours get to know each other."""
        for number in range(2):
            act = Stage(self.net, number)
            act.open()
            act.close()
        time.sleep(1)
        self.capture.read()

    def states(self, where):
        """Of the sockets of a connection, as (client, server)."""
        client, port, server, server_port = where
        key = client, port, server, server_port
        return (self.diags[0].states().get(key, "closed"),
                self.diags[1].states().get(key[2:] + key[:2], "closed"))

    def record(self, function, number, line):
        """(the tuple, the states in the end, the packets) of one connection."""
        self.capture.packets.clear()
        act = Stage(self.net, number, **line)
        try:
            function(act)
            time.sleep(stage.LATER)
        finally:
            act.close()
        where = act.tuples[0]
        for _ in range(SETTLE * 10):
            time.sleep(0.1)
            states = self.states(where)
            if set(states) <= AT_REST:
                break
        self.capture.read()
        return where, states, [packet for packet in self.capture.packets
                               if self._belongs(packet[1], where)]

    @staticmethod
    def _belongs(data, where):
        seg = segment.parse(data)
        return seg and {(seg.src, seg.sport), (seg.dst, seg.dport)} == {
            where[:2], where[2:]}


def record_all(studio, words):
    """Lines about connections, and packets."""
    lines, packets = [], []
    for name, (function, opened, closed, line) in kinds.KINDS.items():
        if words and not any(word in name for word in words):
            continue
        began = len(packets)
        for number in range(stage.VARIETY):
            where, states, found = studio.record(function, number, line)
            lines.append(files.Line(name, number, where, opened, closed, states))
            packets += found
        print(f"# {name}: {len(packets) - began} segments in {stage.VARIETY} connections",
              flush=True)
    lost = studio.capture.lost()
    if lost:
        sys.exit(f"the capture lost packets: {lost}")
    return lines, packets


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    if not guest.inside():
        sys.exit("only in a guest: see README.md")
    subprocess.run(["modprobe", "-qa", "veth", "sch_netem"], check=False)
    studio = Studio()
    try:
        studio.warm_up()
        lines, packets = record_all(studio, args.words)
    finally:
        studio.close()
    files.write(pathlib.Path(os.environ["TCPFSM_OUT"]), lines, packets)


if __name__ == "__main__":
    main()
