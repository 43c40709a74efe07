# SPDX-License-Identifier: GPL-2.0
"""A hand-made peer opposite to a real stack, with segments that no kernel sends."""

import socket
import time

from netlib.rawpeer import RawPeer
from netlib.segment import ACK, FIN, PSH, RST, SYN, URG, seq_add

from . import scenario

EDGE = 0xfffffffe


@scenario("raw client, every sequence number wraps")
def raw_client_wrap(t):
    for iss in (0xffffffff, EDGE, 0xfffffffa):
        t.cport += 1
        if not t.listener:
            t.listen()
        peer = RawPeer(t, "B", iss)
        peer.open()
        t.see(B="established established")
        t.accept()
        peer.send(ACK | PSH, b"data")
        peer.take("A")
        t.receive(t.sb)
        peer.send(FIN | ACK)
        t.see(B="? close-wait")
        peer.take("A")
        t.end(t.sb)
        peer.take("FA")
        peer.send(ACK)
        t.see(B="time-wait closed")


@scenario("raw server, every sequence number wraps")
def raw_server_wrap(t):
    for iss in (0xffffffff, EDGE, 0xfffffffa):
        t.cport += 1
        t.connect()
        peer = RawPeer(t, "A", iss)
        peer.answer()
        t.see(A="established established")
        peer.send(ACK | PSH, b"data")
        peer.take("A")
        t.receive(t.sa)
        t.end(t.sa)
        peer.take("FA")
        peer.send(ACK)
        t.see(A="fin-wait-2 close-wait")
        peer.send(FIN | ACK)
        t.see(A="time-wait ?")
        peer.take("A")
        t.see(A="time-wait closed")


@scenario("SYN-ACK with a wrong ack")
def synack_bad_ack(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.take("S")
    for delta in (1, -1, 1000, 1 << 30):
        peer.stray(SYN | ACK, ack=seq_add(peer.rcv, delta))
        t.see(A="syn-sent listen")
        peer.see("R")
    peer.send(SYN | ACK)
    t.see(A="established established")
    peer.take("A")


@scenario("SYN-ACK with another initial sequence number, after the first")
def synack_other_isn(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.answer()
    t.see(A="established established")
    peer.stray(SYN | ACK, seq=peer.nxt + 5000)
    t.see(A="established established")
    _kinds(t, "notable")
    peer.ignore()
    peer.send(ACK | PSH, b"still the first")
    t.see(A="established established")
    peer.take("A")


def _kinds(t, *want):
    found = [event["kind"] for event in t.happened("A", event="anomaly")
             if event["name"] == "synack-isn-changed"]
    if t.view and found != list(want):
        t.fault(f"synack-isn-changed is {found}, expected {want}")


@scenario("SYN-ACK with another initial sequence number, after data")
def synack_other_isn_late(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.answer()
    peer.send(ACK | PSH, b"the first")
    peer.take("A")
    peer.stray(SYN | ACK, seq=peer.nxt + 5000)
    t.see(A="established established")
    _kinds(t, "violation")
    peer.ignore()


@scenario("SYN with another initial sequence number, before the ACK")
def syn_other_isn(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    t.see(B="established syn-received")
    peer.stray(SYN, seq=peer.nxt + 70000)
    t.see(B="established syn-received")
    peer.ignore()
    peer.send(ACK)
    t.see(B="established established")


@scenario("another SYN within the window, before the ACK: reset")
def syn_in_window(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    peer.stray(SYN, seq=peer.nxt + 100)
    peer.see("RA")
    t.see(B="closed closed")


@scenario("final ACK of another SYN-ACK")
def ack3_wrong(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    for delta in (1, -1, 1000):
        peer.stray(ACK, ack=seq_add(peer.rcv, delta))
        t.see(B="established syn-received")
        peer.ignore()
    peer.send(ACK)
    t.see(B="established established")


@scenario("final ACK out of the window")
def ack3_outside(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    peer.stray(ACK, seq=seq_add(peer.nxt, 1 << 20))
    t.see(B="established syn-received")
    peer.ignore()
    peer.send(ACK)
    t.see(B="established established")


@scenario("ACK of data that was never sent")
def ack_unsent(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    peer.stray(ACK, ack=peer.rcv + 500)
    t.see(B="established established")
    t.shut(t.sb)
    peer.take("FA")
    peer.stray(ACK, ack=peer.rcv + 1)
    t.see(B="? fin-wait-1")
    peer.ignore()
    peer.send(ACK)
    t.see(B="close-wait fin-wait-2")


@scenario("ACK of all but the FIN")
def ack_before_fin(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    t.send(t.sb, b"last words")
    t.shut(t.sb)
    peer.take("D")
    peer.take("FA")
    peer.stray(ACK, ack=peer.rcv - 1)
    t.see(B="? fin-wait-1")
    peer.send(FIN | ACK, ack=peer.rcv - 1)
    t.see(B="? closing")
    peer.take("A")
    peer.send(ACK)
    t.see(B="time-wait time-wait")


@scenario("SYN and FIN in one: dropped")
def syn_fin(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.stray(SYN | FIN)
    t.see(B="-")
    peer.open()
    t.see(B="established established")


@scenario("flags that no segment may have")
def odd_flags(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    for flags in (0, FIN, SYN | RST, FIN | SYN | ACK, FIN | URG | PSH,
                  SYN | FIN | RST | ACK, PSH, SYN | URG | PSH):
        peer.stray(flags, seq=seq_add(peer.nxt, 100))
        t.see(B="established established")
        peer.ignore()
    peer.send(ACK | PSH, b"alive")
    peer.take("A")
    t.see(B="established established")


@scenario("data without a handshake")
def data_unopened(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.nxt = 5000
    peer.stray(ACK | PSH, b"hello", ack=99)
    # Without a socket it is answered by a RST. The state that tcpfsm picks up is
    # open, but it must not stay established.
    t.hold("B", "R")
    t.see(B="? closed|listen")
    t.explain("B", "nothing", "established > end",
              "data that arrives is a pickup in mid-stream, until the RST "
              "tells that there is no socket")


@scenario("data with the SYN, without Fast Open")
def syn_data(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.t.give("B", peer.make(SYN, b"early"))
    t.see(B="established syn-received")
    peer.take("SA")
    peer.nxt += 1                 # only the SYN was acknowledged
    peer.send(ACK | PSH, b"early")
    t.see(B="established established")


@scenario("FIN with the SYN's ACK, no data")
def fin_as_final_ack(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    peer.send(FIN | ACK)
    t.see(B="? close-wait")
    t.accept()
    peer.take("A")
    t.end(t.sb)
    peer.take("FA")
    peer.send(ACK)
    t.see(B="time-wait closed")


@scenario("server answers the SYN with a SYN: split handshake")
def split_handshake(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.take("S")
    peer.send(SYN)
    t.see(A="syn-received ?")
    peer.see("SA")
    peer.send(ACK)
    t.see(A="established established")
    t.end(t.sa)
    peer.take("FA")
    peer.send(FIN | ACK)
    t.see(A="time-wait ?")


@scenario("unanswered SYN-ACK: the RST of a client that never asked")
def spoofed_syn(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.take("SA")
    peer.stray(RST, seq=peer.nxt)
    t.see(B="closed closed")


@scenario("FIN retransmitted with more data before it")
def fin_moved(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    peer.send(FIN | ACK)
    t.see(B="? close-wait")
    peer.take("A")
    peer.stray(FIN | ACK | PSH, b"more", seq=peer.nxt - 1)
    peer.see("R")                 # Linux aborts on it
    t.see(B="closed closed")


@scenario("data after the FIN")
def data_after_fin(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    peer.send(FIN | ACK)
    peer.take("A")
    peer.stray(ACK | PSH, b"one more thing")
    t.see(B="? close-wait")
    peer.ignore()
    t.end(t.sb)
    peer.take("FA")
    peer.send(ACK)
    t.see(B="time-wait closed")


@scenario("partly old data, and a FIN with data that came before")
def overlapping(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    peer.send(ACK | PSH, b"0123456789")
    peer.take("A")
    peer.stray(ACK | PSH | FIN, b"56789end", seq=peer.nxt - 5)
    t.see(B="? close-wait")
    t.receive(t.sb)
    peer.nxt += 4
    peer.take("A")
    t.end(t.sb)
    peer.take("FA")
    peer.send(ACK)
    t.see(B="time-wait closed")


@scenario("window of zero with the SYN, scale without window")
def zero_window_syn(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.take("S")
    peer.send(SYN | ACK, window=0, options=bytes([1, 3, 3, 14]))
    peer.take("A")
    t.see(A="established established")
    t.send(t.sa, b"blocked")
    peer.t.wait("A")           # a window probe
    peer.ignore()
    t.see(A="established established")
    peer.send(ACK, window=1)
    t.see(A="established established")
    peer.take()
    peer.send(ACK)
    t.see(A="established established")


@scenario("keepalives with an octet, as Windows sends them")
def keepalive_octet(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.open()
    t.accept()
    time.sleep(1)
    peer.stray(ACK, b"\0", seq=peer.nxt - 1)
    peer.see("A")
    t.expect("B", "client.bytes", 0)
    peer.send(ACK | PSH, b"0123456789")
    peer.take("A")
    for _ in range(3):
        time.sleep(1)
        peer.stray(ACK, b"\0", seq=peer.nxt - 1)
        peer.see("A")
    t.receive(t.sb)
    t.expect("B", "client.packets", 7)
    t.expect("B", "client.bytes", 10)
    t.expect("B", "client.retransmits", 0)
    # But this one does not wait for a second
    peer.stray(ACK | PSH, b"9", seq=peer.nxt - 1)
    peer.see("A")
    t.expect("B", "client.bytes", 11)
    t.expect("B", "client.retransmits", 1)
    t.see(B="established established")


@scenario("window probes with an octet, as BSD and Windows send them")
def window_probe_octet(t):
    t.listen().setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    peer = RawPeer(t, "B")
    peer.send(SYN)
    window, sent = peer.take("SA").window, 0
    peer.send(ACK)
    t.accept()
    while window:
        peer.send(ACK | PSH, b"x" * min(window, 1000))
        sent += min(window, 1000)
        window = peer.take("A").window
    for _ in range(3):
        peer.stray(ACK, b"x")
        peer.see("A")
        time.sleep(1)
    t.expect("B", "client.bytes", sent + 1)
    while sent:
        sent -= len(t.receive(t.sb))
    peer.take("A")            # the window is open
    before = t.conn("B")["client"]["bytes"] if t.view else 0
    peer.send(ACK | PSH, b"x" * 100)
    peer.take("A")
    t.expect("B", "client.bytes", before + 99)
    t.expect("B", "client.retransmits", 0)
    t.see(B="established established")


@scenario("refused three times, as Windows tries, and then heard")
def refused_again(t):
    peer = RawPeer(t, "B")
    for number in range(3):
        peer.stray(SYN)
        peer.see("RA")
        t.see(B="closed closed")
        t.expect("B", "closed", "refused")
        t.expect("B", "client.packets", number + 1)
        t.expect("B", "server.packets", number + 1)
        t.expect("B", "anomalies.refused", number + 1)
    t.expect("B", "client.retransmits", 2)
    t.expect("B", "anomalies.syn-rexmit", 2)
    first = t.conn("B")["id"] if t.view else None
    t.listen()
    peer.open()
    t.see(B="established established")
    t.expect("B", "opened", "handshake")
    t.expect("B", "id", first)
    t.expect("B", "client.packets", 5)
    t.accept()


@scenario("refused, and then another SYN: another connection")
def refused_other(t):
    peer = RawPeer(t, "B")
    peer.send(SYN)
    peer.see("RA")
    first = t.conn("B")["id"] if t.view else None
    peer.nxt += 70000
    peer.send(SYN)
    peer.see("RA")
    t.see(B="closed closed")
    t.expect("B", "client.packets", 1)
    t.expect("B", "anomalies.syn-rexmit", None)
    if t.view and t.conn("B")["id"] == first:
        t.fault("the second SYN is taken for the first")


@scenario("close(), then a RST in the window, not exact: the orphan is gone")
def orphan_inexact_rst(t):
    t.connect()
    peer = RawPeer(t, "A")
    peer.answer()
    t.end(t.sa)
    peer.take("FA")
    peer.send(ACK)
    t.see(A="fin-wait-2 close-wait")
    t.wire.give("A", peer.make(RST, seq=peer.nxt + 100))
    time.sleep(0.1)     # the socket is looked up in the next jiffy
    t.step("RST")
    t.see(A="closed close-wait")
    t.expect("A", "time_wait", None)
