# SPDX-License-Identifier: GPL-2.0
"""A host beside a router that injects packets into connections of others."""

import asyncio
import fcntl
import random
import socket
import struct

from . import segment
from .capture import ETH_P_IP, ETH_P_IPV6
from .segment import ACK, FIN, PSH, RST, SYN, seq_add

SIOCGIFHWADDR = 0x8927
AT_ONCE = 10
FAR = 1 << 30
DELTAS = (0, 0, 0, 1, -1, 2, 1000, -1000, 70000, -70000, FAR, -FAR)
FLAGS = (RST, RST, RST | ACK, SYN, SYN, SYN | ACK, SYN | ACK, FIN | ACK,
         FIN | ACK, ACK, ACK, ACK | PSH)
IPV4_TCP, IPV6_TCP = 9, 6


class Meddler:
    """Sends packets that fit to captured ones, or differ by little."""

    def __init__(self, net, capture, seed=1):
        """net: a netdev.Net; capture: of its router."""
        self.capture = capture
        self.random = random.Random(seed)
        self.sent = 0
        self.way = {}
        for name in ("client", "server"):
            device = net.device(name)
            self.way[name] = (
                net.hosts[name].socket(socket.AF_PACKET, socket.SOCK_DGRAM),
                device, hardware_address(net.hosts["router"], device))
        self.side = {net.address(name, family): name for name in self.way
                     for family in (socket.AF_INET, socket.AF_INET6)}

    def close(self):
        for sock, _, _ in self.way.values():
            sock.close()

    async def run(self, pause):
        """Send some packets, again and again, with a pause between."""
        while True:
            await asyncio.sleep(self.random.random() * pause)
            for _ in range(AT_ONCE if self.capture.packets else 0):
                self.meddle()

    def meddle(self):
        """Send one packet, derived from one of the last captured."""
        recent = self.capture.packets[-60:]
        _, data, length = self.random.choice(recent)
        if data[IPV4_TCP if data[0] >> 4 == 4 else IPV6_TCP] != 6:
            return
        seen = segment.parse(data)
        if len(data) == length and self.random.random() < 0.15:
            self._send(seen.src, data)      # a late copy
            return
        if self.random.random() < 0.5:
            seen = self._answer(seen)
        self._send(seen.src, self._packet(self._odd(seen)))

    @staticmethod
    def _answer(seen):
        """A segment as the other end could send it next."""
        return seen.change(src=seen.dst, dst=seen.src, sport=seen.dport,
                           dport=seen.sport, seq=seen.ack, ack=seen.end)

    def _odd(self, seen):
        flags = (self.random.choice(FLAGS) if self.random.random() < 0.8
                 else self.random.randrange(64))
        return seen.change(
            seq=seq_add(seen.seq, self.random.choice(DELTAS)),
            ack=seq_add(seen.ack, self.random.choice(DELTAS)), flags=flags,
            payload=self.random.choice((b"", b"", b"odd", b"o" * 1200)),
            options=self.random.choice((b"", seen.options)),
            window=self.random.choice((0, 100, 64240)),
            bad_checksum=self.random.random() < 0.1,
            doff=self.random.choice((None,) * 15 + (3, 15)))

    def _packet(self, seg):
        extensions = [(segment.DEST_OPTIONS, segment.PADDING)] * (
            seg.family == socket.AF_INET6 and self.random.randrange(3))
        return seg.packet(extensions)

    def _send(self, source, packet):
        name = self.side.get(source)
        if not name or len(packet) > 1500:
            return
        sock, device, address = self.way[name]
        kind = ETH_P_IP if packet[0] >> 4 == 4 else ETH_P_IPV6
        sock.sendto(packet, (device, kind, 0, 0, address))
        self.sent += 1


def hardware_address(namespace, device):
    with namespace.socket(socket.AF_INET) as sock:
        answer = fcntl.ioctl(sock, SIOCGIFHWADDR,
                             struct.pack("16s24x", device.encode()))
    return answer[18:24]
