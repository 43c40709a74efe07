# SPDX-License-Identifier: GPL-2.0
"""Off-path segments: nothing may change on either side."""

from netlib import segment
from netlib.segment import ACK, FIN, PSH, RST, SYN, seq_add

from . import scenario

FAR = 1 << 30            # beyond any window here
CHALLENGED = "challenge ACK"


def forge(t, to, flags, delta=0, ack_delta=0, payload=b"", **changes):
    """A segment to host "to", at a distance from the expected sequence number."""
    last = t.wire.last[to]
    return segment.Segment(
        last.dst, last.src, last.dport, last.sport, flags=flags,
        seq=seq_add(last.ack, delta), ack=seq_add(last.end, ack_delta),
        payload=payload).change(**changes)


def quick(t):
    t.once = True
    for end in t.wire.ends.values():
        end.ns.sysctl("net.ipv4.tcp_invalid_ratelimit", 0)


def unmoved(t, to, seg, want, answer=None):
    """Inject a segment: the states must stay, and the answer must be of this kind."""
    t.give(to, seg)
    t.see(**want)
    queue = t.wire.ends[to].queue
    kinds = [found.kind for found in queue]
    if answer and answer not in kinds:
        t.fault(f"{to} answered {kinds} to {seg.text()}, expected {answer}")
    queue.clear()
    t.see(**want)


OPEN = {"A": "established established", "B": "established established"}


@scenario("RST in the window, not exact: challenge ACK")
def rst_inexact(t):
    quick(t)
    t.establish()
    t.send(t.sb)
    t.flow()
    for delta in (1, 100, 20000):
        unmoved(t, "B", forge(t, "B", RST, delta), OPEN, "A")
        unmoved(t, "A", forge(t, "A", RST, delta), OPEN, "A")
    t.send(t.sa)
    t.flow()
    t.see(**OPEN)


@scenario("RST out of the window")
def rst_outside(t):
    quick(t)
    t.establish()
    for delta in (-1, -100, FAR, -FAR):
        unmoved(t, "B", forge(t, "B", RST, delta), OPEN)
        unmoved(t, "A", forge(t, "A", RST, delta), OPEN)
    t.send(t.sa)
    t.flow()
    t.see(**OPEN)


@scenario("SYN in established: challenge ACK")
def syn_in_established(t):
    quick(t)
    t.establish()
    for delta in (0, 1, 1000, FAR, -FAR, -1):
        unmoved(t, "B", forge(t, "B", SYN, delta), OPEN, "A")
    for delta in (0, 1000):
        unmoved(t, "B", forge(t, "B", SYN | ACK, delta), OPEN, "A")
        unmoved(t, "A", forge(t, "A", SYN | ACK, delta), OPEN, "A")
    t.send(t.sb)
    t.flow()
    t.see(**OPEN)


@scenario("FIN out of the window")
def fin_outside(t):
    quick(t)
    t.establish()
    for delta in (FAR, -FAR, -1000):
        unmoved(t, "B", forge(t, "B", FIN | ACK, delta), OPEN)
        unmoved(t, "A", forge(t, "A", FIN | ACK, delta), OPEN)
    t.flow()
    t.see(**OPEN)


@scenario("FIN that acknowledges what was never sent")
def fin_bad_ack(t):
    quick(t)
    t.establish()
    for ack in (1, 1000, FAR):
        unmoved(t, "B", forge(t, "B", FIN | ACK, ack_delta=ack), OPEN)
        unmoved(t, "A", forge(t, "A", FIN | ACK, ack_delta=ack), OPEN)
    t.send(t.sa)
    t.flow()
    t.see(**OPEN)


@scenario("FIN without ACK")
def fin_without_ack(t):
    quick(t)
    t.establish()
    unmoved(t, "B", forge(t, "B", FIN), OPEN)
    unmoved(t, "A", forge(t, "A", FIN), OPEN)
    t.send(t.sa)
    t.flow()
    t.see(**OPEN)


@scenario("data out of the window, and with an ACK of unsent data")
def data_outside(t):
    quick(t)
    t.establish()
    for delta in (FAR, -FAR):
        unmoved(t, "B", forge(t, "B", ACK | PSH, delta, payload=b"no"), OPEN)
    unmoved(t, "B", forge(t, "B", ACK | PSH, 0, 1000, payload=b"no"), OPEN)
    unmoved(t, "B", forge(t, "B", ACK, 0, FAR), OPEN)
    unmoved(t, "B", forge(t, "B", ACK, 0, -FAR), OPEN)
    t.send(t.sa, b"yes")
    t.flow()
    t.see(**OPEN)


@scenario("off-path segments in fin-wait-2 and close-wait")
def during_close(t):
    quick(t)
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    want = {"A": "fin-wait-2 close-wait", "B": "fin-wait-2 close-wait"}
    for to in "AB":
        for delta in (5, FAR, -FAR):
            unmoved(t, to, forge(t, to, RST, delta), want)
            unmoved(t, to, forge(t, to, SYN, delta), want)
        for delta in (FAR, -FAR):
            unmoved(t, to, forge(t, to, FIN | ACK, delta), want)
    t.send(t.sb)
    t.flow()
    t.see(**want)
    t.receive(t.sa)
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("off-path segments in fin-wait-1")
def during_fin_wait_1(t):
    quick(t)
    t.establish()
    t.send(t.sb)
    t.flow()
    t.receive(t.sa)
    t.shut(t.sa)
    fin = t.hold("A", "FA")
    want = {"A": "fin-wait-1 ?"}
    # An ACK before the FIN, or beyond all that was sent
    unmoved(t, "A", forge(t, "A", ACK, 0, -1), want)
    unmoved(t, "A", forge(t, "A", ACK, 0, 1), want)
    unmoved(t, "A", forge(t, "A", ACK, FAR), want)
    unmoved(t, "A", forge(t, "A", RST, 7), want)
    unmoved(t, "A", forge(t, "A", FIN | ACK, FAR), want)
    t.give("B", fin)
    t.arrive("B", "A")
    t.see(A="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("off-path segments in last-ack")
def during_last_ack(t):
    quick(t)
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    fin = t.hold("B", "FA")
    want = {"B": "? last-ack"}
    unmoved(t, "B", forge(t, "B", ACK, 0, -1), want)
    unmoved(t, "B", forge(t, "B", ACK, 0, 1), want)
    unmoved(t, "B", forge(t, "B", RST, 7), want)
    unmoved(t, "B", forge(t, "B", SYN, 7), want)
    t.give("A", fin)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("old segments in time-wait")
def during_time_wait(t):
    quick(t)
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.lose("A", "A")
    want = {"A": "time-wait ?"}
    unmoved(t, "A", forge(t, "A", ACK, FAR, payload=b"old"), want)
    unmoved(t, "A", forge(t, "A", RST, 7), want)
    unmoved(t, "A", forge(t, "A", FIN | ACK, -1), want, "A")


@scenario("off-path segments in syn-sent")
def during_syn_sent(t):
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    back = segment.Segment(syn.dst, syn.src, syn.dport, syn.sport, seq=77,
                           ack=syn.seq + 1)
    for seg in (back.change(flags=ACK), back.change(flags=FIN | ACK),
                back.change(flags=SYN | ACK, ack=syn.seq),
                back.change(flags=SYN | ACK, ack=syn.seq + 2),
                back.change(flags=ACK, payload=b"data"),
                back.change(flags=ACK, ack=syn.seq + 9)):
        unmoved(t, "A", seg, {"A": "syn-sent listen"})
    t.give("B", syn)
    t.flow()
    t.see(**OPEN)


@scenario("off-path segments in syn-received")
def during_syn_received(t):
    quick(t)
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.wire.pump()
    synack = t.hold("B", "SA")
    want = {"B": "? syn-received"}
    back = segment.Segment(synack.dst, synack.src, synack.dport, synack.sport,
                           seq=synack.ack, ack=synack.seq + 1)
    for seg in (back.change(flags=RST, seq=synack.ack + 5),
                back.change(flags=ACK, seq=synack.ack + FAR),
                back.change(flags=FIN | ACK, seq=synack.ack + FAR)):
        t.give("B", seg)
        t.see(**want)
        t.wire.ends["B"].queue.clear()
    t.give("A", synack)
    t.flow()
    t.see(**OPEN)


@scenario("RST one below RCV.NXT after a FIN: Linux takes it")
def rst_before_fin(t):
    quick(t)
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.give("B", forge(t, "B", RST, -1))
    t.see(B="closed closed")


@scenario("RST at the right edge of what is selectively acknowledged")
def rst_at_sack(t):
    quick(t)
    t.establish()
    t.send(t.sa, b"lost")
    t.send(t.sa, b"kept")
    t.hold("A", "D")
    t.carry("A", "D")
    t.wait("B", "A")          # has the SACK block
    t.give("B", forge(t, "B", RST, 8))
    t.see(B="closed closed")
