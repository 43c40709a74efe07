# SPDX-License-Identifier: GPL-2.0
"""The three-way handshake, and what can happen to it."""

import socket
import struct

from . import scenario

TCP_DEFER_ACCEPT = 9


@scenario("three-way handshake")
def handshake(t):
    t.listen()
    t.connect()
    t.see(A="syn-sent listen", B="-")
    t.carry("A", "S")
    t.see(A="syn-sent listen", B="established syn-received")
    t.carry("B", "SA")
    t.see(A="established established", B="established syn-received")
    t.carry("A", "A")
    t.see(A="established established", B="established established")
    t.expect("A", "opened", "handshake")
    t.expect("B", "opened", "handshake")
    t.expect("A", "client.local", True)
    t.expect("A", "server.local", None)
    t.expect("B", "client.local", None)
    t.expect("B", "server.local", True)
    t.empty()


@scenario("SYN lost")
def syn_lost(t):
    t.listen()
    t.connect()
    t.lose("A", "S")
    t.see(A="syn-sent listen", B="-")
    t.arrive("A", "S")
    t.see(A="syn-sent listen", B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(A="established established", B="established established")


@scenario("SYN-ACK lost")
def synack_lost(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.lose("B", "SA")
    t.see(A="syn-sent listen", B="established syn-received")
    # Both ends have a timer of a second; which is first is not fixed.
    t.arrive("A", "S")
    t.see(B="established syn-received")
    t.arrive("B", "SA")
    t.carry("A", "A")
    t.see(A="established established", B="established established")


@scenario("final ACK of the handshake lost")
def final_ack_lost(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.lose("A", "A")
    t.see(A="established established", B="established syn-received")
    t.arrive("B", "SA")
    # The SYN-ACK that comes again proves where the server is.
    t.see(A="established established|syn-received",
          B="established syn-received")
    t.arrive("A", "A")
    t.see(A="established established", B="established established")


@scenario("final ACK lost, data takes its place")
def final_ack_is_data(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.lose("A", "A")
    t.send(t.sa, b"question")
    t.see(A="established established", B="established syn-received")
    t.carry("A", "D")
    t.see(A="established established", B="established established")


@scenario("final ACK and data overtaken by data")
def first_data_reordered(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    ack = t.hold("A", "A")
    t.send(t.sa, b"first")
    first = t.hold("A", "D")
    t.send(t.sa, b"second")
    t.carry("A", "D")
    t.see(B="established established")
    t.give("B", first)
    t.give("B", ack)
    t.flow()
    t.see(A="established established", B="established established")


@scenario("SYN delivered twice")
def syn_twice(t):
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    t.give("B", syn)
    t.give("B", syn)
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.see(A="established established")
    t.flow()
    t.see(A="established established", B="established established")
    t.give("B", syn)        # and late
    t.flow()
    t.see(A="established established", B="established established")


@scenario("SYN-ACK delivered twice")
def synack_twice(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    synack = t.hold("B", "SA")
    t.give("A", synack)
    t.carry("A", "A")
    t.give("A", synack)
    t.see(A="established ?", B="established established")
    t.flow()                # the challenge ACK
    t.send(t.sa)
    t.flow()
    t.see(A="established established", B="established established")


@scenario("final ACK delivered twice, late")
def final_ack_twice(t):
    t.establish()
    t.send(t.sa, b"abc")
    data = t.hold("A", "D")
    old = data.change(payload=b"", flags=0x10)
    t.give("B", data)
    t.give("B", old)
    t.flow()
    t.see(A="established established", B="established established")


@scenario("simultaneous open")
def simultaneous_open(t):
    t.client = {"A": "A", "B": "B"}
    t.sa = t.socket("A", t.cport)
    t.sb = t.socket("B", t.port)
    t.start(t.sa, "B", t.port)
    t.see(A="syn-sent listen", B="-")
    t.start(t.sb, "A", t.cport)
    t.see(A="syn-sent listen", B="listen syn-sent")
    t.carry("A", "S")
    # What each supposes of the other is not fixed until all has arrived.
    t.see(A="syn-sent listen", B="? syn-received")
    t.carry("B", "S")
    t.see(A="syn-received ?", B="? syn-received")
    t.carry("A", "SA")
    t.see(B="? established")
    t.flow()
    t.see(A="established established", B="established established")
    t.expect("A", "opened", "simultaneous")
    t.expect("B", "opened", "simultaneous")


@scenario("refused")
def refused(t):
    t.connect()
    t.carry("A", "S")
    t.see(A="syn-sent listen", B="closed|syn-sent closed")
    t.carry("B", "RA")
    t.see(A="closed closed", B="closed closed")
    t.expect("A", "closed", "refused")
    t.expect("B", "closed", "refused")


@scenario("client gives up: SYN, then RST of its own")
def half_open_abort(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.vanish(t.sa)
    t.step("power failure")
    t.carry("B", "SA")
    # No socket: the SYN-ACK is answered by a RST with its ack as seq.
    t.see(A="closed closed", B="established syn-received")
    t.carry("A", "R")
    t.see(A="closed closed", B="closed closed")


@scenario("accept queue full: the server falls back to syn-received")
def accept_queue(t):
    t.listen(backlog=2)      # room for three to be accepted
    for _ in range(2):
        t.connect(port=t.cport + 1)
        t.carry("A", "S")
        t.carry("B", "SA")
        t.carry("A", "A")
    for _ in range(2):       # two SYNs arrive before the queue is full
        t.connect(port=t.cport + 1)
        t.carry("A", "S")
    for _ in range(2):
        t.carry("B", "SA")
    t.carry("A", "A")
    t.allow("B", "syn-received", "established",
            "the accept queue is full: the kernel drops the final ACK")
    t.carry("A", "A")
    t.arrive("B", "SA")
    t.forbid("B", "syn-received", "established")
    t.see(B="established syn-received")
    t.accept()
    t.arrive("A", "A")
    t.see(A="established established", B="established established")


@scenario("TCP_DEFER_ACCEPT: established with the first data")
def defer_accept(t):
    t.listen().setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 3)
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.allow("B", "syn-received", "established",
            "the kernel ignores the bare final ACK")
    t.carry("A", "A")
    t.send(t.sa, b"request")
    t.forbid("B", "syn-received", "established")
    t.carry("A", "D")
    t.accept()
    t.see(A="established established", B="established established")


@scenario("TCP_DEFER_ACCEPT: the SYN-ACK comes again")
def defer_accept_again(t):
    t.listen().setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 3)
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.allow("B", "syn-received", "established",
            "the kernel ignores the bare final ACK")
    t.carry("A", "A")
    t.arrive("B", "SA")
    t.see(B="established syn-received")
    t.arrive("A", "A")
    t.flow()
    t.see(A="established established", B="established established")


@scenario("SYN cookies")
def syn_cookies(t):
    t.wire.ends["B"].ns.sysctl("net.ipv4.tcp_syncookies", 2)
    t.listen()
    t.connect()
    t.allow("B", None, "syn-received",
            "with SYN cookies there is no request socket")
    t.carry("A", "S")
    t.carry("B", "SA")
    t.forbid("B", None, "syn-received")
    t.see(A="established established")
    t.carry("A", "A")
    t.accept()
    t.see(A="established established", B="established established")


def _fast_open(t):
    for end in t.wire.ends.values():
        # client, server, no cookie needed on either side, data in any SYN
        end.ns.sysctl("net.ipv4.tcp_fastopen", 0x607)
    t.listen().setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    t.sa = t.socket("A", t.cport)
    t.sa.sendto(b"early", socket.MSG_FASTOPEN, (t.address("B"), t.port))
    t.step("fast open")


@scenario("Fast Open")
def fast_open(t):
    _fast_open(t)
    t.see(A="syn-sent listen", B="-")
    t.carry("A", "SD")
    t.see(B="established syn-received")
    t.accept()
    assert t.receive(t.sb) == b"early"
    t.carry("B", "SA")
    t.see(A="established established", B="established syn-received")
    t.carry("A", "A")
    t.see(A="established established", B="established established")
    t.expect("A", "opened", "fast-open")
    t.expect("B", "opened", "fast-open")


@scenario("Fast Open: the server answers before the handshake ends")
def fast_open_early_answer(t):
    _fast_open(t)
    t.carry("A", "SD")
    t.accept()
    t.send(t.sb, b"answer")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.see(A="established established")
    t.carry("B", "D")
    t.flow()
    t.see(A="established established", B="established established")


@scenario("Fast Open: the server closes before the handshake ends")
def fast_open_early_close(t):
    _fast_open(t)
    t.carry("A", "SD")
    t.accept()
    t.receive(t.sb)
    # Linux defers the FIN of a socket in SYN-RECEIVED.
    t.shut(t.sb)
    t.see(B="established syn-received")
    t.flow()
    t.see(A="close-wait fin-wait-2", B="close-wait fin-wait-2")
    t.end(t.sa)
    t.flow()
    t.see(A="closed time-wait", B="closed time-wait")


@scenario("Fast Open: the data of the SYN is not taken")
def fast_open_ignored(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_fastopen", 0x5)
    t.listen()
    t.sa = t.socket("A", t.cport)
    t.sa.sendto(b"early", socket.MSG_FASTOPEN, (t.address("B"), t.port))
    t.step("fast open")
    t.carry("A", "SD")
    t.see(B="established syn-received")
    t.carry("B", "SA")       # acknowledges the SYN only
    t.flow()
    t.accept()
    assert t.receive(t.sb) == b"early"
    t.see(A="established established", B="established established")


@scenario("initial sequence number just below 2^32, client")
def wrap_client(t):
    t.establish(isn=0xffffffff)
    t.send(t.sa, b"over the edge")
    t.flow()
    t.receive(t.sb)
    t.end(t.sa)
    t.flow()
    t.end(t.sb)
    t.flow()
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("sequence numbers wrap in the data and at the FIN")
def wrap_later(t):
    for size in (3, 4, 5):
        t.cport += 1
        t.establish(isn=0xfffffffa)   # 5 bytes up to 2^32
        t.send(t.sa, b"x" * size)
        t.flow(0.1)
        t.receive(t.sb)
        t.end(t.sa)
        t.carry("A", "FA")
        t.arrive("B", "A")
        t.end(t.sb)
        t.carry("B", "FA")
        t.carry("A", "A")
        t.see(A="time-wait closed", B="time-wait closed")


@scenario("closed by the server while the client still connects")
def listener_gone(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.sockets.remove(t.listener)
    t.listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("=ii", 1, 0))
    t.listener.close()
    t.carry("B", "SA")
    t.carry("A", "A")
    t.flow()
    t.see(A="closed closed", B="closed closed")
    t.explain("B", "nothing", "syn-received > established > end",
              "on arrival the final ACK is taken for accepted, the RST that "
              "follows at once tells otherwise")
