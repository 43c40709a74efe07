#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sockets that end without a segment: tcpfsm finds out, because it looks at them.

silent.py [WORD]...: only the cases with a WORD in their name

The table at the end has the time in the last state of each, by the kernel's socket
and by tcpfsm. Where tcpfsm sees only segments it must not report an end.
"""

import ctypes
import socket
import struct
import sys

from netlib import stage
from netlib.deaths import (
    doubling, impatient, judge, never_a_fin, sysctl, unanswered_crossed_fin,
    unanswered_data, unanswered_fin, unanswered_last_data, unanswered_last_fin,
    unanswered_probe, unanswered_syn, unanswered_syn_ack)
from netlib.sockets import SECOND, now
from netlib.stage import BAR, IPV4, LATE, case

TCP_LINGER2 = 8


def dies(t, reason, doom, seconds=None, cause="timeout"):
    t.deaf()
    end = doom(t)
    t.until_gone((end[0], t.key(end[0])), limit=1500)
    judge(t, reason, end, seconds, cause)


# --- the cases ----------------------------------------------------------------

@case("SYN, tcp_syn_retries=2")
def syn_short(t):
    sysctl(t, "A", syn_retries=2)
    doubling(t)
    dies(t, "SYN, 2 retries", unanswered_syn, 7)


@case("SYN, to its end", long=True)
def syn_default(t):
    doubling(t)
    dies(t, "SYN, 6 retries", unanswered_syn, 127)


@case("SYN, to its end as it is since 6.5", long=True)
def syn_linear(t):
    dies(t, "SYN, 6 retries, 4 of them linear", unanswered_syn)


@case("SYN-ACK, tcp_synack_retries=1")
def syn_ack_short(t):
    sysctl(t, "B", synack_retries=1)
    dies(t, "SYN-ACK, 1 retry", unanswered_syn_ack, 3)


@case("SYN-ACK, given up, and the SYN comes again")
def syn_ack_anew(t):
    """The request times out; the listener takes a retransmitted SYN for a new one."""
    sysctl(t, "B", synack_retries=1)
    t.listen()
    t.connect()
    t.carry("A", "S")
    t.until_gone(("B", t.key("B")))
    t.deaf()
    t.rest(5)
    t.carry("A", "S")
    t.see(B="established syn-received")
    t.carry("B", "SA")
    t.carry("A", "A")
    t.accept()
    t.see(A="established established", B="established established")
    if t.view:
        t.equal("moved", [move["new"] for move in
                          t.moves("B", t.known("B"), "server")],
                ["syn-received", "closed", "syn-received", "established"])
    t.rest(LATE)
    t.same_sockets()


@case("SYN-ACK, to its end", long=True)
def syn_ack_default(t):
    dies(t, "SYN-ACK, 5 retries", unanswered_syn_ack, 63)


@case("FIN of an orphan, tcp_orphan_retries=2")
def orphans_short(t):
    for name in "AB":
        sysctl(t, name, orphan_retries=2)
    for doom in (unanswered_fin, unanswered_last_fin, unanswered_crossed_fin):
        t.cport += 1
        dies(t, f"{doom.__name__}, 2 retries", doom)


@case("FIN of an orphan, to its end", long=True)
def orphans_default(t):
    for doom in (unanswered_fin, unanswered_last_fin, unanswered_crossed_fin):
        t.cport += 1
        dies(t, f"{doom.__name__}, 8 retries", doom, 102.2)


def fin_wait_2(t, seconds):
    sysctl(t, "A", fin_timeout=seconds)
    # Beyond 2MSL: the kernel waits the excess twice, and 2MSL not at all
    dies(t, f"FIN-WAIT-2, tcp_fin_timeout={seconds}", never_a_fin,
         seconds if seconds <= 60 else 2 * (seconds - 60))


@case("FIN-WAIT-2 of an orphan, a short tcp_fin_timeout")
def fin_wait_2_short(t):
    fin_wait_2(t, 3)


@case("FIN-WAIT-2 of an orphan, tcp_fin_timeout", long=True)
def fin_wait_2_default(t):
    """With more than 2MSL the kernel first waits with the socket, then without."""
    for seconds in (5, 60, 61, 200):
        t.cport += 1
        fin_wait_2(t, seconds)


@case("keepalive")
def keepalive(t):
    dies(t, "keepalive, RST unheard", unanswered_probe, 4, "rst")


@case("data, TCP_USER_TIMEOUT")
def user_timeout(t):
    dies(t, "data, TCP_USER_TIMEOUT=3 s", impatient)


@case("data, tcp_retries2=3")
def data_short(t):
    for name in "AB":
        sysctl(t, name, retries2=3)
    dies(t, "data, ESTABLISHED, 3 retries", unanswered_data)
    t.cport += 1
    dies(t, "data, CLOSE-WAIT, 3 retries", unanswered_last_data)


@case("data, to its end", long=True)
def data_default(t):
    dies(t, "data, ESTABLISHED, 15 retries", unanswered_data, 924.6)
    t.cport += 1
    dies(t, "data, CLOSE-WAIT, 15 retries", unanswered_last_data, 924.6)


def disconnect(sock):
    """connect() with AF_UNSPEC, which Python's socket does not have."""
    code = ctypes.CDLL(None, use_errno=True).connect(
        sock.fileno(), struct.pack("=H14x", socket.AF_UNSPEC), 16)
    if code:
        raise OSError(ctypes.get_errno(), "connect(AF_UNSPEC)")


@case("disconnected in SYN-SENT")
def disconnected(t):
    """Disconnecting sends nothing, and is no timeout."""
    unanswered_syn(t)
    t.rest(0.5)
    disconnect(t.sa)
    t.until_gone(("A", t.key("A")))
    judge(t, "connect(AF_UNSPEC)", ("A", "syn-sent"))
    if t.view:
        t.equal("anomalies", t.known("A").get("anomalies"), None)


def off(t, name):
    t.wire.ends[name].ns.ip("link set wire down")


@case("destroyed by hand, and the network is down", IPV4)
def destroyed(t):
    t.establish()
    off(t, "A")
    t.rest(1)
    t.watch.look()
    t.diag["A"].destroy(t.family, t.key("A"))
    t.until_gone(("A", t.key("A")))
    judge(t, "ss -K, RST not sent", ("A", "established"))


@case("destroyed by hand")
def destroyed_loudly(t):
    t.establish()
    t.rest(1)
    t.watch.look()
    t.diag["A"].destroy(t.family, t.key("A"))
    t.until_gone(("A", t.key("A")))
    judge(t, "ss -K, RST sent", ("A", "established"), cause="rst")


@case("destroyed by hand, half-open", IPV4)
def destroyed_request(t):
    """A destroyed request cannot be told from SYN cookies: nothing is reported."""
    if t.view:
        t.view["B"].set("timeout_half_open", 3)
    unanswered_syn_ack(t)
    t.rest(0.5)
    t.diag["B"].destroy(t.family, t.key("B"))
    t.until_gone(("B", t.key("B")))
    if not t.view:
        return
    t.equal("state", t.known("B")["server"]["state"], "syn-received")
    t.rest(4)
    last = t.moves("B", t.known("B"), "server")[-1]
    t.equal("moved", [last[key] for key in ("old", "new", "cause")]
            + [last.get("confirmed", False)],
            ["syn-received", "closed", "timeout", False])


def skipped_fin_wait_2(t, reason):
    """FIN-WAIT-2 is skipped: the socket is gone when its FIN is acknowledged."""
    t.establish()
    t.sa.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2,
                    struct.pack("=i", -1 if reason == "TCP_LINGER2" else 60))
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.rest(LATE)
    stay = t.watch.stay("A", t.key("A"), "fin-wait-1")
    if not t.view:
        return
    conn = t.known("A")
    *_, before, last = t.moves("A", conn, "client")
    t.equal("moved", [last[key] for key in ("old", "new", "cause")],
            ["fin-wait-2", "closed", "timeout"])
    error = stage.distance(last["time"], stay.end)
    t.table.add(f"FIN-WAIT-2, {reason}", (0, 0),
                last["time"] - before["time"], error)
    if abs(error) > BAR:
        t.fault(f"{error} ns off")


@case("no FIN-WAIT-2 for an orphan, TCP_LINGER2 < 0")
def linger2(t):
    skipped_fin_wait_2(t, "TCP_LINGER2")


@case("no FIN-WAIT-2 for an orphan, tcp_max_tw_buckets=0")
def no_buckets(t):
    sysctl(t, "A", max_tw_buckets=0)
    skipped_fin_wait_2(t, "tcp_max_tw_buckets")


# --- without looking at sockets -----------------------------------------------

def patient(t, doom, timeout, seconds):
    """Nothing is reported until the timeout of the flow."""
    if not t.view:
        return
    for view in t.view.values():
        view.set("socket_truth", 0)
        view.set(timeout, seconds)
    end = name, state = doom(t)
    t.until_gone((name, t.key(name)), limit=1500)
    conn = t.known(name)
    role = t.role(conn, name)
    t.equal(f"{doom.__name__}: state", conn[role]["state"], state)
    t.equal("events of the end", [event for event in t.events[name]
                                  if event["event"] == "closed"
                                  and event["id"] == conn["id"]], [])
    last = conn["start"] + conn["duration"]
    t.rest(max(0, (last - now()) / SECOND + seconds) + 2)
    conn = t.known(name)
    t.equal("closed", conn["closed"], "timeout")
    moves = [event for event in t.moves(name, conn, role)
             if event["new"] == "closed"]
    t.equal("moves to closed", [(move["cause"], move.get("confirmed", False))
                                for move in moves], [("timeout", False)])
    early = seconds * SECOND - (moves[0]["time"] - last)
    if early > 0 or early < -SECOND:
        t.fault(f"{doom.__name__}: {-early / SECOND:.3f} s late, {end}")


@case("nothing is claimed without a look, SYN")
def no_truth_syn(t):
    sysctl(t, "A", syn_retries=1)
    patient(t, unanswered_syn, "timeout_half_open", 8)


@case("nothing is claimed without a look, SYN-ACK")
def no_truth_syn_ack(t):
    sysctl(t, "B", synack_retries=1)
    patient(t, unanswered_syn_ack, "timeout_half_open", 8)


@case("nothing is claimed without a look, FIN-WAIT-1")
def no_truth_fin(t):
    sysctl(t, "A", orphan_retries=1)
    patient(t, unanswered_fin, "timeout_closing", 6)


@case("nothing is claimed without a look, FIN-WAIT-2", long=True)
def no_truth_fin_wait_2(t):
    sysctl(t, "A", fin_timeout=5)
    patient(t, never_a_fin, "timeout_established", 400)


if __name__ == "__main__":
    stage.main(sys.argv[1:])
