# SPDX-License-Identifier: GPL-2.0
"""/dev/tcpfsm_bench, with the names of module/bench.h."""

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
    """The number of an ioctl, as of _IOW() and _IOWR()."""
    return direction << 30 | size << 16 | ord("t") << 8 | number


SEND = _ioctl(3, 1, JOB.size)
FOLLOW = _ioctl(3, 2, CHASE.size)
CONNTRACK = _ioctl(1, 3, SWITCH.size)
CLOCK = _ioctl(2, 4, 8)


@dataclasses.dataclass(frozen=True)
class Load:
    """A set of connections, and where they are seen."""
    family: int
    path: str
    connections: int
    first: int = 0


class Device:
    """The device, opened in the namespace in which packets are seen."""

    def __init__(self):
        self.fd = os.open(DEVICE, os.O_RDWR)
        self.sent = 0
        self.worst = 0

    def send(self, load, script, burst=1, repeat=1, shuffled=True,
             watch=False):
        """Send a script for each connection; returns nanoseconds and segments.

        With watch, "worst" is the longest time that a batch of 32 took.
        """
        job = bytearray(JOB.pack(SCRIPTS.index(script), PATHS.index(load.path),
                                 load.family, load.first, load.connections,
                                 burst, repeat, shuffled, self.sent, 0, 0,
                                 watch))
        fcntl.ioctl(self.fd, SEND, job)
        *_, self.sent, spent, segments, self.worst = JOB.unpack(job)
        return spent, segments

    def forget(self):
        """Begin new connections."""
        self.sent = 0

    def chase(self, size, steps):
        """Nanoseconds of a load that depends on the load before it."""
        job = bytearray(CHASE.pack(size, steps, 0))
        fcntl.ioctl(self.fd, FOLLOW, job)
        return CHASE.unpack(job)[2] / steps

    def clock(self):
        """Nanoseconds; in UML the time that the kernel of the guest has run."""
        now = bytearray(8)
        fcntl.ioctl(self.fd, CLOCK, now)
        return int.from_bytes(now, "little")

    def conntrack(self, switch):
        fcntl.ioctl(self.fd, CONNTRACK, SWITCH.pack(switch))

    def close(self):
        os.close(self.fd)
