# SPDX-License-Identifier: GPL-2.0
"""Connections as lists of segments, with numbers that begin at the ISN."""

import dataclasses
import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CLIENT, SERVER = ENDS = 0, 1
MOD = 1 << 32
WINDOW_SCALE, SACK_PERMITTED = 3, 4
# The least time between two segments, in nanoseconds: room for one between them
PAUSE = 1000


def near(number, base):
    """A number of 32 bits as the distance from base, forwards or backwards."""
    return (number - base + MOD // 2) % MOD - MOD // 2


@dataclasses.dataclass(eq=False)
class Segment:
    """Of the end who. seq, end and ack count from the ISNs, SYN and FIN included."""
    time: int
    who: int
    flags: int
    seq: int
    ack: int            # None without ACK
    size: int           # octets of payload
    window: int         # octets
    data: bytes         # IP and TCP header
    wire: int           # length of the packet
    raw_seq: int
    raw_ack: int
    sack: bool = True   # of a SYN: SACK is permitted
    act: int = 0        # which of the connections that used the ports
    place: int = 0      # in the capture
    end: int = dataclasses.field(init=False)

    def __post_init__(self):
        self.end = self.seq + self.size + bool(self.flags & SYN) + bool(self.flags & FIN)

    @property
    def syn(self):
        return self.flags & SYN

    @property
    def fin(self):
        return self.flags & FIN

    @property
    def rst(self):
        return self.flags & RST

    def text(self):
        letters = "".join(letter for letter, bit in
                          (("S", SYN), ("F", FIN), ("R", RST), ("A", ACK))
                          if self.flags & bit)
        return (f"{'CS'[self.who]} {letters} seq={self.seq}"
                + (f" ack={self.ack}" if self.ack is not None else "")
                + (f" len={self.size}" if self.size else ""))


@dataclasses.dataclass
class Header:
    """What is read of a packet."""
    src: tuple
    dst: tuple
    seq: int
    ack: int
    flags: int
    window: int
    options: dict       # {kind: octets}

    @classmethod
    def parse(cls, data):
        family, at, src, dst = ((socket.AF_INET, 20, 12, 16) if data[0] >> 4 == 4
                                else (socket.AF_INET6, 40, 8, 24))
        size = dst - src
        sport, dport, seq, ack, doff, flags, window = struct.unpack_from(
            "!HHIIBBH", data, at)
        ends = [(socket.inet_ntop(family, data[where:where + size]), port)
                for where, port in ((src, sport), (dst, dport))]
        return cls(*ends, seq, ack, flags, window,
                   dict(_options(data[at + 20:at + (doff >> 4) * 4])))

    @property
    def scale(self):
        """None without the option."""
        option = self.options.get(WINDOW_SCALE)
        return option[0] if option else None


def _options(data):
    at = 0
    while at < len(data) and data[at]:
        size = 1 if data[at] == 1 else data[at + 1]
        yield data[at], data[at + 2:at + size]
        at += size


class Act:
    """One connection; the same ports may have had several, one after the other."""

    def __init__(self, isn, scales):
        self.isn = isn              # of the ends
        self.scales = scales
        self.segments = []

    def shift(self, who):
        return 0 if None in self.scales else self.scales[who]


class Connection:
    """All segments of two ports, in the order of the capture."""

    def __init__(self, line):
        self.line = line
        self.packets = []       # (time, data, length on the wire)
        self.acts = []
        self.segments = []

    @property
    def name(self):
        return f"{self.line.kind} {self.line.number}"

    @property
    def family(self):
        return socket.AF_INET6 if ":" in self.line.where[0] else socket.AF_INET

    def finish(self):
        """Make segments of the packets."""
        when = -PAUSE
        headers = [Header.parse(data) for _, data, _ in self.packets]
        number = self._split(headers)
        for place, (head, (clock, data, length)) in enumerate(zip(headers, self.packets)):
            when = max(clock - self.packets[0][0], when + PAUSE)
            act = self.acts[number[place]]
            who = self._who(head)
            shift = 0 if head.flags & SYN else act.shift(who)
            seg = Segment(
                when, who, head.flags, near(head.seq, act.isn[who]),
                near(head.ack, act.isn[not who]) if head.flags & ACK else None,
                length - len(data), head.window << shift, data, length,
                head.seq, head.ack if head.flags & ACK else None,
                SACK_PERMITTED in head.options, number[place], place)
            # A RST that answers a SYN has no number of its own
            if seg.rst and not head.seq:
                seg.seq = seg.end = 1
            act.segments.append(seg)
            self.segments.append(seg)

    def _who(self, head):
        return CLIENT if head.src == self.line.where[:2] else SERVER

    def _split(self, headers):
        """Which act each packet belongs to: a SYN with another ISN begins one."""
        isns, number = [], []
        for head in headers:
            who = self._who(head)
            if head.flags & SYN and (not isns or isns[-1][who] not in (None, head.seq)):
                isns.append([None, None])
            if head.flags & SYN:
                isns[-1][who] = head.seq
            number.append(len(isns) - 1)
        for which, isn in enumerate(isns):
            mine = [head for head, mark in zip(headers, number) if mark == which]
            if None in isn:     # refused: the server has none
                isn[isn.index(None)] = 0
            scales = [next((head.scale for head in mine
                            if head.flags & SYN and self._who(head) == who), None)
                      for who in ENDS]
            self.acts.append(Act(isn, scales))
        return number


def connections(lines, records):
    """The captured connections, in the order of the lines."""
    by_ends = {frozenset((line.where[:2], line.where[2:])): Connection(line)
               for line in lines}
    for when, data, length in records:
        head = Header.parse(data)
        by_ends[frozenset((head.src, head.dst))].packets.append((when, data, length))
    for connection in by_ends.values():
        connection.finish()
    return list(by_ends.values())
