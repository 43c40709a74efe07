# SPDX-License-Identifier: GPL-2.0
"""Sockets on a Stage that end without a segment, and what tcpfsm reports of it."""

import os
import socket

from .ktap import Failure
from .sockets import SECOND
from .stage import BAR, SLACK

TCP_USER_TIMEOUT = 18
LINEAR = "net.ipv4.tcp_syn_linear_timeouts"


def sysctl(t, name, **values):
    for knob, value in values.items():
        t.wire.ends[name].ns.sysctl(f"net.ipv4.tcp_{knob}", value)


def doubling(t):
    """Double the timeout of a SYN from the first one on, as before Linux 6.5."""
    if os.path.exists("/proc/sys/" + LINEAR.replace(".", "/")):
        t.wire.ends["A"].ns.sysctl(LINEAR, 0)


# --- ways to end; each returns the end and its last state ---------------------

def unanswered_syn(t):
    t.connect()
    return "A", "syn-sent"


def unanswered_syn_ack(t):
    if not t.listener:
        t.listen()
    t.connect()
    t.carry("A", "S")
    # A must neither answer nor retransmit its SYN
    t.vanish(t.sa)
    return "B", "syn-received"


def unanswered_fin(t):
    t.establish()
    t.end(t.sa)
    return "A", "fin-wait-1"


def unanswered_last_fin(t):
    t.establish()
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    return "B", "last-ack"


def unanswered_crossed_fin(t):
    t.establish()
    t.shut(t.sb)
    t.end(t.sa)
    t.carry("B", "FA")
    return "A", "closing"


def never_a_fin(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    return "A", "fin-wait-2"


def unanswered_data(t):
    t.establish()
    t.send(t.sa, b"x" * 100)
    return "A", "established"


def unanswered_last_data(t):
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.send(t.sb, b"x" * 100)
    return "B", "close-wait"


def impatient(t):
    t.establish()
    t.sa.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 3000)
    t.send(t.sa, b"x" * 100)
    return "A", "established"


def unanswered_probe(t):
    """Only a RST is sent, and it is lost."""
    t.establish()
    for option, value in ((socket.TCP_KEEPIDLE, 2), (socket.TCP_KEEPINTVL, 1),
                          (socket.TCP_KEEPCNT, 2)):
        t.sa.setsockopt(socket.IPPROTO_TCP, option, value)
    t.sa.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return "A", "established"


# --- what is reported ---------------------------------------------------------

def judge(t, reason, end, seconds=None, cause="timeout", port=None):
    """tcpfsm must report that the end is closed, at the time its socket was gone.

    seconds: the documented timeout of the kernel, if there is one.
    """
    name, state = end
    stay = t.watch.stay(name, t.key(name, port), state)
    low, high = stay.bounds()
    if seconds and (high < (seconds - 0.1) * SECOND or
                    low > seconds * SECOND * SLACK + BAR):
        t.fault(f"{reason}: {low} to {high} ns, documented are {seconds} s")
    reason = f"{reason}, {t.family.name[3:]}"
    if not t.view:
        t.table.add(reason, (low, high), None, None)
        return
    conn = t.known(name, port)
    moves = t.moves(name, conn, t.role(conn, name))
    found = [(move["old"], move["new"], move["cause"],
              move.get("confirmed", False)) for move in moves]
    want = (state, "closed", cause, True)
    if not found or found[-1] != want:
        t.table.add(reason, (low, high), None, None)
        raise Failure(f"{name} was moved {found}, expected {want} at last")
    begin = [move["time"] for move in moves if move["new"] == state][-1]
    t.judge(reason, stay, begin, moves[-1]["time"])
    not_claimed_afar(t, name, port)


def not_claimed_afar(t, name, port=None):
    """The other host cannot know, so it must not report the end as closed."""
    other = t.wire.other(name).name
    try:
        conn = t.known(other, port)
    except Failure:
        return
    end = conn[t.role(conn, name)]
    if end["state"] == "closed" and end.get("confirmed"):
        t.fault(f"{other} is sure that {name}'s socket is gone: {conn}")
