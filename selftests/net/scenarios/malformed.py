# SPDX-License-Identifier: GPL-2.0
"""Packets that are no valid segments, and fragments and extension headers."""

from netlib.rawpeer import RawPeer
from netlib.segment import (ACK, DEST_OPTIONS, FIN, HOP_BY_HOP, PADDING, PSH,
                            RST, SYN, fragments, ip_packet)

from . import IPV6, scenario

# Options that fill the header: the first IPv6 fragment need not have all of them.
NOPS = bytes([1]) * 20
OPEN = {"B": "established established"}


def opened(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    t.see(**OPEN)
    return peer


def counted(t, name, action):
    """The counter must increase by the number that action() returns."""
    before = t.counter("B", name)
    number = action()
    after = t.counter("B", name)
    if t.view and (before is None or after != before + number):
        t.fault(f"{name} went from {before} to {after}, "
                f"expected {number} more")


@scenario("bad checksum")
def bad_checksum(t):
    peer = opened(t)

    def action():
        for flags in (RST, FIN | ACK, SYN, ACK, RST | ACK):
            peer.stray(flags, bad_checksum=True)
            t.see(**OPEN)
            t.empty("B")
        return 5
    counted(t, "reject.checksum", action)
    peer.send(ACK | PSH, b"good")
    peer.take("A")
    t.see(**OPEN)


@scenario("SYN with a bad checksum opens nothing")
def bad_syn(t):
    t.listen()
    peer = RawPeer(t, "B")

    def action():
        peer.stray(SYN, bad_checksum=True)
        return 1
    counted(t, "reject.checksum", action)
    t.see(B="-")
    peer.open()
    t.see(**OPEN)


@scenario("data offset below the header, or beyond the packet")
def bad_offset(t):
    peer = opened(t)

    def action():
        for doff in (0, 4, 6, 15):
            peer.stray(RST, doff=doff)
            t.see(**OPEN)
        return 4
    counted(t, "reject.data-offset", action)
    peer.send(ACK | PSH, b"good")
    peer.take("A")
    t.see(**OPEN)


@scenario("truncated header")
def truncated(t):
    peer = opened(t)

    def action():
        for size in (0, 1, 4, 13, 19):
            seg = peer.make(RST)
            packet = ip_packet(seg.src, seg.dst, seg.tcp()[:size])
            t.give("B", seg, packets=[packet], how=f" cut to {size}")
            t.see(**OPEN)
        return 5
    counted(t, "reject.truncated", action)
    peer.send(ACK | PSH, b"good")
    peer.take("A")
    t.see(**OPEN)


@scenario("options that end early or have no length")
def bad_options(t):
    peer = opened(t)
    for options in (bytes([8, 0, 0, 0]), bytes([3]), bytes([1, 1, 1, 5]),
                    bytes([0, 9, 9, 9]), bytes([254, 40, 1, 1]) * 10):
        peer.send(ACK | PSH, b"data", options=options)
        peer.ignore()
        t.see(**OPEN)
    peer.send(FIN | ACK, options=bytes([3, 2, 3, 200]))
    t.see(B="? close-wait")


@scenario("fragments")
def fragmented(t):
    peer = opened(t)
    seg = peer.make(ACK | PSH, b"x" * 100)
    t.give("B", seg, packets=fragments(seg, 40), how=" in fragments")
    peer.nxt = seg.end
    peer.take("A")
    t.see(**OPEN)
    fin = peer.make(FIN | ACK | PSH, b"y" * 50)
    pieces = fragments(fin, 24, ident=8)
    t.give("B", fin, packets=pieces[:1] + pieces[2:], how=", one missing")
    t.see(**OPEN)
    t.give("B", fin, packets=pieces[1:2], how=", the missing fragment")
    t.see(B="? close-wait")
    peer.nxt = fin.end
    peer.take("A")
    t.receive(t.sb)
    t.end(t.sb)
    peer.take("FA")
    last = peer.make(ACK, options=NOPS)
    t.give("B", last, packets=fragments(last, 24, ident=9),
           how=" in fragments")
    t.see(B="time-wait closed")


@scenario("handshake in fragments")
def fragmented_handshake(t):
    t.listen()
    peer = RawPeer(t, "B")
    for flags in (SYN, ACK):
        seg = peer.make(flags, options=NOPS)
        t.give("B", seg, packets=fragments(seg, 24, ident=10 + flags),
               how=" in fragments")
        peer.nxt = seg.end
        if flags == SYN:
            t.see(B="established syn-received")
            peer.take("SA")
    t.see(**OPEN)


@scenario("a fragment without the TCP header, alone")
def lone_fragment(t):
    peer = opened(t)
    seg = peer.make(RST | ACK, b"x" * 64)
    t.give("B", seg, packets=fragments(seg, 32)[1:], how=", its tail only")
    t.see(**OPEN)
    t.empty("B")


CHAINS = {
    "hop-by-hop options": [(HOP_BY_HOP, PADDING)],
    "destination options": [(DEST_OPTIONS, PADDING)],
    "hop-by-hop, then destination options": [(HOP_BY_HOP, PADDING),
                                             (DEST_OPTIONS, PADDING)],
}


@scenario("extension headers", IPV6)
def extension_headers(t):
    for name, chain in CHAINS.items():
        t.cport += 1
        if not t.listener:
            t.listen()
        peer = RawPeer(t, "B")
        _wrapped(t, peer, SYN, chain, name)
        t.see(B="established syn-received")
        peer.take("SA")
        _wrapped(t, peer, ACK, chain, name)
        t.see(**OPEN)
        t.accept()
        _wrapped(t, peer, FIN | ACK, chain, name)
        t.see(B="? close-wait")
        t.end(t.sb)
        peer.take("FA")
        _wrapped(t, peer, ACK, chain, name)
        t.see(B="time-wait closed")


def _wrapped(t, peer, flags, chain, name):
    seg = peer.make(flags)
    t.give("B", seg, packets=[seg.packet(chain)], how=" after " + name)
    peer.nxt = seg.end
