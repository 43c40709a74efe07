#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Large captures: memory grows with connections, not with packets; and speed."""

import fcntl
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import talk  # noqa: E402
import tool  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from talk import START, Talk  # noqa: E402
from tool import check, equal  # noqa: E402

MICROSECOND = 1000
PIECE = 20000       # records that are written at once


class Stream:
    """A capture of a million packets, made from templates and written in pieces."""

    def __init__(self):
        self.at = START
        self.pieces = []

    def header(self):
        return captures.pcap([], link=101, magic=captures.MAGIC_NS)

    def record(self, packet):
        self.at += MICROSECOND
        second, ns = divmod(self.at, captures.NSEC)
        return struct.pack("<IIII", second, ns, len(packet), len(packet)) + packet


def packets_of(port, lines):
    return [packet for _, packet in
            Talk(cport=port, server="10.2.0.1").say(*lines).packets]


def with_numbers(packet, seq, ack):
    """A copy of the packet with other sequence numbers, relative to its own."""
    old = struct.unpack_from("!II", packet, 24)
    return (packet[:24] + struct.pack("!II", (old[0] + seq) % 2 ** 32,
                                      (old[1] + ack) % 2 ** 32) + packet[32:])


def long_ones(count, rounds):
    """So many connections, with so many segments each way."""
    stream = Stream()
    talks = [packets_of(1000 + n, (*talk.OPEN, *talk.DATA)) for n in range(count)]
    yield stream.header() + b"".join(
        stream.record(packet) for one in talks for packet in one[:3])
    for at in range(0, rounds // 2):
        shift = 100 * at
        yield b"".join(
            stream.record(with_numbers(one[3], shift, 0)) +
            stream.record(with_numbers(one[4], 0, shift)) for one in talks)


def moved(packet, number):
    """A copy of the packet with client address 10.X.Y.Z, by number."""
    at = 12 if packet[12:14] == b"\x0a\1" else 16
    return packet[:at] + struct.pack("!I", 0x0b000000 + number) + packet[at + 4:]


def short_ones(count, lines):
    """Equal connections, "count" of them."""
    stream = Stream()
    packets = packets_of(1000, lines)
    yield stream.header()
    for first in range(0, count, PIECE // len(lines)):
        yield b"".join(
            stream.record(moved(packet, number))
            for packet in packets
            for number in range(first, min(count, first + PIECE // len(lines))))


def ended_ones(count, lines):
    """15 s between the pieces, so that closed connections are removed."""
    stream = Stream()
    packets = packets_of(1000, lines)
    yield stream.header()
    for first in range(0, count, PIECE // len(lines)):
        stream.at += 15 * captures.NSEC
        yield b"".join(
            stream.record(moved(packet, number))
            for packet in packets
            for number in range(first, min(count, first + PIECE // len(lines))))


def memory(pieces, *words, behind=()):
    """The memory of the tool at the end, in kB; and its output. "behind": the filter"""
    with tempfile.TemporaryFile() as out, subprocess.Popen(
            [tool.TOOL, "-j", "replay", *words, "-", *behind], stdin=subprocess.PIPE,
            stdout=out) as process:
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.flush()
        waiting = 1
        while waiting:
            time.sleep(0.05)
            waiting = struct.unpack("i", fcntl.ioctl(
                process.stdin, termios.FIONREAD, b"\0" * 4))[0]
        time.sleep(0.2)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        process.stdin.close()
        equal(process.wait(timeout=120), 0, "status")
        out.seek(0)
        words = status.split()
        return int(words[words.index("VmHWM:") + 1]), json.load(out)


def constant(ktap):
    """Memory does not grow with the packets of a connection."""
    small, rows = memory(long_ones(10, 1000))
    equal(len(rows), 10, "connections")
    big, rows = memory(long_ones(10, 100000))
    equal([row["client"]["packets"] for row in rows], [50002] * 10, "packets")
    check(not any("anomalies" in row for row in rows), "anomalies")
    ktap.note(f"10 connections: {small} kB for 1000 segments each, {big} kB for 100,000")
    check(big - small < 512, f"{big - small} kB more")


def many(ktap):
    """300,000 connections, all kept: memory of each."""
    few, _ = memory(short_ones(1000, talk.OPEN))
    got, rows = memory(short_ones(300_000, talk.OPEN))
    equal(len(rows), 300_000, "connections")
    equal([row["id"] for row in rows], list(range(1, 300_001)), "ids")
    equal({row["opened"] for row in rows}, {"handshake"}, "opened")
    each = (got - few) * 1024 / 299_000
    ktap.note(f"300,000 connections: {got} kB, {each:.0f} octets each")
    check(each < 600, f"{each:.0f} octets for each connection")


def forgotten(ktap):
    """With --stats nothing is kept of a closed connection."""
    lines = (*talk.OPEN, "C R 1")
    few, _ = memory(ended_ones(50_000, lines), "--stats")
    got, counts = memory(ended_ones(250_000, lines), "--stats")
    equal(counts["removed"]["closed"], 250_000 - counts["connections"]["now"], "removed")
    check(counts["connections"]["now"] <= PIECE, "not removed")
    ktap.note(f"that have ended: {few} kB for 50,000, {got} kB for 250,000")
    check(got - few < 512, f"{got - few} kB more")


def chosen(ktap):
    """Nothing is kept of a closed connection that the filter does not pass."""
    lines = (*talk.OPEN, "C R 1")
    for term, count in ("sport 1", 0), ("src 11.0.0.7", 1):
        few, _ = memory(ended_ones(50_000, lines), behind=term.split())
        got, rows = memory(ended_ones(250_000, lines), behind=term.split())
        equal(len(rows), count, "connections")
        ktap.note(f"{term}: {few} kB of 50,000, {got} kB of 250,000")
        check(got - few < 512, f"{got - few} kB more")


def speed(ktap):
    """Speed, with a bar that only a wrong order of magnitude would miss."""
    for name, pieces, count in (
            ("10 connections", long_ones(10, 100_000), 1_000_030),
            ("300,000 connections", short_ones(300_000, talk.OPEN), 900_000)):
        with tempfile.NamedTemporaryFile() as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            began = time.monotonic()
            done = tool.call(["--stats", file.name], ["-j"])
            took = time.monotonic() - began
        counts = json.loads(done.stdout)
        equal(counts["packets"]["used"], count, "packets used")
        ktap.note(f"{name}: {count} packets in {took:.2f} s, {count / took / 1e6:.2f} M/s")
        check(count / took > 100_000, "too slow")


def main():
    tests = (constant, many, forgotten, chosen, speed)
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(test.__doc__, test, ktap)
    ktap.leave()


if __name__ == "__main__":
    main()
