#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The clock of a capture: which connections end, when, and in which order."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import talk  # noqa: E402
from captures import MAGIC_NS, pcap  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from talk import MSEC, NSEC, START, Talk, records  # noqa: E402
from tool import check, connections, equal, events, states, stats  # noqa: E402

# The defaults of the timeouts, and 2MSL; seconds
HALF_OPEN, ESTABLISHED, CLOSING, CLOSED, MSL2 = 130, 432000, 300, 10, 60
CLOSE_WAIT_LONG = 60


def capture(*talks, end=None):
    """A capture of several talks; at "end" a packet that is not TCP."""
    packets = [packet for one in talks for packet in one.packets]
    rows = sorted(records(packets, captures.ethernet), key=lambda row: row[0])
    if end is not None:
        rows.append((end, captures.ethernet(b"\0" * 28, kind=0x0806), None))
    return pcap(rows, magic=MAGIC_NS)


def found(data, event, **keys):
    return [one for one in events(data) if one["event"] == event and
            all(one.get(key) == value for key, value in keys.items())]


def since_start(seconds):
    """Seconds as the time of an event, in milliseconds."""
    return (seconds * NSEC - START) / MSEC


def ends(name, lines, seconds, closed, last=-1, kept=0):
    """The connection ends so many seconds after a segment, not a nanosecond before,
    and is kept for "kept" seconds more.
    """
    said = Talk().say(*lines)
    due = said.packets[last][0] + seconds * NSEC
    before = capture(said, end=due - 1)
    [one] = connections(before)
    check(one["closed"] in ("open", closed), f"{name}: closed {one['closed']} too early")
    equal(stats(before)["connections"]["now"], 1, "connections before")
    after = capture(said, end=due)
    [one] = connections(after)
    equal((one["closed"], *states(one)), (closed, "closed", "closed"), name)
    counts = stats(after)
    equal(counts["connections"]["now"], int(kept > 0), "connections after")
    counts = stats(capture(said, end=due + kept * NSEC))
    equal(counts["connections"]["now"], 0, "connections at last")
    kind = "closed" if closed in ("fin", "reset", "refused") else "timeout"
    equal(counts["removed"][kind], 1, f"removed.{kind}")
    told = found(after, "closed")
    equal(len(told), 1, "times told that it closed")
    return told[0]


def time_wait():
    """TIME-WAIT takes a minute after the last ACK."""
    told = ends("TIME-WAIT", talk.ALL, MSL2, "fin", kept=CLOSED)
    equal(since_start(told["time"]), 60_008, "told at")


def time_wait_again():
    """A retransmitted FIN restarts TIME-WAIT."""
    lines = (*talk.ALL, "wait 50", "S FA 1 102", "C A 102 2")
    ends("TIME-WAIT", lines, MSL2, "fin", kept=CLOSED)
    [one] = connections(capture(Talk().say(*lines)))
    equal(one["time_wait"]["restarts"], 1, "restarts")
    equal(one["anomalies"], {"fin-rexmit": 1, "tw-reack": 1}, "anomalies")


def time_wait_and_nonsense():
    """As in Linux, an unacceptable segment restarts TIME-WAIT, too."""
    said = (*talk.ALL, "wait 50", "S A 102 700000")
    equal(stats(capture(Talk().say(*said)))["packets"]["ignored"], 1, "ignored")
    ends("TIME-WAIT", said, MSL2, "fin", kept=CLOSED)


def half_open():
    told = ends("half-open", ["C S 0"], HALF_OPEN, "timeout")
    equal(told["anomalies"], {"handshake-timeout": 1}, "anomalies")
    [one] = connections(capture(Talk().say("C S 0"), end=START + 130 * NSEC), options=("-s",))
    last = one["segments"][-1]
    equal((last.get("flags"), last["anomaly"], last["client"]),
          (None, "handshake-timeout", "closed"), "what is remembered last")


def live():
    """An established connection is dropped after five days of silence."""
    ends("established", talk.OPEN, ESTABLISHED, "timeout")
    ends("with an ACK later", (*talk.OPEN, "wait 400000", "C A 1 1"),
         ESTABLISHED, "timeout")


def prolongs_nothing():
    """An unacceptable segment does not move the deadline."""
    ends("after a bad ACK", (*talk.OPEN, "wait 1000", "C A 1 999999"),
         ESTABLISHED, "timeout", last=2)


def closing():
    ends("closing", (*talk.OPEN, "C FA 1 1"), CLOSING, "timeout")


def reset():
    ends("reset", (*talk.OPEN, "C R 1"), CLOSED, "reset")


def close_wait():
    """A long CLOSE-WAIT is reported after a minute, once."""
    said = Talk().say(*talk.OPEN, "C FA 1 1", "S A 1 2")
    begun = said.packets[3][0]
    last = begun + 3 * CLOSE_WAIT_LONG * NSEC
    equal(found(capture(said, end=begun + CLOSE_WAIT_LONG * NSEC - 1), "anomaly"),
          [], "anomalies before")
    [told] = found(capture(said, end=last), "anomaly")
    equal((told["name"], told["endpoint"]), ("close-wait-long", "server"), "anomaly")
    equal(since_start(told["time"]), 3 + CLOSE_WAIT_LONG * 1000, "told at")
    [one] = connections(capture(said, end=last))
    equal(states(one), ("fin-wait-2", "close-wait"), "states")


def order():
    """Timeouts are reported in the order of their times, before the next packet."""
    said = [Talk(cport=port, at=START + offset).say("C S 0")
            for port, offset in ((1, 5 * NSEC), (2, 3), (3, 4 * NSEC), (4, 2))]
    said.append(Talk(cport=5, at=START + NSEC).say(*talk.ALL))
    late = Talk(cport=6, at=START + 1000 * NSEC).say("C S 0")
    told = events(capture(*said, late))
    times = [one["time"] for one in told]
    equal(times, sorted(times), "times")
    equal([one["client"]["port"] for one in told if one["event"] == "closed"],
          [5, 4, 2, 3, 1], "ports in the order of the ends")
    equal(told[-1]["client"]["port"], 6, "the last one")


def at_once():
    """Of two timeouts at the same time the older connection's comes first."""
    said = [Talk(cport=port).say("C S 0") for port in range(50, 0, -1)]
    told = found(capture(*said, end=START + 200 * NSEC), "closed")
    equal([one["id"] for one in told], list(range(1, 51)), "ids")
    equal(len({one["time"] for one in told}), 1, "times")


def backwards():
    """A timestamp that goes back counts as the latest: no timeout is moved by it."""
    said = Talk().say(*talk.ALL[:-1])
    said.at = START - 1000 * NSEC
    said.say(talk.ALL[-1])
    rows = records(said.packets, captures.ethernet)
    [one] = connections(pcap(rows, magic=MAGIC_NS))
    equal(states(one), ("time-wait", "closed"), "states")
    equal(one["duration"] * NSEC, 7 * MSEC, "duration")
    due = START + 7 * MSEC + (MSL2 + CLOSED) * NSEC
    for end, left in ((due - 1, 1), (due, 0)):
        more = rows + [(end, b"", None)]
        equal(stats(pcap(more, magic=MAGIC_NS))["connections"]["now"], left,
              "connections")


def no_time():
    """A capture without times, all 0."""
    rows = [(0, *row[1:]) for row in records(Talk().say(*talk.ALL).packets,
                                             captures.ethernet)]
    [one] = connections(pcap(rows))
    equal(states(one), ("time-wait", "closed"), "states")
    equal(one["time_wait"]["endpoint"], "client", "TIME-WAIT of")


def far_future():
    """The last second of pcap, and a timeout after it."""
    at = (2 ** 32 - 1) * NSEC
    rows = records(Talk().say(*talk.ALL).packets, captures.ethernet)
    rows.append((at, rows[0][1], None))
    first, second = connections(pcap(rows))
    equal(states(first), ("closed", "closed"), "states")
    equal((second["start"], states(second)[0]), (at // NSEC, "syn-sent"), "second")


def incarnations():
    """Each incarnation on a tuple has a row, in the order of ids."""
    said = Talk().say(*talk.OPEN, "S FA 1 1", "C FA 1 2", "S A 2 2", "wait 1",
                      "C S 900000", "S SA 800000 900001", "C A 900001 800001",
                      "C R 900001", "wait 1")
    said.say("C S 7000", "wait 200", "S SA 1 7001")
    got = connections(capture(said))
    equal([one["id"] for one in got], [1, 2, 3, 4], "ids")
    equal([one["closed"] for one in got], ["fin", "reset", "timeout", "open"], "closed")
    equal([one["opened"] for one in got],
          ["handshake", "handshake", "incomplete", "midstream"], "opened")
    equal(got[0]["anomalies"], {"tw-reopen": 1}, "anomalies of the first")
    counts = stats(capture(said))
    equal(counts["connections"], {"now": 1, "seen": 4, "tracked": 4, "refused": 0},
          "connections")
    equal(counts["removed"]["reopened"], 2, "removed.reopened")


def reopened_events():
    """The old incarnation is closed before the new one is opened."""
    said = Talk().say(*talk.ALL, "C S 900000", "S SA 800000 900001")
    told = [(one["event"], one["id"]) for one in events(capture(said))
            if one["event"] in ("opened", "closed")]
    equal(told, [("opened", 1), ("closed", 1), ("opened", 2)], "events")
    told = [(one["endpoint"], one["new"], one["cause"]) for one in
            found(capture(said), "transition", id=2)]
    equal(told, [("client", "syn-sent", "syn"), ("server", "syn-received", "syn-ack"),
                 ("client", "established", "syn-ack")], "transitions")


def main():
    tests = (time_wait, time_wait_again, time_wait_and_nonsense, half_open, live, prolongs_nothing,
             closing, reset, close_wait, order, at_once, backwards, no_time,
             far_future, incarnations, reopened_events)
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(test.__doc__ or test.__name__.replace("_", " "), test)
    ktap.leave()


if __name__ == "__main__":
    main()
