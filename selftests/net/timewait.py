#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TIME-WAIT: what tcpfsm reports of its end must agree with the socket.

timewait.py [WORD]...: only the cases with a WORD in their name

The table at the end has the duration of each TIME-WAIT, by the kernel's socket and by
tcpfsm. In real time all that last 2MSL are in one case.
"""

import errno
import sys

from netlib import stage, waits
from netlib.rawpeer import RawPeer
from netlib.segment import ACK, FIN, RST, SYN, seq_add
from netlib.sockets import now, travels
from netlib.stage import BAR, IPV4, TWO_MSL, case
from netlib.waits import (counted, documented, gap, open_and_close, told,
                          told_afar, wait_of)

# tcp_twsk_unique(): what the kernel adds to SND.NXT for the next incarnation
NEXT_ISN = 65535 + 2
# The reason of an allowed difference from the kernel
FORGOTTEN = "the flow is gone, not the socket"


@case("expired, the client's", long=True)
def expired_client(t):
    came = open_and_close(t)[1]
    t.until_gone(("A", t.key("A")))
    documented(t, "A", came)
    told(t, "A", "expired", "expired (client)", restarts=0, restarted=None)
    told_afar(t, "B", "expired", "A", TWO_MSL, restarts=0)
    counted(t, "A", expired=1)
    counted(t, "B", expired=1)


@case("expired, the server's", long=True)
def expired_server(t):
    came = open_and_close(t, first="B")[1]
    t.until_gone(("B", t.key("B")))
    documented(t, "B", came)
    told(t, "B", "expired", "expired (server)", restarts=0)
    told_afar(t, "A", "expired", "B", TWO_MSL, restarts=0)


@case("expired, after final ACKs were lost", long=True)
def lost_acks(t):
    for lost in (1, 2, 3, 5):
        t.cport += 1
        came = open_and_close(t, lost=lost)[1]
        began = t.watch.stay("A", t.key("A"), "time-wait").begin[1]
        t.until_gone(("A", t.key("A")))
        documented(t, "A", came)
        wait = told(t, "A", "expired", f"expired, FIN came {lost} times more",
                    restarts=lost)
        if not wait:
            continue
        off = wait["restarted"] - wait["entered"] - (came - began)
        if abs(off) > BAR:
            t.fault(f"restarted {off / 1e6:+.3f} ms off")
        told_afar(t, "B", "expired", "A", TWO_MSL + came - began,
                  restarts=lost)
    if t.view:
        found = t.view["A"].counters("TIMEWAIT_GET")
        t.equal("restarts, absorbed", (found["restarts"], found["absorbed"]),
                (11, 11))


@case("expired, begun anew by what is no FIN", long=True)
def prolonged(t):
    """Each segment makes the kernel wait another 2MSL; only a FIN is counted."""
    def bare_ack(fin, final):
        return fin.change(flags=ACK, seq=fin.end, options=b"")

    def old_data(fin, final):
        return fin.change(flags=ACK, seq=seq_add(fin.seq, -1), payload=b"x",
                          options=b"")

    for what in (bare_ack, old_data):
        t.cport += 1
        fin, _ = open_and_close(t)
        t.rest(30)
        came = now()
        t.give("A", what(fin, None))
        t.deaf()
        t.until_gone(("A", t.key("A")))
        documented(t, "A", came)
        told(t, "A", "expired", f"expired, after {what.__name__}", restarts=0)


@case("expired, from an orphan's FIN-WAIT-2", long=True)
def from_orphan(t):
    """An orphan has a timewait socket already in FIN-WAIT-2."""
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.rest(40)
    t.end(t.sb)
    t.carry("B", "FA")
    came = now()
    t.carry("A", "A")
    t.until_gone(("A", t.key("A")))
    documented(t, "A", came)
    told(t, "A", "expired", "expired (orphan in FIN-WAIT-2)", restarts=0)
    told_afar(t, "B", "expired", "A", TWO_MSL)


@case("expired, by segments alone", long=True)
def no_truth(t):
    """Without looking at sockets TIME-WAIT lasts 2MSL; the kernel's timer is late."""
    if not t.view:
        return
    for view in t.view.values():
        view.set("socket_truth", 0)
    open_and_close(t)
    t.rest(62)
    told_afar(t, "A", "expired", "A", TWO_MSL, restarts=0)


def crossed(t):
    """The FINs cross: both ends are in TIME-WAIT."""
    t.establish()
    t.end(t.sa)
    t.end(t.sb)
    t.carry("A", "FA")
    t.carry("B", "FA")
    t.carry("A", "A")
    t.carry("B", "A")
    t.see(A="time-wait time-wait", B="time-wait time-wait")


@case("simultaneous close", long=True, router=True)
def simultaneous(t):
    crossed(t)
    t.until_gone(("A", t.key("A")), ("B", t.key("B")))
    for name, other in ("AB", "BA"):
        told(t, name, "expired", f"simultaneous close ({name})", restarts=0)
        told_afar(t, name, "expired", other, TWO_MSL)
        counted(t, name, 2, expired=2)
    # The last segment was B's ACK, and the router cannot know whether A got it
    told_afar(t, "R", "unconfirmed", "A", TWO_MSL)
    told_afar(t, "R", "expired", "B", TWO_MSL)
    counted(t, "R", 2, expired=1, unconfirmed=1)


@case("the final ACK is lost for ever", long=True, router=True)
def unconfirmed(t):
    """A TIME-WAIT that is only assumed ends as unconfirmed."""
    t.establish()
    t.end(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.lose("A", "A")
    t.until_gone(("A", t.key("A")), ("B", t.key("B")))
    told(t, "A", "expired", "expired (peer's view: unconfirmed)")
    told_afar(t, "R", "unconfirmed", "A", TWO_MSL, restarts=0)
    counted(t, "R", unconfirmed=1)


@case("reopened by connect(), tcp_tw_reuse")
def reuse(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_tw_reuse", 1)
    open_and_close(t)
    last = t.moment
    t.rest(1.7)
    t.deaf()
    t.connect()
    new = t.moment[0]
    # B can still ignore the SYN, but the kernel of A has given up its TIME-WAIT
    t.carry("A", "S")
    new = new, t.moment[1]
    t.rest(0.6)
    t.carry("B", "SA")
    t.carry("A", "A")
    if not t.view:
        told(t, "A", "reopened", "reopened (tcp_tw_reuse)", which=-2)
        return
    wait = told(t, "A", "reopened", "reopened (tcp_tw_reuse)", which=-2,
                isn_delta=NEXT_ISN)
    gap(t, "A", wait, last, new)
    conn = t.known("B", which=-2)
    far = wait_of(t, conn, t.role(conn, "A"))
    t.equal("B: end, source, ISN", [far.get(key) for key in (
        "end", "source", "isn_delta")], ["reopened", "wire", NEXT_ISN])
    gap(t, "B", far, last, new)
    for name in "AB":
        counted(t, name, reopened=1)


def reopened_server(t, what, **options):
    """A new SYN in the TIME-WAIT of the server, and what is reported."""
    fin, _ = waits.close(t, first="B")
    last = t.moment
    t.rest(1.7)
    t.deaf()
    t.connect(**options)
    new = t.moment[0]
    syn = t.carry("A", "S")
    new = new, t.moment[1]
    t.rest(0.3)
    t.carry("B", "SA")
    t.carry("A", "A")
    delta = (syn.seq - fin.end + (1 << 31)) % (1 << 32) - (1 << 31)
    wait = told(t, "B", "reopened", f"reopened ({what})", which=-2,
                isn_delta=delta)
    if wait:
        gap(t, "B", wait, last, new)
        conn = t.known("A", which=-2)
        far = wait_of(t, conn, t.role(conn, "B"))
        t.equal("A: end, ISN", [far.get("end"), far.get("isn_delta")],
                ["reopened", delta])


@case("reopened by a SYN with a newer sequence number")
def newer_seq(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_timestamps", 0)
    t.establish(isn=1000)
    reopened_server(t, "RFC 6191, sequence", isn=5_000_000)


@case("reopened by a SYN with a newer timestamp")
def newer_stamp(t):
    t.establish(isn=5_000_000)
    reopened_server(t, "RFC 6191, timestamp", isn=1000)


@case("not reopened by an old SYN", IPV4, long=True)
def not_reopened(t):
    t.listen()
    peer = RawPeer(t, "B", 5_000_000)
    peer.open()
    t.accept()
    t.end(t.sb)
    peer.take("FA")
    peer.send(FIN | ACK)
    peer.take("A")
    t.rest(20)
    peer.stray(SYN, seq=4_000_000)
    t.deaf()
    t.until_gone(("B", t.key("B")))
    told(t, "B", "expired", "expired, after an old SYN", restarts=0)


@case("RST in TIME-WAIT")
def reset(t):
    fin, _ = open_and_close(t)
    t.rest(1)
    t.give("A", fin.change(flags=RST, seq=fin.end, options=b""))
    told(t, "A", "reset", "reset (tcp_rfc1337=0)")
    counted(t, "A", reset=1)
    # B did not see the RST, so it counts no TIME-WAIT that ended by one
    counted(t, "B")


@case("RST in TIME-WAIT, tcp_rfc1337", long=True)
def not_reset(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_rfc1337", 1)
    fin, came = open_and_close(t)
    t.rest(20)
    t.give("A", fin.change(flags=RST, seq=fin.end, options=b""))
    t.until_gone(("A", t.key("A")))
    documented(t, "A", came)
    told(t, "A", "expired", "expired (tcp_rfc1337=1, RST)")


def skip_told(t, name, port):
    """A skipped TIME-WAIT begins and ends when the FIN was received."""
    stays = t.watch.stays[name, t.key(name, port)]
    t.equal("the kernel's last states", [stay.state for stay in stays][-2:],
            ["fin-wait-1", "fin-wait-2"])
    if not t.view:
        return
    conn = t.known(name, port)
    wait = wait_of(t, conn, t.role(conn, name))
    t.equal("end, source, duration",
            [wait.get(key) for key in ("end", "source", "duration")],
            ["skipped", "socket", 0])
    error = stage.distance(conn["start"] + wait["entered"], stays[-1].end)
    t.table.add("skipped (tcp_max_tw_buckets)", (0, 0), wait["duration"],
                error)
    if abs(error) > BAR:
        t.fault(f"it began {error / 1e6:+.3f} ms off")


@case("skipped, tcp_max_tw_buckets=0")
def no_buckets(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_max_tw_buckets", 0)
    t.establish()
    # shutdown(), not close(): an orphan would need a bucket already in FIN-WAIT-2
    t.shut(t.sa)
    t.carry("A", "FA")
    t.arrive("B", "A")
    t.end(t.sb)
    t.carry("B", "FA")
    t.carry("A", "A")
    t.end(t.sa)
    t.rest(0.1)
    skip_told(t, "A", t.cport)
    counted(t, "A", skipped=1)


@case("skipped, when tcp_max_tw_buckets are there")
def few_buckets(t):
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_max_tw_buckets", 2)
    ports = [t.cport + number for number in range(3)]
    for port in ports:
        t.establish(port=port)
        t.shut(t.sa)
        t.carry("A", "FA")
        t.arrive("B", "A")
        t.end(t.sb)
        t.carry("B", "FA")
        t.carry("A", "A")
        t.end(t.sa)
        t.rest(0.1)
    kernel = [t.watch.state("A", t.key("A", port)) for port in ports]
    t.equal("the kernel's", kernel, ["time-wait", "time-wait", None])
    skip_told(t, "A", ports[2])
    counted(t, "A", 3, skipped=1)


def destroy(t, port):
    """Destroy a timewait socket; returns False before Linux 6.6, which cannot."""
    t.watch.look()
    try:
        t.diag["A"].destroy(t.family, t.key("A", port))
    except OSError as why:
        t.equal("refused", why.errno, errno.EOPNOTSUPP)
        return False
    t.watch.look()
    return True


@case("destroyed by hand")
def aborted(t):
    """The socket is destroyed at any moment between two looks."""
    for number in range(10):
        t.cport += 1
        open_and_close(t)
        t.rest(0.5 + number * 0.0037)
        if not destroy(t, t.cport):
            t.rest(0.1)
            t.see(A="time-wait closed")
            counted(t, "A")
            return
        t.rest(0.1)
        told(t, "A", "aborted", "aborted (ss -K)")
    counted(t, "A", number + 1, aborted=number + 1)


@case("many destroyed by hand", IPV4, long=True)
def many_aborted(t):
    """More sockets are destroyed than one sweep looks at."""
    ports = [t.cport + number for number in range(80)]
    for port in ports:
        t.establish(port=port)
        waits.close(t)
    t.rest(0.5)
    if not all(destroy(t, port) for port in ports):
        return
    t.rest(0.2)
    for port in ports if t.view else ():
        conn = t.known("A", port)
        wait = wait_of(t, conn, t.role(conn, "A"))
        t.equal("end", wait.get("end"), "aborted")
    counted(t, "A", len(ports), aborted=len(ports))


@case("evicted")
def evicted(t):
    open_and_close(t)
    first = t.cport
    t.rest(1)
    if t.view:
        t.view["A"].set("limit", 1)
    t.cport += 1
    t.allow("A", "time-wait", None, FORGOTTEN)
    gone = now()
    t.establish()
    ended_by_us(t, first, "evicted", gone)


@case("flushed")
def flushed(t):
    open_and_close(t)
    t.rest(1)
    gone = now()
    t.allow("A", "time-wait", None, FORGOTTEN)
    t.flush("A")
    t.step("flush")
    ended_by_us(t, t.cport, "flushed", gone)


def ended_by_us(t, port, end, gone):
    """tcpfsm drops the flow, while the socket is still there."""
    stay = t.watch.stay("A", t.key("A", port), "time-wait")
    t.equal("the socket's end", stay.end, None)
    if not t.view:
        return
    conn = t.known("A", port)
    wait = wait_of(t, conn, t.role(conn, "A"))
    t.equal("end", wait.get("end"), end)
    kernel = gone - stay.begin[1], now() - stay.begin[0]
    t.table.add(end, kernel, wait["duration"],
                stage.distance(wait["duration"], kernel))
    if stage.distance(wait["duration"], kernel):
        t.fault(f"duration {wait['duration']}, not in {kernel}")
    counted(t, "A", **{end: 1})


@case("2MSL of many, in real time", IPV4, only=lambda: not travels())
def in_real_time(t):
    """One TIME-WAIT of each kind at the same time."""
    t.wire.ends["A"].ns.sysctl("net.ipv4.tcp_rfc1337", 1)
    ends = []

    def add(reason, name="A", **members):
        ends.append((reason, name, t.cport, members))
        t.cport += 1
    open_and_close(t)
    add("expired (client)", restarts=0)
    open_and_close(t, first="B")
    add("expired (server)", "B", restarts=0)
    for lost in (1, 2):
        open_and_close(t, lost=lost)
        add(f"expired, FIN came {lost} times more", restarts=lost)
    crossed(t)
    add("simultaneous close (A)", restarts=0)
    fin, _ = open_and_close(t)
    t.give("A", fin.change(flags=RST, seq=fin.end, options=b""))
    add("expired (tcp_rfc1337=1, RST)", restarts=0)
    t.until_gone(*((name, t.key(name, port)) for _, name, port, _ in ends))
    for reason, name, port, members in ends:
        told(t, name, "expired", reason, port, **members)


if __name__ == "__main__":
    stage.main(sys.argv[1:])
