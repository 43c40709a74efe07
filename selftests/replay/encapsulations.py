# SPDX-License-Identifier: GPL-2.0
"""Puts packets into other protocols, as they are on real links.

A function here takes what is inside, and who sends it: 0 is the client. What differs
between the two directions on a real link differs here, too: addresses, ports, labels,
TEIDs, calls.
"""

import struct

from captures import ethertype
from netlib.segment import DEST_OPTIONS, FRAGMENT, PADDING, checksum, ip_packet

BRIDGING, PPP, MPLS = 0x6558, 0x880b, 0x8847
ENDS = {4: ("198.51.100.1", "198.51.100.2"), 6: ("2001:db8:e::1", "2001:db8:e::2")}


def sender(packet):
    """Who sends a packet of a Talk: its own addresses are in order."""
    size = 4 if packet[0] >> 4 == 4 else 16
    at = 12 if size == 4 else 8
    return int(packet[at:at + size] > packet[at + size:at + 2 * size])


def ip(inside, who, proto, version=4, extensions=()):
    ends = ENDS[version]
    return ip_packet(ends[who], ends[1 - who], inside, extensions, proto)


def udp(inside, who, port, version=4, source=None):
    """To a known port, from one that depends on the direction."""
    source = 50000 + who if source is None else source
    return ip(struct.pack("!HHHH", source, port, 8 + len(inside), 0) + inside, who, 17,
              version)


# What follows is IP

def ipip(inside, who, version=4):
    return ip(inside, who, 4 if inside[0] >> 4 == 4 else 41, version)


def behind_options(inside, who):
    """IPv6 with a header in front of the packet inside."""
    return ip(inside, who, 4 if inside[0] >> 4 == 4 else 41, 6, [(DEST_OPTIONS, PADDING)])


def behind_ah(inside, who):
    ah = struct.pack("!BBHII", 4 if inside[0] >> 4 == 4 else 41, 4, 0, 1 + who, 1) + bytes(12)
    return ip(ah + inside, who, 51)


def gre(inside, who, key=None, seq=None, check=False, version=4, kind=None):
    flags = 0x8000 * check | 0x2000 * (key is not None) | 0x1000 * (seq is not None)
    header = struct.pack("!HH", flags, ethertype(inside) if kind is None else kind)
    header += bytes(4) * check
    header += b"" if key is None else struct.pack("!I", key)
    header += b"" if seq is None else struct.pack("!I", seq)
    return ip(header + inside, who, 47, version)


def pptp(inside, who, ack=False):
    body = ppp(inside)
    header = struct.pack("!HHHHI", 0x3001 | 0x80 * ack, PPP, len(body), 7 + who, 1)
    return ip(header + bytes(4) * ack + body, who, 47)


def wccp(inside, who):
    return gre(bytes(4) + inside, who, kind=0x883e)


def gtp(inside, who, seq=False, extension=False, version=4):
    """The receiver has chosen the TEID."""
    flags = 0x30 | 2 * seq | 4 * extension
    options = b""
    if seq or extension:
        options = struct.pack("!HBB", 9, 0, 0x85 if extension else 0)
    if extension:
        options += bytes([1, 0x10, who, 0xc0]) + bytes([1, 0, 0, 0])
    header = struct.pack("!BBHI", flags, 255, len(options) + len(inside), 0x1000 + who)
    return udp(header + options + inside, who, 2152, version, source=2152)


def l2tp(inside, who, length=True, seq=False, offset=None):
    flags = 2 | 0x4000 * length | 0x0800 * seq | 0x0200 * (offset is not None)
    rest = struct.pack("!HH", 3 + who, 5 + who) + bytes(4) * seq
    if offset is not None:
        rest += struct.pack("!H", offset) + bytes(offset)
    rest += b"\xff\x03" + ppp(inside)
    head = struct.pack("!H", flags)
    if length:
        head += struct.pack("!H", 4 + len(rest))
    return udp(head + rest, who, 1701, source=1701)


# What follows is Ethernet

def frame(inside, who=0, tags=(), kind=None):
    """With addresses of which each begins like IP, or like a control word."""
    ends = (b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2")
    tagged = b"".join(struct.pack("!HH", *tag) for tag in tags)
    kind = ethertype(inside) if kind is None else kind
    return ends[1 - who] + ends[who] + tagged + struct.pack("!H", kind) + inside


def vxlan(inside, who, vni=100, port=4789, version=4, **other):
    return udp(struct.pack("!II", 8 << 24, vni << 8) + frame(inside, who, **other), who, port,
               version)


def vxlan_gpe(inside, who, vni=100):
    kind = 1 if inside[0] >> 4 == 4 else 2
    return udp(struct.pack("!II", 0x0c << 24 | kind, vni << 8) + inside, who, 4790)


def geneve(inside, who, vni=100, options=0, version=4):
    header = struct.pack("!BBHI", options, 0, BRIDGING, vni << 8) + bytes(4 * options)
    return udp(header + frame(inside, who), who, 6081, version)


def geneve_ip(inside, who):
    header = struct.pack("!BBHI", 0, 0, ethertype(inside), 100 << 8)
    return udp(header + inside, who, 6081)


def gretap(inside, who, key=None):
    return gre(frame(inside, who), who, key, kind=BRIDGING)


def erspan1(inside, who):
    return gre(frame(inside, who), who, kind=0x88be)


def erspan2(inside, who, session=5):
    header = struct.pack("!HHI", 0x1000 | 10 + who, session, 0)
    return gre(header + frame(inside, who), who, seq=1, kind=0x88be)


def erspan3(inside, who, session=5, platform=False, as_ip=False):
    header = struct.pack("!HHIHBB", 0x2000 | 10 + who, session, 77, 0, 2 * as_ip << 2, platform)
    body = inside if as_ip else frame(inside, who)
    return gre(header + bytes(8) * platform + body, who, seq=1, kind=0x22eb)


def etherip(inside, who):
    return ip(b"\x30\0" + frame(inside, who), who, 97)


def gre_in_udp(inside, who):
    return udp(struct.pack("!HH", 0, ethertype(inside)) + inside, who, 4754)


def labels(who, count=2):
    """The receiver has chosen the labels."""
    return b"".join(struct.pack("!I", (16 + 8 * n + who) << 12 | (n == count - 1) << 8 | 64)
                    for n in range(count))


def mpls_in_ip(inside, who):
    return ip(labels(who) + inside, who, 137)


def mpls_in_udp(inside, who):
    return udp(labels(who) + inside, who, 6635)


# {name: from an IP packet to one around it}
TUNNELS = {
    "IPv4": ipip,
    "IPv6": lambda inside, who: ipip(inside, who, 6),
    "IPv6, options": behind_options,
    "IPv4, AH": behind_ah,
    "GRE": gre,
    "GRE over IPv6": lambda inside, who: gre(inside, who, version=6),
    "GRE, key": lambda inside, who: gre(inside, who, key=1),
    "GRE, sequence": lambda inside, who: gre(inside, who, seq=who),
    "GRE, all": lambda inside, who: gre(inside, who, key=1, seq=9, check=True),
    "GRE, Ethernet": gretap,
    "PPTP": pptp,
    "PPTP, acknowledgment": lambda inside, who: pptp(inside, who, ack=True),
    "ERSPAN I": erspan1,
    "ERSPAN II": erspan2,
    "ERSPAN III": erspan3,
    "ERSPAN III, platform": lambda inside, who: erspan3(inside, who, platform=True),
    "ERSPAN III, IP": lambda inside, who: erspan3(inside, who, as_ip=True),
    "EtherIP": etherip,
    "VXLAN": vxlan,
    "VXLAN, port 8472": lambda inside, who: vxlan(inside, who, port=8472),
    "VXLAN over IPv6": lambda inside, who: vxlan(inside, who, version=6),
    "VXLAN, VLAN": lambda inside, who: vxlan(inside, who, tags=[(0x8100, 9)]),
    "VXLAN-GPE": vxlan_gpe,
    "Geneve": geneve,
    "Geneve, options": lambda inside, who: geneve(inside, who, options=3),
    "Geneve over IPv6": lambda inside, who: geneve(inside, who, version=6),
    "Geneve, IP": geneve_ip,
    "GTP-U": gtp,
    "GTP-U over IPv6": lambda inside, who: gtp(inside, who, version=6),
    "GTP-U, sequence": lambda inside, who: gtp(inside, who, seq=True),
    "GTP-U, extensions": lambda inside, who: gtp(inside, who, extension=True),
    "L2TP": l2tp,
    "L2TP, all": lambda inside, who: l2tp(inside, who, seq=True, offset=6),
    "L2TP, least": lambda inside, who: l2tp(inside, who, length=False),
    "GRE over UDP": gre_in_udp,
    "MPLS over IP": mpls_in_ip,
    "MPLS over UDP": mpls_in_udp,
}
# Not also inside of each other: it says nothing of what follows but by its version
ONLY_V4 = {"WCCP 2": wccp}


# Links

def tagged(*tags):
    return lambda inside, who: frame(inside, who, tags)


def llc(inside, who, organization=0):
    body = bytes([0xaa, 0xaa, 3]) + struct.pack("!I", organization)[1:] + struct.pack(
        "!H", ethertype(inside)) + inside
    return frame(body, who, kind=len(body))


def llc_ip(inside, who):
    body = bytes([6, 6, 3]) + inside
    return frame(body, who, kind=len(body))


def mpls(inside, who, count=2):
    return frame(labels(who, count) + inside, who, kind=MPLS)


def pseudowire(inside, who, control=b""):
    return frame(labels(who) + control + frame(inside, who), who, kind=MPLS)


def ppp(inside, short=False):
    if short:
        return bytes([0x21 if inside[0] >> 4 == 4 else 0x57]) + inside
    return struct.pack("!H", 0x21 if inside[0] >> 4 == 4 else 0x57) + inside


def pppoe_session(inside, session=17):
    body = ppp(inside)
    return struct.pack("!BBHH", 0x11, 0, session, len(body)) + body


def pppoe(inside, who, session=17, tags=()):
    return frame(pppoe_session(inside, session), who, tags, kind=0x8864)


def mac_in_mac(inside, who, service=1000, tags=((0x88a8, 3),)):
    return frame(struct.pack("!I", service) + frame(inside, who), who, tags, kind=0x88e7)


def etag(inside, who):
    """The port of an extended bridge: that of the sender, or of the receiver."""
    return frame(struct.pack("!HHHH", 0x1000, 1 + who, 0, ethertype(inside)) + inside, who,
                 kind=0x893f)


def small_tag(kind):
    return lambda inside, who: frame(
        struct.pack("!HHH", who, 9, ethertype(inside)) + inside, who, kind=kind)


def hdlc(inside, _who):
    return b"\x0f\0" + struct.pack("!H", ethertype(inside)) + inside


def nflog(order):
    """A prefix, which is padded, and the packet."""
    def make(inside, _who):
        attributes = struct.pack(order + "HH5s3x", 9, 10, b"drop\0")
        return (struct.pack("!BBH", 2 if inside[0] >> 4 == 4 else 10, 0, 5) + attributes
                + struct.pack(order + "HH", 4 + len(inside), 9) + inside)
    return make


def plain(make):
    return lambda inside, _who: make(inside)


# {name: (link type in the file, from a packet to a frame)}
LINKS = {
    "priority only": (1, tagged((0x8100, 0xe000))),
    "802.1Q": (1, tagged((0x8100, 5))),
    "802.1ad and 802.1Q": (1, tagged((0x88a8, 7), (0x8100, 5))),
    "tag 0x9200": (1, tagged((0x9200, 7))),
    "five tags": (1, tagged(*[(0x8100, n) for n in range(5)])),
    "LLC and SNAP": (1, llc),
    "802.1H": (1, lambda inside, who: llc(inside, who, 0xf8)),
    "LLC, IP": (1, llc_ip),
    "MPLS": (1, mpls),
    "MPLS, eight labels": (1, lambda inside, who: mpls(inside, who, 8)),
    "MPLS, Ethernet": (1, pseudowire),
    "MPLS, control word": (1, lambda inside, who: pseudowire(inside, who, bytes(4))),
    "PPPoE": (1, pppoe),
    "PPPoE in a VLAN": (1, lambda inside, who: pppoe(inside, who, tags=[(0x8100, 5)])),
    "802.1ah": (1, mac_in_mac),
    "802.1BR": (1, etag),
    "VN-tag": (1, small_tag(0x8926)),
    "HSR": (1, small_tag(0x892f)),
    "PPP": (9, plain(ppp)),
    "PPP with an address": (9, plain(lambda inside: b"\xff\3" + ppp(inside))),
    "PPP, short": (9, plain(lambda inside: ppp(inside, True))),
    "PPP, serial": (50, plain(lambda inside: b"\xff\3" + ppp(inside))),
    "Cisco HDLC": (104, hdlc),
    "Cisco HDLC, serial": (50, hdlc),
    "PPP over Ethernet": (51, plain(pppoe_session)),
    "PPP of pppd": (166, lambda inside, who: bytes([who, 3]) + ppp(inside)),
    "PPP with direction": (204, lambda inside, who: bytes([who]) + b"\xff\3" + ppp(inside)),
    "NFLOG": (239, nflog("<")),
    "MPLS alone": (219, lambda inside, who: labels(who) + inside),
    "RFC 1483": (100, lambda inside, who: llc(inside, who)[14:]),
    "cooked, LLC": (113, lambda inside, who: struct.pack(
        "!HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1", 4) + llc(inside, who)[14:]),
    "cooked, GRE device": (113, lambda inside, who: struct.pack(
        "!HHH8sH", 4 * who, 778, 0, b"", ethertype(inside)) + inside),
}


def in_frame(packet, who=None):
    """In plain Ethernet"""
    return frame(packet, sender(packet) if who is None else who)


def inside_of(make):
    """From a packet to a frame: in a tunnel, in Ethernet."""
    return lambda packet: in_frame(make(packet, sender(packet)), sender(packet))


def pieces(packet, size, ident=7):
    """The fragments of an IP packet, of "size" octets of its data each."""
    v4 = packet[0] >> 4 == 4
    start = 20 if v4 else 40
    body = packet[start:]
    made = []
    for at in range(0, len(body), size):
        made.append(piece(packet, at, body[at:at + size], at + size < len(body), ident))
    return made


def piece(packet, at, data, more, ident=7):
    """A fragment with the addresses of a packet, and any data at any place."""
    if packet[0] >> 4 == 4:
        header = bytearray(packet[:20])
        struct.pack_into("!HHH", header, 2, 20 + len(data), ident, at // 8 | 0x2000 * more)
        struct.pack_into("!H", header, 10, 0)
        struct.pack_into("!H", header, 10, checksum(bytes(header)))
        return bytes(header) + data
    header = bytearray(packet[:40])
    struct.pack_into("!HB", header, 4, 8 + len(data), FRAGMENT)
    return bytes(header) + struct.pack("!BBHI", packet[6], 0, at | more, ident) + data
