# SPDX-License-Identifier: GPL-2.0
"""Keepalives, window probes, pickup in mid-stream, PAWS; what the oracle sees."""

import socket
import subprocess

from netlib.rawpeer import RawPeer
from netlib.segment import ACK, FIN, PSH, timestamps

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
