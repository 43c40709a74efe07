# SPDX-License-Identifier: GPL-2.0
"""The close in its variants, with losses, copies and reordering.

Linux delays the ACK of a FIN by up to 40 ms, so use arrive(), which waits.
"""

import socket
import time

from . import scenario


@scenario("close by the client, four segments")
def close_client(t):
    t.establish()
    t.end(t.sa)
    t.see(A="fin-wait-1 close-wait", B="established established")
    t.carry("A", "FA")
    t.see(A="fin-wait-1 close-wait", B="? close-wait")
    t.wait("B", "A")
    t.see(B="fin-wait-2 close-wait")
    t.carry("B", "A")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.see(A="fin-wait-2 close-wait", B="time-wait last-ack")
    t.carry("B", "FA")
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")
    t.expect("A", "closed", "fin")
    t.expect("B", "closed", "fin")
    t.expect("A", "time_wait.endpoint", "client")


@scenario("close by the server, four segments")
def close_server(t):
    t.establish()
    t.end(t.sb)
    t.see(A="established established", B="close-wait fin-wait-1")
    t.carry("B", "FA")
    t.see(A="close-wait ?", B="close-wait fin-wait-1")
    t.arrive("A", "A")
    t.see(A="close-wait fin-wait-2", B="close-wait fin-wait-2")
    t.end(t.sa)
    t.see(A="last-ack time-wait", B="close-wait fin-wait-2")
    t.carry("A", "FA")
    t.see(A="last-ack time-wait", B="closed time-wait")
    t.carry("B", "A")
    t.see(A="closed time-wait", B="closed time-wait")
    t.expect("B", "time_wait.endpoint", "server")


@scenario("three-segment close, FIN and ACK in one")
def three_segments(t):
    # On a slow machine the delayed ACK can be sent before the socket is closed.
    for _ in range(5):
        t.cport += 1
        t.establish()
        t.end(t.sa)
        t.wire.give("B", t.wire.take("A", "FA"))
        t.end(t.sb)
        if t.wire.ends["B"].queue[0].kind == "FA":
            break
        t.flow()
    t.see(A="fin-wait-1 close-wait", B="time-wait last-ack")
    t.carry("B", "FA")
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.carry("A", "A")
    t.empty()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("simultaneous close")
def simultaneous_close(t):
    t.establish()
    t.end(t.sa)
    t.end(t.sb)
    t.see(A="fin-wait-1 close-wait", B="close-wait fin-wait-1")
    t.carry("A", "FA")
    t.see(B="? closing")
    t.carry("B", "FA")
    t.see(A="closing ?")
    t.wait("A", "A")
    t.wait("B", "A")
    t.carry("A", "A")
    t.see(B="? time-wait")
    t.carry("B", "A")
    t.see(A="time-wait time-wait", B="time-wait time-wait")
    t.empty()
    t.expect("A", "closed", "simultaneous-fin")
    t.expect("B", "closed", "simultaneous-fin")


@scenario("half-close by the client, data from the server")
def half_close_client(t):
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    for _ in range(6):
        t.send(t.sb, b"more")
        t.carry("B", "D")
        t.arrive("A", "A")
        t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.receive(t.sa)
    t.end(t.sb)
    t.carry("B", "FA")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("half-close by the server, data from the client")
def half_close_server(t):
    t.establish()
    t.shut(t.sb)
    t.carry("B", "FA")
    t.arrive("A", "A")
    for _ in range(6):
        t.send(t.sa, b"more")
        t.carry("A", "D")
        t.arrive("B", "A")
        t.see(A="close-wait fin-wait-2", B="close-wait fin-wait-2")
    t.receive(t.sb)
    t.end(t.sa)
    t.carry("A", "FA")
    t.carry("B", "A")
    t.see(A="closed time-wait", B="closed time-wait")


@scenario("FIN with data")
def fin_with_data(t):
    t.establish()
    t.send(t.sa, b"to hold")
    seg = t.hold("A", "D")
    t.send(t.sa, b"the end")
    t.end(t.sa)
    last, fin = t.hold("A", "D"), t.hold("A", "FA")
    t.give("B", seg)
    t.give("B", last.change(flags=fin.flags | 8))     # as GRO merges them
    t.see(B="? close-wait")
    t.arrive("B", "A")
    t.flow()
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.receive(t.sb)
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("FIN lost")
def fin_lost(t):
    t.establish()
    t.end(t.sa)
    t.lose("A", "FA")
    t.see(A="fin-wait-1 close-wait", B="established established")
    t.arrive("A", "FA")
    t.arrive("B", "A")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("ACK of the FIN lost")
def fin_ack_lost(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.wait("B", "A")
    t.lose("B", "A")
    t.see(A="fin-wait-1 close-wait", B="fin-wait-2 close-wait")
    t.arrive("A", "FA")
    t.see(B="fin-wait-1|fin-wait-2 close-wait")
    t.arrive("B", "A")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("server's FIN lost")
def second_fin_lost(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.lose("B", "FA")
    t.see(A="fin-wait-2 close-wait", B="time-wait last-ack")
    t.arrive("B", "FA")
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("last ACK lost")
def last_ack_lost(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.lose("A", "A")
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.arrive("B", "FA")
    # The retransmitted FIN proves LAST-ACK; after the ACK that follows at once the
    # server is assumed to be closed again.
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.expect("A", "time_wait.restarts", 1)
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("FIN delivered twice")
def fin_twice(t):
    t.establish()
    t.end(t.sa)
    fin = t.hold("A", "FA")
    t.give("B", fin)
    t.see(B="? close-wait")
    t.give("B", fin)
    t.see(B="? close-wait")
    t.flow()
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    second = t.hold("B", "FA")
    t.give("A", second)
    t.give("B", fin)              # a late copy of the first
    t.see(B="? last-ack")
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")
    t.give("A", second)           # in TIME-WAIT: acknowledged again
    t.see(A="time-wait closed")
    t.expect("A", "time_wait.restarts", 1)
    t.lose("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("last ACK delivered twice")
def last_ack_twice(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    ack = t.hold("A", "A")
    t.give("B", ack)
    t.see(B="time-wait closed")
    # No socket is left: the answer is a RST, which ends the TIME-WAIT (RFC 1337).
    t.give("B", ack)
    t.see(A="time-wait closed", B="closed closed")
    t.carry("B", "R")
    t.see(A="closed closed", B="closed closed")


@scenario("data segments delivered late, after the close")
def data_late(t):
    t.establish()
    t.send(t.sa, b"early")
    data = t.hold("A", "D")
    t.give("B", data)
    t.flow()
    t.receive(t.sb)
    t.end(t.sa)
    t.flow()
    t.give("B", data)
    t.flow()
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    answer = t.hold("B", "FA")
    t.give("A", answer)
    t.give("B", data)
    t.see(B="? last-ack")
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("FIN behind a hole")
def fin_behind_hole(t):
    t.establish()
    t.send(t.sa, b"lost data")
    t.end(t.sa)
    data, fin = t.hold("A", "D"), t.hold("A", "FA")
    t.give("B", fin)
    t.see(A="fin-wait-1 ?", B="fin-wait-1 established")
    t.arrive("B", "A")            # a duplicate ACK: moves nothing
    t.see(A="fin-wait-1 ?", B="fin-wait-1 established")
    t.give("B", data)
    t.see(B="? close-wait")
    t.flow()
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.receive(t.sb)
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("FIN overtakes data, both ends closing")
def fins_behind_holes(t):
    t.establish()
    t.send(t.sa, b"from a")
    t.send(t.sb, b"from b")
    held = t.hold("A", "D"), t.hold("B", "D")
    t.shut(t.sa)
    t.shut(t.sb)
    t.carry("A", "FA")
    t.see(B="? fin-wait-1")
    t.carry("B", "FA")
    t.see(A="fin-wait-1 ?")
    t.give("B", held[0])
    t.see(B="? closing")
    t.give("A", held[1])
    t.see(A="closing ?")
    t.flow()
    t.see(A="time-wait time-wait", B="time-wait time-wait")


def close_window(t):
    """Let A send more than B can receive."""
    t.establish()
    t.sb.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
    try:
        while True:
            t.sa.send(b"x" * 1024)
    except BlockingIOError:
        pass
    t.flow()


@scenario("close with data queued behind a closed window")
def fin_queued(t):
    close_window(t)
    t.allow("A", "fin-wait-1", "established",
            "the FIN waits behind data that the window does not let go")
    t.end(t.sa)
    t.see(A="established established", B="established established")
    t.sb.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    drain(t, t.sb)
    t.forbid("A", "fin-wait-1", "established")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("the peer closes while the own FIN is queued")
def fin_queued_both(t):
    close_window(t)
    why = "the FIN waits behind data that the window does not let go"
    t.allow("A", "fin-wait-1", "established", why)
    t.end(t.sa)
    t.allow("A", "closing", "close-wait", why)
    t.shut(t.sb)
    t.flow()
    # The own FIN is the second on the wire, but was the first in the socket.
    t.allow("A", "closing", "last-ack", why)
    t.allow("A", "time-wait", "closed", why)
    t.sb.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    drain(t, t.sb)
    t.see(A="closed ?", B="closed time-wait")
    t.explain("A", "syn-sent > established > fin-wait-1 > closing > end",
              "syn-sent > established > close-wait > last-ack > end", why)


def drain(t, sock):
    """Read until the end of the stream, and carry the segments that are sent then."""
    while True:
        try:
            if not t.receive(sock, 1 << 20):
                return
        except BlockingIOError:
            pass
        t.flow(0.25)


@scenario("server's close before the client's FIN is acknowledged")
def crossing_ack(t):
    t.establish()
    t.shut(t.sb)
    fin_b = t.hold("B", "FA")
    t.shut(t.sa)
    fin_a = t.hold("A", "FA")
    t.give("B", fin_a)
    t.see(B="? closing")
    ack_b = t.hold("B", "A")
    t.give("A", ack_b)           # before the FIN it follows
    t.see(A="fin-wait-2 ?", B="? closing")
    t.give("A", fin_b)
    t.see(A="time-wait ?")
    t.flow()
    t.see(A="time-wait time-wait|closed", B="time-wait time-wait")


@scenario("client closes before it is accepted")
def close_unaccepted(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.end(t.sa)
    ack, fin = t.hold("A", "A"), t.hold("A", "FA")
    t.give("B", ack)
    t.give("B", fin)
    t.see(B="? close-wait")
    t.flow()
    t.accept()
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("client's FIN arrives before the final ACK")
def fin_before_ack(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.end(t.sa)
    ack, fin = t.hold("A", "A"), t.hold("A", "FA")
    t.give("B", fin)
    t.see(B="? close-wait")
    t.give("B", ack)
    t.flow()
    t.accept()
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("an orphan in FIN-WAIT-2 receives the FIN as a timewait socket")
def orphan(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.see(A="fin-wait-2 close-wait")
    t.end(t.sb)
    t.carry("B", "FA")
    t.see(A="time-wait closed")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("RST overtakes the data before it")
def rst_overtakes(t):
    t.establish()
    t.send(t.sb, b"last words")
    data = t.hold("B", "D")
    t.abort(t.sb)
    t.carry("B", "RA")            # beyond the hole: not exact, a challenge ACK
    t.see(A="established ?")
    t.give("A", data)
    t.see(A="established ?")
    t.carry("A", "A")             # no socket: each ACK is answered by a RST
    t.flow()
    t.see(A="closed closed", B="closed closed")


@scenario("the SYN comes again after a RST, and old ACKs after it")
def syn_again_after_rst(t):
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    t.give("B", syn)
    t.carry("B", "SA")
    t.carry("A", "A")
    t.accept()
    t.send(t.sa, b"question")
    old = t.hold("A", "D")
    t.abort(t.sb)
    rst = t.hold("B", "RA")
    t.give("B", syn)              # delayed in the network: a new request
    t.see(B="established|syn-sent syn-received")
    t.give("B", old)              # of the connection before: answered by a RST
    t.see(B="? syn-received")
    t.give("A", rst)
    t.see(A="closed closed")


def closed_client(t):
    """A has closed its socket: an orphan in FIN-WAIT-2; B still sends."""
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.see(A="fin-wait-2 close-wait", B="fin-wait-2 close-wait")


def never_waited(t, *names):
    for name in names:
        t.expect(name, "time_wait", None)
        t.expect(name, "closed", "reset")


@scenario("close(), then data, then the FIN: no TIME-WAIT")
def closed_data_fin(t):
    closed_client(t)
    t.send(t.sb, b"too late")
    t.end(t.sb)
    t.see(B="time-wait last-ack")
    t.carry("B", "D")
    t.see(A="closed closed")
    t.carry("B", "FA")
    t.see(A="closed closed")
    t.carry("A", "R")
    t.see(B="closed closed")
    t.flow()
    never_waited(t, "A", "B")


@scenario("close(), then data with the FIN: no TIME-WAIT")
def closed_data_with_fin(t):
    closed_client(t)
    t.send(t.sb, b"too late")
    t.end(t.sb)
    data, fin = t.hold("B", "D"), t.hold("B", "FA")
    t.give("A", data.change(flags=fin.flags | 8))     # as GRO merges them
    t.see(A="closed closed", B="time-wait last-ack")
    t.carry("A", "R")
    t.see(B="closed closed")
    never_waited(t, "A", "B")


@scenario("close(), then the FIN overtakes data: no TIME-WAIT")
def closed_fin_data(t):
    closed_client(t)
    t.send(t.sb, b"too late")
    t.end(t.sb)
    data = t.hold("B", "D")
    t.carry("B", "FA")
    t.see(A="closed closed")
    t.give("A", data)
    t.carry("A", "R")
    t.see(B="closed closed")
    t.flow()
    never_waited(t, "A", "B")


@scenario("close(), then the FIN alone: TIME-WAIT")
def closed_fin(t):
    closed_client(t)
    t.end(t.sb)
    t.carry("B", "FA")
    t.see(A="time-wait closed", B="time-wait last-ack")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")
    t.expect("B", "time_wait.endpoint", "client")
    t.expect("A", "closed", "fin")


@scenario("close(), and the orphan is given up before the FIN: no TIME-WAIT")
def closed_too_late(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_fin_timeout", 1)
    closed_client(t)
    time.sleep(3)
    t.end(t.sb)
    t.see(B="time-wait last-ack")
    t.carry("B", "FA")
    t.carry("A", "R")
    t.see(A="closed closed", B="closed closed")
    t.expect("B", "time_wait", None)
    t.expect("B", "closed", "reset")
