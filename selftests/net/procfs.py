#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The files of /proc/net/tcpfsm must agree with each other and with netlink."""

import os
import socket
import stat

from netlib import guest
from netlib.fsm import ToolView, View
from netlib.ktap import Failure, Ktap
from netlib.loop import Pairs
from netlib.netns import Namespace, quick_ipv6

MODES = {"stats": 0o444, "timewait": 0o444, "anomalies": 0o444,
         "connections": 0o440}
COUNTERS = {"stats": "STATS_GET", "timewait": "TIMEWAIT_GET",
            "anomalies": "ANOMALIES_GET"}
STATES = ("closed", "listen", "syn-sent", "syn-received", "established",
          "fin-wait-1", "fin-wait-2", "close-wait", "closing", "last-ack",
          "time-wait")


class Host:
    """A namespace with connections in many states, and its files."""

    def __init__(self):
        self.ns = Namespace("procfs")
        quick_ipv6(self.ns)
        self.ns.ip("link set lo up")
        self.view = View(self.ns)
        self.tool = ToolView(self.ns)
        self.pairs = [Pairs(self.ns, family)
                      for family in (socket.AF_INET, socket.AF_INET6)]
        for pairs in self.pairs:
            self.make(pairs)
        self.events = self.view.events()

    @staticmethod
    def make(pairs):
        for client_first in (True, False):
            client, server = pairs.connect()
            pairs.open.pop()
            first, second = ((client, server) if client_first
                             else (server, client))
            first.close()
            second.recv(1)
            second.close()
        client, server = pairs.connect()
        pairs.open.pop()
        pairs.abort(client)
        server.close()
        pairs.refuse()
        pairs.connect(120)                      # more than a page of text
        pairs.open[0][0].shutdown(socket.SHUT_WR)     # half-closed

    def close(self):
        for pairs in self.pairs:
            pairs.close()
        self.view.close()
        self.tool.close()
        self.ns.delete()

    def read(self, name):
        return self.ns.read("tcpfsm/" + name)

    def pairs_of(self, name):
        found = {}
        for line in self.read(name).splitlines():
            key, _, value = line.partition(" ")
            check(key not in found, f"{name}: {key} occurs twice")
            check(value.isdigit(), f"{name}: {line!r} is no name and number")
            found[key] = int(value)
        return found


def check(condition, why):
    if not condition:
        raise Failure(why)


def equal(got, want, what):
    check(got == want, f"{what}: {got}, expected {want}")


def modes(host):
    with host.ns.inside():
        base = "/proc/thread-self/net/tcpfsm"
        equal(sorted(os.listdir(base)), sorted(MODES), "files")
        for name, mode in MODES.items():
            found = os.stat(os.path.join(base, name))
            equal(stat.S_IMODE(found.st_mode), mode, name)
            equal(found.st_uid, 0, "owner of " + name)


def gauges(host):
    stats, shown = host.pairs_of("stats"), host.tool.conns()
    equal(stats["connections.now"], len(shown), "connections.now")
    for role in ("client", "server"):
        for state in STATES:
            number = sum(conn[role]["state"] == state for conn in shown)
            equal(stats[f"{role}.{state}"], number, f"{role}.{state}")
    check(stats["client.established"] > 100, "no connections to count")


def matrix(host):
    stats, seen = host.pairs_of("stats"), {}
    for event in host.events:
        if event["event"] == "transition":
            cell = f"transition.{event['old']}.{event['new']}"
            seen[cell] = seen.get(cell, 0) + 1
    counted = {name: value for name, value in stats.items()
               if name.startswith("transition.") and value}
    equal(counted, seen, "transitions counted, transitions told")
    check(len(seen) > 8, f"only {len(seen)} kinds of transitions happened")


def sums(host):
    stats = host.pairs_of("stats")

    def total(prefix):
        return sum(value for name, value in stats.items()
                   if name.startswith(prefix))
    equal(stats["connections.tracked"] + stats["connections.refused"],
          stats["connections.seen"], "tracked + refused")
    equal(stats["connections.now"] + total("removed."),
          stats["connections.tracked"], "now + removed")
    equal(total("refused."), stats["connections.refused"], "refused")
    equal(stats["packets.used"] + stats["packets.ignored"]
          + stats["packets.untracked"], stats["packets.seen"], "packets")
    check(stats["packets.used"] > 500, "no packets were used")


def time_wait(host):
    waits, stats = host.pairs_of("timewait"), host.pairs_of("stats")
    now = stats["client.time-wait"] + stats["server.time-wait"]
    equal(waits["now"], now, "now")
    check(now >= 4, f"{now} TIME-WAITs, made at least 4")
    ended = sum(value for name, value in waits.items()
                if name.startswith("end."))
    equal(waits["now"] + ended, waits["entered"], "now + ended")
    entered = sum(value for name, value in stats.items()
                  if name.startswith("transition.")
                  and name.endswith(".time-wait"))
    equal(waits["entered"], entered, "entered")


def same_as_netlink(host):
    for name, command in COUNTERS.items():
        equal(host.pairs_of(name), host.view.counters(command), name)


def connections(host):
    header, *lines = host.read("connections").splitlines()
    shown = {conn["id"]: conn for conn in host.tool.conns()}
    equal(len(lines), len(shown), "lines")
    names = header.split()
    for line in lines:
        fields = dict(zip(names, line.split()))
        conn = shown.pop(int(fields["id"]))
        for role in ("client", "server"):
            equal(fields[role + "-state"], conn[role]["state"], line)
            check(conn[role]["address"] in fields[role]
                  and fields[role].endswith(f":{conn[role]['port']}"),
                  f"{line}: the {role} is {conn[role]}")
    equal(shown, {}, "connections without a line")


def small_reads(host):
    """Reading with a small buffer returns each line once."""
    whole = host.read("connections")
    with host.ns.inside():
        fd = os.open("/proc/thread-self/net/tcpfsm/connections", os.O_RDONLY)
    parts = []
    while part := os.read(fd, 100):
        parts.append(part)
    equal(b"".join(parts).decode().splitlines(), whole.splitlines(), "lines")
    os.lseek(fd, 0, os.SEEK_SET)
    equal(os.read(fd, 20).decode(), whole[:20], "read again from the start")
    os.close(fd)


def another_namespace(_host):
    other = Namespace("procfs-2")
    try:
        text = other.read("tcpfsm/stats").splitlines()
        busy = [line for line in text if not line.endswith(" 0")
                and not line.startswith("connections.limit ")]
        equal(busy, [], "counters of a namespace without traffic")
        equal(len(other.read("tcpfsm/connections").splitlines()), 1,
              "lines of connections there")
    finally:
        other.delete()


TESTS = {
    "modes and names": modes,
    "gauges are those of show": gauges,
    "the transition matrix is what was told": matrix,
    "sums": sums,
    "timewait": time_wait,
    "the same over netlink": same_as_netlink,
    "a line per connection": connections,
    "small reads": small_reads,
    "another namespace": another_namespace,
}


def main():
    guest.require(need_tool=True)
    ktap = Ktap(len(TESTS))
    host = Host()
    for name, function in TESTS.items():
        ktap.run(name, function, host)
    host.close()
    ktap.leave()


if __name__ == "__main__":
    main()
