# SPDX-License-Identifier: GPL-2.0
"""Captures what arrives at a router."""

import socket
import struct

from .netlink import SO_RCVBUFFORCE

ETH_P_ALL, ETH_P_IP, ETH_P_IPV6 = 3, 0x0800, 0x86dd
SOL_PACKET = 263
PACKET_STATISTICS, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 6, 8, 23
SO_TIMESTAMPNS = 35
AUXDATA = struct.Struct("=IIIHHHH")
SNAPLEN = 200
SECOND = 10 ** 9


class Capture:
    """All IP packets that come in on any device, in their order.

    Each is captured once, before it is forwarded; packets merged by GRO are one.
    """

    def __init__(self, namespace):
        self.sock = namespace.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                     socket.htons(ETH_P_ALL))
        for option in (PACKET_AUXDATA, PACKET_IGNORE_OUTGOING):
            self.sock.setsockopt(SOL_PACKET, option, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 27)
        self.sock.setblocking(False)
        self.packets = []    # (time in nanoseconds, bytes, original length)

    def close(self):
        self.sock.close()

    def fileno(self):
        return self.sock.fileno()

    def read(self):
        """Read the packets that have arrived so far."""
        while True:
            try:
                data, control, _, where = self.sock.recvmsg(SNAPLEN, 256)
            except BlockingIOError:
                return
            if where[1] in (ETH_P_IP, ETH_P_IPV6):
                self.packets.append(self._told(control, data))

    @staticmethod
    def _told(control, data):
        told = {(level, kind): value for level, kind, value in control}
        second, rest = struct.unpack(
            "=qq", told[socket.SOL_SOCKET, SO_TIMESTAMPNS])
        length = AUXDATA.unpack(told[SOL_PACKET, PACKET_AUXDATA])[1]
        return second * SECOND + rest, data, length

    def lost(self):
        """The number of packets that the kernel dropped for lack of room."""
        return struct.unpack("=II", self.sock.getsockopt(
            SOL_PACKET, PACKET_STATISTICS, 8))[1]
