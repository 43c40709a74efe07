# SPDX-License-Identifier: GPL-2.0
"""Keepalives, window probes, pickup in mid-stream, reuse of a tuple."""

import socket
import subprocess

from netlib.rawpeer import RawPeer
from netlib.segment import ACK, FIN, PSH, SYN, timestamps

from . import scenario

OPEN = {"A": "established established", "B": "established established"}


SS = {"ESTAB": "established", "SYN-SENT": "syn-sent",
      "SYN-RECV": "syn-received", "FIN-WAIT-1": "fin-wait-1",
      "FIN-WAIT-2": "fin-wait-2", "TIME-WAIT": "time-wait",
      "CLOSE-WAIT": "close-wait", "LAST-ACK": "last-ack",
      "CLOSING": "closing"}


def shown_by_ss(t, name):
    """The states by local and peer port."""
    text = t.wire.ends[name].ns.run("ss", "-tanH",
                                    stdout=subprocess.PIPE).stdout
    rows = [line.split() for line in text.splitlines()]
    return {tuple(int(end.rpartition(":")[2]) for end in row[3:5]):
            SS[row[0]] for row in rows if row[0] != "LISTEN"}


@scenario("the oracle reads what ss shows")
def oracle_is_ss(t):
    t.listen()
    t.connect()
    t.carry("A", "S")            # syn-sent and a request socket
    synack = t.hold("B", "SA")
    _same_as_ss(t)
    t.give("A", synack)
    t.flow()
    t.accept()
    t.end(t.sa)                  # an orphan in FIN-WAIT-2: a timewait socket
    t.flow()
    _same_as_ss(t)
    t.end(t.sb)
    t.flow()
    _same_as_ss(t)


def _same_as_ss(t):
    for name in "AB":
        mine = {(key[1], key[3]): state
                for key, state in t.diag[name].states().items()}
        if mine != shown_by_ss(t, name):
            t.fault(f"{name}: inet_diag {mine}, ss {shown_by_ss(t, name)}")


@scenario("keepalive")
def keepalive(t):
    t.establish()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1),
                          (socket.SO_KEEPALIVE, 1)):
        level = (socket.SOL_SOCKET if option == socket.SO_KEEPALIVE
                 else socket.IPPROTO_TCP)
        t.sa.setsockopt(level, option, value)
    for _ in range(2):
        t.arrive("A", "A")        # one below SND.NXT
        t.arrive("B", "A")
        t.see(**OPEN)
    t.wait("A", "A")
    t.lose("A", "A")
    t.arrive("A", "A")
    t.flow()
    t.see(**OPEN)


@scenario("zero window, probes, window opens")
def zero_window(t):
    t.establish()
    t.sb.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
    try:
        while True:
            t.sa.send(b"x" * 1024)
    except BlockingIOError:
        pass
    t.flow()
    for _ in range(2):
        t.wait("A")               # a probe of the window
        t.flow(0.1)
        t.see(**OPEN)
    while t.wire.quiet(0.25) or _read(t.sb):
        t.flow()
    t.see(**OPEN)


def _read(sock):
    try:
        return sock.recv(1 << 20)
    except BlockingIOError:
        return None


def closed_by_client(t, **options):
    """A connection that has left a TIME-WAIT in A."""
    t.establish(**options)
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


def closed_by_server(t, **options):
    """A connection that has left a TIME-WAIT in B, the server."""
    t.establish(**options)
    t.end(t.sb)
    t.carry("B", "FA")
    t.arrive("A", "A")
    t.end(t.sa)
    t.carry("A", "FA")
    t.carry("B", "A")
    t.see(A="closed time-wait", B="closed time-wait")


def reported_in_order(t, name, first):
    """The old incarnation is closed before the new one is opened."""
    order = [(event["event"], event["id"]) for event in t.happened(name)
             if event["event"] in ("opened", "closed")]
    second = t.conn(name)["id"]
    if second == first:
        t.fault(f"{name}: the new incarnation has the id of the old one")
    want = [("opened", first), ("closed", first), ("opened", second)]
    if order[:3] != want:
        t.fault(f"{name}: reported {order}, expected {want}")


@scenario("port reuse: a new SYN in the server's TIME-WAIT")
def reuse_time_wait(t):
    # Without timestamps it is the sequence number that makes it acceptable.
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_timestamps", 0)
    closed_by_server(t, isn=1000)
    first = {name: t.view[name] and t.conn(name)["id"] for name in t.view}
    t.connect(isn=5_000_000)
    t.see(A="syn-sent listen", B="closed time-wait")
    t.carry("A", "S")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)
    for name in first:
        reported_in_order(t, name, first[name])
    if t.view:
        ended = t.happened("B", event="closed")[0]
        if ended["closed"] != "fin":
            t.fault(f"the first was closed by {ended['closed']}, not fin")


@scenario("port reuse: newer timestamp, older sequence number")
def reuse_timestamp(t):
    closed_by_server(t, isn=5_000_000)
    t.wire.quiet(1.5)
    t.connect(isn=1000)
    t.carry("A", "S")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)


@scenario("old SYN in TIME-WAIT: acknowledged, nothing reopened")
def old_syn_time_wait(t):
    t.listen()
    peer = RawPeer(t, "B", 5_000_000)
    peer.open()
    t.accept()
    t.end(t.sb)
    peer.take("FA")
    peer.send(FIN | ACK)
    peer.take("A")
    t.see(B="closed time-wait")
    peer.stray(SYN, seq=4_000_000)
    t.hold("B", "A")
    t.see(B="closed time-wait")


@scenario("the client's own TIME-WAIT is reused by connect()")
def reuse_client(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_tw_reuse", 1)
    closed_by_client(t)
    first = {name: t.conn(name)["id"] for name in t.view}
    t.wire.quiet(1.5)
    t.connect()
    t.see(A="syn-sent listen")
    t.carry("A", "S")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)
    for name in first:
        reported_in_order(t, name, first[name])


@scenario("a new SYN after a RST")
def syn_after_rst(t):
    t.establish()
    t.abort(t.sa)
    t.carry("A", "RA")
    t.see(A="closed closed", B="closed closed")
    first = {name: t.conn(name)["id"] for name in t.view}
    t.connect()
    t.see(A="syn-sent listen")
    t.carry("A", "S")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)
    for name in first:
        reported_in_order(t, name, first[name])


@scenario("a new SYN after a refused one")
def syn_after_refused(t):
    t.connect()
    t.carry("A", "S")
    t.carry("B", "RA")
    t.see(A="closed closed", B="closed closed")
    t.listen()
    t.connect()
    t.see(A="syn-sent listen")
    t.flow()
    t.see(**OPEN)


@scenario("half-open recovery: SYN, old ACK, RST, SYN")
def half_open_recovery(t):
    t.establish()
    t.send(t.sa, b"before the crash")
    t.flow()
    t.vanish(t.sa)
    t.step("power failure")
    t.connect()
    t.see(A="syn-sent ?")
    t.carry("A", "S")
    t.see(B="established established")
    t.carry("B", "A")             # of the old connection
    t.see(A="syn-sent ?", B="established established")
    t.carry("A", "R")
    t.see(A="syn-sent ?", B="closed closed")
    t.arrive("A", "S")
    t.see(A="syn-sent listen", B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)


@scenario("pickup in mid-stream, first seen from the client")
def midstream_client(t):
    t.establish()
    t.send(t.sa, b"unseen")
    t.flow()
    _forget(t)
    t.allow("B", "established", None, "nothing was seen of it yet")
    t.send(t.sa, b"seen")
    t.forbid("B", "established", None)
    t.carry("A", "D")
    t.arrive("B", "A")
    t.see(**OPEN)
    for name in "AB":
        t.expect(name, "opened", "midstream")
    t.receive(t.sb)
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


@scenario("pickup in mid-stream, first seen from the server")
def midstream_server(t):
    t.establish()
    _forget(t)
    t.client = {"A": None, "B": None}
    t.allow("A", "established", None, "nothing was seen of it yet")
    t.send(t.sb, b"seen")
    t.forbid("A", "established", None)
    t.carry("B", "D")
    t.arrive("A", "A")
    for name in t.view:
        conn = t.conn(name)
        if {conn[r]["state"] for r in ("client", "server")} != {"established"}:
            t.fault(f"{name}: {conn}")
        # The roles are told by who was seen first, not by the ports.
        t.expect(name, "client.port", t.port)
        t.expect(name, "opened", "midstream")


@scenario("pickup in mid-stream, half closed already")
def midstream_close(t):
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    _forget(t)
    t.client = {"A": None, "B": None}
    unseen = "A's FIN was before the pickup and is not sent again"
    t.allow("A", "fin-wait-2", None, unseen)
    t.allow("B", "close-wait", "established", unseen)
    t.allow("A", "fin-wait-2", "established", unseen)
    t.send(t.sb, b"still open here")
    t.carry("B", "D")
    t.arrive("A", "A")


def _forget(t):
    """As if tcpfsm had been loaded only now."""
    for name in t.view:
        t.flush(name)
        t.view[name].events()
    t.events = {"A": [], "B": []}
    t.trace.clear()
    t.midstream = True


@scenario("timestamps of the far past: PAWS")
def paws(t):
    t.listen()
    peer = RawPeer(t, "B")
    peer.blank = peer.blank.change(options=timestamps(100_000))
    peer.open()
    t.accept()
    peer.stray(FIN | ACK, options=timestamps(50_000))
    # The kernel drops it although its sequence number is exact.
    t.see(B="established established")
    peer.ignore()
    peer.send(ACK | PSH, b"later", options=timestamps(100_001))
    peer.take("A")
    t.see(B="established established")
