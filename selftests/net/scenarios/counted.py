# SPDX-License-Identifier: GPL-2.0
"""What the kernel counts, in a scenario each.

told() expects all anomalies in the view of a host. The laws of netlib/tally.py are
checked in every scenario; equal() checks further counters of the kernel.
"""

import contextlib
import socket

from netlib.tally import Tally

from . import IPV4, IPV6, scenario

FASTOPEN = "net.ipv4.tcp_fastopen"
TCP_DEFER_ACCEPT = 9


def sysctl(t, name, value, hosts="AB"):
    for host in hosts:
        t.wire.ends[host].ns.sysctl(name, value)


def close(t, first, second):
    """Close both ends, one after the other; all segments arrive."""
    t.end(first)
    t.flow(0.05)
    t.end(second)
    t.flow(0.05)


# --- the handshake ----------------------------------------------------------

@scenario("SYN lost", IPV4)
def syn_lost(t):
    t.listen()
    t.connect()
    t.lose("A", "S")
    t.arrive("A", "S")
    t.flow()
    t.told("A", own={"syn-rexmit": 1})
    t.told("B")


@scenario("SYN-ACK lost", IPV6)
def synack_lost(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.lose("B", "SA")
    # Both ends retransmit after a second; the law compares how often
    t.arrive("A", "S")
    t.flow()


@scenario("final ACK lost")
def ack_lost(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.lose("A", "A")
    t.arrive("B", "SA")
    t.flow()
    t.told("A", peer={"synack-after-ack": 1})
    # B did not see the lost ACK, so it is no synack-after-ack
    t.told("B", own={"synack-rexmit": 1})
    t.equal("A", "TCPChallengeACK", 1)


@scenario("accept queue full", IPV4)
def accept_queue(t):
    """The request is complete, but there is no room: the ACK is dropped."""
    t.listen(backlog=2)      # room for three in the accept queue
    for number in range(4):
        t.connect(port=t.cport + 1)
        t.carry("A", "S")
        if number < 2:
            t.flow(0)
    t.flow(0)
    t.equal("B", "ListenOverflows", 1)
    t.wait("B", "SA")
    t.accept()
    t.carry("B", "SA")
    t.flow()
    t.told("A", peer={"synack-after-ack": 1})
    t.told("B", own={"synack-after-ack": 1})
    t.equal("B", "ListenOverflows", 1)


@scenario("TCP_DEFER_ACCEPT", IPV6)
def defer_accept(t):
    t.listen().setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 3)
    t.connect()
    t.carry("A", "S")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.arrive("B", "SA")
    t.flow()
    t.told("A", peer={"synack-after-ack": 1})
    t.told("B", own={"synack-after-ack": 1})
    t.equal("B", "TCPDeferAcceptDrop", 1)


@scenario("SYN cookies: the SYN twice")
def syn_cookies(t):
    sysctl(t, "net.ipv4.tcp_syncookies", 2, "B")
    t.listen()
    t.connect()
    syn = t.hold("A", "S")
    t.give("B", syn)
    t.give("B", syn)
    t.carry("B", "SA")
    t.lose("B", "SA")
    t.carry("A", "A")
    t.told("A")
    t.told("B", own={"synack-rexmit": 1}, peer={"syn-rexmit": 1})
    t.equal("B", "SyncookiesSent", 2)
    t.equal("B", "SyncookiesRecv", 1)


@scenario("refused")
def refused(t):
    t.connect()
    t.carry("A", "S")
    t.carry("B", "RA")
    t.told("A", peer={"refused": 1})
    t.told("B", own={"refused": 1})
    t.equal("B", "OutRsts", 1)
    t.equal("A", "AttemptFails", 1)


@scenario("the client has gone before the SYN-ACK came")
def half_open_abort(t):
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.end(t.sa)
    t.carry("B", "SA")
    t.carry("A", "R")
    t.told("A", own={"half-open-abort": 1})
    t.told("B", peer={"half-open-abort": 1})
    t.equal("A", "OutRsts", 1)
    t.equal("B", "AttemptFails", 1)


@scenario("simultaneous open, and a simultaneous close")
def simultaneous(t):
    t.sa, t.sb = t.socket("A", t.cport), t.socket("B", t.port)
    t.start(t.sa, "B", t.port)
    t.start(t.sb, "A", t.cport)
    t.carry("A", "S")
    t.carry("B", "S")
    t.carry("A", "SA")
    t.carry("B", "SA")
    t.flow()
    t.end(t.sa)
    t.end(t.sb)
    t.carry("A", "FA")
    t.carry("B", "FA")
    t.flow()
    t.equal("A", "ActiveOpens", 1)
    t.equal("B", "ActiveOpens", 1)
    t.equal("B", "PassiveOpens", 0)


# --- Fast Open --------------------------------------------------------------

def fast_open(t):
    """connect() with data in the SYN, if the client has a cookie."""
    t.cport += 1
    t.sa = t.socket("A", t.cport)
    with contextlib.suppress(BlockingIOError):
        t.sa.sendto(b"early", socket.MSG_FASTOPEN, (t.address("B"), t.port))
    t.step("fast open")


def fast_open_ready(t):
    """Enable Fast Open on both hosts, and get a cookie for the client."""
    sysctl(t, FASTOPEN, 3)
    t.listen().setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
    fast_open(t)
    t.carry("A", "S")
    t.flow(0.05)
    t.equal("B", "TCPFastOpenCookieReqd", 1)
    t.told("A")


@scenario("Fast Open: the data of the SYN is taken")
def fast_open_taken(t):
    fast_open_ready(t)
    fast_open(t)
    t.carry("A", "SD")
    t.flow()
    t.told("A", own={"syn-data": 1})
    t.told("B", peer={"syn-data": 1})
    t.equal("A", "TCPFastOpenActive", 1)
    t.equal("B", "TCPFastOpenPassive", 1)


@scenario("Fast Open: the data of the SYN is not taken")
def fast_open_left(t):
    fast_open_ready(t)
    sysctl(t, FASTOPEN, 1, "B")
    fast_open(t)
    t.carry("A", "SD")
    t.flow()
    t.told("A", own={"syn-data": 1}, peer={"tfo-data-unacked": 1})
    t.told("B", own={"tfo-data-unacked": 1}, peer={"syn-data": 1})
    t.equal("A", "TCPFastOpenActiveFail", 1)


@scenario("Fast Open: the SYN with the data is lost", IPV4)
def fast_open_lost(t):
    fast_open_ready(t)
    fast_open(t)
    t.lose("A", "SD")
    t.arrive("A", "S")
    t.flow()
    t.told("A", own={"syn-data": 1, "syn-rexmit": 1},
           peer={"tfo-data-unacked": 1})
    t.told("B")
    t.equal("A", "TCPFastOpenActiveFail", 1)


# --- data -------------------------------------------------------------------

@scenario("data lost: in the middle, at the end", IPV6)
def data_lost(t):
    t.establish()
    for _ in range(5):
        t.send(t.sa, b"x" * 100)
    t.carry("A", "D")
    t.lose("A", "D")
    t.flow(0.4)
    t.send(t.sa, b"last")
    t.lose("A", "D")
    t.arrive("A", "D")
    t.flow()
    t.told("A")
    t.told("B")
    t.equal("B", "TCPOFOQueue", 3)


@scenario("the ACK of data is lost", IPV4)
def data_ack_lost(t):
    t.establish()
    t.send(t.sa, b"x" * 100)
    t.carry("A", "D")
    t.wait("B", "A")
    t.lose("B", "A")
    t.arrive("A", "D")
    t.flow()
    # The kernel counts it when old data arrives again
    t.equal("B", "DelayedACKLost", t.tally.sent("A", "retransmits")
            if t.view else 1)
    t.told("A")
    t.told("B")


@scenario("an old segment: PAWS")
def paws(t):
    t.establish()
    t.send(t.sa, b"first")
    old = t.hold("A", "D")
    t.give("B", old)
    t.flow(0.3)
    t.send(t.sa, b"second")
    t.flow()
    before = t.counter("B", "packets.ignored")
    t.give("B", old)
    t.flow()
    t.equal("B", "PAWSEstab",
            t.counter("B", "packets.ignored") - before if t.view else 1)
    t.told("B")


@scenario("keepalives", IPV6)
def keepalive(t):
    t.establish()
    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL):
        t.sa.setsockopt(socket.IPPROTO_TCP, option, 1)
    before = t.tally.sent("A", "packets")
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    t.arrive("A", "A")
    t.arrive("B", "A")
    t.wait("A", "A")
    t.lose("A", "A")
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
    t.flow(0.05)
    t.equal("A", "TCPKeepAlive",
            t.tally.sent("A", "packets") - before if t.view else 2)
    t.sent("A", bytes=0, retransmits=0)
    t.told("A")
    t.told("B")


@scenario("window probes", IPV4)
def window_probes(t):
    """The receiver does not read until there were two probes."""
    t.listen().setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    t.establish()
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32768)
    written, read = 0, 0
    with contextlib.suppress(BlockingIOError):
        while True:
            written += t.sa.send(b"x" * 1024)
    t.flow()
    while t.tally.kernel("A", "TCPWinProbe") < 2:
        t.wait("A")
        t.flow(0.05)
    while read < written:
        with contextlib.suppress(BlockingIOError):
            read += len(t.receive(t.sb))
        t.flow(0.05)
    # What was sent again, small segments before the probes, is the law's business
    t.told("A")
    t.told("B")


@scenario("a bad checksum")
def checksum(t):
    t.establish()
    t.send(t.sa, b"spoiled")
    t.carry("A", "D", bad_checksum=True)
    t.arrive("A", "D")
    t.flow()
    t.equal("B", "InCsumErrors", 1)
    t.told("B")


# --- the end ----------------------------------------------------------------

@scenario("FIN lost, its ACK lost", IPV4)
def fin_lost(t):
    t.establish()
    t.end(t.sa)
    t.lose("A", "FA")
    t.arrive("A", "FA")
    t.wait("B", "A")
    t.lose("B", "A")
    t.arrive("A", "FA")
    t.flow()
    # Only the FIN was retransmitted; how often depends on the time
    t.told("A", own={"fin-rexmit": t.tally.kernel("A", "RetransSegs")})


@scenario("FIN behind a hole")
def fin_gap(t):
    t.establish()
    t.send(t.sa, b"late")
    data = t.hold("A", "D")
    t.end(t.sa)
    t.carry("A", "FA")
    t.give("B", data)
    t.flow()
    t.told("B", peer={"fin-gap": 1})
    t.equal("B", "TCPOFOQueue", 1)


@scenario("TIME-WAIT acknowledges the FIN again", IPV6)
def tw_reack(t):
    t.establish()
    t.end(t.sa)
    t.flow(0.05)
    t.end(t.sb)
    t.carry("B", "FA")
    waiting = Tally(t)
    t.lose("A", "A")
    t.arrive("B", "FA")
    t.lose("A", "A")
    t.arrive("B", "FA")
    t.flow()
    # All segments sent in TIME-WAIT are ACKs of the FIN
    acks = waiting.kernel("A", "OutSegs")
    t.told("A", own={"tw-reack": acks}, peer={"fin-rexmit": acks})
    # In the view of B nothing proves that the first FIN arrived
    t.told("B", own={"fin-rexmit": t.tally.kernel("B", "RetransSegs")})


@scenario("no TIME-WAIT: the FIN again is answered by a RST")
def tw_overflow(t):
    sysctl(t, "net.ipv4.tcp_max_tw_buckets", 0, "A")
    t.establish()
    t.shut(t.sa)
    t.flow(0.05)
    t.end(t.sb)
    t.carry("B", "FA")
    t.lose("A", "A")
    t.arrive("B", "FA")
    t.flow()
    t.told("B", own={"fin-rexmit": t.tally.kernel("B", "RetransSegs")},
           peer={"abort-rst": 1})
    t.equal("A", "TCPTimeWaitOverflow", 1)
    t.equal("A", "OutRsts", 1)


@scenario("connect() reuses the client's TIME-WAIT")
def tw_recycled(t):
    sysctl(t, "net.ipv4.tcp_tw_reuse", 1, "A")
    t.establish()
    close(t, t.sa, t.sb)
    t.wire.quiet(1.1)
    t.connect()
    t.flow()
    t.equal("A", "TWRecycled", t.counter("A", "removed.reopened")
            if t.view else 1)
    t.told("A")
    t.told("B")


@scenario("a SYN reopens the server's TIME-WAIT")
def tw_reopen(t):
    t.establish()
    close(t, t.sb, t.sa)
    t.wire.quiet(0.1)
    t.connect()
    t.flow()
    t.told("B", own={"tw-reopen": 1})
    t.equal("B", "PassiveOpens", 2)
    t.equal("B", "TWRecycled", 0)


# --- RSTs -------------------------------------------------------------------

@scenario("abort")
def abort(t):
    t.establish()
    t.abort(t.sa)
    t.flow()
    t.told("A", own={"abort-rst": 1})
    t.told("B", peer={"abort-rst": 1})
    t.equal("A", "TCPAbortOnData", 1)


@scenario("close() with data unread")
def unread(t):
    t.establish()
    t.send(t.sa, b"nobody reads it")
    t.flow()
    t.end(t.sb)
    t.flow()
    t.told("B", own={"abort-rst": 1})
    t.told("A", peer={"abort-rst": 1})
    t.equal("B", "TCPAbortOnClose", 1)


@scenario("data after close()")
def data_after_close(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.send(t.sb, b"too late")
    t.flow()
    t.told("A", own={"abort-rst": 1}, peer={"half-close": 1})
    t.told("B", own={"half-close": 1}, peer={"abort-rst": 1})


@scenario("a RST behind a hole: challenged, and sent again")
def rst_behind_hole(t):
    sysctl(t, "net.ipv4.tcp_sack", 0)
    t.establish()
    t.send(t.sa, b"lost")
    t.lose("A", "D")
    t.abort(t.sa)
    t.carry("A", "RA")
    t.carry("B", "A")
    t.carry("A", "R")
    t.flow()
    t.told("B", own={"challenge-ack": 1},
           peer={"rst-inexact": 1, "abort-rst": 1})
    t.equal("B", "TCPChallengeACK", 1)
    t.equal("A", "OutRsts", 2)


@scenario("half-open recovery")
def half_open_recovery(t):
    t.establish()
    t.vanish(t.sa)
    t.connect()
    t.carry("A", "S")
    t.carry("B", "A")
    t.carry("A", "R")
    t.arrive("A", "S")
    t.flow()
    t.told("B", own={"challenge-ack": 1},
           peer={"syn-in-sync": 1, "abort-rst": 1, "half-open-recovery": 1})
    t.equal("B", "TCPChallengeACK", 1)
    t.equal("A", "OutRsts", 1)
