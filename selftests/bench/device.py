# SPDX-License-Identifier: GPL-2.0
"""/dev/tcpfsm_bench: see module/bench.h, which this follows word by word."""

import dataclasses
import fcntl
import os
import struct

DEVICE = "/dev/tcpfsm_bench"

SCRIPTS = ("open", "data", "ack", "close", "syn")
PATHS = ("input", "output", "forward")

JOB = struct.Struct("=8I4Q")
CHASE = struct.Struct("=3Q")
SWITCH = struct.Struct("=I")


def _ioctl(direction, number, size):
    """As _IOW() and _IOWR() put it together."""
    return direction << 30 | size << 16 | ord("t") << 8 | number


SEND = _ioctl(3, 1, JOB.size)
FOLLOW = _ioctl(3, 2, CHASE.size)
CONNTRACK = _ioctl(1, 3, SWITCH.size)
CLOCK = _ioctl(2, 4, 8)


@dataclasses.dataclass(frozen=True)
class Load:
    """Which connections, seen where."""
    family: int
    path: str
    connections: int
    first: int = 0


class Device:
    """Opened in the namespace that the packets are to be seen in."""

    def __init__(self):
        self.fd = os.open(DEVICE, os.O_RDWR)
        self.sent = 0
        self.worst = 0

    def send(self, load, script, burst=1, repeat=1, shuffled=True,
             watch=False):
        """A script for each connection: nanoseconds, segments.

        With watch, the longest that a batch of 32 took is in worst.
        """
        job = bytearray(JOB.pack(SCRIPTS.index(script), PATHS.index(load.path),
                                 load.family, load.first, load.connections,
                                 burst, repeat, shuffled, self.sent, 0, 0,
                                 watch))
        fcntl.ioctl(self.fd, SEND, job)
        *_, self.sent, spent, segments, self.worst = JOB.unpack(job)
        return spent, segments

    def forget(self):
        """New connections begin."""
        self.sent = 0

    def chase(self, size, steps):
        """Nanoseconds for a load that waits for the one before it."""
        job = bytearray(CHASE.pack(size, steps, 0))
        fcntl.ioctl(self.fd, FOLLOW, job)
        return CHASE.unpack(job)[2] / steps

    def clock(self):
        """Nanoseconds; in UML those that the guest's kernel has run."""
        now = bytearray(8)
        fcntl.ioctl(self.fd, CLOCK, now)
        return int.from_bytes(now, "little")

    def conntrack(self, switch):
        fcntl.ioctl(self.fd, CONNTRACK, SWITCH.pack(switch))

    def close(self):
        os.close(self.fd)
