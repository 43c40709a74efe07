# SPDX-License-Identifier: GPL-2.0
"""The sides that are compared, each in a namespace of its own.

After each phase a side checks that it has accepted all traffic: figures of rejected
packets would be worth nothing.
"""

import os
import subprocess
import sys

from device import Device

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../net"))
from netlib import guest  # noqa: E402
from netlib.netns import Namespace  # noqa: E402

# The default of conntrack: as many buckets as nf_conntrack_max
BUCKETS_AT_LEAST = 65536
CT_BAD = ("invalid", "insert_failed", "drop", "early_drop", "clashres")
# With at most so many connections the state of each is checked
FEW = 1000


class Refused(Exception):
    """A side did not accept the traffic."""


class Nothing:
    """No tracker at the hooks: the cost of the bench itself."""

    name = "nothing"

    def __init__(self):
        self.ns = Namespace(f"bench-{self.name}")
        self.ns.ip("link set lo up", "link add bench0 type dummy",
                   "link set bench0 up")
        self.segments = 0
        with self.ns.inside():
            self.device = Device()
        self.begin()

    def begin(self):
        """Set up what must exist before the first packet."""

    def send(self, *args, **options):
        spent, segments = self.device.send(*args, **options)
        self.segments += segments
        return spent, segments

    def flush(self):
        """Remove all connections, and read the counters."""
        self.device.forget()
        self.segments = 0

    def check(self, load, phase):
        """After a phase: raise Refused if not all was accepted."""

    def expect(self, what, found, wanted):
        if found != wanted:
            raise Refused(f"{self.name}: {what}: {found}, expected {wanted}")


class Conntrack(Nothing):
    """nf_conntrack with its default settings."""

    name = "conntrack"
    STATES = {"open": "ESTABLISHED", "data": "ESTABLISHED",
              "close": "TIME_WAIT", "syn": "SYN_SENT"}

    def begin(self):
        self.device.conntrack(1)
        self.before = self.counters()

    def counters(self):
        head, *lines = self.ns.read("stat/nf_conntrack").splitlines()
        rows = [[int(word, 16) for word in line.split()] for line in lines]
        return {name: sum(row[i] for row in rows)
                for i, name in enumerate(head.split())}

    def count(self):
        with self.ns.inside(), open(
                "/proc/sys/net/netfilter/nf_conntrack_count",
                encoding="ascii") as file:
            return int(file.read())

    def flush(self):
        super().flush()
        self.ns.run("conntrack", "-F", stderr=subprocess.DEVNULL)
        self.before = self.counters()
        self.expect("connections after the flush", self.count(), 0)

    def check(self, load, phase):
        now = self.counters()
        self.expect("connections", self.count(), load.connections)
        for name in CT_BAD:
            self.expect(name, now[name], self.before[name])
        if load.connections <= FEW:
            # Read without starting a program: with --icount the clock runs on while
            # one is waited for
            listed = self.ns.read("nf_conntrack")
            self.expect(self.STATES[phase],
                        listed.count(f" {self.STATES[phase]} "),
                        load.connections)


class Tcpfsm(Nothing):
    """tcpfsm with its default settings, except for the limit."""

    name = "tcpfsm"
    LIMIT = 1 << 20
    # The states of client and server after each phase
    STATES = {"open": ("established", "established"),
              "data": ("established", "established"),
              "close": ("time-wait", "closed"),
              "syn": ("syn-sent", "listen")}

    def begin(self):
        with open("/proc/sys/net/tcpfsm/enabled", encoding="ascii") as file:
            if file.read().strip() != "1":
                raise Refused("tcpfsm is not enabled by default")
        self.ns.sysctl("net.tcpfsm.limit", self.LIMIT)
        self.before = self.counters()

    def counters(self):
        return {name: int(value) for file in ("stats", "anomalies")
                for name, value in (line.split() for line in
                                    self.ns.read(f"tcpfsm/{file}").splitlines())}

    def flush(self):
        super().flush()
        subprocess.run([guest.tool(), "-N", self.ns.name, "flush"], check=True,
                       stdout=subprocess.DEVNULL)
        self.before = self.counters()
        self.expect("connections after the flush",
                    self.before["connections.now"], 0)

    def check(self, load, phase):
        now = self.counters()
        for name in ("packets.seen", "packets.used"):
            self.expect(name, now[name] - self.before[name], self.segments)
        for name, value in now.items():
            if "." not in name or name.startswith("reject"):
                self.expect(name, value, self.before[name])
        # tcpfsm looks for the socket of the local end, and there is none
        if load.path == "output" and phase == "close":
            return
        for role, state in zip(("client", "server"), self.STATES[phase]):
            self.expect(f"{role}s {state}", now[f"{role}.{state}"],
                        load.connections)


def prepare(connections):
    """Load the modules, with tables for so many connections."""
    buckets = max(connections, BUCKETS_AT_LEAST)
    subprocess.run(["modprobe", "-a", "nf_conntrack", "nf_conntrack_netlink",
                    "dummy"], check=True)
    for name, value in (("buckets", buckets), ("max", buckets)):
        with open(f"/proc/sys/net/netfilter/nf_conntrack_{name}", "w",
                  encoding="ascii") as file:
            file.write(str(value))
    guest.insmod()
    subprocess.run(["insmod", os.environ["TCPFSM_BENCH_KO"]], check=True)
    sides = Nothing(), Conntrack(), Tcpfsm()
    for side in sides:
        if side.name != "tcpfsm":
            side.ns.sysctl("net.tcpfsm.enabled", 0)
    return sides
