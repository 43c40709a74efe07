# SPDX-License-Identifier: GPL-2.0
"""A wire between two TCP stacks, on which the test delivers each packet.

Each of the namespaces A and B sends into a TUN device of which this process has
the other end. A packet waits in a queue until the test delivers, drops, repeats,
holds or changes it. The receiving stack has processed a packet completely when the
write() of it returns, so there is a pause after every segment.
"""

import collections
import fcntl
import os
import select
import socket
import struct
import time

from . import netlink, netns, segment
from .ktap import Failure

TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NO_PI = 1, 0x1000
IFF_UP, IFF_RUNNING = 1, 0x40
SIOCSIFFLAGS, SIOCGIFINDEX = 0x8914, 0x8933
NETLINK_ROUTE, RTM_NEWADDR = 0, 20
IFA_ADDRESS, IFA_LOCAL, IFA_F_NODAD = 1, 2, 2
SUBNET = {socket.AF_INET: "10.77.0.{}", socket.AF_INET6: "fd77::{}"}
# Half of the shortest retransmission timeout of the kernel, seconds
PATIENCE = 0.1
PREFIX = {socket.AF_INET: 24, socket.AF_INET6: 64}


def _open_tun(namespace):
    with namespace.inside():
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF,
                    struct.pack("16sH22x", b"wire", IFF_TUN | IFF_NO_PI))
    return fd


class End:
    """One of the two hosts: namespace, address, and queue of sent packets."""

    def __init__(self, name, family, number):
        self.name = name
        self.family = family
        self.address = SUBNET[family].format(number)
        self.ns = netns.Namespace(f"wire-{name.lower()}")
        self.tun = _open_tun(self.ns)
        self.queue = collections.deque()
        netns.quick_ipv6(self.ns)
        self.ns.sysctl("net.ipv6.conf.wire.addr_gen_mode", 1)
        self._configure()
        self.ns.sysctl("net.ipv4.tcp_no_metrics_save", 1)

    def _configure(self):
        """Set the device up with an address, by ioctl: starting ip takes longer."""
        with self.ns.socket(self.family, socket.SOCK_DGRAM) as sock:
            for device in (b"lo", b"wire"):
                fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack(
                    "16sh14x", device, IFF_UP | IFF_RUNNING))
            answer = fcntl.ioctl(sock, SIOCGIFINDEX,
                                 struct.pack("16si12x", b"wire", 0))
        index = struct.unpack_from("16si", answer)[1]
        address = socket.inet_pton(self.family, self.address)
        route = netlink.Socket(self.ns, NETLINK_ROUTE)
        route.request(RTM_NEWADDR, struct.pack(
            "=BBBBi", self.family, PREFIX[self.family], IFA_F_NODAD, 0, index)
            + netlink.attribute(IFA_LOCAL, address)
            + netlink.attribute(IFA_ADDRESS, address),
            netlink.NLM_F_ACK | netlink.NLM_F_CREATE)
        route.close()
        while self.family == socket.AF_INET6 and not self._is_local(address):
            time.sleep(0.001)

    def _is_local(self, address):
        """Is the address local yet? IPv6 makes it so in a work queue."""
        want = address.hex() + " 80"
        return any(line.startswith(want)
                   for line in self.ns.read("ipv6_route").splitlines())

    def close(self):
        os.close(self.tun)
        self.ns.delete()

    def pump(self):
        """Move packets that the host has sent to the queue."""
        while True:
            try:
                packet = os.read(self.tun, 1 << 16)
            except BlockingIOError:
                return
            parsed = segment.parse(packet)
            if parsed:
                self.queue.append(parsed.change(seen=time.monotonic()))

    def receive(self, packet):
        os.write(self.tun, packet)


class Wire:
    def __init__(self, family):
        self.family = family
        self.ends = {"A": End("A", family, 1), "B": End("B", family, 2)}
        self.log = []
        self.base = {}   # ISN by (address, port), for readable logs
        self.last = {}   # the last segment that each end has sent
        self.given = set()
        self.longest = 0.0   # longest time that a segment waited, in seconds

    def is_late(self):
        """True if a segment waited so long that the kernel may have retransmitted."""
        return self.longest > PATIENCE

    def close(self):
        for end in self.ends.values():
            end.close()

    def other(self, name):
        return self.ends["B" if name == "A" else "A"]

    def pump(self):
        for name, end in self.ends.items():
            end.pump()
            if end.queue:
                self.last[name] = end.queue[-1]

    def take(self, name, kind=None):
        """Take the oldest segment that host "name" sent; it must be of this kind."""
        end = self.ends[name]
        self.pump()
        if not end.queue:
            raise Failure(f"{name} sent nothing, expected {kind}\n"
                          + self.story())
        found = end.queue.popleft()
        self.longest = max(self.longest, time.monotonic() - found.seen)
        if kind and found.kind != kind:
            raise Failure(f"{name} sent {found.text()}, expected {kind}\n"
                          + self.story())
        return found

    def give(self, name, seg, packets=None, how=""):
        """Deliver a segment, or the packets given for it, to host "name"."""
        self.note(f"{'<>'[name == 'B']} {name} gets {self.pretty(seg)}{how}")
        self.given.add((seg.src, seg.sport, seg.seq, seg.length))
        for packet in packets or [seg.packet()]:
            self.ends[name].receive(packet)
        self.pump()

    def was_given(self, seg):
        """True if the segment is a copy of one that was delivered."""
        return seg.length and (seg.src, seg.sport, seg.seq,
                               seg.length) in self.given

    def wait(self, name, kind=None, seconds=8):
        """Wait until host "name" has sent a segment of this kind.

        It stays in the queue, and so do those before it.
        """
        end = self.ends[name]
        limit = time.monotonic() + seconds
        while True:
            self.pump()
            for seg in end.queue:
                if kind is None or seg.kind == kind:
                    return seg
            left = limit - time.monotonic()
            if left <= 0:
                raise Failure(f"{name} did not send {kind} in {seconds} s\n"
                              + self.story())
            select.select([end.tun], [], [], left)

    def quiet(self, seconds):
        """Wait for a packet from either host; False if none comes in time."""
        tuns = [end.tun for end in self.ends.values()]
        ready = select.select(tuns, [], [], seconds)[0]
        self.pump()
        return bool(ready)

    def note(self, text):
        self.log.append(text)

    def pretty(self, seg):
        """The segment as text, with numbers relative to the first SYN."""
        here, there = (seg.src, seg.sport), (seg.dst, seg.dport)
        if seg.flags & segment.SYN:
            self.base.setdefault(here, seg.seq)
        ack = seg.ack
        if seg.flags & segment.ACK:
            ack = segment.seq_add(seg.ack, -self.base.get(there, 0))
        return seg.change(seq=segment.seq_add(
            seg.seq, -self.base.get(here, 0)), ack=ack).text()

    def story(self):
        waiting = [f"  waiting at {name}: {self.pretty(seg)}"
                   for name, end in self.ends.items() for seg in end.queue]
        return "\n".join(["  " + line for line in self.log] + waiting)
