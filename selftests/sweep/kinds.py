# SPDX-License-Identifier: GPL-2.0
"""The kinds of connections that are captured: what real sockets do to each other.

A kind is a function of a Stage, whose members c and s are the sockets of client and
server. The connections of a kind differ in the number that the stage has: by it one
or the other end begins, and the options of TCP are left out in turn.
"""

import socket
import time

from stage import LATER, SOON

MSS = 1440
KINDS = {}


def kind(name, opened="handshake", closed="fin", **line):
    """opened, closed: what tcpfsm must say of it; line: see Stage."""
    def keep(function):
        KINDS[name] = (function, opened, closed, line)
        return function
    return keep


# --- closes ----------------------------------------------------------------

@kind("client closes")
def client_closes(t):
    t.open()
    t.ask(t.c, t.s, 100 + t.number)
    t.ask(t.s, t.c, 2000)
    t.end(t.c)
    t.end(t.s)


@kind("server closes")
def server_closes(t):
    t.open()
    t.ask(t.c, t.s, 1 + t.number)
    t.ask(t.s, t.c, 3 * MSS)
    t.end(t.s)
    t.end(t.c)


@kind("three segments close")
def three_segments(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 300)
    t.ask(other, one, 20)
    other.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    one.close()
    time.sleep(SOON / 2)
    other.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
    other.close()


@kind("FIN with data")
def fin_with_data(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 50)
    for first, second, size in ((other, one, 1400), (one, other, 40)):
        t.cork(first)
        first.send(b"d" * size)
        first.shutdown(socket.SHUT_WR)
        t.read(second, size)
        time.sleep(LATER)


@kind("no data")
def no_data(t):
    t.open()
    one, other = t.either()
    t.end(one)
    t.end(other)


@kind("half-close with data")
def half_close(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 200)
    one.shutdown(socket.SHUT_WR)
    time.sleep(SOON)
    for size in (1000, 3000, 17):
        t.ask(other, one, size)
    t.end(other)


@kind("long half-close")
def long_half_close(t):
    t.open()
    one, other = t.either()
    t.ask(other, one, 10)
    one.shutdown(socket.SHUT_WR)
    for number in range(6):
        time.sleep(0.5 * number)
        t.ask(other, one, 100 * number + 1)
    t.end(other)


@kind("simultaneous close", closed="simultaneous-fin")
def simultaneous_close(t):
    t.open()
    t.ask(t.c, t.s, 64)
    if t.number % 2:
        t.s.send(b"x" * 900)
        t.c.send(b"y" * 90)
    t.c.shutdown(socket.SHUT_WR)
    t.s.shutdown(socket.SHUT_WR)
    time.sleep(SOON)
    if t.number % 2:
        t.read(t.s, 90)
        t.read(t.c, 900)


@kind("close again", closed="fin|simultaneous-fin")
def close_again(t):
    """A segment of the close is lost behind the router, and comes again."""
    t.open()
    one, other = t.either()
    t.ask(one, other, 500)
    lose = t.number % 3
    if lose == 0:                       # the first FIN
        with t.lost(other):
            one.close()
            time.sleep(SOON)
        time.sleep(1)
        other.close()
        return
    one.shutdown(socket.SHUT_WR)
    time.sleep(LATER)
    with t.lost(one if lose == 1 else other):   # the second one; the last ACK
        other.close()
        time.sleep(SOON)
    time.sleep(1)


# --- opens -----------------------------------------------------------------

@kind("simultaneous open", opened="simultaneous", closed="fin|simultaneous-fin")
def simultaneous_open(t):
    t.cross()
    t.ask(t.c, t.s, 100)
    t.ask(t.s, t.c, 2000)
    one, other = t.either()
    t.end(one)
    t.end(other)


@kind("Fast Open", opened="fast-open", fast=True)
def fast_open(t):
    t.fast_open(10 + 90 * t.number, SOON)
    t.ask(t.s, t.c, 1500)
    one, other = t.either()
    t.end(one)
    t.end(other)


@kind("Fast Open, answered at once", opened="fast-open", fast=True)
def fast_open_at_once(t):
    t.fast_open(200)
    t.ask(t.s, t.c, 900)
    t.ask(t.c, t.s, 77)
    t.end(t.s)
    t.end(t.c)


@kind("server speaks first")
def greeting(t):
    t.open()
    t.ask(t.s, t.c, 60)
    t.ask(t.c, t.s, 10)
    t.ask(t.s, t.c, 500)
    t.end(t.c)
    t.end(t.s)


@kind("handshake again")
def handshake_again(t):
    """A segment of the handshake is lost behind the router."""
    t.listen()
    lose = t.number % 3
    if lose == 2:                       # the last ACK
        t.dial()
        time.sleep(0.003)
        with t.lost(t.server):
            time.sleep(SOON)
    else:                               # the SYN, the SYN-ACK
        with t.lost(t.client if lose else t.server):
            t.dial()
            time.sleep(SOON)
    time.sleep(1.5)
    t.accept()
    t.ask(t.c, t.s, 100)
    t.ask(t.s, t.c, 100)
    t.end(t.c)
    t.end(t.s)


@kind("SYN cookies", cookies=2)
def syn_cookies(t):
    client_closes(t)


@kind("port used again", closed="fin fin", reuse=1)
def port_again(t):
    """The TIME-WAIT of the first connection is reopened by the second one."""
    t.open()
    one, other = (t.c, t.s) if t.number % 2 and t.stamps else (t.s, t.c)
    port = t.c.getsockname()[1]
    t.ask(t.c, t.s, 400)
    t.end(one)
    t.end(other)
    time.sleep(2)
    t.open(port)
    t.ask(t.c, t.s, 30)
    t.ask(t.s, t.c, 300)
    t.end(t.c)
    t.end(t.s)


# --- resets ----------------------------------------------------------------

@kind("abort", closed="reset")
def abort(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 100)
    t.ask(other, one, 100)
    if t.number % 3 == 1:
        other.send(b"z" * 500)
        time.sleep(0.001)
    t.abort(one)


@kind("abort after a FIN", closed="reset")
def abort_after_fin(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 100)
    one.shutdown(socket.SHUT_WR)
    time.sleep(LATER)
    t.ask(other, one, 300)
    t.abort(other if t.number % 3 else one)


@kind("closed with unread data", closed="reset")
def unread(t):
    t.open()
    one, other = t.either()
    t.ask(other, one, 10)
    other.send(b"u" * 3000)
    time.sleep(SOON)
    one.close()


@kind("data for a closed socket", closed="reset")
def data_for_closed(t):
    t.open()
    one, other = t.either()
    t.ask(other, one, 10)
    one.close()
    time.sleep(LATER)
    other.send(b"l" * 100)
    time.sleep(SOON)


@kind("refused", opened="incomplete", closed="refused")
def refused(t):
    t.refused()


@kind("given up in the handshake", opened="incomplete", closed="aborted")
def given_up(t):
    t.listen()
    t.dial()
    if t.number % 2:
        time.sleep(0.002)
    t.c.close()
    time.sleep(SOON)


# --- data ------------------------------------------------------------------

@kind("bulk one way")
def bulk(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 16 * MSS + t.number)
    t.end(one if t.number % 4 < 2 else other)
    t.end(other if t.number % 4 < 2 else one)


@kind("bulk both ways")
def both_ways(t):
    t.open()
    for size in (5 * MSS, 3 * MSS):
        t.c.send(b"c" * size)
        t.s.send(b"s" * (size + 100))
        time.sleep(0.003)
        t.read(t.c, size + 100)
        t.read(t.s, size)
    t.end(t.s)
    t.end(t.c)


@kind("many rounds")
def rounds(t):
    t.open()
    for number in range(7):
        t.ask(t.c, t.s, 1 + number)
        t.ask(t.s, t.c, 50 * number + 1)
    one, other = t.either()
    t.end(one)
    t.end(other)


@kind("keepalive")
def keepalive(t):
    t.open()
    one, other = t.either()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1)):
        one.setsockopt(socket.IPPROTO_TCP, option, value)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    t.ask(t.c, t.s, 10)
    time.sleep(3.5)
    t.ask(t.s, t.c, 20)
    t.end(other)
    t.end(one)


@kind("idle")
def idle(t):
    t.open()
    t.ask(t.c, t.s, 10)
    time.sleep(15)
    t.ask(t.s, t.c, 20)
    time.sleep(15)
    one, other = t.either()
    t.end(one)
    t.end(other)


@kind("zero window", narrow=True)
def zero_window(t):
    t.open()
    one, other = t.either()
    one.setblocking(False)
    sent = one.send(b"w" * 6000)
    time.sleep(1.3)
    t.drain(one, other, 6000, 6000 - sent)
    t.end(one)
    t.end(other)


@kind("small windows", narrow=True)
def small_windows(t):
    t.open()
    one, other = t.either()
    for size in (3000, 1500):
        t.ask(one, other, size)
        t.ask(other, one, size)
    t.end(other)
    t.end(one)


# --- bad lines -------------------------------------------------------------

def talk_on_bad_line(t):
    t.open()
    one, other = t.either()
    t.ask(one, other, 4 * MSS)
    t.ask(other, one, 3 * MSS)
    t.end(one if t.number % 3 else other)
    t.end(other if t.number % 3 else one)


@kind("lossy line", closed="fin|simultaneous-fin", netem="delay 2ms loss 9%")
def lossy(t):
    talk_on_bad_line(t)


@kind("reordering line", closed="fin|simultaneous-fin", netem="delay 3ms 3ms reorder 30%")
def reordering(t):
    talk_on_bad_line(t)


@kind("duplicating line", closed="fin|simultaneous-fin", netem="delay 2ms duplicate 25%")
def duplicating(t):
    talk_on_bad_line(t)
