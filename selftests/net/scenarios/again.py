# SPDX-License-Identifier: GPL-2.0
"""The tuple is used again: after TIME-WAIT, a RST, a refusal or a crash."""

from netlib.rawpeer import RawPeer
from netlib.segment import ACK, FIN, SYN

from . import scenario

OPEN = {"A": "established established", "B": "established established"}


def closed_by_client(t, **options):
    """Open and close a connection that leaves a TIME-WAIT in A."""
    t.establish(**options)
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.carry("A", "A")
    t.see(A="time-wait closed", B="time-wait closed")


def closed_by_server(t, **options):
    """Open and close a connection that leaves a TIME-WAIT in B, the server."""
    t.establish(**options)
    t.end(t.sb)
    t.carry("B", "FA")
    t.arrive("A", "A")
    t.end(t.sa)
    t.carry("A", "FA")
    t.carry("B", "A")
    t.see(A="closed time-wait", B="closed time-wait")


def reported_in_order(t, name, first):
    """The old incarnation must be reported closed before the new one is opened."""
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
    # Without timestamps the SYN is acceptable by its sequence number.
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


@scenario("two hosts behind one address: an older SYN in TIME-WAIT")
def translated(t):
    """The second host knows nothing of the numbers of the first."""
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_timestamps", 0)
    closed_by_server(t, isn=5_000_000)
    t.connect(isn=1000)
    t.carry("A", "S")
    t.see(B="closed time-wait")
    t.expect("B", "anomalies.tw-reopen-bad", 1)
    t.carry("B", "A")
    t.carry("A", "R")
    t.see(B="closed closed")
    t.arrive("A", "S")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.see(**OPEN)
    t.no_violations()


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
