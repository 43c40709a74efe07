# SPDX-License-Identifier: GPL-2.0
"""TIME-WAITs on a Stage: how they are made, and what is told of them."""

from .ktap import Failure
from .sockets import SECOND, distance, now
from .stage import BAR, SLACK, TWO_MSL

ENDS = ("expired", "reopened", "reset", "skipped", "aborted", "evicted",
        "flushed", "unconfirmed")


def close(t, first="A", lost=0):
    """FIRST closes first and is left in TIME-WAIT.

    So many of its final ACKs are lost. The FIN of the other one, and when it
    last arrived.
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
    # The final ACK: from when it may have left until it was there
    t.moment = began, t.moment[1]
    return fin, came


def open_and_close(t, **how):
    t.deaf()
    t.establish()
    return close(t, **how)


def counted(t, name, entered=1, **ends):
    """What is counted in NAME's namespace, and nothing else."""
    if not t.view:
        return
    found = t.view[name].counters("TIMEWAIT_GET")
    want = {f"end.{end}": ends.get(end, 0) for end in ENDS}
    want.update(entered=entered, now=entered - sum(ends.values()))
    t.equal(f"{name}: TIME-WAITs counted",
            {key: found.get(key) for key in want}, want)


def times(t, name, conn, wait, reason):
    """The TIME-WAIT of NAME's own end, against its socket."""
    port = conn["client"]["port"]
    begin = conn["start"] + wait["entered"]
    t.judge(f"{reason}, {t.family.name[3:]}",
            t.watch.stay(name, t.key(name, port), "time-wait"),
            begin, begin + wait["duration"])


def wait_of(t, conn, role):
    """What is told of the TIME-WAIT of an end."""
    for key in ("time_wait", "time_wait_other"):
        if conn.get(key, {}).get("endpoint") == role:
            return conn[key]
    raise Failure(f"no TIME-WAIT of the {role} in {conn}")


def told(t, name, end, reason, port=None, which=-1, **members):
    """How the TIME-WAIT of NAME's end ended, and when; nothing in a dry run."""
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
    """The same of the remote end of OWNER, seen from NAME: by segments."""
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
    """The kernel's own: 2MSL after what began it, late as its timers are."""
    stay = t.watch.stay(name, t.key(name, port), "time-wait")
    lasted = stay.end[0] - since, stay.end[1] - since
    if lasted[1] < TWO_MSL or lasted[0] > TWO_MSL * SLACK + BAR:
        t.fault(f"the kernel kept it {lasted} ns")


def gap(t, name, wait, last, new):
    """last, new: bounds of when the last segment, and the new SYN, was sent."""
    bounds = new[0] - last[1], new[1] - last[0]
    off = distance(wait.get("gap", 0), bounds)
    if abs(off) > BAR:
        t.fault(f"{name}: gap is {off / 1e6:+.3f} ms off")
