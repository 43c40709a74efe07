#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Jiffies that wrap, clocks that are set, namespaces and the module that are removed.

wrap.py [WORD]...: only the cases with a WORD in their name

The lower 32 bits of jiffies wrap 300 s after the boot, so the cases of the wrap need a
guest that has just booted, and --time-travel.
"""

import socket
import sys
import time

from netlib import deaths, guest, stage, waits
from netlib.fsm import View
from netlib.ktap import Failure
from netlib.loop import Pairs
from netlib.netns import Namespace
from netlib.segment import SYN, Segment
from netlib.sockets import SECOND, now
from netlib.stage import IPV4, TWO_MSL, case

WRAP = 300
YEAR = 365 * 86400


def raw_syn(host):
    """Send a SYN without a socket, so that only tcpfsm's timeout matters."""
    raw = host.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.sendto(Segment("10.9.0.1", "10.9.0.2", 1000, 80, seq=1,
                       flags=SYN).packet(), ("10.9.0.2", 0))
    raw.close()


@case("TIME-WAIT and timeouts across the wrap of jiffies", IPV4, long=True)
def across_wrap(t):
    """One wait of each kind that begins before the wrap and ends after it."""
    left = WRAP * SECOND - now()
    if left < 60 * SECOND:
        raise Failure("too late: this has to be the first test in a guest")
    for name in "AB":
        deaths.sysctl(t, name, fin_timeout=60, orphan_retries=8)
    deaths.doubling(t)
    host = Namespace("wrap")
    host.ip("link set lo up", "link add d0 type dummy", "link set d0 up",
            "addr add 10.9.0.1/24 dev d0")
    view = None if guest.dry() else View(host)
    if view:
        view.set("timeout_half_open", 60)
    t.rest(left / SECOND - 30)
    raw_syn(host)
    ends = []
    waits.open_and_close(t)
    tw_port = t.cport
    for doom in (deaths.never_a_fin, deaths.unanswered_fin,
                 deaths.unanswered_syn_ack, deaths.unanswered_syn):
        t.cport += 1
        t.deaf()
        name, state = doom(t)
        ends.append((doom.__name__, name, state, t.cport))
    if now() > WRAP * SECOND:
        t.fault("it is too late: it has wrapped")
    t.until_gone(("A", t.key("A", tw_port)),
                 *((name, t.key(name, port)) for _, name, _, port in ends))
    waits.told(t, "A", "expired", "TIME-WAIT across the wrap", tw_port)
    for reason, name, state, port in ends:
        deaths.judge(t, f"{reason} across the wrap", (name, state), port=port)
    if view:
        moved = [event["time"] for event in view.events()
                 if event["event"] == "transition"]
        kept = (moved[-1] - moved[0]) / SECOND
        if not 60 <= kept <= 61:
            t.fault(f"a SYN was kept for {kept} s")
        view.close()
    host.delete()


def set_clock(t, step, change):
    """Set the clock, do something, and set it right again."""
    before = time.clock_gettime(time.CLOCK_REALTIME), time.monotonic()
    try:
        time.clock_settime(time.CLOCK_REALTIME, before[0] + step)
        change(t)
    finally:
        passed = time.monotonic() - before[1]
        time.clock_settime(time.CLOCK_REALTIME, before[0] + passed)


@case("the clock is set by a year, in TIME-WAIT", long=True)
def clock_time_wait(t):
    for step in (YEAR, -YEAR):
        t.cport += 1
        came = waits.open_and_close(t)[1]
        t.rest(10)
        set_clock(t, step, lambda t: t.rest(20))
        t.see(A="time-wait closed")
        t.until_gone(("A", t.key("A")))
        waits.documented(t, "A", came)
        waits.told(t, "A", "expired", f"the clock was set by {step} s")
        waits.told_afar(t, "B", "expired", "A", TWO_MSL)


@case("the clock is set by a year, in other states")
def clock_others(t):
    deaths.sysctl(t, "A", fin_timeout=3, syn_retries=1)
    deaths.doubling(t)
    for step in (YEAR, -YEAR):
        for doom in (deaths.unanswered_syn, deaths.never_a_fin):
            t.cport += 1
            t.deaf()
            name, state = doom(t)
            t.rest(0.5)
            set_clock(t, step, lambda t: t.rest(1))
            t.until_gone((name, t.key(name)))
            deaths.judge(t, f"{state}, clock set by {step} s", (name, state))


def leave_behind(name):
    """A namespace with TIME-WAITs, orphans and requests that tcpfsm looks at."""
    host = Namespace(name)
    host.ip("link set lo up")
    for family in (socket.AF_INET, socket.AF_INET6):
        pairs = Pairs(host, family)
        pairs.connect(20)
        for client, server in pairs.open[:10]:
            client.close()
            server.close()
        for client, server in pairs.open[10:]:
            server.close()
            client.shutdown(socket.SHUT_WR)
            client.close()
        pairs.open = []
        pairs.listener.close()
    return host


@case("a namespace goes, with its TIME-WAITs", IPV4)
def namespace_goes(t):
    """A namespace is removed at several moments."""
    del t
    for number, pause in enumerate((0, 0.001, 0.011, 0.02, 0.2, 1)):
        host = leave_behind(f"wrap-{number}")
        time.sleep(pause)
        host.delete()
    time.sleep(0.5)


@case("the module goes, with TIME-WAITs", IPV4)
def module_goes(t):
    """The module is removed while it looks at sockets; one ends after that."""
    if guest.dry():
        return
    for view in t.view.values():
        view.close()
    t.view.clear()
    for pause in (0, 0.011, 0.2):
        host = leave_behind("wrap-module")
        deaths.sysctl(t, "A", fin_timeout=1)
        t.cport += 1
        deaths.never_a_fin(t)
        time.sleep(pause)
        guest.rmmod()
        t.rest(1.5)
        guest.insmod()
        host.delete()
    view = View(t.wire.ends["A"].ns)
    t.equal("connections", view.conns(), [])
    view.close()


if __name__ == "__main__":
    stage.main(sys.argv[1:])
