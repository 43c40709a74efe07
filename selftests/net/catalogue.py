#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The catalogue of anomalies, packet by packet, through a router and replayed.

catalogue.py [WORD]...: only the cases with a WORD in their name

The cases are those of the unit tests (selftests/unit/catalogue_*_cases.c), which
`make -C selftests/unit build/cases.json` writes down. Each is told three times
here: by the module in a router, by its counters, and by `tcpfsm replay` of a
capture of the same packets, which must agree with the module in everything.

Where a second takes a second, the settings shorten waits, one pair of ISNs has to
do, and cases that need a TIME-WAIT to its end are left out.
"""

import collections
import json
import os
import sys
import time

from netlib import guest
from netlib.ktap import Failure, Ktap
from netlib.replay import Replay, differences
from netlib.router import SIDES, Router
from netlib.segment import SYN, FIN, Segment

CASES = os.path.join(guest.ROOT, "selftests", "unit", "build", "cases.json")
# Longer than any timeout there is, and than TIME-WAIT
FOREVER, TIME_WAIT = 432001, 60.1
PAUSE = 0.005
# What a minute is where time is real
MINUTE = 2
# IPv4 both ways round and IPv6, from each pair of ISNs
FAMILIES = 3
TIMEOUTS = ("half_open", "established", "closing", "closed")


def travels():
    """Whether a sleep takes no time."""
    with open("/proc/cmdline", encoding="ascii") as line:
        return "time-travel" in line.read()


def check(condition, why):
    if not condition:
        raise Failure(why)


def equal(got, want, what):
    check(got == want, f"{what}: {got}, expected {want}")


class Clock:
    """How long each verb takes, and the settings that make it so."""

    def __init__(self, travel):
        self.travel = travel
        self.settings = {
            "segment": {}, "expire": {},
            "later": {} if travel else {"close_wait_long": MINUTE},
            "timeout": {f"timeout_{wait}": 1 for wait in TIMEOUTS}}

    def sleep(self, step):
        if step["verb"] == "segment":
            time.sleep(PAUSE if self.travel else 0)
        elif step["verb"] == "timeout":
            time.sleep(1.5)
        elif self.travel:
            time.sleep(nominal(step))
        else:
            time.sleep(step["seconds"] * MINUTE / 60)


def nominal(step):
    """The seconds that pass before a step."""
    return {"segment": PAUSE, "expire": TIME_WAIT,
            "timeout": FOREVER}.get(step["verb"]) or step["seconds"]


def kind_of(case):
    """Its verb that takes time, or "segment"."""
    verbs = {step["verb"] for step in case["steps"]} - {"segment"}
    return verbs.pop() if verbs else "segment"


def read_cases(words):
    """{name: [case, ...]}, from all ISNs and families."""
    found = collections.OrderedDict()
    with open(CASES, encoding="ascii") as lines:
        for case in map(json.loads, lines):
            if not words or any(word in case["name"] for word in words):
                found.setdefault(case["name"], []).append(case)
    return found


def address(end):
    return end["address"], end["port"]


class Play:
    """A case on its way through a router."""

    def __init__(self, case, router, clock):
        self.case = case
        self.router = router
        self.clock = clock
        self.told = []      # events
        self.rest = []      # those of the flush at the end
        self.final = None   # the connection before that
        self.tally = collections.defaultdict(collections.Counter)
        self.closed = {}
        self.number = 0     # id of the incarnation

    def run(self):
        try:
            for step in self.case["steps"]:
                self.take(step)
            self.final = self.current()
        except Failure as why:
            raise Failure(f"{self.case['C']} \"{step['text']}\": {why}"
                          ) from None
        finally:
            self.router.view.flush()
            self.rest = self.router.view.events()

    def take(self, step):
        self.clock.sleep(step)
        if step["verb"] == "segment":
            place = self.case[step["from"]]["address"]
            side = SIDES[place.startswith(("10.2.", "fd00:2:"))]
            self.router.carry(bytes.fromhex(step["packet"]), side)
        events = self.events(len(step["notes"]))
        self.check_notes(step, events)
        self.check_state(step)

    def events(self, notes):
        """All that was told since the last step; a timer may be late."""
        found = self.router.view.events()
        limit = time.monotonic() + 5
        while (sum(event["event"] == "anomaly" for event in found) < notes
               and time.monotonic() < limit):
            time.sleep(0.01)
            found += self.router.view.events()
        self.told += found
        for event in found:
            self.number = max(self.number, event["id"])
            if event["event"] == "anomaly":
                self.tally[event["id"]][event["name"]] += 1
            elif event["event"] == "closed":
                equal(event.get("anomalies", {}), self.tally[event["id"]],
                      "anomalies of the connection that closed")
                self.closed[event["id"]] = event
        return found

    def check_notes(self, step, events):
        found = [event for event in events if event["event"] == "anomaly"]
        equal([event["name"] for event in found],
              [note["name"] for note in step["notes"]], "anomalies")
        for event, note in zip(found, step["notes"]):
            name = note["name"]
            equal(event["kind"], note["kind"], f"kind of {name}")
            equal(address(event[event["endpoint"]]),
                  address(self.case[note["host"]]), f"endpoint of {name}")
            # What is noticed late is about a segment that came before
            about = note if "seq" in note else step
            equal((event.get("seq", 0), event.get("ack", 0)),
                  (about.get("seq", 0), about.get("ack", 0)),
                  f"seq and ack of {name}")
            if "expected" in note:
                equal(event.get("expected"), note["expected"],
                      f"expected number of {name}")
            equal(event.get("octets"), note.get("octets"),
                  f"octets of {name}")

    def current(self):
        """The connection as it is, or as it was when it ended."""
        rows = self.router.view.conns()
        if not rows:
            return self.closed[self.number]
        equal([row["id"] for row in rows], [self.number], "connections")
        equal(rows[0].get("anomalies", {}), self.tally[self.number],
              "anomalies of the connection")
        return rows[0]

    def check_state(self, step):
        conn = self.current()
        equal({address(conn[role]) for role in ("client", "server")},
              {address(self.case[host]) for host in "CS"}, "the ends")
        for role in ("client", "server"):
            end = conn[role]
            host = "CS"[address(end) == address(self.case["S"])]
            state, confirmed = step[host]
            equal(end["state"], state, f"state of {host}")
            if state != "listen" and confirmed is not None:
                equal(end.get("confirmed", False), confirmed,
                      f"confirmed, the {state} of {host}")
        for key in ("opened", "closed", "conn_state", "history"):
            if key in step:
                equal(conn[key], step[key], key)
        if "restarts" in step:
            equal(conn["time_wait"]["restarts"], step["restarts"], "restarts")


def through_router(cases, routers, clock, plays):
    for case in cases:
        plays.append(Play(case, routers[kind_of(case)], clock))
        plays[-1].run()


def replayed(plays, replay, travel):
    for play in plays:
        check(play.final, "the router did not finish it")
        timed = travel and kind_of(play.case) != "timeout"
        wrong = differences(play.told, play.final, *replay.of(play.case),
                            timed)
        check(not wrong, f"{play.case['C']} differs from the replay:\n{wrong}")


def counters(routers, plays):
    """Those of the namespace are the sum of what was told."""
    for kind, router in routers.items():
        told = collections.Counter(
            event["name"] for play in plays if play.router is router
            for event in play.told + play.rest if event["event"] == "anomaly")
        counted = router.view.counters("ANOMALIES_GET")
        equal({name: value for name, value in counted.items() if value},
              dict(told), f"anomalies counted, told ({kind})")


def stranger(routers):
    """Bad flags without a connection are counted and open none."""
    view = routers["segment"].view
    before = view.counters("ANOMALIES_GET")["bad-flags"]
    routers["segment"].carry(Segment(
        "10.1.0.9", "10.2.0.9", 1, 2, flags=SYN | FIN).packet(), SIDES[0])
    equal(view.counters("ANOMALIES_GET")["bad-flags"], before + 1, "bad-flags")
    equal(view.conns(), [], "connections")
    equal(view.events(), [], "events")


def choose(words, travel):
    """The cases; where time is real, as many of them as there is time for."""
    cases = read_cases(words)
    if travel:
        return cases
    often = {"segment": FAMILIES, "later": 1, "timeout": 1, "expire": 0}
    chosen = {name: those[:often[kind_of(those[0])]]
              for name, those in cases.items()}
    return {name: those for name, those in chosen.items() if those}


def main(words):
    guest.require(need_tool=True)
    if not os.path.exists(CASES):
        guest.skip(f"the cases ({CASES})")
    clock = Clock(travels())
    cases = choose(words, clock.travel)
    routers = {kind: Router(f"catalogue-{kind}", **settings)
               for kind, settings in clock.settings.items()}
    replay = Replay([case for those in cases.values() for case in those],
                    nominal, kind_of)
    plays = {name: [] for name in cases}
    ktap = Ktap(2 * len(cases) + 2)
    for name, those in cases.items():
        ktap.run(f"{name}, router", through_router, those, routers, clock,
                 plays[name])
    ktap.run("counters of the namespace", counters, routers,
             [play for those in plays.values() for play in those])
    ktap.run("bad flags without a connection", stranger, routers)
    for name in cases:
        ktap.run(f"{name}, replay", replayed, plays[name], replay,
                 clock.travel)
    for router in routers.values():
        router.close()
    ktap.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
