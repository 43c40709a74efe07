# SPDX-License-Identifier: GPL-2.0
"""Many variants of one connection in one capture, and what replay says of each.

Each variant has addresses of its own, which have its number in them. Checksums are
left as they are: replay does not look at them.
"""

import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import tempfile

from files import HEADER, LINKTYPE_RAW, MAGIC_NS, RECORD, SECOND
from segments import CLIENT, ENDS, SERVER

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("TCPFSM_TOOL", str(HERE.parent.parent / "tools/tcpfsm"))
START = 10 ** 6 * SECOND
# Where both addresses begin in a header, and where they end
PLACE = {socket.AF_INET: (12, 20), socket.AF_INET6: (8, 40)}
# The ends of a variant differ in their first octets
PREFIX = {
    socket.AF_INET: (b"\x0a", b"\x0b"),
    socket.AF_INET6: (bytes.fromhex("fd880001") + bytes(8),
                      bytes.fromhex("fd880002") + bytes(8)),
}
VIOLATION = re.compile(rb'^.*"kind":"violation".*$', re.MULTILINE)


class Row:
    """A connection as the tool tells it, its ends by their place in the capture."""

    def __init__(self, told, ends):
        both = [told[name] for name in ends]
        self.states = tuple(end["state"] for end in both)
        self.packets = tuple(end["packets"] for end in both)
        self.unseen = tuple(end.get("unseen", 0) for end in both)
        self.isn = tuple(end.get("isn") for end in both)
        self.opened, self.closed = told["opened"], told["closed"]
        self.anomalies = told.get("anomalies", {})


class Said:
    """What the tool says of one variant."""

    def __init__(self):
        self.rows = []
        self.violations = []    # (name, who, seq, ack, nanoseconds from the start)

    def packets(self, who):
        return sum(row.packets[who] for row in self.rows)

    def anomalies(self):
        total = {}
        for row in self.rows:
            for name, count in row.anomalies.items():
                total[name] = total.get(name, 0) + count
        return total


class Film:
    """The capture; the connection as it is has the number 0."""

    def __init__(self, connection):
        self.family = connection.family
        self.from_, self.to = PLACE[self.family]
        self.takes = []     # (time, order, segment, numbers of variants)
        self.count = 1
        self.everything = [0]   # the variants with all segments
        for seg in connection.segments:
            self.add(seg.time, seg, self.everything)

    def add(self, when, seg, numbers):
        """A segment, in all these variants."""
        self.takes.append((when, len(self.takes), seg, numbers))

    def variant(self, segments):
        """Another one, of (time, segment); its number."""
        number = self.count
        self.count += 1
        for when, seg in segments:
            self.add(when, seg, [number])
        return number

    def _pair(self, who, number):
        """Both addresses, of a segment of this end."""
        mark = struct.pack("!I", number)
        ends = [prefix + (mark[1:] if self.family == socket.AF_INET else mark)
                for prefix in PREFIX[self.family]]
        return ends[who] + ends[not who]

    def octets(self, only=None):
        """The capture; of one variant, if only is its number."""
        pairs = [[self._pair(who, number) for number in range(self.count)]
                 for who in ENDS]
        out = [HEADER.pack(MAGIC_NS, 2, 4, 0, 0, 1 << 18, LINKTYPE_RAW)]
        for when, _, seg, numbers in sorted(self.takes, key=lambda take: take[:2]):
            if only is not None:
                numbers = [only] if only in numbers else []
            if not numbers:
                continue
            when += START
            head = RECORD.pack(when // SECOND, when % SECOND, len(seg.data),
                               seg.wire) + seg.data[:self.from_]
            tail = seg.data[self.to:]
            mine = pairs[seg.who]
            out += [head, (tail + head).join([mine[number] for number in numbers]),
                    tail]
        return b"".join(out)

    def _number(self, address):
        """Of a variant, and which end has this address."""
        data = socket.inet_pton(self.family, address)
        number = int.from_bytes(data[1:] if len(data) == 4 else data[12:], "big")
        return number, CLIENT if data.startswith(PREFIX[self.family][CLIENT]) else SERVER

    def _ends(self, told):
        """The number of its variant, and (role of the client, of the server)."""
        number, who = self._number(told["client"]["address"])
        return number, (("client", "server") if who == CLIENT else ("server", "client"))

    def show(self):
        """Said, for each variant."""
        said = [Said() for _ in range(self.count)]
        with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
            file.write(self.octets())
            file.flush()
            for told in json.loads(call(file.name)):
                number, ends = self._ends(told)
                said[number].rows.append(Row(told, ends))
            for match in VIOLATION.finditer(call("--events", "--history", "0",
                                                 file.name)):
                self._blame(said, json.loads(match.group(), parse_float=str))
        return said

    def _blame(self, said, told):
        number, ends = self._ends(told)
        second, _, rest = told["time"].partition(".")
        said[number].violations.append((
            told["name"], ends.index(told["endpoint"]), told.get("seq"),
            told.get("ack"), int(second) * SECOND + int(rest.ljust(9, "0")) - START))


def call(*words):
    return subprocess.run([TOOL, "-j", "replay", *words], check=True,
                          stdout=subprocess.PIPE).stdout
