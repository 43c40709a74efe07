#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What replay prints: rows, JSON, events, counters; filters and options."""

import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import talk  # noqa: E402
from captures import MAGIC_NS, pcap  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from netlib.segment import SYN, FIN  # noqa: E402
from talk import MSEC, NSEC, START, Talk, records  # noqa: E402
import tool  # noqa: E402
from tool import check, connections, equal, events, replay, stats  # noqa: E402


def capture(*talks):
    packets = [packet for one in talks for packet in one.packets]
    return pcap(sorted(records(packets, captures.ethernet), key=lambda row: row[0]),
                magic=MAGIC_NS)


def mixed():
    """Closed, refused, open and IPv6, in this order."""
    return capture(
        Talk(cport=1001).say(*talk.ALL),
        Talk(cport=1002, at=START + NSEC).say("C S 0", "S RA 0 1"),
        Talk(cport=1003, sport=443, at=START + 2 * NSEC).say(*talk.OPEN),
        Talk("2001:db8::1", "2001:db8::2", cport=1004, at=START + 3 * NSEC).say(
            "C S 0", "wait 1", "C S 0"))


def rows():
    lines = replay(mixed(), options=("-n",)).splitlines()
    equal(lines[0].split()[:2], ["ID", "CLIENT-STATE"], "header")
    equal([line.split() for line in lines[1:]], [
        ["1", "TIME-WAIT", "10.1.0.1:1001", "10.1.0.2:80", "CLOSED?", "4.00s", "handshake/fin"],
        ["2", "CLOSED?", "10.1.0.1:1002", "10.1.0.2:80", "CLOSED", "3.00s",
         "incomplete/refused"],
        ["3", "ESTABLISHED", "10.1.0.1:1003", "10.1.0.2:443", "ESTABLISHED?", "2.00s",
         "handshake"],
        ["4", "SYN-SENT", "[2001:db8::1]:1004", "[2001:db8::2]:80", "LISTEN?", "1.00s",
         "incomplete"]], "rows")
    equal(len({line.index(text) for line, text in zip(lines, (
        "SERVER ", "10.1.0.2", "10.1.0.2", "10.1.0.2", "[2001:db8::2]"))}), 1,
        "columns of the server")


def fields():
    """Every field of the JSON, of a connection that has all of them."""
    said = Talk().say("C S 0", "wait 0.01", "S SA 0 1", "wait 0.001", "C A 1 1",
                      "C PA 1 1 +100", "C PA 1 1 +100", "S PA 1 101 +7", *(
                          "C FA 101 8", "S A 8 102", "S FA 8 102", "C A 102 9",
                          "wait 2", "S FA 8 102", "C A 102 9"))
    text = replay(capture(said), options=("-j",))
    check('"start":1700000000.000000000,' in text, text)
    end = {"confirmed": True, "local": False}
    equal(json.loads(text), [{
        "id": 1, "family": "inet", "start": 1.7e9, "duration": 2.022,
        "opened": "handshake", "closed": "fin", "conn_state": "SF", "history": "ShADdFaf",
        "client": {"address": "10.1.0.1", "port": 40000, "state": "time-wait", "since": 0.019,
                   "isn": 1000, "packets": 7, "bytes": 200, "retransmits": 1, **end},
        "server": {"address": "10.1.0.2", "port": 80, "state": "closed", "isn": 5000,
                   "packets": 5, "bytes": 7, "retransmits": 1, **end, "confirmed": False},
        "rtt": {"server": 0.011, "client": 0.002},
        "time_wait": {"endpoint": "client", "entered": 0.019, "restarts": 1,
                      "restarted": 2.021, "source": "wire"},
        "anomalies": {"fin-rexmit": 1, "tw-reack": 1}}], "connection")


def unknown_fields():
    """Unknown fields are left out: refused, mid-stream, a single SYN."""
    refused, middle, syn = connections(capture(
        Talk(cport=1).say("C S 0", "S RA 0 1"), Talk(cport=2, at=START + NSEC).say("C A 1 1"),
        Talk(cport=3, at=START + 2 * NSEC).say("C S 0")))
    equal("isn" in refused["client"], True, "ISN of who sent a SYN")
    for end in refused["server"], middle["client"], middle["server"], syn["server"]:
        check("isn" not in end, f"an ISN in {end}")
    for one in refused, middle, syn:
        check(not {"rtt", "time_wait", "segments"} & set(one), f"too much in {one}")
    equal(["anomalies" in one for one in (refused, middle, syn)], [True, False, False],
          "anomalies")


def event_lines():
    """All events of a connection, in their order."""
    got = [(one["event"], one.get("endpoint"), one.get("new") or one.get("name"),
            one.get("cause"), (one["time"] * NSEC - START) // MSEC)
           for one in events(capture(Talk().say(
               "C S 0", "C S 0", "S SA 0 1", "C A 1 1", "C R 1")))]
    equal(got, [
        ("opened", None, None, None, 0),
        ("transition", "client", "syn-sent", "syn", 0),
        ("anomaly", "client", "syn-rexmit", None, 1),
        ("transition", "server", "syn-received", "syn-ack", 2),
        ("transition", "client", "established", "syn-ack", 2),
        ("transition", "server", "established", "ack", 3),
        ("anomaly", "client", "abort-rst", None, 4),
        ("transition", "client", "closed", "rst", 4),
        ("transition", "server", "closed", "rst", 4),
        ("closed", None, None, None, 4)], "events")


def numbers():
    """Sequence numbers of an event, and the one that was expected."""
    told = events(capture(Talk().say(*talk.OPEN, "C PA -500 1")))
    [anomaly] = [one for one in told if one["event"] == "anomaly"]
    equal([anomaly[key] for key in ("name", "kind", "endpoint", "seq", "ack", "expected")],
          ["seq-out-of-window", "violation", "client", 500, 5001, 1001], "anomaly")


def with_a_hole():
    """300 octets of the server are missing; then the client acknowledges too much."""
    return capture(Talk().say(
        *talk.OPEN, *talk.DATA, "C A 101 301", "S PA 301 101 +10", *["C A 101 311"] * 3,
        "C A 101 999", *["S PA 301 101 +10"] * 3, "S PA 311 101 +10"))


def unseen():
    """Octets that were not seen, and an ACK that is refuted later: what they are about."""
    data = with_a_hole()
    told = [one for one in events(data) if one["event"] == "anomaly"]
    keys = ("name", "kind", "endpoint", "seq", "ack", "expected", "octets")
    equal([[one.get(key) for key in keys] for one in told], [
        ["unseen", "notable", "server", 5001, None, None, 300],
        ["ack-unsent", "violation", "client", 1101, 5999, 5311, None]], "events")
    [one] = connections(data, options=("-s",))
    equal((one["server"]["unseen"], one["server"]["bytes"]), (300, 50), "octets")
    check("unseen" not in one["client"], "octets of the client")
    equal(stats(data)["unseen"], {"octets": 300}, "counter")
    late = [row for row in one["segments"] if "flags" not in row]
    equal([[row.get(key) for key in ("anomaly", "endpoint", "seq", "ack", "len")]
           for row in late], [["unseen", "server", 1, None, 300],
                              ["ack-unsent", "client", 101, 999, None]], "records")


def unseen_counted():
    """The counter has also what was acknowledged just before the end."""
    ends = ("C FA 101 301", "S FA 301 102", "C A 102 302", "wait 100")
    data = capture(Talk(cport=1).say(*talk.OPEN, *talk.DATA, *ends),
                   Talk(cport=2, at=START + 100 * NSEC).say(*talk.ALL))
    one, other = connections(data)
    equal((one["server"]["unseen"], "unseen" in other["server"]), (300, False), "octets")
    check("unseen" not in one.get("anomalies", {}), "it was told")
    equal(stats(data)["unseen"], {"octets": 300}, "counter")


def unseen_text():
    data = with_a_hole()
    lines = replay(data, "--events", options=("-n",)).splitlines()
    equal([line.split("  ", 1)[1] for line in lines if " notable " in line or
           " violation " in line], [
        "server notable unseen seq:5001 octets:300",
        "client violation ack-unsent seq:1101 ack:5999 expected:5311"], "lines")
    text = replay(data, options=("-n", "-s"))
    check("bytes:50 retransmits:3 unseen:300\n" in text, text)
    equal(text.count("unseen:"), 2, "of the server, and the anomaly")


def event_text():
    text = replay(capture(Talk().say("C S 0", "C S 0")), "--events", options=("-n",))
    lines = text.splitlines()
    equal([line.split(" ", 1)[1] for line in lines], [
        "#1 10.1.0.1:40000 > 10.1.0.2:80  opened",
        "#1 10.1.0.1:40000 > 10.1.0.2:80  client CLOSED -> SYN-SENT  syn",
        "#1 10.1.0.1:40000 > 10.1.0.2:80  client notable syn-rexmit seq:1000"], "lines")
    equal([line.split()[0][-9:] for line in lines],
          ["20.000000", "20.000000", "20.001000"],
          "times")


def filters():
    data = mixed()
    for words, ids in (
            ("id 2", [2]), ("dport 443", [3]), ("state syn-sent", [4]),
            ("client time-wait", [1]), ("src 10.1.0.1 and dport 80", [1, 2]),
            ("addr 2001:db8::/32", [4]), ("anomaly refused", [2]),
            ("anomaly syn-rexmit", [4]), ("sport 9", [])):
        equal([one["id"] for one in connections(data, *words.split())], ids, words)
    equal([one["id"] for one in connections(data, options=("-6",))], [4], "-6")
    equal({one["id"] for one in events(data, "--events", "id", "3")}, {3}, "events")
    told = events(data, "--events", "anomaly", "refused")
    check([one for one in told if one["event"] == "anomaly"], "no anomaly")
    equal({one["id"] for one in told}, {2}, "ids of events")


def counters():
    """Counters: names and values, and that they agree with each other."""
    data = mixed()
    got = stats(data)
    equal(got["capture"], {"packets": 16, "other": 0}, "capture")
    equal(got["connections"], {"now": 4, "seen": 4, "tracked": 4, "refused": 0},
          "connections")
    equal(got["packets"], {"seen": 16, "used": 16, "ignored": 0, "untracked": 0}, "packets")
    equal(sum(got["client"].values()), 4, "gauges of clients")
    equal(got["client"]["time-wait"], 1, "in TIME-WAIT")
    equal({name: n for name, n in got["anomalies"].items() if n},
          {"notable": 2, "refused": 1, "syn-rexmit": 1}, "anomalies")
    equal(len(got["transition"]), 11, "states in the matrix")
    text = replay(data, "--stats")
    check("transition.closed.syn-sent 4\n" in text, text)
    check("violation" not in text, "zeros")
    lines = replay(data, "--stats", options=("-s",)).splitlines()
    check("anomalies.violation 0" in lines, "no zeros with -s")


def untracked():
    """A RST without a connection opens nothing, and is counted."""
    got = stats(capture(Talk().say("C R 1", "S RA 1 1")))
    equal(got["packets"], {"seen": 2, "used": 0, "ignored": 0, "untracked": 2}, "packets")
    equal(got["connections"]["seen"], 0, "connections")


def anomalies_counted():
    """The anomalies of all connections add up to the counters."""
    said = [Talk(cport=1000 + n).say(
        *talk.OPEN, "C A 1 500", "C S 0", "C PA 1 1 +10", "S A 1 99", "C FA 11 1",
        "C FA 12 1", "S R 70000", "S R 5") for n in range(20)]
    for one in said:
        one.add(one.segment("C A 11 1").change(flags=SYN | FIN).packet())
    data = capture(*said)
    names = {}
    for one in connections(data):
        for name, count in one["anomalies"].items():
            names[name] = names.get(name, 0) + count
    counts = {name: n for name, n in stats(data)["anomalies"].items() if n}
    total = counts.pop("violation") + counts.pop("notable")
    equal(names, counts, "anomalies")
    equal(sum(names.values()), total, "sum")
    told = [one["name"] for one in events(data) if one["event"] == "anomaly"]
    equal({name: told.count(name) for name in told}, names, "events")


def history():
    """The last segments of each connection, as many as were asked for."""
    lines = ["C S 0", "S SA 0 1", "C A 1 1"] + ["C PA 1 1 +10", "C FA 11 1", "S A 1 12"] + [
        "C FA 11 1"] * 100
    data = capture(Talk().say(*lines))
    for words, count, first in (((), 64, "FA"), (("--history=3",), 3, "FA"),
                                (("--history=0",), 0, None), (("--history=17",), 17, "FA")):
        [one] = connections(data, *words, options=("-s",))
        segments = one.get("segments", [])
        equal(len(segments), count, f"segments with {words}")
        if first:
            equal(segments[0]["flags"], first, "the oldest")
    [one] = connections(capture(Talk().say(*talk.ALL)), options=("-s",))
    equal([(row["flags"], row["seq"], row.get("ack")) for row in one["segments"]], [
        ("S", 0, None), ("SA", 0, 1), ("A", 1, 1), ("FA", 101, 1), ("A", 1, 102),
        ("FA", 1, 102), ("A", 102, 2)], "segments")
    [one] = connections(data)
    check("segments" not in one, "segments without -s")


def reopened_history():
    """The history of a reopened connection begins with the SYN that was pending."""
    said = Talk().say(*talk.OPEN, "S FA 1 1", "C FA 1 2", "S A 2 2", "wait 1",
                      "C S 90000", "wait 0.5", "S SA 80000 90001", "C A 90001 80001")
    data = capture(said)
    one = connections(data, options=("-s",))[1]
    equal([(row["flags"], row["time"]) for row in one["segments"]][0], ("S", 0), "the first")
    equal(one["rtt"]["server"] * NSEC, 501 * MSEC, "round trip of the server")
    equal(one["start"] * NSEC, START + 1006 * MSEC, "start")
    check("forgotten" not in replay(data, "--ladder", "id", "2"), "forgotten")


def ladders():
    """Ladders of the connections that pass the filter; an image only of one."""
    data = mixed()
    text = replay(data, "--ladder", "src", "10.1.0.1", options=("-n",))
    heads = [line for line in text.splitlines() if line.startswith("#")]
    equal([head.split()[:2] for head in heads], [
        ["#1", "10.1.0.1:1001"], ["#2", "10.1.0.1:1002"], ["#3", "10.1.0.1:1003"]], "heads")
    equal(text.count("\n\n"), 2, "blank lines")
    check("FIN,ACK seq=101 ack=1 " in text, text)
    text = replay(data, "--ladder", "--ascii", "id", "2")
    check(text.isascii() and "RST,ACK seq=5000 ack=1 -|" in text, text)
    check(replay(data, "--ladder", "--format=mermaid", "id", "1").startswith(
        "sequenceDiagram\n"), "no Mermaid")
    check("<svg" in replay(data, "--ladder", "--format=svg", "id", "1"), "no SVG")
    equal(replay(data, "--ladder", "--format=svg", status=1,
                 complaint="a picture is of one connection"), "", "stdout")
    for words in [], ["--format=svg"]:
        equal(replay(data, "--ladder", *words, "sport", "9", status=1,
                     complaint="the filter passes no connection"), "", "stdout")


def forgotten_segments():
    """A ladder says how many segments are not in the history any more."""
    said = Talk().say(*talk.OPEN, *["C FA 1 1"] * 100)
    text = replay(capture(said), "--ladder")
    check("39 segments are forgotten" in text, text)


def complaints():
    """Bad arguments: one line on stderr, status 1, nothing on stdout."""
    for words, why in (
            ((), "needs a capture"), (("--what", "x"), "is not an option"),
            (("--history", "65", "x"), "0 to 64"), (("--history", "-1", "x"), "0 to 64"),
            (("--history",), "needs a value"), (("--stats", "--events", "x"), "only one"),
            (("x", "-x"), "is not an option of"), (("--ascii", "x"), "for '--ladder'"),
            (("--format", "png", "x"), "not a format"),
            (("--ladder", "--ascii", "--format", "svg", "x"), "'--format text'"),
            (("--ladder", "--events", "x"), "only one"), (("x", "state", "foo"), "not a state"),
            (("x", "id"), "needs a value")):
        done = tool.call(words)
        equal((done.returncode, done.stdout), (1, b""), f"status, stdout of {words}")
        equal(done.stderr.count(b"\n"), 1, f"lines {done.stderr}")
        check(why in done.stderr.decode(), f"{words}: {done.stderr}")


def reader_gone():
    """A closed pipe ends the tool quietly."""
    data = capture(*(Talk(cport=1000 + n).say("C S 0") for n in range(20000)))
    for words in [], ["--events"]:
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            with subprocess.Popen([tool.TOOL, "replay", *words, file.name],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                process.stdout.readline()
                process.stdout.close()
                said = process.stderr.read()
                equal((process.wait(timeout=60), said), (0, b""), "status and stderr")


def main():
    tests = (rows, fields, unknown_fields, event_lines, numbers, unseen, unseen_counted,
             unseen_text, event_text, filters, counters, untracked, anomalies_counted, history,
             reopened_history, ladders, forgotten_segments, complaints, reader_gone)
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(test.__doc__ or test.__name__.replace("_", " "), test)
    ktap.leave()


if __name__ == "__main__":
    main()
