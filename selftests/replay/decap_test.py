#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Encapsulations: TCP is found in each of them, and what is not read is told."""

import pathlib
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import encapsulations as wrap  # noqa: E402
import talk  # noqa: E402
from captures import pcap, pcapng  # noqa: E402
from encapsulations import LINKS, ONLY_V4, TUNNELS, in_frame, inside_of, sender  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from netlib.segment import SYN, FIN, timestamps  # noqa: E402
from talk import V6, Talk, records  # noqa: E402
from tool import HERE, alone, check, connections, equal, replay, stats, whole  # noqa: E402

FAMILIES = (("inet", {}), ("inet6", V6))


def said_all(**who):
    return Talk(**who).say(*talk.ALL).packets


def link(name):
    kind, make = LINKS[name]
    for family, who in FAMILIES:
        packets = records(said_all(**who), lambda p: make(p, sender(p)))
        for write in pcap, pcapng:
            alone(connections(write(packets, link=kind)), family)


def tunnel(name):
    for family, who in FAMILIES[:1] if name in ONLY_V4 else FAMILIES:
        make = inside_of((TUNNELS | ONLY_V4)[name])
        alone(connections(pcap(records(said_all(**who), make))), family)


def many(makers, family, kind=1, who=()):
    """A connection for each maker, all of them in one capture."""
    packets = []
    for port, make in enumerate(makers, 1000):
        packets += records(said_all(cport=port, **dict(who)), make)
    packets.sort(key=lambda row: row[0])
    got = connections(pcap(packets, link=kind))
    equal(sorted(one["client"]["port"] for one in got),
          list(range(1000, 1000 + len(makers))), "ports")
    for one in got:
        whole(one, family)


def pairs():
    """Each tunnel in each tunnel."""
    for family, who in FAMILIES:
        many([inside_of(lambda p, w, inner=inner, outer=outer: outer(inner(p, w), w))
              for outer in TUNNELS.values() for inner in TUNNELS.values()], family, who=who)


def on_links():
    """Each tunnel on each link."""
    for name, (kind, make) in LINKS.items():
        for family, who in FAMILIES:
            try:
                many([lambda p, tunnel=tunnel: make(tunnel(p, sender(p)), sender(p))
                      for tunnel in TUNNELS.values()], family, kind, who)
            except Exception as error:
                raise type(error)(f"{name}: {error}") from error


# {what tells networks apart: from its number to what makes a frame of a packet}
NETWORKS = {
    "VLAN": lambda n: wrap.tagged((0x8100, n)),
    "VLAN of 802.1ad": lambda n: wrap.tagged((0x88a8, n), (0x8100, 5)),
    "inner VLAN": lambda n: wrap.tagged((0x8100, 5), (0x8100, n)),
    "order of VLANs": lambda n: wrap.tagged((0x8100, n), (0x8100, 3 - n)),
    "PPPoE session": lambda n: lambda p, w: wrap.pppoe(p, w, n),
    "802.1ah service": lambda n: lambda p, w: wrap.mac_in_mac(p, w, n),
    "GRE key": lambda n: lambda p, w: in_frame(wrap.gre(p, w, n), w),
    "VXLAN": lambda n: lambda p, w: in_frame(wrap.vxlan(p, w, n), w),
    "VXLAN-GPE": lambda n: lambda p, w: in_frame(wrap.vxlan_gpe(p, w, n), w),
    "Geneve": lambda n: lambda p, w: in_frame(wrap.geneve(p, w, n), w),
    "VLAN in VXLAN": lambda n: lambda p, w: in_frame(
        wrap.vxlan(p, w, tags=[(0x8100, n)]), w),
    "VXLAN in a VLAN": lambda n: lambda p, w: wrap.tagged((0x8100, n))(wrap.vxlan(p, w), w),
    "ERSPAN II session": lambda n: lambda p, w: in_frame(wrap.erspan2(p, w, n), w),
    "ERSPAN III session": lambda n: lambda p, w: in_frame(wrap.erspan3(p, w, n), w),
    "inside and outside": lambda n: lambda p, w: in_frame(
        wrap.vxlan(p, w) if n == 2 else p, w),
}


def in_networks(*makers):
    """The same tuple in each network, at the same time"""
    packets = []
    for number, make in enumerate(makers):
        said = said_all(at=talk.START + number * 1000, isn=(1000 + 10 ** 6 * number, 5000))
        packets += records(said, lambda p, make=make: make(p, sender(p)))
    return pcap(sorted(packets, key=lambda row: row[0]), magic=captures.MAGIC_NS)


def two_networks():
    """The same addresses and ports in two networks are two connections."""
    for name, network in NETWORKS.items():
        got = connections(in_networks(network(1), network(2)))
        equal(len(got), 2, f"connections with {name}")
        for one in got:
            whole(one)


def one_network():
    """What is no network does not divide a connection: addresses, labels, priorities."""
    makers = (in_frame, wrap.tagged((0x8100, 0xe000)), wrap.tagged((0x88a8, 0)), wrap.mpls,
              lambda p, w: in_frame(wrap.gre(p, w), w),
              lambda p, w: in_frame(wrap.ipip(p, w, 6), w),
              lambda p, w: in_frame(wrap.gtp(p, w), w),
              lambda p, w: in_frame(wrap.pptp(p, w), w),
              lambda p, w: in_frame(wrap.l2tp(p, w), w))
    packets = [(time, makers[n % len(makers)](p, sender(p)), None)
               for n, (time, p) in enumerate(said_all())]
    alone(connections(pcap(packets)))
    for tag in 0x2005, 0xa005, 0x1005:
        packets = [(time, wrap.frame(p, sender(p), [(0x8100, tag if n % 2 else 5)]), None)
                   for n, (time, p) in enumerate(said_all())]
        alone(connections(pcap(packets)))


def bad_flags():
    """A segment with bad flags is an anomaly of the connection in its own network."""
    said = Talk().say(*talk.OPEN)
    bad = said.segment("C A 1 1").change(flags=SYN | FIN).packet()
    said.add(bad)
    rows = records(said.packets, lambda p: wrap.frame(p, sender(p), [(0x8100, 5)]))
    [one] = connections(pcap(rows))
    equal(one["anomalies"], {"bad-flags": 1}, "anomalies")
    rows[-1] = (rows[-1][0], wrap.frame(bad, 0, [(0x8100, 6)]), None)
    [one] = connections(pcap(rows))
    check("anomalies" not in one, "an anomaly of another network")


def padded():
    """Octets behind the packet inside are none of it, on each level."""
    def make(packet):
        inner = wrap.frame(packet, sender(packet)).ljust(60, b"\x55")
        outer = wrap.udp(struct.pack("!II", 8 << 24, 100 << 8) + inner, sender(packet), 4789)
        return in_frame(outer, sender(packet)) + b"\x55" * 7
    alone(connections(pcap(records(said_all(), make))))


def frame_of(kind, body=bytes(40)):
    return wrap.frame(body, kind=kind)


def in_ip(proto, body=bytes(40), version=4):
    return in_frame(wrap.ip(body, 0, proto, version), 0)


def in_udp(port, body, source=None):
    return in_frame(wrap.udp(body, 0, port, source=source), 0)


# [(what is said of it, a frame)]: there may be TCP in it
HIDDEN = [
    ("MACsec", frame_of(0x88e5)),
    ("Ethertype 0x1234", frame_of(0x1234)),
    ("ESP", in_ip(50)),
    ("ESP", in_ip(50, version=6)),
    ("ESP", in_udp(4500, b"\0\0\0\1" + bytes(40))),
    ("IPComp", in_ip(108)),
    ("L2TPv3", in_ip(115)),
    ("AH", in_ip(51, bytes([6, 4]) + bytes(60))),
    ("IP protocol 253", in_ip(253)),
    ("IP protocol 200", in_ip(200, version=6)),
    ("LLC SAP 0x98", wrap.frame(bytes([0x98, 0x98, 3]) + bytes(40), kind=43)),
    ("SNAP", wrap.frame(b"\xaa\xaa\3\1\2\3\4\5" + bytes(40), kind=48)),
    ("compressed PPP", in_ip(47, struct.pack("!HHHHI", 0x3001, 0x880b, 40, 1, 1)
                             + b"\0\xfd" + bytes(40))),
    ("PPP protocol 0x0031", wrap.frame(struct.pack("!BBHHH", 0x11, 0, 1, 42, 0x31) + bytes(40),
                                       kind=0x8864)),
    ("GRE", in_ip(47, struct.pack("!HH", 0x4000, 0x800) + bytes(40))),
    ("MPLS", frame_of(0x8847, struct.pack("!I", 0x10140) + b"\xff" * 40)),
    ("MPLS", frame_of(0x8847, bytes(80))),
    ("GTP-U", in_udp(2152, b"\x30\xff" + bytes(6) + b"\xff" * 40)),
    ("VXLAN-GPE", in_udp(4790, b"\x0c\0\0\x77" + bytes(40))),
    ("L2TP", in_udp(1701, b"\0\3" + bytes(40))),
    ("ERSPAN", in_ip(47, struct.pack("!HHI", 0x1000, 0x22eb, 1) + bytes(10) + b"\x04"
                     + bytes(40))),
]

# There can be none
NO_TCP = [
    ("ARP", frame_of(0x0806)),
    ("LLDP", frame_of(0x88cc)),
    ("PPPoE discovery", frame_of(0x8863)),
    ("STP", wrap.frame(b"\x42\x42\3" + bytes(40), kind=43)),
    ("SNAP", wrap.frame(b"\xaa\xaa\3\0\0\x0c\x20\0" + bytes(40), kind=48)),
    ("UDP", in_udp(53, bytes(40))),
    ("UDP", in_udp(4789, bytes(40))),
    ("UDP", in_udp(2152, b"\x32\1" + bytes(40))),
    ("UDP", in_udp(2152, b"\x1e\xff" + bytes(40))),
    ("UDP", in_udp(6081, b"\xff" * 40)),
    ("UDP", in_udp(4500, bytes(40))),
    ("UDP", in_udp(4500, b"\xff")),
    ("UDP", in_udp(1701, b"\xc8\2" + bytes(40))),
    ("ICMP", in_ip(1)),
    ("ICMPv6", in_ip(58, version=6)),
    ("SCTP", in_ip(132)),
    ("no data", in_ip(59, b"", version=6)),
    ("GRE", in_ip(47, struct.pack("!HHHHI", 0x2081, 0x880b, 0, 1, 1))),
    ("GRE keepalive", in_ip(47, bytes(4))),
    ("PPP", wrap.frame(struct.pack("!BBHHH", 0x11, 0, 1, 42, 0xc021) + bytes(40),
                       kind=0x8864)),
    ("MPLS", frame_of(0x8847, struct.pack("!I", 0x10140) + b"\x10" + bytes(39))),
    ("malformed", b"\1" * 13),
    ("malformed", frame_of(0x0800, b"\x60" + bytes(60))),
    ("malformed", in_frame(wrap.gtp(b"", 0, extension=True), 0)[:-8] + bytes(2)),
    ("rejected TCP (flags)", in_frame(Talk().segment("C S 0").change(flags=0).packet())),
    ("TCP of no connection", in_frame(Talk().segment("C R 1").packet())),
]


def at_start(*frames):
    return [(talk.START, one, None) for one in frames]


def told_hidden():
    """Each kind that may have TCP in it is told, by its name and number."""
    packets = records(said_all(), in_frame)
    for name, data in HIDDEN:
        capture = pcap(packets + at_start(data, data))
        want = f"2 of 11 packets were not read, and may have TCP in them: 2 {name}\n"
        alone(connections(capture, complaint=want))
        got = stats(capture, complaint=want)
        equal(got["capture"], {"packets": 11, "fragments": 0, "other": 0, "unread": 2},
              f"counters of {name}")


def untold():
    """What cannot have TCP in it is no news, if there is a connection."""
    packets = records(said_all(), in_frame)
    for name, data in NO_TCP:
        capture = pcap(packets + at_start(data))
        try:
            got = stats(capture)
        except Exception as error:
            raise type(error)(f"{name}: {error}") from error
        equal(got["capture"]["unread"], 0, f"unread {name}")
        equal(got["connections"]["tracked"], 1, f"connections with {name}")


def told_nothing():
    """A capture without a connection says what is in it, whatever is asked for."""
    for name, data in HIDDEN + NO_TCP:
        capture = pcap(at_start(data))
        want = f"there is no connection in 1 packets: 1 {name}\n"
        equal(connections(capture, complaint=want), [], "connections")
    for words in [], ["--stats"], ["--events"]:
        replay(capture, *words, complaint=want)
    replay(capture, "--ladder", status=1, complaint="the filter passes no connection", lines=2)
    equal(connections(pcap([])), [], "connections of an empty capture")


def most_frequent():
    """The most frequent kinds come first, and there is an end of them."""
    frames = [frame_of(0x2000 + n) for n in range(200) for _ in range(n % 7 + 1)]
    frames += [frame_of(0x88e5)] * 40 + [in_ip(50)] * 50
    said = replay(pcap(records(said_all(), in_frame) + at_start(*frames)), complaint=(
        "882 of 893 packets were not read, and may have TCP in them: 50 ESP, 40 MACsec, "
        "7 Ethertype 0x2006, 7 Ethertype 0x200d, 7 Ethertype 0x2014, 7 Ethertype 0x201b, "
        "7 Ethertype 0x2022, 7 Ethertype 0x2029, 750 of other kinds\n"))
    check("10.1.0.1" in said, said)


def one_link_unknown():
    """A file of which no link can be read: status 1, and the link."""
    for write in pcap, pcapng:
        replay(write(at_start(bytes(40)), link=127), status=1, complaint=(
            "packets of link type 127 (IEEE802_11_RADIO) cannot be read"))


def too_deep():
    """As many headers as any stack has, and too many."""
    for count, is_read in ((12, True), (29, True), (60, False)):
        def make(packet, count=count):
            for _ in range(count):
                packet = wrap.ipip(packet, sender(packet))
            return in_frame(packet, sender(packet))
        capture = pcap(records(said_all(), make))
        if is_read:
            alone(connections(capture))
        else:
            connections(capture, complaint="no connection in 9 packets: 9 nested too deep")


def cut_at_each_octet():
    """A frame that is cut off anywhere is no other segment, and nothing behind it is read."""
    build = HERE / "build"
    subprocess.run(["make", "-s", "-C", HERE, f"O={build}", "cut_test"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for data in captures_to_cut():
            names.append(f"{folder}/{len(names)}")
            pathlib.Path(names[-1]).write_bytes(data)
        done = subprocess.run([build / "cut_test", *names], capture_output=True, text=True,
                              check=False)
    check(done.returncode == 0, done.stderr)


def captures_to_cut():
    """Small captures of each link and tunnel, and of fragments in and around tunnels"""
    for _, who in FAMILIES:
        said = Talk(**who).say("C S 0", options=timestamps(7)).say("C PA 1 1 +5").packets
        for kind, make in LINKS.values():
            yield pcap(records(said, lambda p, make=make: make(p, sender(p))), link=kind)
        for kind, make in captures.LINKS.values():
            if kind not in (228, 229):
                yield pcap(records(said, make), link=kind)
        for tunnel_of in TUNNELS.values():
            yield pcap(records(said, inside_of(tunnel_of)))
            yield pcap([(time + n, in_frame(one), None) for time, packet in said[1:]
                        for n, one in enumerate(wrap.pieces(tunnel_of(packet, 0), 48))])
            yield pcap([(time + n, in_frame(tunnel_of(one, 0)), None) for time, packet in said[1:]
                        for n, one in enumerate(wrap.pieces(packet, 8)[::-1])])


def small_snaplen():
    """Packets that are cut off in a tunnel's header are told."""
    for size in range(0, 104):
        rows = captures.cut(records(said_all(), inside_of(wrap.vxlan)), size)
        replay(pcap(rows, snaplen=max(size, 1)), complaint=(
            "no connection in 9 packets: 9 cut off before the end of their headers"))
    alone(connections(pcap(captures.cut(records(said_all(), inside_of(wrap.vxlan)), 104))))


def main():
    tests = [(f"link: {name}", link, name) for name in LINKS]
    tests += [(f"tunnel: {name}", tunnel, name) for name in TUNNELS | ONLY_V4]
    tests += [(test.__doc__ or test.__name__.replace("_", " "), test) for test in (
        pairs, on_links, two_networks, one_network, bad_flags, padded, told_hidden, untold,
        told_nothing, most_frequent, one_link_unknown, too_deep, cut_at_each_octet, small_snaplen)]
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(*test)
    ktap.leave()


if __name__ == "__main__":
    main()
