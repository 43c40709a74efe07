# SPDX-License-Identifier: GPL-2.0
"""Writes capture files: pcap and pcapng, with the headers of each link type.

A record is (time in ns, octets, length on the wire or None if all was captured).
"""

import struct

NSEC = 10 ** 9
MAGIC_US, MAGIC_NS = 0xa1b2c3d4, 0xa1b23c4d
IPV4, IPV6 = 0x0800, 0x86dd


def ethertype(packet):
    return IPV4 if packet[0] >> 4 == 4 else IPV6


def ethernet(packet, tags=(), kind=None):
    kind = ethertype(packet) if kind is None else kind
    tagged = b"".join(struct.pack("!HH", tpid, tci) for tpid, tci in tags)
    return bytes(range(12)) + tagged + struct.pack("!H", kind) + packet


def padded(packet):
    """Pad to 60 octets, the least that a frame has."""
    return ethernet(packet).ljust(60, b"\x55")


def vlan(packet):
    return ethernet(packet, [(0x8100, 5)])


def service_vlan(packet):
    return ethernet(packet, [(0x88a8, 7), (0x8100, 5)])


def old_service_vlan(packet):
    return ethernet(packet, [(0x9100, 7), (0x8100, 5), (0x8100, 6)])


def cooked(packet):
    return (struct.pack("!HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1", ethertype(packet))
            + packet)


def cooked_vlan(packet):
    return (struct.pack("!HHH8sHHH", 0, 1, 6, b"\2\0\0\0\0\1", 0x8100, 5,
                        ethertype(packet)) + packet)


def cooked2(packet):
    return (struct.pack("!HHIHBB8s", ethertype(packet), 0, 2, 1, 0, 6,
                        b"\2\0\0\0\0\1") + packet)


def raw(packet):
    return packet


def null(order, inet6):
    """DLT_NULL: AF_INET6 is that of the capturing host, in its byte order."""
    def frame(packet):
        family = 2 if packet[0] >> 4 == 4 else inet6
        return struct.pack(order + "I", family) + packet
    return frame


# {name: (link type in the file, function that makes a frame)}; those for only one
# version of IP are at the end
LINKS = {
    "Ethernet": (1, ethernet),
    "Ethernet, padded": (1, padded),
    "802.1Q": (1, vlan),
    "802.1ad and 802.1Q": (1, service_vlan),
    "three tags": (1, old_service_vlan),
    "Linux cooked": (113, cooked),
    "Linux cooked, 802.1Q": (113, cooked_vlan),
    "Linux cooked v2": (276, cooked2),
    "raw IP, 101": (101, raw),
    "raw IP, 12": (12, raw),
    "raw IP, 14": (14, raw),
    "null, little endian": (0, null("<", 10)),
    "null, big endian": (0, null(">", 30)),
    "null of FreeBSD": (0, null("<", 28)),
    "loopback of OpenBSD": (108, null("!", 24)),
    "IPv4": (228, raw),
    "IPv6": (229, raw),
}


def cut(records, snaplen):
    return [(time, data[:snaplen], len(data) if wire is None else wire)
            for time, data, wire in records]


def pcap(records, link=1, order="<", magic=MAGIC_US, snaplen=262144):
    unit = 1 if magic == MAGIC_NS else 1000
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)]
    for time, data, wire in records:
        out.append(struct.pack(
            order + "IIII", time // NSEC, time % NSEC // unit, len(data),
            len(data) if wire is None else wire))
        out.append(data)
    return b"".join(out)


def block(order, kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def section(order, version=1):
    return block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, version, 0, -1))


def interface(order, link, resolution=6, offset=None, snaplen=262144):
    """Of a clock in units of 10^-resolution seconds, or of 2^-N for 0x80 | N"""
    options = b""
    if resolution != 6:
        options += struct.pack(order + "HHBxxx", 9, 1, resolution)
    if offset is not None:
        options += struct.pack(order + "HHq", 14, 8, offset)
    if options:
        options += bytes(4)
    return block(order, 1, struct.pack(order + "HHI", link, 0, snaplen) + options)


def ticks(time, resolution):
    if resolution & 0x80:
        return time * 2 ** (resolution & 0x7f) // NSEC
    return time * 10 ** resolution // NSEC


def packet_block(order, place, at, data, wire=None):
    return block(order, 6, struct.pack(
        order + "IIIII", place, at >> 32, at & 0xffffffff, len(data),
        len(data) if wire is None else wire) + data)


def old_packet_block(order, place, at, data):
    return block(order, 2, struct.pack(
        order + "HHIIII", place, 7, at >> 32, at & 0xffffffff, len(data), len(data)) + data)


def simple_block(order, data):
    return block(order, 3, struct.pack(order + "I", len(data)) + data)


def pcapng(records, link=1, order="<", resolution=6, snaplen=262144):
    """A file of one interface"""
    out = [section(order), interface(order, link, resolution, snaplen=snaplen)]
    for time, data, wire in records:
        out.append(packet_block(order, 0, ticks(time, resolution), data, wire))
    return b"".join(out)
