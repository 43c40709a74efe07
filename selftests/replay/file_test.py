#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Formats and links: the connections must not depend on the form of the capture."""

import itertools
import pathlib
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "net"))

import captures  # noqa: E402
import talk  # noqa: E402
import tool  # noqa: E402
from captures import LINKS, MAGIC_NS, MAGIC_US, cut, pcap, pcapng  # noqa: E402
from netlib.ktap import Ktap  # noqa: E402
from netlib.segment import (DEST_OPTIONS, FIN, FRAGMENT, HOP_BY_HOP,  # noqa: E402
                            PADDING, SYN, Segment, ip_packet, timestamps)
from talk import START, V6, Talk, records  # noqa: E402
from tool import alone, check, connections, equal, replay, states, stats  # noqa: E402

def said_all(**who):
    return Talk(**who).say(*talk.ALL).packets


def link(name):
    kind, frame = LINKS[name]
    for family, who in (("inet", {}), ("inet6", V6)):
        if name in ("IPv4", "IPv6") and (family == "inet6") != (name == "IPv6"):
            continue
        for write in pcap, pcapng:
            data = write(records(said_all(**who), frame), link=kind)
            alone(connections(data), family)


def two_versions():
    """An IPv6 packet on a link for IPv4, or with its Ethertype, is ignored."""
    packets = records(said_all(**V6), captures.raw)
    told = "there is no connection in 9 packets: 9 malformed"
    equal(connections(pcap(packets, link=228), complaint=told), [], "connections")
    wrong = records(said_all(), lambda p: captures.ethernet(p, kind=captures.IPV6))
    equal(stats(pcap(wrong), complaint=told)["capture"]["other"], 9, "other")


def time_formats():
    """The start is exact to the resolution of the file."""
    at = START + 123_456_789
    packets = records(Talk(at=at).say(*talk.ALL).packets, captures.ethernet)
    for order, (write, exact) in itertools.product("<>", (
            (lambda r, o: pcap(r, order=o, magic=MAGIC_US), 1000),
            (lambda r, o: pcap(r, order=o, magic=MAGIC_NS), 1),
            (lambda r, o: pcapng(r, order=o), 1000),
            (lambda r, o: pcapng(r, order=o, resolution=9), 1),
            (lambda r, o: pcapng(r, order=o, resolution=3), 10 ** 6))):
        out = replay(write(packets, order), options=("-j",))
        second, ns = divmod(at // exact * exact, 10 ** 9)
        check(f'"start":{second}.{ns:09d}' in out, f"no start {ns}: {out}")


def from_stdin():
    data = pcap(records(said_all(), captures.ethernet))
    done = tool.call(["-"], ["-j"], stdin=data)
    equal((done.returncode, done.stderr), (0, b""), "status and stderr")
    with_name = connections(data)
    equal(done.stdout.decode().count('"id"'), len(with_name), "connections")


def without_length():
    """A packet with length 0 in its header (TSO): the length of the frame counts."""
    def no_length(packet):
        if packet[0] >> 4 == 4:
            return packet[:2] + b"\0\0" + packet[4:]
        return packet[:4] + b"\0\0" + packet[6:]

    for who in {}, V6:
        said = Talk(**who).say(*talk.OPEN)
        said.say("C PA 1 1 +60000", "S A 1 60001")
        packets = [(t, no_length(p)) for t, p in said.packets]
        [one] = connections(pcap(records(packets, captures.ethernet)))
        equal(one["client"]["bytes"], 60000, "bytes")
        check("anomalies" not in one, f"anomalies {one.get('anomalies')}")


def too_long():
    """A length beyond the end of the frame: the frame counts."""
    said = Talk().say(*talk.OPEN, "C PA 1 1 +100")
    time, packet = said.packets[-1]
    said.packets[-1] = (time, packet[:2] + struct.pack("!H", 1500) + packet[4:])
    [one] = connections(pcap(records(said.packets, captures.ethernet)))
    equal(one["client"]["bytes"], 100, "bytes")


def snaplen(size, used, complaint):
    """With timestamps an IPv4 segment has 66 octets of headers on Ethernet."""
    said = Talk().say(*talk.OPEN, options=b"")
    said.say(*talk.DATA, *talk.CLOSE, options=timestamps(7))
    data = pcap(cut(records(said.packets, captures.ethernet), size), snaplen=size)
    counts = stats(data, complaint=complaint)
    equal(counts["packets"]["used"], used, "packets used")
    equal(counts["reject"]["truncated"], 9 - used, "truncated")
    got = connections(data, complaint=complaint)
    if used == 9:
        alone(got)


def cut_off():
    """A file that ends in a record: what came before is shown, status 1."""
    packets = records(said_all(), captures.ethernet)
    for write in pcap, pcapng:
        data, last = write(packets), write(packets[:-1])
        for size in range(len(last) + 1, len(data)):
            [one] = connections(data[:size], status=1, complaint="only the beginning can be read")
            equal(states(one), ("time-wait", "last-ack"), f"states at {size}")
        alone(connections(data))


def damaged():
    """A record of two gigabytes in the middle."""
    packets = records(said_all(), captures.ethernet)
    data = pcap(packets[:3]) + struct.pack("<IIII", 0, 0, 2 ** 31, 2 ** 31)
    [one] = connections(data, status=1, complaint="only the beginning can be read")
    equal(one["opened"], "handshake", "opened")


def two_links():
    """Two link types in one file, which libpcap refuses: what came before is shown."""
    data = pcapng(records(said_all(), captures.ethernet))
    data += captures.block("<", 1, struct.pack("<HHI", 101, 0, 262144))
    alone(connections(data, status=1, complaint="only the beginning can be read"))


def no_capture():
    for data in b"", b"x", b"not a capture at all, but some text\n" * 10:
        equal(replay(data, status=1, complaint="is not a capture"), "", "stdout")
    for name, why in (("/nonexistent", "No such file"), ("/", "is not a capture")):
        done = tool.call([name])
        equal((done.returncode, done.stdout), (1, b""), f"status, stdout of {name}")
        check(why in done.stderr.decode(), done.stderr.decode())
    with tempfile.NamedTemporaryFile() as file:
        file.write(pcap([], link=147))
        file.flush()
        done = tool.call([file.name])
    equal(done.returncode, 1, "status of an unknown link type")
    check("of link type 147" in done.stderr.decode(), done.stderr.decode())
    equal(connections(pcap([])), [], "connections of an empty capture")


def extensions():
    """Headers of IPv6 before that of TCP."""
    said = Talk(**V6)
    for line in talk.ALL:
        said.add(said.segment(line).packet(
            [(HOP_BY_HOP, PADDING), (DEST_OPTIONS, PADDING)]))
    alone(connections(pcap(records(said.packets, captures.ethernet))), "inet6")


def rejects():
    """Rejected TCP packets are counted by reason, and move nothing."""
    said = Talk().say(*talk.OPEN)
    data = said.segment("C PA 1 1 +100")
    v6 = Talk(**V6).segment("C S 0")
    bad = {
        "extensions": [v6.packet([(DEST_OPTIONS, PADDING)] * 9)],
        "data-offset": [data.change(doff=4).packet(), data.change(doff=15).packet()[:79]],
        "flags": [data.change(flags=SYN | FIN).packet(),
                  data.change(flags=0).packet(), v6.change(flags=FIN).packet()],
        "self-connect": [Segment("10.1.0.1", "10.1.0.1", 80, 80, flags=SYN).packet()],
        "truncated": [ip_packet("10.1.0.1", "10.1.0.2", b"\0" * 19)],
    }
    for packet in sum(bad.values(), []):
        said.add(packet)
    said.add(ip_packet("10.1.0.1", "10.1.0.2", b"\0" * 20, proto=17))
    said.add(v6.packet([(FRAGMENT, bytes(7))]))     # atomic: a whole packet
    packets = records(said.packets, captures.ethernet)
    got = stats(pcap(packets))
    want = {name: len(list_) for name, list_ in bad.items()} | {"checksum": 0, "fragment": 0}
    equal(got["reject"], want, "rejects")
    equal(got["capture"], {"packets": len(packets), "fragments": 0, "other": 1, "unread": 0},
          "capture")
    equal(got["packets"]["used"], 4, "used")
    equal(got["anomalies"]["bad-flags"], 3, "bad-flags")
    first = connections(pcap(packets))[0]
    equal(states(first), ("established", "established"), "states")
    equal(first["anomalies"], {"bad-flags": 2}, "anomalies")


def not_tcp():
    """ARP, UDP and a frame that is too short are ignored without a message."""
    said = Talk().say(*talk.OPEN)
    packets = records(said.packets, captures.ethernet)
    odd = [captures.ethernet(b"\0" * 28, kind=0x0806), b"", b"\1" * 13, b"\1" * 14,
           captures.ethernet(b"", kind=captures.IPV4),
           captures.ethernet(b"\0\1", [(0x8100, 1)], kind=0x8100),
           captures.ethernet(b"", [(0x8100, 1)] * 3, kind=captures.IPV6)]
    packets += [(START, frame, None) for frame in odd]
    counts = stats(pcap(packets))
    equal(counts["capture"]["other"], len(odd), "other")
    equal(sum(counts["reject"].values()), 0, "rejects")


def every_cut():
    """Each frame cut at each octet: a segment, a reject, or other; all counted."""
    for who, (_, frame) in itertools.product(({}, V6), LINKS.values()):
        packet = Talk(**who).segment("C S 0").change(
            options=timestamps(7)).packet()
        whole_frame = frame(packet)
        rows = [(START + n, whole_frame[:n], len(whole_frame))
                for n in range(len(whole_frame) + 1)]
        kind = next(kind for kind, other in LINKS.values() if other is frame)
        if kind in (228, 229):
            continue
        done = replay(pcap(rows, link=kind), "--stats", complaint="the end of their headers")
        check("packets.used" in done, f"no segment of {len(rows)}: {done}")


def main():
    tests = [(f"link: {name}", link, name) for name in LINKS]
    tests += [(f"snaplen {size}", snaplen, size, used, complaint)
              for size, used, complaint in (
                  (54, 3, "6 of 9 packets were not read, and may have TCP in them: 6 cut off"),
                  (64, 3, "6 of 9 packets were not read, and may have TCP in them: 6 cut off"),
                  (66, 9, None), (96, 9, None))]
    tests += [(test.__doc__.split("\n")[0] if test.__doc__ else
               test.__name__.replace("_", " "), test)
              for test in (two_versions, time_formats, from_stdin, without_length,
                           too_long, cut_off, damaged, two_links, no_capture, extensions,
                           rejects, not_tcp, every_cut)]
    ktap = Ktap(len(tests))
    for test in tests:
        ktap.run(*test)
    ktap.leave()


if __name__ == "__main__":
    main()
