#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Fragments: in every order, overlapping, missing, too many, too late."""

import itertools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import encapsulations as wrap  # noqa: E402
import talk  # noqa: E402
from captures import pcap  # noqa: E402
from encapsulations import TUNNELS, in_frame, piece, pieces, sender  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from netlib.segment import DEST_OPTIONS, HOP_BY_HOP, PADDING, ip_packet  # noqa: E402
from talk import MSEC, NSEC, V6, Talk, records  # noqa: E402
from tool import alone, check, connections, equal, stats, whole  # noqa: E402

FAMILIES = (("inet", {}), ("inet6", V6))
PENDING = 256           # datagrams that may wait, as in tools/engine/fragments.h
PATIENCE = 30 * NSEC    # of each


def capture(*talks, make=in_frame):
    packets = [packet for one in talks for packet in one.packets]
    return pcap(sorted(records(packets, make), key=lambda row: row[0]), magic=captures.MAGIC_NS)


def with_fragments(fragment, cport=40000, **who):
    """A whole connection of which the packet with data is in the given fragments."""
    said = Talk(cport=cport, **who).say(*talk.OPEN)
    for packet in fragment(said.segment(talk.DATA[0]).packet()):
        said.add(packet)
    return said.say(talk.DATA[1], *talk.CLOSE)


def complain(count, kind, of):
    return f"{count} of {of} packets were not read, and may have TCP in them: {count} {kind}\n"


def every_order():
    """The four fragments of a segment in all orders"""
    for family, who in FAMILIES:
        for order in itertools.permutations(range(4)):
            said = with_fragments(
                lambda packet, order=order: [pieces(packet, 32)[n] for n in order], **who)
            alone(connections(capture(said)), family)


def every_size():
    """Fragments of all sizes, also with a part of the TCP header only"""
    for family, who in FAMILIES:
        said = [with_fragments(lambda packet, size=size: pieces(packet, size), 1000 + size,
                               at=talk.START + size * NSEC, **who) for size in range(8, 120, 8)]
        got = connections(capture(*said))
        equal(len(got), len(said), "connections")
        for one in got:
            equal(one["client"]["bytes"], 100, "bytes")
            check("anomalies" not in one, f"anomalies {one.get('anomalies')}")


def counters():
    """Each packet is counted once, as a segment or as a part of one."""
    got = stats(capture(with_fragments(lambda packet: pieces(packet, 32))))
    equal(got["capture"], {"packets": 12, "fragments": 3, "other": 0, "unread": 0}, "capture")
    equal((got["packets"]["seen"], got["reject"]["fragment"]), (9, 0), "seen, rejected")


def interleaved():
    """The fragments of many segments, turn by turn; also with equal identifications"""
    for family, who in FAMILIES:
        talks, rest = [], []
        for n in range(100):
            said = Talk(cport=1000 + n, **who).say(*talk.OPEN)
            cut = pieces(said.segment(talk.DATA[0]).packet(), 40, ident=n)
            talks.append(said)
            rest.append([(said, packet) for packet in cut])
        for turn in zip(*rest):
            for said, packet in turn:
                said.add(packet)
        for said in talks:
            said.say(talk.DATA[1], *talk.CLOSE)
        for one in connections(capture(*talks)):
            whole(one, family)
    # Another protocol, and other addresses, with the same identification
    other = ip_packet("10.1.0.1", "10.1.0.2", wrap.udp(bytes(100), 0, 53)[20:], proto=17)
    said = with_fragments(lambda packet: [one for both in zip(
        pieces(packet, 32), pieces(other, 32)) for one in both])
    alone(connections(capture(said)))
    one = with_fragments(lambda packet: pieces(packet, 32))
    other = with_fragments(lambda packet: pieces(packet, 40), client="10.1.0.9",
                           at=talk.START + 1)
    for row in connections(capture(one, other)):
        whole(row)


def in_two_vlans():
    """Equal fragments of two networks at once"""
    said = with_fragments(lambda packet: pieces(packet, 32))
    rows = records(said.packets, lambda p: wrap.frame(p, sender(p), [(0x8100, 5)]))
    rows += records([(time + 1, packet) for time, packet in said.packets],
                    lambda p: wrap.frame(p, sender(p), [(0x8100, 6)]))
    got = connections(pcap(sorted(rows, key=lambda row: row[0]), magic=captures.MAGIC_NS))
    equal(len(got), 2, "connections")
    for one in got:
        whole(one)


def repeated():
    """Fragments that come twice, or whose data came in two others, change nothing."""
    for family, who in FAMILIES:
        def twice(packet):
            made = pieces(packet, 32)
            return [made[1], made[1], made[0], made[3], made[1], made[2]]

        def longer(packet):
            made = pieces(packet, 32)
            body = packet[-120:]
            return [made[0], made[1], piece(packet, 0, body[:64], True),
                    piece(packet, 8, body[8:48], True), made[2], made[3]]

        for fragment in twice, longer:
            alone(connections(capture(with_fragments(fragment, **who))), family)


def overlapping():
    """Fragments that overlap in part are dropped with all of the datagram, and told."""
    def cuts(packet):
        made, body = pieces(packet, 32), packet[-120:]
        yield [made[0], made[1], piece(packet, 24, body[24:72], True)]
        yield [made[1], piece(packet, 0, body[:40], True)]
        yield [made[0], made[2], piece(packet, 24, b"x" * 48, True)]
        # Two ends, or octets behind the end
        yield [made[3], piece(packet, 64, body[64:72], False)]
        yield [made[3], piece(packet, 120, b"x" * 8, True)]
        yield [piece(packet, 120, b"x" * 8, True), made[3]]
        yield [made[0], made[3], piece(packet, 128, b"x" * 8, False)]

    for _, who in FAMILIES:
        for n in range(7):
            said = with_fragments(lambda packet, n=n: list(cuts(packet))[n], **who)
            count = len(said.packets) - 8
            [one] = connections(capture(said), complaint=complain(
                count, "overlapping fragments", 8 + count))
            equal(one["client"]["packets"], 4, "packets")


def impossible():
    """Fragments that no datagram has are malformed."""
    for _, who in FAMILIES:
        packet = Talk(**who).segment(talk.DATA[0]).packet()
        limit = 65528
        for bad in (piece(packet, 8, b"", True), piece(packet, 8, b"x" * 12, True),
                    piece(packet, limit, b"x" * 8, False), piece(packet, limit, b"x" * 9, False)):
            said = Talk(**who).say(*talk.ALL).add(bad)
            got = stats(capture(said))
            equal(got["capture"], {"packets": 10, "fragments": 0, "other": 1, "unread": 0},
                  "capture")


def missing():
    """What is not complete is told, by the number of fragments."""
    for _, who in FAMILIES:
        for gone in range(4):
            said = with_fragments(
                lambda packet, gone=gone: [one for n, one in enumerate(pieces(packet, 32))
                                           if n != gone], **who)
            want = complain(3, "fragments without the others", 11)
            connections(capture(said), complaint=want)
            equal(stats(capture(said), complaint=want)["capture"],
                  {"packets": 11, "fragments": 0, "other": 0, "unread": 3}, "capture")


def late():
    """The others may come within 30 seconds of the first one."""
    for wait, is_read in ((PATIENCE, True), (PATIENCE + 1, False)):
        said = Talk().say(*talk.OPEN)
        made = pieces(said.segment(talk.DATA[0]).packet(), 64)
        said.add(made[0])
        said.at += wait - MSEC
        said.add(made[1]).say(talk.DATA[1], *talk.CLOSE)
        if is_read:
            alone(connections(capture(said)))
        else:
            connections(capture(said), complaint=complain(2, "fragments without the others", 10))


def too_many():
    """The oldest datagram makes room; the memory for them is bounded."""
    for more, is_read in ((PENDING - 1, True), (PENDING, False)):
        said = Talk().say(*talk.OPEN)
        made = pieces(said.segment(talk.DATA[0]).packet(), 64)
        said.add(made[0])
        for n in range(more):
            said.add(piece(made[0], 0, b"x" * 64, True, ident=1000 + n))
        said.add(made[1]).say(talk.DATA[1], *talk.CLOSE)
        said.packets = [(talk.START + n * MSEC, packet)
                        for n, (_, packet) in enumerate(said.packets)]
        left = more if is_read else more + 2
        kind = "fragments without the others"
        got = connections(capture(said), complaint=complain(left, kind, 10 + more))
        equal(got[0]["client"]["packets"], 5 if is_read else 4, "packets")


def no_tcp():
    """Fragments of what is not TCP are no news, even if some are missing."""
    for proto, body in ((1, bytes(100)), (132, bytes(100)),
                        (17, wrap.udp(bytes(100), 0, 53)[20:])):
        packet = ip_packet("10.1.0.1", "10.1.0.2", body, proto=proto)
        said = Talk().say(*talk.ALL).add(pieces(packet, 32)[0]).add(pieces(packet, 32)[2])
        got = stats(capture(said))
        equal(got["capture"], {"packets": 11, "fragments": 0, "other": 2, "unread": 0}, proto)
    # Unless it may be a tunnel
    packet = wrap.vxlan(Talk().segment("C S 0").packet(), 0)
    for part, kind in ((0, "fragments without the others"), (1, "fragments without the others")):
        said = Talk().say(*talk.ALL).add(pieces(packet, 32)[part])
        stats(capture(said), complaint=complain(1, kind, 10))
    packet = ip_packet("10.1.0.1", "10.1.0.2", bytes(100), proto=50)
    said = Talk().say(*talk.ALL).add(pieces(packet, 32)[0])
    stats(capture(said), complaint=complain(1, "ESP", 10))


def in_tunnels():
    """Fragments of each tunnel, in each tunnel, and of both"""
    for name, tunnel in TUNNELS.items():
        for family, who in FAMILIES:
            def outside(packet):
                return [in_frame(one, sender(packet))
                        for one in pieces(tunnel(packet, sender(packet)), 48)]

            def inside(packet):
                return [in_frame(tunnel(one, sender(packet)), sender(packet))
                        for one in pieces(packet, 24)]

            def both(packet):
                made = []
                for n, one in enumerate(pieces(packet, 24)):
                    made += [in_frame(two, sender(packet)) for two in
                             pieces(tunnel(one, sender(packet)), 40, ident=100 + n)[::-1]]
                return made

            for make in outside, inside, both:
                rows = []
                for n, (time, packet) in enumerate(Talk(**who).say(*talk.ALL).packets):
                    # Each packet with an identification of its own
                    rows += [(time + k, one, None) for k, one in enumerate(
                        make(identify(packet, n)))]
                got = connections(pcap(rows, magic=captures.MAGIC_NS))
                try:
                    alone(got, family)
                except Exception as error:
                    raise type(error)(f"{name}, {make.__name__}: {error}") from error


def identify(packet, ident):
    """Give an IPv4 packet an identification; IPv6 has none."""
    return packet[:4] + bytes([0, ident]) + packet[6:] if packet[0] >> 4 == 4 else packet


def extensions():
    """IPv6 headers in front of the fragment header, and behind it"""
    for before, behind in ((True, False), (False, True), (True, True)):
        said = Talk(**V6).say(*talk.OPEN)
        segment = said.segment(talk.DATA[0])
        plain = segment.packet([(DEST_OPTIONS, PADDING)] if behind else [])
        for one in pieces(plain, 32):
            if before:
                # Hop by hop options between the IPv6 header and the fragment header
                one = (one[:4] + (len(one) - 32).to_bytes(2, "big") + bytes([HOP_BY_HOP])
                       + one[7:40] + bytes([44]) + PADDING + one[40:])
            said.add(one)
        said.say(talk.DATA[1], *talk.CLOSE)
        alone(connections(capture(said)), "inet6")


def small_snaplen():
    """Fragments that were cut off behind the TCP header count with all their octets."""
    for family, who in FAMILIES:
        said = with_fragments(lambda packet: pieces(packet, 80), **who)
        rows = captures.cut(records(said.packets, in_frame), 14 + 48 + 20)
        alone(connections(pcap(rows, snaplen=82)), family)
        # The first fragment has but eight octets of the TCP header
        said = with_fragments(lambda packet: pieces(packet, 8), **who)
        start = 14 + (20 if family == "inet" else 48)
        rows = [(time, data[:start + 4] if len(data) == start + 8 else data, len(data))
                for time, data, _ in records(said.packets, in_frame)]
        connections(pcap(rows), complaint="1 cut off before the end of their headers")


def large():
    """A datagram of the largest size, of which only the beginning is kept"""
    for family, who in FAMILIES:
        said = Talk(**who).say(*talk.OPEN)
        size = 65535 - (20 if family == "inet" else 8)
        packet = said.segment(f"C PA 1 1 +{size - 20}").packet()
        made = pieces(packet, 1480)
        for one in made[1::2] + made[::2]:
            said.add(one)
        said.say(f"S A 1 {1 + size - 20}")
        [one] = connections(capture(said))
        equal(one["client"]["bytes"], size - 20, "bytes")
        check("anomalies" not in one, f"anomalies {one.get('anomalies')}")


def main():
    tests = (every_order, every_size, counters, interleaved, in_two_vlans, repeated, overlapping,
             impossible, missing, late, too_many, no_tcp, in_tunnels, extensions, small_snaplen,
             large)
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(test.__doc__, test)
    ktap.leave()


if __name__ == "__main__":
    main()
