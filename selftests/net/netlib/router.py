# SPDX-License-Identifier: GPL-2.0
"""A router between two TUN devices, on which the test sends each packet.

A packet written to one device is forwarded before write() returns, and can then be
read from the other.
"""

import fcntl
import os
import select
import struct

from . import netns
from .fsm import View
from .ktap import Failure
from .link import IFF_NO_PI, IFF_TUN, TUNSETIFF
from .segment import checksum

SIDES = ("west", "east")
TCP = 6


def hop(packet):
    """The packet as the router forwards it: TTL or hop limit is one less."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([packet[7] - 1]) + packet[8:]
    head = (packet[:8] + bytes([packet[8] - 1]) + packet[9:10] + b"\0\0"
            + packet[12:20])
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + packet[20:]


def _is_tcp(packet):
    return packet[9 if packet[0] >> 4 == 4 else 6] == TCP


class Router:
    """The router: 10.1/16 and fd00:1::/64 in the west, 10.2/16 and fd00:2::/64 in the east."""

    def __init__(self, name, **settings):
        self.ns = netns.Namespace(name)
        netns.quick_ipv6(self.ns)
        self.tun = {side: self._open(side) for side in SIDES}
        for knob in ("ipv4.ip_forward", "ipv6.conf.all.forwarding"):
            self.ns.sysctl("net." + knob, 1)
        for number, side in enumerate(SIDES, 1):
            self.ns.sysctl(f"net.ipv4.conf.{side}.rp_filter", 0)
            self.ns.ip(f"link set {side} up",
                       f"addr add 10.{number}.255.254/16 dev {side}",
                       f"addr add fd00:{number}::ffff/64 dev {side} nodad")
        self.ns.sysctl("net.ipv4.conf.all.rp_filter", 0)
        self.view = View(self.ns)
        for setting, value in settings.items():
            self.view.set(setting, value)

    def _open(self, side):
        with self.ns.inside():
            fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(fd, TUNSETIFF, struct.pack(
                "16sH22x", side.encode(), IFF_TUN | IFF_NO_PI))
        return fd

    def close(self):
        self.view.close()
        for fd in self.tun.values():
            os.close(fd)
        self.ns.delete()

    def carry(self, packet, side):
        """Send a packet from one side; it must arrive on the other."""
        other = SIDES[side == SIDES[0]]
        os.write(self.tun[side], packet)
        found = self._read(other)
        if found != hop(packet):
            raise Failure("the router changed it\n"
                          f"  put in {packet.hex()}\n"
                          f"  came out {found.hex() if found else 'nothing'}")
        for each in SIDES:
            self._check_silence(each)

    def _read(self, side, seconds=2):
        """Read the next TCP packet, skipping those of the router itself."""
        while select.select([self.tun[side]], [], [], seconds)[0]:
            packet = os.read(self.tun[side], 1 << 16)
            if _is_tcp(packet):
                return packet
        return None

    def _check_silence(self, side):
        packet = self._read(side, 0)
        if packet:
            raise Failure(f"the router sent {packet.hex()} to the {side}")
