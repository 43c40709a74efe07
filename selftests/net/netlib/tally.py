# SPDX-License-Identifier: GPL-2.0
"""Compares the TCP counters of the kernel with the notifications of tcpfsm.

A law is an equation: a sum of kernel counters of a host (/proc/net/snmp, netstat) is a
sum of notifications in the view of that host, of its own end or of what arrived from
its peer. The counters are those of a namespace, both families together.
"""

import dataclasses

from .ktap import Failure
from .talk import Talk

ROLES = ("client", "server")


def counters(namespace):
    """{name: value} of the TCP counters of a host."""
    found = {}
    for path in ("snmp", "netstat"):
        rows = [line.split() for line in namespace.read(path).splitlines()]
        for names, values in zip(rows[::2], rows[1::2]):
            if names[0] in ("Tcp:", "TcpExt:"):
                found.update(zip(names[1:], map(int, values[1:])))
    return found


class Tally:
    """Counts of both hosts of a Talk, from the creation of this object on."""

    def __init__(self, talk):
        self.talk = talk
        self.before = {name: counters(end.ns)
                       for name, end in talk.wire.ends.items()}
        self.skip = {name: len(talk.happened(name)) for name in "AB"}

    def kernel(self, host, *names):
        now = counters(self.talk.wire.ends[host].ns)
        return sum(now[name] - self.before[host][name] for name in names)

    def own(self, host, *anomalies):
        """How often the own end of a host had one of the anomalies."""
        return self._told(host, True, anomalies)

    def peer(self, host, *anomalies):
        """The same for its peer, as far as it arrived."""
        return self._told(host, False, anomalies)

    def all(self, host, own):
        """{anomaly: times} of the own end, or the peer, in the view of a host."""
        names = {event["name"] for event in self._events(host, "anomaly")}
        found = {name: self._told(host, own, (name,)) for name in names}
        return {name: count for name, count in found.items() if count}

    def moves(self, host, old, new):
        """The number of such transitions of the own end."""
        return sum(event["old"] in old and event["new"] in new
                   and self._is_own(host, event)
                   for event in self._events(host, "transition"))

    def conns(self, host):
        """Each connection of the host, as it was reported last."""
        found = {event["id"]: event
                 for event in self._events(host, "closed")}
        view = self.talk.view.get(host)
        found.update((conn["id"], conn) for conn in
                     (view.conns(segments=True) if view else ()))
        return found.values()

    def sent(self, host, member):
        """A member of the own ends, summed over all connections."""
        return sum(conn[role].get(member, 0) for conn in self.conns(host)
                   for role in ROLES if self._is_local(host, conn[role]))

    def rsts(self, host):
        """RSTs of the own ends, by the histories."""
        return sum("R" in segment.get("flags", "")
                   and self._is_local(host, conn[segment["endpoint"]])
                   for conn in self.conns(host)
                   for segment in conn.get("segments", ()))

    def _told(self, host, own, anomalies):
        return sum(self._is_own(host, event) == own
                   and event["name"] in anomalies
                   for event in self._events(host, "anomaly"))

    def _events(self, host, kind):
        return [event for event in self.talk.happened(host)[self.skip[host]:]
                if event["event"] == kind]

    def _is_own(self, host, event):
        return self._is_local(host, event[event["endpoint"]])

    def _is_local(self, host, end):
        return end["address"] == self.talk.address(host)


@dataclasses.dataclass(frozen=True)
class Law:
    name: str
    counters: tuple
    ours: object       # function of a Tally and a host: the sum by tcpfsm
    why: str


def _again(tally, host):
    """Retransmitted SYNs and SYN-ACKs; the kernel does not count those with cookies."""
    cookies = tally.kernel(host, "SyncookiesSent")
    return (tally.own(host, "syn-rexmit", "synack-rexmit", "synack-after-ack",
                      "synack-isn-changed")
            - max(0, cookies - len(tally.conns(host))))


def _retransmitted(tally, host):
    """Retransmissions, as far as they are not SYN cookies."""
    cookies = tally.kernel(host, "SyncookiesSent")
    return (tally.sent(host, "retransmits")
            - max(0, cookies - len(tally.conns(host))))


LAWS = (
    Law("SYN again", ("TCPSynRetrans",), _again,
        "tcp_retransmit_skb() and tcp_rtx_synack() count a SYN or SYN-ACK "
        "that is sent again; before the first ACK of it and after"),
    Law("retransmissions", ("RetransSegs",), _retransmitted,
        "without offload a segment is an skb, and each that is sent again "
        "takes sequence space that was sent; neither a keepalive nor a window "
        "probe is counted, nor the SYN-ACK of a simultaneous open"),
    Law("challenge ACKs", ("TCPChallengeACK",),
        lambda tally, host: tally.own(host, "challenge-ack")
        + tally.peer(host, "synack-after-ack"),
        "tcp_validate_incoming() challenges a RST in the window, and "
        "whatever has a SYN: a SYN-ACK that comes again, too"),
    Law("Fast Open", ("TCPFastOpenActive", "TCPFastOpenActiveFail"),
        lambda tally, host: tally.own(host, "syn-data"),
        "tcp_rcv_fastopen_synack(): the data of a SYN was taken or not"),
    Law("Fast Open, taken", ("TCPFastOpenPassive",),
        lambda tally, host: sum(
            conn["opened"] == "fast-open"
            and conn["server"]["address"] == tally.talk.address(host)
            for conn in tally.conns(host)),
        "tcp_try_fastopen() makes a socket for the data of the SYN"),
    Law("connect()", ("ActiveOpens",),
        lambda tally, host: tally.moves(host, ("closed", "listen"),
                                        ("syn-sent",)),
        "tcp_connect() moves a socket to SYN-SENT"),
    Law("resets", ("EstabResets",),
        lambda tally, host: tally.moves(
            host, ("established", "close-wait"), ("closed",)),
        "tcp_set_state(): CLOSED after ESTABLISHED or CLOSE-WAIT"),
    Law("RSTs", ("OutRsts",), Tally.rsts,
        "tcp_send_active_reset() and tcp_v4_send_reset()"),
    Law("bad checksums", ("InCsumErrors",),
        lambda tally, host: tally.talk.counter(host, "reject.checksum"),
        "tcp_v4_rcv() drops what tcpfsm ignores"),
)


class Counted(Talk):
    """A Talk that compares counts. States are the business of wire.py."""

    def __init__(self, family, trace):
        super().__init__(family, trace)
        self.once = True
        for end in self.wire.ends.values():
            # No limit of challenge ACKs
            end.ns.sysctl("net.ipv4.tcp_invalid_ratelimit", 0)
            if self.view:
                end.ns.sysctl("net.tcpfsm.history", 64)
        self.tally = Tally(self)

    def agree(self, name):
        self.events[name] += self.view[name].events()

    def told(self, name, own=None, peer=None):
        """Expect these anomalies, and no others, of both ends in the view of a host.

        Nothing is compared in a dry run.
        """
        for is_own, want in ((True, own or {}), (False, peer or {})):
            found = self.tally.all(name, is_own)
            if self.view and found != want:
                whose = "its own end" if is_own else "its peer"
                self.fault(f"{name} tells of {whose} {found}, "
                           f"expected {want}")

    def equal(self, name, counter, count, tally=None):
        """A counter of the kernel must have increased by count."""
        found = (tally or self.tally).kernel(name, *counter.split())
        if found != count:
            self.fault(f"{name}: {counter} {found}, expected {count}")

    def sent(self, name, **counts):
        """The members that tell what the end of a host has sent."""
        found = {key: self.tally.sent(name, key) for key in counts}
        if self.view and found != counts:
            self.fault(f"{name} has sent {found}, expected {counts}")

    def judge(self, used):
        """Check all laws on both hosts; used: {law: sum by the kernel}."""
        for law in LAWS if self.view else ():
            for host in "AB":
                kernel = self.tally.kernel(host, *law.counters)
                ours = law.ours(self.tally, host)
                used[law.name] = used.get(law.name, 0) + kernel
                if kernel != ours:
                    self.fault(f"{host}: {law.name}: "
                               f"{' + '.join(law.counters)} {kernel}, told "
                               f"{ours}: {law.why}")
        if self.faults:
            raise Failure(f"{len(self.faults)} findings")
