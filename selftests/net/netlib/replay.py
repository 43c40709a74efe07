# SPDX-License-Identifier: GPL-2.0
"""Runs `tcpfsm replay` on the packets of a test, and compares it with the module."""

import json
import os
import subprocess
import tempfile

from . import guest
from .pcap import SECOND, Pcap
from .segment import RST, Segment
from .sockets import JIFFY

# The default size of the history
HISTORY = 12
# Members with a time. Only events of timers are a second or more after the first
# segment, and those are late by a jiffy or two.
TIMES = ("time", "start", "duration", "entered", "restarted", "ended", "gap",
         "since")
SLACK, TIMER_SLACK = SECOND // 500, SECOND // 25
# A RST without a connection, which only moves the clock
TICK = Segment("10.9.0.1", "10.9.0.2", 9, 9, flags=RST).packet()


def _write(path, cases, nominal):
    """Write all cases into one capture, one after the other."""
    pcap = Pcap(path)
    for case in cases:
        for step in case["steps"]:
            pcap.later(int(nominal(step) * SECOND))
            pcap.add(bytes.fromhex(step["packet"])
                     if step["verb"] == "segment" else TICK)
    pcap.close()


def _ends(found):
    return frozenset((found[role]["address"], found[role]["port"])
                     for role in ("client", "server", "C", "S")
                     if role in found)


class Replay:
    """Replays of cases. Those without waits share captures; others have one each."""

    def __init__(self, cases, nominal, kind_of):
        self.folder = tempfile.TemporaryDirectory()
        self.nominal = nominal
        self.shared, self.place, self.said = [], {}, {}
        for case in cases:
            if kind_of(case) == "segment":
                self._share(case)
            else:
                self.place[id(case)] = [case]

    def _share(self, case):
        """Put a case into the first capture that has no case with the same ends."""
        for taken, together in self.shared:
            if _ends(case) not in taken:
                break
        else:
            taken, together = set(), []
            self.shared.append((taken, together))
        taken.add(_ends(case))
        together.append(case)
        self.place[id(case)] = together

    def of(self, case):
        """The notifications and the connections of a case."""
        together = self.place[id(case)]
        if id(together) not in self.said:
            self.said[id(together)] = self._run(together)
        events, rows = self.said[id(together)]
        return events.get(_ends(case), []), rows.get(_ends(case), [])

    def _run(self, together):
        path = os.path.join(self.folder.name, "cases.pcap")
        _write(path, together, self.nominal)
        events = [json.loads(line) for line in
                  self._tool("--events", path).splitlines()]
        return self._by_ends(events), self._by_ends(json.loads(
            self._tool(path)))

    @staticmethod
    def _tool(*words):
        return subprocess.run(
            [guest.tool(), "-j", "-s", "replay", "--history", str(HISTORY),
             *words], check=True, text=True, stdout=subprocess.PIPE).stdout

    @staticmethod
    def _by_ends(found):
        sorted_out = {}
        for each in found:
            sorted_out.setdefault(_ends(each), []).append(each)
        return sorted_out


def _nanoseconds(value):
    """Seconds of the tool as the nanoseconds of the module."""
    return round(value * SECOND) if isinstance(value, float) else value


def _tidy(found, start, ids):
    """Remove ids and times of day, which differ."""
    tidy = {}
    for key, value in found.items():
        if key == "id":
            tidy[key] = ids.setdefault(value, len(ids))
        elif key in ("rtt", "time_in_state"):
            tidy.update({f"{key} of {name}": _nanoseconds(each)
                         for name, each in value.items()})
        elif key in TIMES:
            tidy[key] = _nanoseconds(value)
            if key == "start" or (key == "time" and "event" in found):
                tidy[key] -= start
        elif isinstance(value, dict):
            tidy[key] = _tidy(value, start, ids)
        elif isinstance(value, list):
            tidy[key] = [_tidy(each, start, ids) for each in value]
        elif value is not False and key != "pad":
            tidy[key] = value
    return tidy


def _is_time(key):
    return key in TIMES or key.startswith(("rtt of ", "time_in_state of "))


def _tick(found, key):
    """By how much a duration may be too short: it ends with the last tick of the flow."""
    return 2 * JIFFY if key == "duration" and "client" in found else 0


def _differ(ours, theirs, timed, where):
    """The first difference between the module and the replay."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if _is_time(key):
                slack = SLACK if value < SECOND else TIMER_SLACK
                off = value - theirs.get(key, -SECOND)
                if timed and not -slack - _tick(ours, key) <= off <= slack:
                    yield f"{where}.{key}: {value}, replay {theirs.get(key)}"
            else:
                yield from _differ(value, theirs.get(key), timed,
                                   f"{where}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        for number, each in enumerate(ours):
            yield from _differ(each, theirs[number] if number < len(theirs)
                               else None, timed, f"{where}[{number}]")
        if len(ours) < len(theirs):
            yield f"{where}: and in the replay {theirs[len(ours):]}"
    elif ours != theirs:
        yield f"{where}: {ours}, replay {theirs}"


def _all_tidy(events, last):
    start = _nanoseconds(events[0]["start"])
    ids = {}
    return ([_tidy(event, start, ids) for event in events],
            _tidy(last, start, ids))


def differences(events, last, replayed, rows, timed):
    """Differences between the module and the replay as text, "" if there are none."""
    if not replayed or not rows:
        return "nothing in the replay"
    events, last = _all_tidy(events, last)
    replayed, row = _all_tidy(replayed, rows[-1])
    last.pop("event", None)
    last.pop("time", None)
    return "\n".join([*_differ(events, replayed, timed, "event"),
                      *_differ(last, row, timed, "connection")])
