#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""tcpfsm must not report an end that did not happen: sockets that are hard to find.

claims.py [WORD]...: only the cases with a WORD in their name
"""

import os
import socket
import subprocess
import sys

from netlib import busy, guest, segment, stage
from netlib.fsm import View
from netlib.netns import Namespace
from netlib.segment import ACK, FIN, SYN, Segment
from netlib.sockets import JIFFY, SECOND, Watch, travels
from netlib.stage import IPV4, case

TCP_DEFER_ACCEPT = 9
SOMEBODY = 4242
# Seconds, longer than any time between two looks of the module
A_WHILE = 10 * JIFFY / SECOND + (0.5 if travels() else 0.1)
GO_ON = "the wire is all there is to go by"


def alive(t, **states):
    """Nothing may change for a while."""
    for _ in range(3):
        t.rest(A_WHILE)
        t.step("look")
        t.see(**states)
        t.same_sockets()


def whole_life(t):
    """Stay in each state for a while."""
    if not t.listener:
        t.listen()
    t.connect()
    os.fchown(t.sa.fileno(), SOMEBODY, SOMEBODY)
    alive(t, A="syn-sent listen")
    t.carry("A", "S")
    alive(t, B="? syn-received")
    t.carry("B", "SA")
    # Drop what was retransmitted meanwhile
    t.deaf_to("A", "S")
    t.deaf_to("B", "SA")
    t.carry("A", "A")
    t.accept()
    alive(t, A="established established", B="established established")
    t.shut(t.sa)
    t.arrive("A", "FA")
    t.flow()
    alive(t, A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.send(t.sb, b"x")
    t.flow()
    t.receive(t.sa)
    alive(t, A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    t.end(t.sa)
    time_wait(t)


def time_wait(t):
    alive(t, A="time-wait closed")
    t.expect("A", "time_wait.source", "socket")
    t.expect("A", "time_wait.end", None)


# --- sockets that are hard to find --------------------------------------------

@case("plain sockets")
def plain(t):
    whole_life(t)


def bind_to(t, device, *names):
    """Bind sockets made from now on to a device; others (names) to no address."""
    make = t.socket

    def bound(name, port=0):
        sock = make(name)
        if name in names:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                            device.encode())
        if port:
            sock.bind((t.address(name) if name in names else "", port))
        return sock
    t.socket = bound


@case("sockets that are bound to a device")
def device(t):
    bind_to(t, "wire", "A", "B")
    whole_life(t)


def has_vrf():
    return not subprocess.run(["modprobe", "-q", "vrf"], check=False).returncode


def make_vrf(t, name):
    t.wire.ends[name].ns.ip(
        "link add red type vrf table 10", "link set red up",
        "link set wire master red")


@case("sockets that are bound to a VRF", IPV4, only=has_vrf)
def vrf(t):
    for name in "AB":
        make_vrf(t, name)
    bind_to(t, "red", "A", "B")
    whole_life(t)


@case("a listener for all VRFs", IPV4, only=has_vrf)
def vrf_accept(t):
    for name in "AB":
        make_vrf(t, name)
        t.wire.ends[name].ns.sysctl("net.ipv4.tcp_l3mdev_accept", 1)
    bind_to(t, "red", "A")
    whole_life(t)


class Loop:
    """Both ends in one namespace, on its loopback."""

    def __init__(self, t, family=socket.AF_INET, device=None):
        self.t = t
        self.ns = Namespace("claims-lo")
        self.ns.ip("link set lo up")
        self.view = None if guest.dry() else View(self.ns)
        self.watch = Watch({"lo": self.ns})
        self.family = family
        self.device = device
        # An IPv6 socket can use IPv4
        self.address = ("127.0.0.1" if family == socket.AF_INET
                        else "::ffff:127.0.0.1")
        self.client = self.server = None

    def close(self):
        self.watch.close()
        if self.view:
            self.view.close()
        self.ns.delete()

    def connect(self):
        with self.ns.socket(self.family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self.address, 80))
            listener.listen(5)
            self.client = self.ns.socket(self.family)
            if self.device:
                self.client.setsockopt(socket.SOL_SOCKET,
                                       socket.SO_BINDTODEVICE,
                                       self.device.encode())
            self.client.bind((self.address, 4000))
            self.client.connect((self.address, 80))
            self.server = listener.accept()[0]

    def expect(self, client, server, what):
        """Expect these states, by the kernel and by tcpfsm."""
        self.watch.rest(A_WHILE)
        found = {key[1]: sock.state
                 for (_, key), sock in self.watch.present.items()}
        t = self.t
        t.equal(f"{what}: the kernel's", [found.get(4000), found.get(80)],
                [None if state == "closed" else state
                 for state in (client, server)])
        if self.view:
            conn = self.view.conns()[-1]
            t.equal(f"{what}: tcpfsm's",
                    [conn[role]["state"] for role in ("client", "server")],
                    [client, server])

    def whole_life(self):
        self.connect()
        self.expect("established", "established", "open")
        self.client.shutdown(socket.SHUT_WR)
        self.expect("fin-wait-2", "close-wait", "half closed")
        for _ in range(5):
            # The other socket acknowledges each later
            self.server.send(b"x")
            self.watch.rest(0.1)
        self.expect("fin-wait-2", "close-wait", "half closed, data")
        self.server.close()
        self.expect("time-wait", "closed", "closed")
        self.client.close()
        if self.view:
            wait = self.view.conns()[-1]["time_wait"]
            self.t.equal("source, end", [wait["source"], wait.get("end")],
                         ["socket", None])


def on_loopback(t, **options):
    loop = Loop(t, **options)
    try:
        loop.whole_life()
    finally:
        loop.close()


@case("IPv6 sockets that speak IPv4", IPV4)
def mapped(t):
    on_loopback(t, family=socket.AF_INET6)


@case("one end is bound to a device, the other is not", IPV4)
def one_bound(t):
    on_loopback(t, device="lo")


def forget(t):
    """Forget all, as if tcpfsm had been loaded now."""
    for end in t.wire.ends.values() if t.view else ():
        end.ns.sysctl("net.tcpfsm.enabled", 0)
        end.ns.sysctl("net.tcpfsm.enabled", 1)


def say(t, sender, receiver):
    """Send data to the process at the other end, and carry the ACK."""
    t.send(sender)
    t.flow()
    t.receive(receiver)


@case("connections that were there before, established")
def before(t):
    t.establish()
    forget(t)
    t.allow("A", "established", None, "nothing was seen of it")
    t.allow("B", "established", None, "nothing was seen of it")
    t.step("forgotten")
    say(t, t.sa, t.sb)
    say(t, t.sb, t.sa)
    t.forbid("A", "established", None)
    t.forbid("B", "established", None)
    alive(t, A="established established", B="established established")
    t.end(t.sa)
    t.flow()
    alive(t, A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    time_wait(t)


@case("connections that were there before, half closed")
def before_half(t):
    """FINs before the pickup are unknown, but no end may be reported."""
    t.establish()
    t.shut(t.sa)
    t.flow()
    forget(t)
    known = t.agree
    t.agree = lambda name: None
    say(t, t.sb, t.sa)
    t.rest(3 * A_WHILE)
    t.happened_all()
    for name in t.view:
        states = [t.conn(name)[role]["state"] for role in ("client", "server")]
        if "closed" in states:
            t.fault(f"{name}: {states}, though both have sockets")
    t.agree = known


@case("TIME-WAIT of a socket whose owner is busy", only=busy.available)
def owner_is_busy(t):
    """The FIN waits until the socket is unlocked."""
    t.establish()
    t.shut(t.sa)
    t.flow()
    t.send(t.sb)
    t.flow()
    owner = busy.Busy(t.sa)
    t.allow("A", "fin-wait-2", "time-wait", "the socket is locked")
    try:
        t.end(t.sb)
        t.flow()
        for _ in range(6):
            t.rest(A_WHILE)
            t.step("locked")
    finally:
        owner.release()
    # Drop retransmitted FINs: they would be answered, and the answers by RSTs
    t.deaf_to("B", "FA")
    t.rest(1.5)
    t.step("unlocked")
    t.forbid("A", "fin-wait-2", "time-wait")
    t.end(t.sa)
    time_wait(t)


# --- ends without a socket ----------------------------------------------------

def raw_sender(t, name):
    """A raw socket: it sends as the host does, but is no TCP socket of it."""
    sock = t.wire.ends[name].ns.socket(t.family, socket.SOCK_RAW,
                                       socket.IPPROTO_RAW)
    if t.family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    t.sockets.append(sock)
    return lambda seg: sock.sendto(seg.packet(), (seg.dst, 0))


@case("a SYN from a raw socket", IPV4)
def raw_syn(t):
    send = raw_sender(t, "A")
    syn = Segment(t.address("A"), t.address("B"), t.cport, t.port, seq=1,
                  flags=SYN)
    t.allow("A", None, "syn-sent", GO_ON)
    for _ in range(3):
        send(syn)
        t.rest(A_WHILE)
        t.step("SYN")
    t.expect("A", "client.state", "syn-sent")
    t.forbid("A", None, "syn-sent")
    t.deaf()


def drop_input(ns):
    ns.run("nft", "-f", "-", input="""
table inet deaf {
	chain input {
		type filter hook input priority 0;
		tcp dport 4000 drop
	}
}
""")


@case("close by a raw socket", IPV4)
def raw_close(t):
    """A TCP in user space; a filter keeps its packets from the kernel's TCP."""
    loop = Loop(t)
    try:
        drop_input(loop.ns)
        talk_raw(loop)
    finally:
        loop.close()


def talk_raw(loop):
    listener = loop.ns.socket(socket.AF_INET)
    listener.bind(("127.0.0.1", 80))
    listener.listen(5)
    raw = loop.ns.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    # Receives what the filter drops
    ears = loop.ns.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    ears.bind(("lo", 0x0800))
    ears.settimeout(5)
    mine = Segment("127.0.0.1", "127.0.0.1", 4000, 80, seq=1000)

    def send(**fields):
        raw.sendto(mine.change(**fields).packet(), ("127.0.0.1", 0))

    def hear(kind):
        while True:
            seg = segment.parse(ears.recv(1 << 16))
            if seg and seg.sport == 80 and seg.kind == kind:
                return seg
    send(flags=SYN)
    there = hear("SA")
    send(flags=ACK, seq=1001, ack=there.end)
    server = listener.accept()[0]
    send(flags=FIN | ACK, seq=1001, ack=there.end)
    hear("A")
    server.close()
    fin = hear("FA")
    send(flags=ACK, seq=1002, ack=fin.end)
    for sock in (listener, raw, ears):
        sock.close()
    loop.watch.rest(3 * A_WHILE)
    if not loop.view:
        return
    conn = loop.view.conns()[-1]
    # The ACK of its FIN was dropped before the hooks, and it has no socket to look at
    loop.t.equal("client, server", [conn[role]["state"] for role in (
        "client", "server")], ["closing", "closed"])


# --- servers ------------------------------------------------------------------

@case("SYN cookies")
def cookies(t):
    """SYN cookies: the server has no socket before the final ACK."""
    t.wire.ends["B"].ns.sysctl("net.ipv4.tcp_syncookies", 2)
    t.allow("B", None, "syn-received", "a cookie is no socket")
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.rest(2 * A_WHILE)
    t.step("look")
    # The retransmitted SYN is answered with another cookie
    if t.view:
        t.expect("B", "server.state", "syn-received")
    t.deaf_to("A", "S")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.forbid("B", None, "syn-received")
    t.accept()
    alive(t, A="established established", B="established established")


@case("TCP_DEFER_ACCEPT")
def deferred(t):
    t.listen()
    t.listener.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 10)
    t.allow("B", "syn-received", "established", "the ACK was not acted upon")
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.carry("A", "A")
    for _ in range(3):
        t.rest(A_WHILE)
        t.step("look")
    t.deaf()
    t.send(t.sa, b"x")
    t.flow()
    t.forbid("B", "syn-received", "established")
    t.accept()
    alive(t, A="established established", B="established established")


@case("a listener that is closed, with a request")
def listener_closed(t):
    """A request is dropped when its timer fires next, not with its listener."""
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.vanish(t.sa)
    t.rest(1.5)
    t.end(t.listener)
    t.until_gone(("B", t.key("B")))
    if not t.view:
        return
    stay = t.watch.stay("B", t.key("B"), "syn-received")
    conn = t.known("B")
    last = t.moves("B", conn, "server")[-1]
    t.equal("last", [last[key] for key in ("old", "new", "cause")],
            ["syn-received", "closed", "timeout"])
    off = stage.distance(last["time"], stay.end)
    if abs(off) > stage.BAR:
        t.fault(f"{off / 1e6:+.3f} ms off")


@case("a listener that is closed, with connections to be accepted")
def queue_closed(t):
    """Established connections in the accept queue are closed by RSTs."""
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.rest(A_WHILE)
    t.end(t.listener)
    t.flow()
    t.see(A="closed closed", B="closed closed")


# --- sockets that are kept ----------------------------------------------------

@case("FIN-WAIT-2 that somebody holds", long=True)
def held(t):
    """Longer than tcp_fin_timeout and all timeouts but that of established."""
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    for _ in range(4):
        t.rest(100)
        t.step("look")
        t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")


@case("sockets that are idle for longer than tcpfsm's timeouts")
def idle(t):
    for view in t.view.values():
        for wait in ("half_open", "established", "closing", "closed"):
            view.set(f"timeout_{wait}", 1)
    t.establish()
    t.rest(4)
    t.step("look")
    t.see(A="established established", B="established established")
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.rest(4)
    t.step("look")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")


if __name__ == "__main__":
    stage.main(sys.argv[1:])
