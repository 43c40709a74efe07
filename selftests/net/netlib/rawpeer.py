# SPDX-License-Identifier: GPL-2.0
"""A TCP peer made by hand, opposite to one real stack."""

from . import segment
from .segment import ACK, FIN, SYN


class RawPeer:
    """Speaks to host "name" in place of the other host of the wire."""

    def __init__(self, t, name, iss=1000):
        self.t = t
        self.name = name
        self.nxt = iss
        self.rcv = 0
        real, here = t.address(name), t.address("B" if name == "A" else "A")
        real_port, port = ((t.port, t.cport) if name == "B"
                           else (t.cport, t.port))
        self.blank = segment.Segment(here, real, port, real_port)

    def make(self, flags, payload=b"", **changes):
        seg = self.blank.change(seq=self.nxt, ack=self.rcv, flags=flags,
                                payload=payload)
        return seg.change(**changes)

    def send(self, flags, payload=b"", **changes):
        """Send the next segment of the stream; "changes" replace fields of it."""
        seg = self.make(flags, payload, **changes)
        self.nxt = segment.seq_add(self.nxt, seg.length)
        self.t.give(self.name, seg)
        return seg

    def stray(self, flags, payload=b"", **changes):
        """Send a segment that is not of the stream."""
        seg = self.make(flags, payload, **changes)
        self.t.give(self.name, seg)
        return seg

    def take(self, kind=None):
        """Receive what the stack sent; the next segment acknowledges it."""
        seg = self.see(kind)
        self.rcv = seg.end
        return seg

    def see(self, kind=None):
        """Wait for a segment of this kind and take it off the wire.

        Others before it are dropped: on a slow machine there can be a delayed ACK
        or a retransmission.
        """
        self.t.wire.wait(self.name, kind)
        queue = self.t.wire.ends[self.name].queue
        while kind and queue[0].kind != kind and (
                queue[0].kind == "A" or self.is_old(queue[0])):
            self.t.hold(self.name)
        return self.t.hold(self.name, kind)

    def is_old(self, seg):
        return (seg.end - self.rcv) % segment.MOD in (0, segment.MOD - 1)

    def ignore(self):
        """Drop all that the stack has sent."""
        self.t.wire.pump()
        self.t.wire.ends[self.name].queue.clear()

    def open(self):
        """Open as the client, until both ends are established."""
        self.send(SYN)
        self.take("SA")
        self.send(ACK)

    def answer(self, **changes):
        """Answer the connect() of the host, as the server."""
        self.take("S")
        self.send(SYN | ACK, **changes)
        self.take("A")

    def finish(self):
        """Close this end first, then the socket of the host."""
        self.send(FIN | ACK)
