# SPDX-License-Identifier: GPL-2.0
"""Measures how long the kernel's sockets are in each state, by polling them.

inet_diag has the timer of a socket, so there is no need to poll before it is due.
With --time-travel polling takes no time.
"""

import dataclasses
import socket
import struct
import time

from . import guest
from .diag import ALL_STATES, LISTEN, SOCK_DIAG_BY_FAMILY, Diag
from .ktap import Failure

CLOCK_MONOTONIC_COARSE = 6
# A jiffy of the running kernel, in nanoseconds
JIFFY = round(time.clock_getres(CLOCK_MONOTONIC_COARSE) * 1e9)
SECOND = 1_000_000_000
FAMILIES = (socket.AF_INET, socket.AF_INET6)
# The interval of polling when a timer is due, and the longest sleep; seconds
TICK, PAUSE = JIFFY / 2 / SECOND, 1
NO_TIMER = 0


def now():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


@dataclasses.dataclass(frozen=True)
class Sock:
    state: str
    timer: int       # the timer that runs, 0: none
    left: float      # seconds until it expires
    uid: int
    inode: int


@dataclasses.dataclass
class Stay:
    """A stay in a state; begin and end are pairs: not before, not after."""
    state: str
    begin: tuple
    end: tuple = None

    def bounds(self):
        """The bounds of the duration."""
        return self.end[0] - self.begin[1], self.end[1] - self.begin[0]


def distance(value, bounds):
    """How far a number is outside of its bounds; negative if it is below."""
    low, high = bounds
    return min(value - low, 0) or max(value - high, 0)


def plain(address):
    """An IPv4-mapped address as an IPv4 address."""
    return address.removeprefix("::ffff:") if "." in address else address


class Sockets(Diag):
    """The sockets of a namespace, with their timers and owners."""

    def read(self, families):
        """{(address, port, peer address, peer port): Sock}, no listeners."""
        found = {}
        for family in families:
            request = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP,
                                  0, 0, ALL_STATES)
            for message in self.netlink.dump(SOCK_DIAG_BY_FAMILY, request):
                (here, port, there, peer), state = self._parse(message)
                if state == LISTEN:
                    continue
                left, _, _, uid, inode = struct.unpack_from("=IIIII", message,
                                                            52)
                found[plain(here), port, plain(there), peer] = Sock(
                    state, message[2], left / 1000, uid, inode)
        return found


class Watch:
    """Records the states of all sockets of some namespaces over time."""

    def __init__(self, namespaces, families=FAMILIES):
        """namespaces: {name: Namespace}"""
        self.families = families
        self.readers = {name: Sockets(ns) for name, ns in namespaces.items()}
        self.stays = {}      # (name, key): [Stay, ...]
        self.present = {}    # (name, key): Sock, when polled last
        self.looked = now()

    def close(self):
        for reader in self.readers.values():
            reader.close()

    def look(self):
        before = now()
        found = {(name, key): sock for name, reader in self.readers.items()
                 for key, sock in reader.read(self.families).items()}
        when = self.looked, now()
        for who in set(found) | set(self.present):
            stays = self.stays.setdefault(who, [])
            state = found[who].state if who in found else None
            if stays and not stays[-1].end:
                if stays[-1].state == state:
                    continue
                stays[-1].end = when
            if state:
                stays.append(Stay(state, when))
        self.present = found
        self.looked = before

    def state(self, name, key):
        sock = self.present.get((name, key))
        return sock.state if sock else None

    def stay(self, name, key, state, which=-1):
        """The last stay of a socket in a state, or that with index "which"."""
        found = [stay for stay in self.stays.get((name, key), ())
                 if stay.state == state]
        if not found:
            raise Failure(f"{name}: {key} was never in {state}")
        return found[which]

    def sleep(self, whole=PAUSE):
        """Sleep until the next timer is due, at most so many seconds."""
        left = min((sock.left for sock in self.present.values()
                    if sock.timer != NO_TIMER), default=whole)
        time.sleep(max(TICK, min(left - 0.02, whole)))

    def until(self, over, limit, why, meanwhile=None):
        """Poll until over() returns true."""
        stop = now() + limit * SECOND
        self.look()
        while not over():
            if now() > stop:
                raise Failure(f"{why}, after {limit} s")
            self.sleep()
            if meanwhile:
                meanwhile()
            self.look()

    def rest(self, seconds, meanwhile=None):
        """Poll for so many seconds."""
        stop = now() + round(seconds * SECOND)
        while (left := stop - now()) > 0:
            self.sleep(left / SECOND)
            if meanwhile:
                meanwhile()
            self.look()


def travels():
    """True if a sleep takes no time (--time-travel)."""
    with open("/proc/cmdline", encoding="ascii") as line:
        return guest.inside() and "time-travel" in line.read()
