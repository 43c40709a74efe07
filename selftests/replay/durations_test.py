#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Time in state, of connections whose segments all have a known time."""

import decimal
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "net")]

from netlib.ktap import Ktap                                        # noqa: E402
import talk                                                         # noqa: E402
from talk import NSEC, START, Talk                                  # noqa: E402
from time_test import capture, found                                # noqa: E402
from tool import check, connections, equal, parse, replay           # noqa: E402

# Relative error of a time in the history
EXACT = decimal.Decimal(1) / 2 ** 22
# Time in state of the ends in talk.ALL, in milliseconds
CLIENT = {"syn-sent": 1, "established": 4, "fin-wait-1": 1, "fin-wait-2": 1}
SERVER = {"listen": 1, "syn-received": 1, "established": 3, "close-wait": 2, "last-ack": 1}
BOTH_CLOSE = (*talk.OPEN, "C FA 1 1", "S FA 1 1", "S A 2 2", "C A 2 2")


def milliseconds(stays):
    return {state: stay * 1000 for state, stay in stays.items()}


def near(got, want, what):
    equal(set(got), set(want), what)
    for key, value in want.items():
        check(value * (1 - EXACT) <= got[key] <= value, f"{what}: {key}: {got[key]}, not {value}")


def times(data, *words):
    return parse(replay(data, "--stats", *words, options=("-j", "-s")))["durations"]


def whole():
    """Every state of both ends, until now or until its end."""
    said = Talk().say(*talk.ALL)
    [one] = connections(capture(said, end=START + 5 * NSEC), options=("-s",))
    near(milliseconds(one["client"]["time_in_state"]), {**CLIENT, "time-wait": 4993}, "client")
    near(milliseconds(one["server"]["time_in_state"]), SERVER, "server")
    equal((one["client"]["since"] * 1000, "since" in one["server"]), (7, False), "since")
    check("forgotten" not in one, f"{one} has forgotten something")
    [one] = connections(capture(said))
    check("time_in_state" not in one["client"], "stays without -s")


def told_at_the_end():
    """The notification of the end has them without asking."""
    [one] = found(capture(Talk().say(*talk.ALL), end=START + 100 * NSEC), "closed")
    near(milliseconds(one["client"]["time_in_state"]), {**CLIENT, "time-wait": 60_001}, "client")
    near(milliseconds(one["server"]["time_in_state"]), SERVER, "server")
    check("segments" not in one, "segments without -s")
    equal(one["time_wait"], {
        "endpoint": "client", "entered": decimal.Decimal("0.007"), "restarts": 0,
        "ended": decimal.Decimal("60.008"), "duration": decimal.Decimal("60.001"),
        "end": "expired", "source": "wire"}, "time_wait")


def midstream():
    """What began before the capture is not measured."""
    data = capture(Talk().say("C PA 1 1 +10", "S A 1 11", "C FA 11 1", "S FA 1 12", "C A 12 2"),
                   end=START + 9 * NSEC)
    [one] = connections(data, options=("-s",))
    equal(set(one["client"]["time_in_state"]) & {"closed", "listen", "syn-sent"}, set(), "states")
    got = times(data)
    equal((got["handshake"]["count"], got["client"]["syn-sent"]["count"],
           got["client"]["established"]["count"]), (0, 0, 0), "counts")


def forgotten():
    """Records that were overwritten are counted, and nothing is made up for them."""
    data = capture(Talk().say(*talk.ALL))
    [one] = connections(data, "--history=3", options=("-s",))
    equal((one["forgotten"], len(one["segments"])), (4, 3), "forgotten, segments")
    check("syn-sent" not in one["client"]["time_in_state"], "what nobody remembers")
    text = replay(data, "--ladder", "--history=3")
    check("4 segments are forgotten" in text, text)


def both_wait():
    """Both ends in TIME-WAIT: the one that began first, and the other."""
    data = capture(Talk().say(*BOTH_CLOSE), end=START + 70 * NSEC)
    [one] = connections(data)
    first, other = one["time_wait"], one["time_wait_other"]
    equal((first["endpoint"], first["entered"] * 1000, first["end"]), ("client", 5, "expired"),
          "the first")
    equal((other["endpoint"], other["entered"] * 1000, other["end"]),
          ("server", 6, "unconfirmed"), "the other")
    equal(times(data)["server"]["time-wait"]["count"], 0, "measured though never proven")


def reopened():
    """Reopened: the time and the ISN are those of the SYN, not of its answer."""
    said = Talk().say(*talk.ALL, "wait 2", "C S 900000", "wait 0.5", "S SA 800000 900001")
    one = connections(capture(said))[0]
    wait = one["time_wait"]
    equal((wait["end"], wait["duration"] * 1000, wait["gap"] * 1000, wait["isn_delta"]),
          ("reopened", 2002, 2001, 900000 - 102), "time_wait")
    text = replay(capture(said), options=("-s", "-n"))
    check(re.search(r"held 2.002 s, reopened \(wire\)\n +a new SYN 2.00 s after the last "
                    r"segment, ISN 899898 further on\n", text), text)


def reset():
    """TIME-WAIT ended by a RST (RFC 1337), and its duration."""
    said = Talk().say(*talk.ALL, "wait 3", "S R 2")
    one = connections(capture(said))[0]
    equal((one["time_wait"]["end"], one["time_wait"]["duration"] * 1000), ("reset", 3002),
          "time_wait")
    check("TIME-WAIT held 3.002 s, reset\n" in replay(capture(said), "--ladder"), "ladder")


def histograms():
    """Histograms count each connection, and their sums are its times."""
    said = [Talk(cport=1000 + n).say(*talk.ALL) for n in range(7)]
    got = times(capture(*said, end=START + 100 * NSEC))
    want = {("handshake",): 2, ("close",): 3,
            **{("client", state): ms for state, ms in CLIENT.items()},
            **{("server", state): ms for state, ms in SERVER.items()},
            ("client", "time-wait"): 60_001}
    for name in [("handshake",), ("close",)] + [
            (role, state) for role in ("client", "server") for state in got[role]]:
        one = got[name[0]] if len(name) == 1 else got[name[0]][name[1]]
        count, each = (7, want[name]) if name in want else (0, 0)
        equal((one["count"], one["sum"] * 1000, one["max"] * 1000), (count, count * each, each),
              ".".join(name))
        below = 1
        while each * 1000 >= below:
            below *= 2
        equal(one["buckets"], [{"below": decimal.Decimal(below) / 10 ** 6, "count": 7}]
              if count else [], f"buckets of {'.'.join(name)}")


def table():
    """The table: a line for each histogram; estimates are between minimum and maximum."""
    data = capture(*(Talk(cport=1000 + n).say("C S 0", f"wait {n / 100}", "S SA 0 1")
                     for n in range(1, 101)))
    lines = replay(data, "--stats", options=("-s",)).partition("TIME IN STATE")[2].splitlines()
    equal([line.split("  ")[0] for line in lines[1:]], ["client SYN-SENT", "server LISTEN"],
          "names")
    count, mean, p50, p99, longest = re.findall(r"(\d\S*(?: ms| s)?) ", lines[1] + " ")[:5]
    equal((count, mean, longest), ("100", "506 ms", "1.00 s"), "count, mean, longest")
    for estimate, low, high in ((p50, 400, 620), (p99, 900, 1001)):
        number, unit = estimate.split()
        check(low <= float(number) * {"ms": 1, "s": 1000}[unit] <= high, f"~ {estimate}")
    check("TIME IN STATE" not in replay(data, "--stats"), "without -s")


def main():
    tests = (whole, told_at_the_end, midstream, forgotten, both_wait, reopened, reset,
             histograms, table)
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(test.__doc__.strip(), test)
    ktap.leave()


if __name__ == "__main__":
    main()
