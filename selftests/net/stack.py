#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Real stacks over real devices: many connections, closed in all styles.

stack.py [-n CONNECTIONS] [WORD]...: only the cases with a WORD in their name

At random moments the state of each socket is compared with that of tcpfsm. At the end
the sequences of states must be equal, and there must be no violation.
"""

import argparse
import asyncio
import os
import re
import socket
import time

from netlib import diag, guest, oracle, sockevents
from netlib.fsm import ToolView, View
from netlib.ktap import Failure, Ktap
from netlib.load import Load
from netlib.netdev import Net
from netlib.netns import Namespace, quick_ipv6

PORT = 7000
AT_ONCE = 40
# A socket is in these states before its FIN is sent, if there is data to send first.
# If the peer's FIN comes meanwhile, that is the first one on the wire.
AHEAD = {("fin-wait-1", "established"), ("last-ack", "close-wait"),
         ("closing", "close-wait"), ("closing", "last-ack"),
         ("time-wait", "closed")}
SETTLE = 20


class Watched:
    """A host whose sockets are compared with tcpfsm."""

    def __init__(self, host, local):
        self.host = host
        self.local = local
        self.diag = diag.Diag(host)
        self.view = self.tool = None
        self.events = []
        if not guest.dry():
            self.view = View(host)
            if os.access(guest.tool(), os.X_OK):
                self.tool = ToolView(host)

    def close(self):
        self.diag.close()
        for view in filter(None, (self.view, self.tool)):
            view.close()

    def differences(self):
        """Differences, without sockets that changed meanwhile."""
        if not self.view:
            return []
        before = self.diag.states()
        conns = self.view.conns()
        after = self.diag.states()
        return [found for found in oracle.differences(after, conns)
                if before.get(found.key) == found.kernel]

    def lasting(self):
        """Differences that are found three times in a row."""
        found = self.differences()
        for _ in range(2):
            if found:
                again = set(self.differences())
                found = [item for item in found if item in again]
        return found


class Case:
    def __init__(self, trace, hosts, ends):
        """hosts: {name: Namespace}; ends: names of client and server."""
        self.trace = trace
        self.watched = {name: Watched(host, name in ends)
                        for name, host in hosts.items()}
        self.load = Load([hosts[name] for name in ends], seed=len(hosts))
        self.faults = []
        self.ahead = self.samples = 0
        trace.clear()

    def close(self):
        for watched in self.watched.values():
            watched.close()

    def sample(self):
        self.samples += 1
        for name, watched in self.watched.items():
            watched.events += watched.view.events() if watched.view else []
            for found in watched.lasting():
                if (found.kernel, found.ours) in AHEAD:
                    self.ahead += 1
                else:
                    self.faults.append(f"{name}: {found}")

    async def run(self, targets, count, listen):
        loop = asyncio.get_running_loop()
        for family, address, port in listen:
            self.load.listen(family, address, port)
        await self.load.run(targets, count, AT_ONCE, self.sample)
        limit = loop.time() + SETTLE
        while loop.time() < limit and not self.settled():
            await asyncio.sleep(0.2)
        await self.load.stop()

    def settled(self):
        """True if no connection is open or closing any more."""
        ended = {"time-wait", "fin-wait-2", "closed"}
        return all(set(watched.diag.states().values()) <= ended
                   and all(found.kernel in ended
                           for found in watched.differences())
                   for watched in self.watched.values())

    def verdict(self):
        for name, watched in self.watched.items():
            self.faults += [f"{name}, at the end: {found}"
                            for found in watched.lasting()
                            if (found.kernel, found.ours)
                            != ("time-wait", "closed")]
        self.sequences()
        self.no_violations()
        self.faults += self.load.broken
        if self.faults:
            shown = self.faults[:12]
            raise Failure("\n".join([f"{len(self.faults)} findings in "
                                     f"{self.samples} samples"] + shown))

    def sequences(self):
        traced = self.trace.sequences()
        if self.trace.overrun():
            self.faults.append("the trace buffer is too small")
        for name, watched in self.watched.items():
            if not watched.view or not watched.local:
                continue
            watched.events += watched.view.events()
            local = local_addresses(watched.host)
            self._compare(name, traced, watched.events, local, "netlink")
            if watched.tool:
                self._compare(name, traced, self.from_tool(name, watched),
                              local, "tool")

    def from_tool(self, name, watched):
        """Wait until the tool has written as many notifications as there were."""
        events = []
        limit = time.monotonic() + SETTLE
        while (len(events) < len(watched.events)
               and time.monotonic() < limit):
            time.sleep(0.02)
            events += watched.tool.events()
        if len(events) != len(watched.events):
            self.faults.append(f"{name}: the tool told {len(events)} events "
                               f"of {len(watched.events)}")
        return events

    def _compare(self, name, traced, events, local, source):
        ours = oracle.chains(events, lambda address: address in local)
        mine = {key: runs for key, runs in traced.items() if key[0] in local}
        for text in oracle.compare_sequences(mine, ours, queued=True):
            self.faults.append(f"{name}, {source}: sequence of {text}")

    def no_violations(self):
        for name, watched in self.watched.items():
            found = watched.view.violations() if watched.view else ""
            if found:
                self.faults.append(f"{name}: {found}")

    def note(self, ktap):
        rollbacks = sum(event.get("cause") == "rollback"
                        for watched in self.watched.values()
                        for event in watched.events)
        ktap.note(f"{self.load.done} connections, {self.samples} samples, "
                  f"kernel ahead of the wire {self.ahead} times, "
                  f"{rollbacks} rollbacks")


def local_addresses(host):
    with host.inside():
        with open("/proc/thread-self/net/fib_trie", encoding="ascii") as trie:
            four = re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", trie.read())
        with open("/proc/thread-self/net/if_inet6", encoding="ascii") as six:
            raw = [bytes.fromhex(line.split()[0]) for line in six]
    return set(four) | {socket.inet_ntop(socket.AF_INET6, a) for a in raw}


# --- the cases --------------------------------------------------------------

FAMILIES = (socket.AF_INET, socket.AF_INET6)
ANYWHERE = [(socket.AF_INET, "0.0.0.0", PORT),
            (socket.AF_INET6, "::", PORT + 1)]


def targets(net, to="server"):
    return [(family, net.address(to, family), PORT + number)
            for number, family in enumerate(FAMILIES)]


def play(ktap, trace, hosts, ends, where, count, after=None, max_size=None):
    case = Case(trace, hosts, ends)
    if max_size:
        case.load.max_size = max_size
    try:
        asyncio.run(case.run(where, count, ANYWHERE))
        if after:
            after(case)
        case.note(ktap)
        case.verdict()
    finally:
        case.close()


def loopback(ktap, trace, count):
    host = Namespace("stack-lo")
    try:
        quick_ipv6(host)
        host.ip("link set lo up")
        play(ktap, trace, {"host": host}, ("host", "host"),
             [(socket.AF_INET, "127.0.0.1", PORT),
              (socket.AF_INET6, "::1", PORT + 1)], count)
    finally:
        host.delete()


def veth(ktap, trace, count, offload=True, netem=None, max_size=None):
    net = Net()
    try:
        net.offload(offload)
        if netem:
            net.netem(netem)
        play(ktap, trace, net.hosts, ("client", "server"), targets(net),
             count, max_size=max_size)
    finally:
        net.close()


def without_offload(ktap, trace, count):
    veth(ktap, trace, count, offload=False)


def big_tcp(ktap, trace, count):
    net = Net()
    try:
        net.offload(True)
        for name, host in net.hosts.items():
            host.ip(f"link set {net.device(name)} gso_max_size 180000 "
                    "gro_max_size 180000")
        play(ktap, trace, net.hosts, ("client", "server"), targets(net),
             count, max_size=1 << 20)
    finally:
        net.close()


def lossy(ktap, trace, count):
    veth(ktap, trace, count, max_size=12000,
         netem="delay 3ms 2ms loss 4% duplicate 4%")


def reordered(ktap, trace, count):
    veth(ktap, trace, count, netem="delay 4ms reorder 40% duplicate 2%")


def routed(ktap, trace, count, rules=None, to="server", after=None):
    net = Net(routed=True)
    try:
        if rules:
            net.nft(rules.format(net.address("server", socket.AF_INET),
                                 net.address("server", socket.AF_INET6)))
        play(ktap, trace, net.hosts, ("client", "server"), targets(net, to),
             count, after)
    finally:
        net.close()


def forwarded(ktap, trace, count):
    routed(ktap, trace, count, after=router_agrees)


def router_agrees(case):
    """When all is quiet, the view of the router must agree with the hosts."""
    router = case.watched["router"]
    if not router.view:
        return
    kernel = {}
    for name in ("client", "server"):
        kernel.update(case.watched[name].diag.states())
    conns = router.view.conns()
    if not conns:
        case.faults.append("the router knows no connection")
    for conn in conns:
        for role in ("client", "server"):
            if conn[role].get("local"):
                case.faults.append(f"router: a local end in {conn}")
            key = oracle.endpoint_key(conn, role)
            if not oracle.same(kernel.get(key), conn[role]["state"]):
                case.faults.append(
                    f"router: {key} is {conn[role]['state']}, its socket "
                    f"{kernel.get(key)}")


def masquerade(ktap, trace, count):
    routed(ktap, trace, count, rules="""
table inet nat {{
	chain post {{
		type nat hook postrouting priority srcnat;
		oifname eth2 masquerade random
	}}
}}
""")


def dnat(ktap, trace, count):
    routed(ktap, trace, count, to="router", rules="""
table inet nat {{
	chain pre {{
		type nat hook prerouting priority dstnat;
		meta nfproto ipv4 tcp dport 7000 dnat ip to {}:7000
		meta nfproto ipv6 tcp dport 7001 dnat ip6 to [{}]:7001
	}}
}}
""")


# {name: (function, percentage of the connections)}
CASES = {
    "loopback": (loopback, 20),
    "veth pair": (veth, 20),
    "veth pair without offload": (without_offload, 10),
    "BIG TCP": (big_tcp, 4),
    "loss and duplication": (lossy, 12),
    "reordering": (reordered, 10),
    "forwarded": (forwarded, 12),
    "forwarded, masquerade": (masquerade, 6),
    "forwarded, dnat": (dnat, 6),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=1100)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require()
    if not sockevents.available():
        guest.skip("tracefs")
    chosen = {name: case for name, case in CASES.items() if not args.words
              or any(word in name for word in args.words)}
    ktap = Ktap(len(chosen))
    trace = sockevents.SockEvents(kilobytes=16384)
    for name, (function, share) in chosen.items():
        ktap.run(name, function, ktap, trace, args.n * share // 100)
    trace.close()
    ktap.leave()


if __name__ == "__main__":
    main()
