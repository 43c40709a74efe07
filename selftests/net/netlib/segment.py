# SPDX-License-Identifier: GPL-2.0
"""TCP segments in IPv4 and IPv6 packets: parse, build, change."""

import dataclasses
import socket
import struct

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
MOD = 1 << 32
HOP_BY_HOP, ROUTING, FRAGMENT, DEST_OPTIONS = 0, 43, 44, 60


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def seq_add(seq, delta):
    return (seq + delta) % MOD


@dataclasses.dataclass(frozen=True)
class Segment:
    src: str
    dst: str
    sport: int
    dport: int
    seq: int = 0
    ack: int = 0
    flags: int = 0
    window: int = 64240
    options: bytes = b""
    payload: bytes = b""
    doff: int = None       # data offset, if it is to be wrong
    bad_checksum: bool = False
    seen: float = dataclasses.field(default=0.0, compare=False, repr=False)

    @property
    def family(self):
        return socket.AF_INET6 if ":" in self.src else socket.AF_INET

    @property
    def length(self):
        """Length in sequence space."""
        return (len(self.payload) + bool(self.flags & SYN)
                + bool(self.flags & FIN))

    @property
    def end(self):
        return seq_add(self.seq, self.length)

    @property
    def kind(self):
        """S, F, R, then D with payload, or A without: SA, A, D, FA, FD, R."""
        letters = "".join(letter for letter, bit in
                          (("S", SYN), ("F", FIN), ("R", RST))
                          if self.flags & bit)
        if self.payload:
            return letters + "D"
        return letters + ("A" if self.flags & ACK else "")

    def change(self, **fields):
        return dataclasses.replace(self, **fields)

    def tcp(self):
        """The TCP header and payload, with checksum."""
        options = self.options + b"\0" * (-len(self.options) % 4)
        doff = 5 + len(options) // 4 if self.doff is None else self.doff
        head = struct.pack("!HHIIBBHHH", self.sport, self.dport,
                           self.seq % MOD,
                           self.ack % MOD if self.flags & ACK else 0,
                           doff << 4, self.flags, self.window, 0, 0)
        data = head + options + self.payload
        pseudo = (socket.inet_pton(self.family, self.src)
                  + socket.inet_pton(self.family, self.dst)
                  + struct.pack("!IHBB", len(data), 0, 0, socket.IPPROTO_TCP))
        value = checksum(pseudo + data) ^ (0x5a5a if self.bad_checksum else 0)
        return data[:16] + struct.pack("!H", value) + data[18:]

    def packet(self, extensions=()):
        """The IP packet; extensions are (type, body) of IPv6 headers."""
        return ip_packet(self.src, self.dst, self.tcp(), extensions)

    def text(self):
        length = f" len={len(self.payload)}" if self.payload else ""
        ack = f" ack={self.ack}" if self.flags & ACK else ""
        return f"{self.kind} seq={self.seq}{ack}{length}"


def ip_packet(src, dst, body, extensions=(), proto=socket.IPPROTO_TCP,
              fragment=0, ident=1):
    if ":" in src:
        return _ipv6(src, dst, body, extensions, proto)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), ident,
                       fragment, 64, proto, 0, socket.inet_aton(src),
                       socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def _ipv6(src, dst, body, extensions, proto):
    following = proto
    for kind, content in reversed(extensions):
        body = bytes([following]) + content + body
        following = kind
    return (struct.pack("!IHBB", 6 << 28, len(body), following, 64)
            + socket.inet_pton(socket.AF_INET6, src)
            + socket.inet_pton(socket.AF_INET6, dst) + body)


# Extension headers with padding only, without their first byte, the number of the
# next header. A length of 0 means 8 bytes.
PADDING = bytes([0, 1, 4, 0, 0, 0, 0])


def fragments(segment, size, ident=7):
    """The packets of a segment, cut into fragments of size bytes."""
    body = segment.tcp()
    pieces = [(at, body[at:at + size]) for at in range(0, len(body), size)]
    packets = []
    for at, piece in pieces:
        more = at + size < len(body)
        if segment.family == socket.AF_INET:
            packets.append(ip_packet(
                segment.src, segment.dst, piece, ident=ident,
                fragment=at // 8 | (0x2000 if more else 0)))
        else:
            content = struct.pack("!BHI", 0, at | more, ident)
            packets.append(ip_packet(segment.src, segment.dst, piece,
                                     [(FRAGMENT, content)]))
    return packets


def parse(packet):
    """The Segment in an IP packet without extension headers, or None."""
    if packet[0] >> 4 == 4:
        if packet[9] != socket.IPPROTO_TCP:
            return None
        at = (packet[0] & 15) * 4
        src, dst = (socket.inet_ntop(socket.AF_INET, packet[i:i + 4])
                    for i in (12, 16))
    else:
        if packet[6] != socket.IPPROTO_TCP:
            return None
        at = 40
        src, dst = (socket.inet_ntop(socket.AF_INET6, packet[i:i + 16])
                    for i in (8, 24))
    sport, dport, seq, ack, doff, flags, window = struct.unpack_from(
        "!HHIIBBH", packet, at)
    size = (doff >> 4) * 4
    return Segment(src, dst, sport, dport, seq, ack, flags, window,
                   packet[at + 20:at + size], packet[at + size:])


def timestamps(value, echo=0):
    return struct.pack("!BBBBII", 1, 1, 8, 10, value, echo)
