# SPDX-License-Identifier: GPL-2.0
"""TIME-WAITs on a Stage: makes them, and checks what tcpfsm reports of them."""

from .ktap import Failure
from .sockets import SECOND, distance, now
from .stage import BAR, SLACK, TWO_MSL

ENDS = ("expired", "reopened", "reset", "skipped", "aborted", "evicted",
        "flushed", "unconfirmed")


def close(t, first="A", lost=0):
    """Close; host "first" does so first and is left in TIME-WAIT.

    lost: how many of its final ACKs are dropped. Returns the FIN of the other host,
    and the time at which it arrived last.
    """
    second = t.wire.other(first).name
    sock = {"A": t.sa, "B": t.sb}
    t.end(sock[first])
    t.carry(first, "FA")
    t.arrive(second, "A")
    t.end(sock[second])
    fin = t.carry(second, "FA")
    for _ in range(lost):
        t.lose(first, "A")
        t.arrive(second, "FA")
    came, began = now(), t.moment[0]
    t.carry(first, "A")
    # Bounds of the time of the final ACK, from before it was sent
    t.moment = began, t.moment[1]
    return fin, came


def open_and_close(t, **how):
    t.deaf()
    t.establish()
    return close(t, **how)


def counted(t, name, entered=1, **ends):
    """Expect these counters of TIME-WAITs in the view of "name", and no others."""
    if not t.view:
        return
    found = t.view[name].counters("TIMEWAIT_GET")
    want = {f"end.{end}": ends.get(end, 0) for end in ENDS}
    want.update(entered=entered, now=entered - sum(ends.values()))
    t.equal(f"{name}: TIME-WAITs counted",
            {key: found.get(key) for key in want}, want)


def times(t, name, conn, wait, reason):
    """Compare the TIME-WAIT of the end on "name" with its socket."""
    port = conn["client"]["port"]
    begin = conn["start"] + wait["entered"]
    t.judge(f"{reason}, {t.family.name[3:]}",
            t.watch.stay(name, t.key(name, port), "time-wait"),
            begin, begin + wait["duration"])


def wait_of(t, conn, role):
    """The reported TIME-WAIT of an end."""
    for key in ("time_wait", "time_wait_other"):
        if conn.get(key, {}).get("endpoint") == role:
            return conn[key]
    raise Failure(f"no TIME-WAIT of the {role} in {conn}")


def told(t, name, end, reason, port=None, which=-1, **members):
    """Expect how and when the TIME-WAIT on "name" ended; nothing in a dry run."""
    if not t.view:
        stay = t.watch.stay(name, t.key(name, port), "time-wait",
                            0 if which < -1 else -1)
        t.table.add(reason, stay.bounds(), None, None)
        return None
    conn = t.known(name, port, which)
    wait = wait_of(t, conn, t.role(conn, name))
    t.equal(f"{name}: end", wait.get("end"), end)
    for member, want in {"source": "socket", **members}.items():
        t.equal(f"{name}: {member} of {reason}", wait.get(member), want)
    times(t, name, conn, wait, reason)
    return wait


def told_afar(t, name, end, owner, duration, **members):
    """The same for the end on "owner" in the view of "name", which sees only segments."""
    if not t.view:
        return
    conn = t.known(name)
    wait = wait_of(t, conn, t.role(conn, owner))
    t.equal(f"{name}, of {owner}: end", wait.get("end"), end)
    for member, want in {"source": "wire", **members}.items():
        t.equal(f"{name}, of {owner}: {member}", wait.get(member), want)
    off = wait.get("duration", 0) - duration
    if not 0 <= off <= BAR:
        t.fault(f"{name}, of {owner}: {off / 1e6:+.3f} ms beside "
                f"{duration / SECOND:.3f} s")


def documented(t, name, since, port=None):
    """The duration by the kernel must be 2MSL, plus what its timers are late."""
    stay = t.watch.stay(name, t.key(name, port), "time-wait")
    lasted = stay.end[0] - since, stay.end[1] - since
    if lasted[1] < TWO_MSL or lasted[0] > TWO_MSL * SLACK + BAR:
        t.fault(f"the kernel kept it {lasted} ns")


def gap(t, name, wait, last, new):
    """The reported gap must be that between last and new, which are bounds."""
    bounds = new[0] - last[1], new[1] - last[0]
    off = distance(wait.get("gap", 0), bounds)
    if abs(off) > BAR:
        t.fault(f"{name}: gap is {off / 1e6:+.3f} ms off")
