#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Traffic of the kernel's own TCP must not be reported as a violation.

genuine.py [-n CONNECTIONS] [WORD]...: only the tests with a WORD in their name

Many kinds of applications and settings over lines of all kinds. Neither a host nor
the router between may see a violation.
"""

import argparse
import asyncio
import socket
import time

from netlib import guest, netdev, styles
from netlib.ktap import Failure, Ktap
from netlib.line import Line
from netlib.load import Load
from netlib.netns import Namespace, quick_ipv6
from netlib.situations import (Crossing, Crowded, Deferred, FastOpen,
                               FastOpenNoCookie, FastOpenRefused, GiveUp,
                               GiveUpReuse, Greeting, Narrow, Reuse)

AT_ONCE = 120
# Seconds for a connection, and the share of connections that may fail
PATIENCE, MAY_BREAK = 30, 0.05
BAD = "delay 3ms 2ms loss 4% duplicate 4% reorder 25%"
WORSE = "delay 1ms loss 2% duplicate 2% reorder 10%"

# Settings of both hosts for the loads
SYSCTLS = {
    "net.ipv4.tcp_fastopen": 3,
    "net.ipv4.tcp_fastopen_blackhole_timeout_sec": 0,
    "net.ipv4.tcp_tw_reuse": 1,
    "net.tcpfsm.history": 64,
}


def streams(hosts, seed):
    return Load(hosts, seed, styles=styles.STYLES, refuse=False)


def fast(kind):
    """A load with Fast Open, without refused ones: connect() does not report that."""
    return lambda hosts, seed: kind(hosts, seed, refuse=False)


FAST, FAST_WITHOUT_COOKIE = fast(FastOpen), fast(FastOpenNoCookie)
FAST_REFUSED = fast(FastOpenRefused)

LOADS = {
    "closing": Load,
    "streams": streams,
    "streams again": streams,
    "fast open": FAST,
    "fast open without cookie": FAST_WITHOUT_COOKIE,
    "fast open, no room": FAST_REFUSED,
    "the server speaks first": Greeting,
    "deferred accept": Deferred,
    "accept queue overflow": Crowded,
    "tiny windows": Narrow,
    "ports again": Reuse,
    "giving up": GiveUp,
    "giving up, ports again": GiveUpReuse,
    "simultaneous open": Crossing,
}


class Alone:
    """One host with connections over its loopback."""

    def __init__(self, prefix):
        self.hosts = {"host": Namespace(prefix)}
        quick_ipv6(self.hosts["host"])
        self.hosts["host"].ip("link set lo up")

    def close(self):
        self.hosts["host"].delete()

    @staticmethod
    def address(_, family):
        return "127.0.0.1" if family == socket.AF_INET else "::1"

    def netem(self, options):
        self.hosts["host"].run("tc", "qdisc", "replace", "dev", "lo", "root",
                               "netem", *options.split())


def alone(prefix):
    return Alone(prefix), ("host", "host")


def direct(prefix):
    return netdev.Net(prefix=prefix), ("client", "server")


def routed(prefix):
    return netdev.Net(routed=True, prefix=prefix), ("client", "server")


def set_all(net, **sysctls):
    for host in net.hosts.values():
        for name, value in sysctls.items():
            host.sysctl("net.ipv4." + name, value)


# --- disturbances of a line -------------------------------------------------

def other_mtu(net):
    """Change the MTU."""
    def disturb(random):
        device = "eth2" if net.routed else "eth1"
        for name in ("router" if net.routed else "client", "server"):
            net.mtu(name, device, random.choice((1280, 1400, 1500)))
    return disturb


def other_options(net):
    """Change the options that are offered in SYNs."""
    def disturb(random):
        for host in net.hosts.values():
            for option in ("timestamps", "sack", "window_scaling", "ecn"):
                host.sysctl("net.ipv4.tcp_" + option, random.randrange(2))
    return disturb


def other_offload(net):
    def disturb(random):
        net.offload(random.randrange(2))
    return disturb


# --- the lines --------------------------------------------------------------

def loopback(net):
    set_all(net, tcp_timestamps=0)


def loopback_bad(net):
    net.netem(WORSE)


def veth_mtu(net):
    net.offload(True)
    set_all(net, tcp_timestamps=0)
    return other_mtu(net)


def veth_bad(net):
    net.offload(True)
    net.netem(BAD)
    return other_options(net)


def router_cookies(net):
    net.netem(BAD)
    set_all(net, tcp_syncookies=2, tcp_ecn=1)


def router_bad(net):
    net.offload(False)
    net.netem(BAD)
    net.netem(WORSE, ("router",))
    set_all(net, tcp_abort_on_overflow=1)


def router_mtu(net):
    net.netem("delay 2ms")
    set_all(net, tcp_timestamps=0)
    return other_mtu(net)


LINES = {
    "loopback": (alone, loopback),
    "bad loopback": (alone, loopback_bad),
    "veth, MTU changes": (direct, veth_mtu),
    "bad veth, options change": (direct, veth_bad),
    "bad, routed, SYN cookies": (routed, router_cookies),
    "bad, routed, no offload": (routed, router_bad),
    "routed, MTU changes, no timestamps": (routed, router_mtu),
}


# Lines without loss
CLEAN = ("loopback", "veth, MTU changes")


def fits(make, name):
    """True if a load can be run on a line.

    On a line with loss a RST can be lost. A client that aborts and uses the port again
    then sends a SYN into a connection that is open for its peer. That is legal by
    RFC 9293 section 3.5.1, but looks like a forgery: syn-in-sync.
    """
    if make in (Reuse, GiveUpReuse):
        return name in CLEAN
    return make is not Crossing or name not in CLEAN


def make_line(name, number):
    make_net, prepare = LINES[name]
    net, ends = make_net(f"genuine{number}")
    for host in net.hosts.values():
        for setting, value in SYSCTLS.items():
            if guest.dry() and "tcpfsm" in setting:
                continue
            host.sysctl(setting, value)
    disturb = prepare(net)
    loads = {load: make for load, make in LOADS.items()
             if fits(make, name)}
    line = Line(net, ends, loads)
    for load in line.loads.values():
        load.patience = PATIENCE
    return line, disturb


async def play(lines, count):
    gate = asyncio.Semaphore(AT_ONCE)
    each = max(1, count // sum(len(line.loads)
                               for line, _ in lines.values()))
    await asyncio.gather(*(line.run(each, gate, disturb)
                           for line, disturb in lines.values()))


def judge(found):
    if found:
        raise Failure("\n".join([f"{len(found)} findings"] + found[:6]))


def all_well(line):
    """No violation may belong to no load; and only some connections may fail."""
    judge(line.faults(None) + line.totals())
    done = sum(load.done for load in line.loads.values())
    if len(line.broken()) > done * MAY_BREAK:
        judge(line.broken())


def report(ktap, where, line):
    line.look()
    for name in line.loads:
        ktap.run(f"{name}; {where}", judge, line.faults(name))
    ktap.run(f"all; {where}", all_well, line)
    for why in line.broken():
        ktap.note(f"{where}, {why}")
    for watch in line.watches:
        told = ", ".join(f"{name} {count}" for name, count
                         in sorted(watch.notes.items()))
        ktap.note(f"{where}, {watch.name}: {told}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=1200)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require()
    began = time.monotonic()
    lines = {name: make_line(name, number)
             for number, name in enumerate(LINES)
             if not args.words or any(word in name for word in args.words)}
    asyncio.run(play(lines, args.n))
    ktap = Ktap(sum(len(line.loads) + 1 for line, _ in lines.values()))
    for where, (line, _) in lines.items():
        report(ktap, where, line)
    done = sum(load.done for line, _ in lines.values()
               for load in line.loads.values())
    ktap.note(f"{done} connections in {time.monotonic() - began:.1f} s")
    for line, _ in lines.values():
        line.close()
        line.net.close()
    ktap.leave()


if __name__ == "__main__":
    main()
