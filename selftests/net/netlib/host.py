# SPDX-License-Identifier: GPL-2.0
"""A namespace with a listener, for tests of limits and timeouts."""

import time

from .fsm import View
from .ktap import Failure
from .link import Wire
from .loop import Pairs
from .segment import SYN, Segment


def check(condition, why):
    if not condition:
        raise Failure(why)


def equal(got, want, what):
    check(got == want, f"{what}: {got}, expected {want}")


def wait(condition, why, seconds=15):
    limit = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < limit, f"{why}, after {seconds} s")
        time.sleep(0.05)


class Host:
    """A namespace with a listener; B of a wire, so that it can be flooded."""

    def __init__(self, family):
        self.wire = Wire(family)
        self.end = self.wire.ends["B"]
        self.ns = self.end.ns
        self.view = View(self.ns)
        self.family = family
        self.listener = self.ns.socket(family)
        self.listener.bind((self.end.address, 80))
        self.listener.listen(4096)
        # The kernel's own limit of half-open connections must not interfere
        self.ns.sysctl("net.ipv4.tcp_max_syn_backlog", 65536)
        self.ns.sysctl("net.ipv4.tcp_syncookies", 1)
        # Retransmitted SYN-ACKs would make flows of their own
        self.ns.sysctl("net.ipv4.tcp_synack_retries", 0)

    def close(self):
        self.listener.close()
        self.view.close()
        self.wire.close()

    def stats(self):
        return self.view.counters()

    def flood(self, count, first=0):
        """Send SYNs from many ports and addresses that never answer."""
        subnet = self.wire.ends["A"].address
        for number in range(first, first + count):
            self.end.receive(Segment(
                subnet, self.end.address, 1024 + number % 60000, 80,
                seq=number, flags=SYN).packet())
            self.wire.pump()

    def live(self, count):
        pairs = Pairs(self.ns, self.family)
        pairs.connect(count)
        return pairs
