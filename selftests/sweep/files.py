# SPDX-License-Identifier: GPL-2.0
"""The captures on disk: segments, and a line about each connection."""

import dataclasses
import gzip
import re
import struct
import zlib

SECOND = 10 ** 9
MAGIC_NS, LINKTYPE_RAW = 0xa1b23c4d, 101
HEADER = struct.Struct("=IHHiIII")
RECORD = struct.Struct("=IIII")
SEGMENTS, LINES = "captures.gz", "captures.txt"
LICENCE = "SPDX-License-Identifier: GPL-2.0"
COMMENT = 0x10      # a flag in a gzip header: there is one


@dataclasses.dataclass(frozen=True)
class Line:
    """What was captured: by whom, and how it went."""
    kind: str
    number: int
    where: tuple        # client address and port, server address and port
    opened: str         # what tcpfsm must say of it, of a "|" either
    closed: str
    states: tuple       # of the sockets, in the end: client, server

    def text(self):
        return "\t".join([self.kind, str(self.number), *map(str, self.where),
                          self.opened, self.closed, *self.states])

    @classmethod
    def parse(cls, text):
        kind, number, client, port, server, peer, *rest = text.split("\t")
        opened, closed, *states = rest
        return cls(kind, int(number), (client, int(port), server, int(peer)),
                   opened, closed, tuple(states))


def pcap(records):
    """Octets of a capture; a record is (time, octets, octets on the wire)."""
    out = [HEADER.pack(MAGIC_NS, 2, 4, 0, 0, 1 << 18, LINKTYPE_RAW)]
    for when, data, length in records:
        out += [RECORD.pack(when // SECOND, when % SECOND, len(data), length), data]
    return b"".join(out)


def records(data):
    """The records of what pcap() has made."""
    at = HEADER.size
    while at < len(data):
        second, rest, size, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        yield second * SECOND + rest, data[at:at + size], length
        at += size


def headers(data):
    """A packet without its payload."""
    at = (data[0] & 15) * 4 if data[0] >> 4 == 4 else 40
    return data[:at + (data[at + 12] >> 4) * 4]


def squeeze(data):
    """As gzip does, always in the same way, with the licence as the comment."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return (struct.pack("<BBBBIBB", 0x1f, 0x8b, 8, COMMENT, 0, 2, 255)
            + LICENCE.encode() + b"\0" + packer.compress(data) + packer.flush()
            + struct.pack("<II", zlib.crc32(data), len(data)))


def write(folder, lines, packets):
    """packets: as records, but with payload; it is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    start = packets[0][0] - SECOND
    folder.joinpath(SEGMENTS).write_bytes(squeeze(pcap(
        (when - start, headers(data), length) for when, data, length in packets)))
    folder.joinpath(LINES).write_text("".join(
        [f"# {LICENCE}\n",
         "# kind, number, client, port, server, port, opened, closed, states of the\n"
         "# sockets in the end; made by capture.py\n",
         *(line.text() + "\n" for line in lines)]), encoding="ascii")


def read(folder):
    """Lines and records."""
    text = folder.joinpath(LINES).read_text(encoding="ascii")
    lines = [Line.parse(line) for line in text.splitlines()
             if not re.match("#|$", line)]
    with gzip.open(folder / SEGMENTS) as file:
        return lines, list(records(file.read()))
