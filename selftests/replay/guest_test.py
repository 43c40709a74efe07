#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The module in a router must agree with replay of what tcpdump captured there.

guest_test.py [-n CONNECTIONS]: in a guest, with real connections over bad lines
"""

import argparse
import asyncio
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

from netlib import guest, netdev  # noqa: E402
from netlib.ktap import Failure, Ktap  # noqa: E402
from netlib.load import Load  # noqa: E402
from tool import check, equal  # noqa: E402

PORT = 7000
AT_ONCE = 30
# Seconds between the times of the hook and of the capture, at most
SLACK = 0.05
LINES = {
    "without offloads": (False, "delay 2ms 2ms loss 4% duplicate 4% reorder 25%"),
    "with offloads": (True, "delay 1ms 1ms loss 2% duplicate 4% reorder 25%"),
}


class Router:
    """A router between two hosts. Packets are lost in the hosts only, not here."""

    def __init__(self, offload, netem):
        self.net = netdev.Net(routed=True, prefix="replay")
        self.ns = self.net.hosts["router"]
        for host in self.net.hosts.values():
            host.sysctl("net.tcpfsm.history", 64)
            # No flow may be removed before it is compared
            host.sysctl("net.tcpfsm.timeout_closed", 3600)
        self.net.offload(offload)
        self.net.netem(netem)
        self.folder = tempfile.mkdtemp()
        self.capture = os.path.join(self.folder, "router.pcap")

    def close(self):
        self.net.close()
        shutil.rmtree(self.folder)

    def tool(self, *words):
        done = subprocess.run([guest.tool(), "-j", "-s", *words],
                              stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)

    def dump(self):
        """Start tcpdump, and wait until it captures."""
        with self.ns.inside():
            process = subprocess.Popen(
                ["tcpdump", "-i", "eth1", "-n", "-s", "0", "-B", "65536", "-U",
                 "--time-stamp-precision=nano", "-w", self.capture, "tcp"],
                stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        check("listening on" in line, line)
        return process

    async def talk(self, count):
        load = Load((self.net.hosts["client"], self.net.hosts["server"]), seed=1)
        targets = [(family, self.net.address("server", family), PORT + number)
                   for number, family in enumerate((socket.AF_INET, socket.AF_INET6))]
        for target in targets:
            load.listen(*target)
        await load.run(targets, count, AT_ONCE, lambda: None)
        await asyncio.sleep(2)
        await load.stop()

    def run(self, count):
        """The connections of the module, and those of the replay."""
        dump = self.dump()
        try:
            asyncio.run(self.talk(count))
            module = self.tool("-N", self.ns.name, "show")
        finally:
            dump.send_signal(signal.SIGINT)
            said = dump.communicate()[1]
        check("\n0 packets dropped" in said, said)
        return module, self.tool("replay", self.capture)


def ends(connection):
    return tuple(connection[role][key] for role in ("client", "server")
                 for key in ("address", "port"))


def tidy(value, key=""):
    """Split a value: it without ids and times, and the times."""
    if key in ("id", "start", "local"):
        return None, []
    if key in ("duration", "entered", "time") or isinstance(value, float):
        return None, [value]
    if isinstance(value, dict):
        pairs = [(name, *tidy(each, name)) for name, each in sorted(value.items())]
    elif isinstance(value, list):
        pairs = [(number, *tidy(each)) for number, each in enumerate(value)]
    else:
        return value, []
    return ([(name, each) for name, each, _ in pairs],
            [time for _, _, times in pairs for time in times])


def at_rest(connection):
    """Drop the time in the present states: it goes on."""
    for role in ("client", "server"):
        end = connection[role]
        end["time_in_state"].pop(end["state"], None)
    return connection


def compare(ours, theirs):
    (what, times), (said, clock) = tidy(ours), tidy(theirs)
    if what != said:
        raise Failure(f"module {json.dumps(ours)}\nreplay {json.dumps(theirs)}")
    worst = max((abs(a - b) for a, b in zip(times, clock)), default=0)
    check(worst <= SLACK, f"{worst} s apart: {ours}, {theirs}")
    return worst


def same(ktap, offload, netem, count):
    router = Router(offload, netem)
    try:
        module, replayed = router.run(count)
    finally:
        router.close()
    # Of several incarnations the module shows the last
    last = {ends(connection): connection for connection in replayed}
    # A tuple can be used again, so there are fewer of them than connections
    check(len(module) > count * 0.9, f"{len(module)} connections of {count}")
    equal({ends(connection) for connection in module}, set(last), "connections")
    worst = max(compare(at_rest(connection), at_rest(last[ends(connection)]))
                for connection in module)
    segments = sum(len(connection["segments"]) for connection in module)
    ktap.note(f"{len(module)} connections, {segments} segments on record, "
              f"times up to {worst * 1000:.1f} ms apart")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-n", type=int, default=400, help="connections")
    count = options.parse_args().n
    guest.require(need_tool=True)
    if not shutil.which("tcpdump"):
        guest.skip("tcpdump")
    ktap = Ktap(len(LINES))
    for name, (offload, netem) in LINES.items():
        ktap.run(f"a router's capture, {name}", same, ktap, offload, netem, count)
    ktap.leave()


if __name__ == "__main__":
    main()
