# SPDX-License-Identifier: GPL-2.0
"""A Talk that also compares times with those of the kernel's sockets.

The times that tcpfsm reports of a local end are compared with what a Watch saw of
its socket; they may differ by a jiffy and 10 ms.
"""

import socket
import traceback

from . import guest, oracle, sockevents
from .ktap import Failure, Ktap, Late
from .router import SIDES, Router
from .sockets import JIFFY, SECOND, Watch, distance, now, travels
from .talk import Talk

BOTH = (socket.AF_INET, socket.AF_INET6)
IPV4 = (socket.AF_INET,)
NAMES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}
# Nanoseconds by which a time of the module may be off, or a notification late. In
# real time the host may stop the guest for some time, so more is allowed.
BAR = JIFFY + 10_000_000 + (0 if travels() else 40_000_000)
LATE = 0.1
TWO_MSL = 60 * SECOND
# Factor for timers, which are late by an eighth at most
SLACK = 1.14


class Table:
    """A table: durations by the kernel, by tcpfsm, and their difference."""

    def __init__(self):
        self.rows = []

    def add(self, reason, kernel, ours, error):
        """kernel: bounds of the duration; all values in nanoseconds."""
        self.rows.append((reason, f"{sum(kernel) / 2 / SECOND:.3f}",
                          f"{ours / SECOND:.3f}" if ours is not None else "-",
                          f"{error / 1e6:+.3f}" if error is not None else "-"))

    def text(self):
        rows = [("end", "kernel s", "tcpfsm s", "error ms"), *self.rows]
        wide = [max(len(row[i]) for row in rows) for i in range(4)]
        return "\n".join(f"{row[0]:{wide[0]}}  " + "  ".join(
            f"{cell:>{width}}" for cell, width in zip(row[1:], wide[1:]))
            for row in rows)


class Stage(Talk):
    """router: all packets pass through one, whose view is "R"."""

    def __init__(self, family, trace, table, router=False):
        super().__init__(family, trace)
        self.table = table
        self.watch = Watch({name: end.ns
                            for name, end in self.wire.ends.items()}, [family])
        self.moment = None   # bounds of the time of the last segment
        self.router = None
        if router and not guest.dry():
            self.router = self._join(Router("stage-router"))

    def _join(self, router):
        for name, side in zip("AB", SIDES):
            router.ns.ip(f"route add {self.address(name)} dev {side}")
        self.view["R"] = router.view
        self.events["R"] = []
        return router

    def close(self):
        if self.router:
            del self.view["R"]
            self.router.close()
        self.watch.close()
        super().close()

    def agree(self, name):
        if name != "R":
            super().agree(name)

    # --- steps; sockets are polled before and after each ------------------

    def hold(self, name, kind=None):
        """As in Talk, but drop copies and segments of other connections before it."""
        self.wire.pump()
        queue = self.wire.ends[name].queue
        while kind and queue and queue[0].kind != kind and (
                self.wire.was_given(queue[0])
                or self.cport not in (queue[0].sport, queue[0].dport)):
            queue.popleft()
        return super().hold(name, kind)

    def carry(self, name, kind=None, **changes):
        seg = self.hold(name, kind).change(**changes)
        self.give(self.wire.other(name).name, seg)
        return seg

    def lose(self, name, kind=None):
        seg = self.hold(name, kind)
        self.step("lost")
        return seg

    def give(self, name, seg, **options):
        if self.router:
            self.router.carry(seg.packet(), SIDES[name == "A"])
        self.watch.look()
        before = now()
        super().give(name, seg, **options)
        self.moment = before, now()

    def start(self, sock, name, port):
        before = now()
        super().start(sock, name, port)
        self.moment = before, now()

    def end(self, sock):
        self.watch.look()
        super().end(sock)

    def step(self, what=None):
        self.watch.look()
        super().step(what)

    def rest(self, seconds):
        """Let time pass; segments that are sent wait on the wire."""
        self.watch.rest(seconds, self.listen_in)

    def listen_in(self):
        """Read all notifications, so that no queue overflows."""
        self.wire.pump()
        self.happened_all()

    def happened_all(self):
        for name, view in self.view.items():
            self.events[name] += view.events()

    def deaf(self):
        """Drop all segments on the wire."""
        self.wire.pump()
        for end in self.wire.ends.values():
            end.queue.clear()

    def deaf_to(self, name, kind):
        """Drop the segments of this kind from host "name"."""
        self.wire.pump()
        queue = self.wire.ends[name].queue
        for seg in [seg for seg in queue if seg.kind == kind]:
            queue.remove(seg)

    def key(self, name, port=None):
        """The key of a socket of "name"; port: of the client, by default the last one."""
        here, there = (self.port, port or self.cport)[::-1 if name == "A"
                                                      else 1]
        return (self.address(name), here,
                self.address(self.wire.other(name).name), there)

    def until_gone(self, *ends, limit=200):
        """Wait until the kernel has none of these sockets, and tcpfsm has reported it."""
        self.watch.until(
            lambda: not any(who in self.watch.present for who in ends), limit,
            f"the kernel keeps {ends}", self.listen_in)
        self.rest(LATE)
        self.happened_all()

    # --- what tcpfsm reports ------------------------------------------------

    def known(self, name, port=None, which=-1):
        """The connection of a client port, ended or not, in the view of "name"."""
        self.happened_all()
        port = port or self.cport
        found = {event["id"]: event for event in self.events[name]
                 if event["event"] == "closed"}
        found.update((conn["id"], conn) for conn in self.view[name].conns())
        those = [found[number] for number in sorted(found)
                 if port in (found[number]["client"]["port"],
                             found[number]["server"]["port"])]
        if not those:
            raise Failure(f"{name} knows of no connection from port {port}")
        return those[which]

    def same_sockets(self):
        """The local ends in a dump must have the states of their sockets."""
        for name, view in self.view.items():
            for conn in view.conns():
                for role in ("client", "server"):
                    key = oracle.endpoint_key(conn, role)
                    sock = self.watch.present.get((name, key))
                    end = conn[role]
                    self.equal(f"{name}: state, uid, inode of {key}",
                               (end.get("socket_state"), end.get("uid", 0),
                                end.get("inode", 0)),
                               (sock.state, sock.uid, sock.inode) if sock
                               else (None, 0, 0))

    def moves(self, name, conn, role):
        """The transitions of an end, with their times."""
        self.happened_all()
        return [event for event in self.events[name]
                if event["event"] == "transition"
                and (event["id"], event["endpoint"]) == (conn["id"], role)]

    def role(self, conn, name):
        """The role of the end on host "name"."""
        return ("client" if conn["client"]["address"] == self.address(name)
                else "server")

    def judge(self, reason, stay, begin, end):
        """The time from begin to end must be that of the stay."""
        kernel, ours = stay.bounds(), end - begin
        errors = {"its begin": distance(begin, stay.begin),
                  "its end": distance(end, stay.end),
                  "its duration": distance(ours, kernel)}
        self.table.add(reason, kernel, ours,
                       max(errors.values(), key=abs))
        for what, error in errors.items():
            if abs(error) > BAR:
                self.fault(f"{reason}: {what} is {error / 1e6:+.3f} ms off")

    def equal(self, what, got, want):
        if got != want:
            self.fault(f"{what}: {got}, expected {want}")

    def verdict(self):
        if self.faults:
            raise Failure(f"{len(self.faults)} findings\n"
                          + "\n".join(self.faults[:5]))


TABLE = []


def case(name, families=BOTH, long=False, only=None, **options):
    """Add a case. long: skip it in real time; only(): False skips it.

    In real time each case is run for one family only, alternately.
    """
    def add(function):
        TABLE.append((name, families, long, only, options, function))
        return function
    return add


# The host can stop an emulated guest for a second while its clock goes on, so a case
# that fails in real time is run again
Failed = Failure if travels() else Late


def _play(function, family, trace, table, options):
    stage = Stage(family, trace, table, **options)
    try:
        function(stage)
        stage.verdict()
    except Failure as why:
        raise Failed("\n".join([*stage.faults[:5], str(why)])) from None
    except Exception:
        raise Failed("\n".join([*stage.faults[:5], traceback.format_exc(),
                                stage.wire.story()])) from None
    finally:
        stage.close()


def main(words):
    """Run the cases with one of the words in their name."""
    guest.require()
    if not sockevents.available():
        guest.skip("tracefs")
    travel = travels()
    chosen = [(f"{name}, {NAMES[family]}", family, options, function)
              for number, (name, families, long, only, options, function)
              in enumerate(TABLE)
              for family in (families if travel else
                             families[number % len(families):][:1])
              if (travel or not long) and (not only or only())
              and (not words or any(word in name for word in words))]
    ktap = Ktap(len(chosen))
    trace = sockevents.SockEvents(kilobytes=256)
    table = Table()
    began = now()
    for name, family, options, function in chosen:
        ktap.run(name, _play, function, family, trace, table, options)
    trace.close()
    ktap.note(table.text())
    ktap.note(f"{(now() - began) / SECOND:.0f} s of the guest's time")
    ktap.leave()
