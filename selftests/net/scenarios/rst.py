# SPDX-License-Identifier: GPL-2.0
"""RST in every state: the kernel's own, and exact ones that are injected."""

from netlib import segment
from netlib.segment import ACK, RST

from . import scenario


def client_close_wait(t):
    t.establish()
    t.end(t.sb)
    t.carry("B", "FA")
    t.arrive("A", "A")


def server_close_wait(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")


@scenario("RST in established, sent by the client")
def abort_established(t):
    t.establish()
    t.abort(t.sa)
    t.see(A="closed closed", B="established established")
    t.carry("A", "RA")
    t.see(A="closed closed", B="closed closed")
    t.expect("A", "closed", "reset")
    t.expect("B", "closed", "reset")
    t.empty()


@scenario("RST in established, sent by the server")
def abort_server(t):
    t.establish()
    t.abort(t.sb)
    t.see(A="established established", B="closed closed")
    t.carry("B", "RA")
    t.see(A="closed closed", B="closed closed")


@scenario("RST lost: the other end sends on and is reset again")
def rst_lost(t):
    t.establish()
    t.abort(t.sa)
    t.lose("A", "RA")
    t.see(A="closed closed", B="established established")
    t.send(t.sb, b"anybody?")
    t.allow("A", None, "established", "there is no socket any more")
    t.carry("B", "D")
    t.allowed.clear()
    t.see(A="closed ?")
    t.carry("A", "R")
    t.see(A="closed closed", B="closed closed")


@scenario("RST instead of a FIN, because data was not read")
def close_unread(t):
    t.establish()
    t.send(t.sa, b"nobody reads this")
    t.flow()
    t.end(t.sb)
    t.carry("B", "RA")
    t.see(A="closed closed", B="closed closed")


@scenario("RST in close-wait, sent by it")
def abort_close_wait(t):
    server_close_wait(t)
    t.abort(t.sb)
    t.see(A="fin-wait-2 close-wait", B="closed closed")
    t.carry("B", "RA")
    t.see(A="closed closed", B="closed closed")


@scenario("RST in fin-wait-1, sent by it")
def abort_fin_wait_1(t):
    t.establish()
    t.shut(t.sa)
    t.abort(t.sa)
    t.lose("A", "FA")
    t.see(A="closed closed", B="established established")
    t.carry("A", "RA")
    t.wait("B")
    t.flow()
    t.see(A="closed ?")


@scenario("RST in fin-wait-2, sent by it")
def abort_fin_wait_2(t):
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.abort(t.sa)
    t.see(A="closed closed", B="fin-wait-2 close-wait")
    t.carry("A", "RA")
    t.see(A="closed closed", B="closed closed")


@scenario("data after close() is answered by a RST")
def data_to_closed(t):
    t.establish()
    t.end(t.sa)                   # close(), not shutdown()
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.send(t.sb, b"too late")
    t.carry("B", "D")
    t.see(A="closed closed", B="fin-wait-2 close-wait")
    t.carry("A", "R")
    t.see(A="closed closed", B="closed closed")


# --- exact RSTs, injected ---------------------------------------------------

def exact(t, to, **fields):
    """A RST for TO, from the other end, at the sequence number expected."""
    found = t.wire.last[to]
    seg = segment.Segment(found.dst, found.src, found.dport, found.sport,
                          seq=found.ack, flags=RST, window=0)
    return seg.change(**fields)


def inject(t, to, want, **fields):
    t.give(to, exact(t, to, **fields))
    t.see(**want)


@scenario("exact RST in established")
def exact_established(t):
    t.establish()
    t.send(t.sb)
    t.flow()
    inject(t, "B", {"B": "closed closed"})


@scenario("exact RST in fin-wait-1")
def exact_fin_wait_1(t):
    t.establish()
    t.shut(t.sa)
    inject(t, "A", {"A": "closed closed"})


@scenario("exact RST in fin-wait-2")
def exact_fin_wait_2(t):
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    inject(t, "A", {"A": "closed closed"})


@scenario("exact RST in fin-wait-2 of an orphan, a timewait socket")
def exact_orphan(t):
    server_close_wait(t)
    inject(t, "A", {"A": "closed closed"})


@scenario("exact RST in close-wait")
def exact_close_wait(t):
    server_close_wait(t)
    inject(t, "B", {"B": "closed closed"})


@scenario("exact RST in closing")
def exact_closing(t):
    t.establish()
    t.shut(t.sa)
    t.shut(t.sb)
    t.lose("A", "FA")
    t.carry("B", "FA")
    t.arrive("A", "A")
    t.see(A="closing ?", B="? fin-wait-2")
    inject(t, "A", {"A": "closed closed"})


@scenario("exact RST in last-ack")
def exact_last_ack(t):
    server_close_wait(t)
    t.end(t.sb)
    inject(t, "B", {"B": "closed closed"})


@scenario("RST in time-wait: assassination")
def exact_time_wait(t):
    server_close_wait(t)
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed")
    inject(t, "A", {"A": "closed closed"})


@scenario("RST in time-wait where tcp_rfc1337 forbids it")
def rfc1337(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_rfc1337", 1)
    server_close_wait(t)
    t.end(t.sb)
    t.flow()
    inject(t, "A", {"A": "time-wait closed"})


@scenario("exact RST in syn-sent: refused")
def exact_syn_sent(t):
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    t.give("A", segment.Segment(syn.dst, syn.src, syn.dport, syn.sport,
                                seq=0, ack=syn.seq + 1, flags=RST | ACK))
    t.see(A="closed closed")


@scenario("RST in syn-sent without ACK, or with another: ignored")
def wrong_syn_sent(t):
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    back = segment.Segment(syn.dst, syn.src, syn.dport, syn.sport)
    for fields in ({"flags": RST, "seq": syn.seq + 1},
                   {"flags": RST, "seq": 0},
                   {"flags": RST | ACK, "ack": syn.seq},
                   {"flags": RST | ACK, "ack": syn.seq + 2}):
        t.give("A", back.change(**fields))
        t.see(A="syn-sent listen")
    t.give("B", syn)
    t.flow()
    t.see(A="established established", B="established established")


@scenario("exact RST in syn-received")
def exact_syn_received(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.lose("B", "SA")
    inject(t, "B", {"B": "closed closed"})
