#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A router that does not see all of a connection still tells the truth of it.

unseen.py [-n CONNECTIONS] [WORD]...: only the cases with a WORD in their name

Genuine connections, of which the hooks of the router miss a part: a flowtable
carries it past them, or it takes another way. Nothing of that is a violation. The
two hosts see all: their sockets say in which state the router must have an end,
and their own tcpfsm how many octets it has sent. What nobody can know from what
is seen (the last segment took another way) is not asked for.
"""

import argparse
import asyncio
import collections
import contextlib
import dataclasses
import socket
import subprocess

from netlib import guest, load, oracle, styles
from netlib.diag import Diag
from netlib.fsm import View
from netlib.ktap import Failure, Ktap
from netlib.line import Line
from netlib.load import Load
from netlib.netdev import Net

ENDS = ("client", "server")
ROLES = ("client", "server")
SO_MARK = 36
TABLE = 9
# How often a socket may choose another way, and how often it takes the detour
EVERY, SHARE = 0.002, 0.15
SETTLE = 5
# A FIN that is in a claim counts as an octet
EXACT = (0, -1)

FLOWTABLE = """
table inet fast {
	flowtable ft {
		hook ingress priority filter;
		devices = { eth1, eth2 };
	}
	chain forward {
		type filter hook forward priority filter;
		meta l4proto tcp flow add @ft
	}
}
"""


def make_net():
    net = Net(routed=True, prefix="unseen")
    for name, host in net.hosts.items():
        for device in ("all", "default", *net.devices(name)):
            host.sysctl(f"net.ipv4.conf.{device}.rp_filter", 0)
    # So that there is time to choose another way
    net.netem("delay 2ms")
    return net


def join(net):
    """A second link between the hosts, which does not pass the router."""
    client, server = (net.hosts[name] for name in ENDS)
    client.ip(f"link add eth9 type veth peer name eth9 netns {server.name}")
    for last, host in enumerate((client, server), 1):
        host.ip(f"addr add 10.88.9.{last}/24 dev eth9",
                f"addr add fd88:9::{last}/64 dev eth9 nodad",
                "link set eth9 up")
        host.run("tc", "qdisc", "add", "dev", "eth9", "root", "netem", "delay",
                 "2ms")


def detour(net, name, table="main"):
    """What this host sends to the other one may pass by the router."""
    peer = 2 if name == ENDS[0] else 1
    net.hosts[name].ip(*(
        f"route add {prefix.format(peer)} via {gate.format(peer)} "
        f"src {net.address(name, family)} table {table}"
        for family, prefix, gate in (
            (socket.AF_INET, "10.88.{}.0/24", "10.88.9.{}"),
            (socket.AF_INET6, "fd88:{}::/64", "fd88:9::{}"))))


class Wanderer(Load):
    """Each segment goes one way or the other, as the mark of its socket says."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.live = set()

    def dial(self, family):
        sock = super().dial(family)
        self.live.add(sock)
        return sock

    async def _serve(self, sock):
        self.live.add(sock)
        await super()._serve(sock)

    def choose(self):
        for sock in list(self.live):
            if sock.fileno() < 0:
                self.live.discard(sock)
                continue
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, SO_MARK,
                                self.random.random() < SHARE)

    async def wander(self):
        while True:
            await asyncio.sleep(EVERY)
            self.choose()


# --- the ways ---------------------------------------------------------------

def flowtable(net):
    try:
        net.nft(FLOWTABLE)
    except subprocess.CalledProcessError as why:
        raise Failure(f"no flowtable: {why}") from None


def only_client(net):
    join(net)
    detour(net, "server")


def only_server(net):
    join(net)
    detour(net, "client")


def single_segments(net):
    join(net)
    for name in ENDS:
        detour(net, name, TABLE)
        for family in ("-4", "-6"):
            net.hosts[name].run("ip", family, "rule", "add", "fwmark", "1",
                                "table", str(TABLE))


@dataclasses.dataclass(frozen=True)
class Way:
    """What the router misses, and what it must know nevertheless.

    states: the share of ends that must be in the state of their sockets; octets:
    the same of all that an end has sent, by role; told: anomalies.
    """

    prepare: object
    styles: dict
    told: tuple
    states: float = 1
    octets: tuple = ROLES
    share: float = 1
    load: object = Load


def some(*names):
    return {name: load.STYLES[name] for name in names}


async def ping(loop, sock, size):
    """Questions and answers of ten octets; then the client closes first."""
    del size
    await styles.rounds(loop, sock, 9, True)


async def pong(loop, sock, size):
    del size
    await styles.rounds(loop, sock, 9, False)


PING_PONG = {"ping-pong": (ping, pong, False)}

WAYS = {
    # The FINs pass the hooks, and nothing between the handshake and them
    "a flowtable": Way(flowtable, some("client first", "server first", "both"),
                       ("unseen",)),
    # The client closes first, so that the last ACK is seen, too
    "only the client is seen": Way(only_client, PING_PONG, ("one-sided",),
                                   octets=("client",)),
    # Its SYN-ACK is the first that is seen: it is picked up in mid-stream
    "only the server is seen": Way(only_server, PING_PONG, (), states=0,
                                   octets=("server",)),
    "single segments take another way":
        Way(single_segments, load.STYLES, ("unseen",), states=0.5, share=0.5,
            load=Wanderer),
}


# --- the verdict ------------------------------------------------------------

class Witness:
    """What a host knows of its own ends."""

    def __init__(self, host):
        self.view = View(host, ("lifecycle",))
        self.diag = Diag(host)
        self.closed = {}

    def close(self):
        self.view.close()
        self.diag.close()

    def listen(self):
        for event in self.view.events():
            if event["event"] == "closed":
                self.closed[event["id"]] = event

    def sent(self):
        """{key: (octets, how many segments twice)} of its own ends."""
        self.listen()
        found = dict(self.closed)
        found.update((conn["id"], conn) for conn in self.view.conns())
        return {oracle.endpoint_key(conn, role):
                (conn[role]["bytes"], conn[role]["retransmits"])
                for conn in found.values() for role in ROLES
                if conn[role].get("local")}


class Case:
    def __init__(self, way):
        self.way = way
        self.net = make_net()
        way.prepare(self.net)
        self.router = View(self.net.hosts["router"])
        self.router.set("history", 64)
        self.router.set("timeout_closed", 3600)
        self.line = Line(self.net, ENDS, {
            "load": lambda hosts, seed: way.load(hosts, seed, styles=way.styles,
                                                 refuse=False)},
            watched=("router",))
        self.line.settle = SETTLE
        self.witness = {name: Witness(self.net.hosts[name]) for name in ENDS}
        self.wrong = collections.defaultdict(list)

    def close(self):
        for item in (self.router, self.line, *self.witness.values()):
            item.close()
        self.net.close()

    async def play(self, count):
        played = self.line.loads["load"]
        wander = (asyncio.create_task(played.wander())
                  if isinstance(played, Wanderer) else None)
        await self.line.run(count, asyncio.Semaphore(24),
                            lambda _: [one.listen() for one in
                                       self.witness.values()])
        if wander:
            wander.cancel()

    def enough(self, kind, good, bad, share):
        """Whether the share of the good is so large; if not, all bad are told."""
        total = good + sum(len(found) for found in bad.values())
        if good < share * total:
            self.wrong.update({f"{kind}: {name}": found
                               for name, found in bad.items()})
        return f"{good} of {total} {kind}"

    def check_states(self, conns):
        good, bad = 0, collections.defaultdict(list)
        kernel = {}
        for witness in self.witness.values():
            kernel.update(witness.diag.states())
        for conn in conns:
            for role in ROLES:
                theirs = kernel.get(oracle.endpoint_key(conn, role))
                if oracle.same(theirs, conn[role]["state"]):
                    good += 1
                else:
                    bad[f"{role}: kernel {theirs}, router "
                        f"{conn[role]['state']}"].append(story(conn))
        return self.enough("states", good, bad, self.way.states)

    def check_octets(self, conns):
        """Unless something was sent twice: then nobody knows what was seen."""
        good, bad, sent = 0, collections.defaultdict(list), {}
        for witness in self.witness.values():
            sent.update(witness.sent())
        for conn in conns:
            for role in self.way.octets:
                end = conn[role]
                octets, twice = sent.get(oracle.endpoint_key(conn, role),
                                         (None, 1))
                if twice or end["retransmits"]:
                    continue
                if octets - end["bytes"] - end.get("unseen", 0) in EXACT:
                    good += 1
                else:
                    bad[f"{role}: sent {octets}"].append(story(conn))
        return self.enough("octets", good, bad, self.way.share)

    def check_counter(self):
        """After all have ended, the counter is the sum of the connections."""
        self.line.look()
        self.router.flush()
        unseen = sum(event[role].get("unseen", 0)
                     for event in self.router.events()
                     if event["event"] == "closed" for role in ROLES)
        counted = self.router.counters()["unseen.octets"]
        if counted != unseen:
            self.wrong["unseen.octets"].append(f"{counted}, of all {unseen}")
        return counted

    def check_violations(self):
        found = self.line.faults(None) + self.line.faults("load")
        if found or self.line.totals():
            self.wrong["violations"] += found + self.line.totals()
        if self.line.broken():
            self.wrong["broken"] += self.line.broken()

    def findings(self):
        """Of each kind how many, and one."""
        return "\n".join(f"{len(found)} times {kind}\n{found[0]}"
                         for kind, found in self.wrong.items())


def story(conn):
    lines = [f"  {key}: {conn[key]}" for key in
             ("opened", "closed", "conn_state", "history", "client", "server")]
    lines += [f"  {segment}" for segment in conn.get("segments", ())]
    return "\n".join(lines)


def run(ktap, way, count):
    case = Case(way)
    try:
        asyncio.run(case.play(count))
        case.line.look()
        conns = case.router.conns(segments=True)
        said = [case.check_states(conns), case.check_octets(conns)]
        case.check_violations()
        anomalies = case.router.anomalies()
        for name in way.told:
            if name not in anomalies:
                case.wrong["not told"].append(name)
        octets = case.check_counter()
        ktap.note(f"{len(conns)} connections, {', '.join(said)}, {octets} "
                  f"octets unseen, {anomalies}")
        if len(conns) < count // 2:
            case.wrong["connections"].append(f"only {len(conns)}")
        if case.wrong:
            raise Failure(case.findings())
    finally:
        case.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=64)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require()
    chosen = {name: way for name, way in WAYS.items()
              if not args.words or any(word in name for word in args.words)}
    ktap = Ktap(len(chosen))
    for name, way in chosen.items():
        ktap.run(name, run, ktap, way, args.n)
    ktap.leave()


if __name__ == "__main__":
    main()
