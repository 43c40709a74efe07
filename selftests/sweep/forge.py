# SPDX-License-Identifier: GPL-2.0
"""Forged segments, at each place of a connection.

The numbers are those that are hardest to tell from genuine ones, and some that are
not. If a forged segment could be genuine, what comes behind it has to tell, so the
result is only compared if there is such a witness.
"""

import socket
import struct

from segments import ACK, ENDS, FIN, MOD, PSH, RST, SYN, Segment

PAYLOAD = 7
FLAGS = {"S": SYN, "SA": SYN | ACK, "A": ACK, "PA": PSH | ACK, "FA": FIN | ACK,
         "R": RST, "RA": RST | ACK}
WINDOW = 8192
# Behind the last segment, nanoseconds
AFTERWARDS = 10 ** 6
# Not like a number that occurs
GUESS, SOME, FAR, BEHIND = 5003, 333, 100001, 200003


class Moment:
    """What an observer knows at a place: between two segments."""

    def __init__(self, connection, place):
        segments = connection.segments
        self.place = place
        self.act = connection.acts[segments[max(place - 1, 0)].act]
        self.before = [seg for seg in self.act.segments if seg.place < place]
        self.after = [seg for seg in self.act.segments if seg.place >= place]
        self.reset = any(seg.rst for seg in self.before)
        # The connection that comes after this one ends as it would without it
        self.is_last = self.act is connection.acts[-1]
        earlier = segments[place - 1].time if place else 0
        self.time = (segments[place].time + earlier) // 2 if place < len(segments) else (
            earlier + AFTERWARDS)
        if not place:
            self.time = -AFTERWARDS

    def sent(self, who, what="end"):
        """The highest number that an end has sent; None: none."""
        return max((value for seg in self.before if seg.who == who and not seg.rst
                    and (value := getattr(seg, what)) is not None), default=None)

    def has(self, who, what):
        return any(seg.who == who and getattr(seg, what) for seg in self.before)

    def edge(self, who):
        """Of the window in which the end may send."""
        return max((seg.ack + seg.window for seg in self.before
                    if seg.who != who and seg.ack is not None and not seg.rst),
                   default=(self.sent(who) or 1) + 65535)

    def sequence_numbers(self, who):
        nxt = self.sent(who) or 1
        return {"next": nxt, "ahead": nxt + SOME, "old": nxt - 1, "before": nxt - BEHIND,
                "beyond": self.edge(who) + FAR}

    def ack_numbers(self, who):
        peer = self.sent(not who)
        if peer is None:        # nobody can know it
            peer = GUESS
        highest = self.sent(who, "ack")
        if highest is None:
            highest = peer
        return {"in": highest - 1 if highest > 2 else highest, "ahead": peer + SOME,
                "before": highest - BEHIND, "beyond": peer + FAR}


class Fake:
    """One forged segment."""

    def __init__(self, connection, moment, who, name, seq, ack):
        """seq and ack: (what they are like, number)."""
        self.connection, self.moment = connection, moment
        self.who, self.flags = who, FLAGS[name]
        (seq_name, self.seq), (ack_name, self.ack) = seq, ack
        self.title = f"{'CS'[who]} {name} seq {seq_name}" + (
            f" ack {ack_name}" if ack_name else "") + f", before {moment.place + 1}"
        self.segment = self._make()

    def _make(self):
        act, who, size = self.moment.act, self.who, PAYLOAD if self.flags & PSH else 0
        raw_seq = (act.isn[who] + self.seq) % MOD
        raw_ack = None if self.ack is None else (act.isn[not who] + self.ack) % MOD
        client, port, server, peer = self.connection.line.where
        src, dst = ((client, port), (server, peer))[::-1 if who else 1]
        tcp = struct.pack("!HHIIBBHHH", src[1], dst[1], raw_seq, raw_ack or 0, 5 << 4,
                          self.flags, WINDOW, 0, 0)
        family = self.connection.family
        ends = b"".join(socket.inet_pton(family, end[0]) for end in (src, dst))
        if family == socket.AF_INET:
            head = struct.pack("!BBHHHBBH", 0x45, 0, 40 + size, 1, 0, 64,
                               socket.IPPROTO_TCP, 0)
        else:
            head = struct.pack("!IHBB", 6 << 28, 20 + size, socket.IPPROTO_TCP, 64)
        data = head + ends + tcp
        return Segment(self.moment.time, who, self.flags, self.seq, self.ack, size, WINDOW,
                       data, len(data) + size, raw_seq, raw_ack)

    # --- whether it could be genuine ---------------------------------------

    def doubt(self):
        """The reason why the states are not compared, see proof.GONE; or nothing."""
        # If the ports are used again, the connection after this one is compared
        if not self.moment.is_last or not self._is_possible() or self._has_witness():
            return ""
        return "no witness"

    def _is_possible(self):
        """Whether the peer, by what is known here, may have to obey it."""
        moment, seg = self.moment, self.segment
        if not moment.before:
            return not seg.rst
        if moment.reset:
            return False
        if seg.syn:
            return self._may_open()
        if seg.rst:
            return self._may_reset()
        # An ACK moves nothing, unless it ends the handshake
        return self._may_be_sent() and not (
            self.flags == ACK and moment.sent(self.who, "ack") is not None)

    def _may_open(self):
        """The first SYN or SYN-ACK of an end, or the same SYN-ACK again."""
        return not self.moment.has(self.who, "syn") or (
            self.flags & ACK and not self.seq)

    def _may_reset(self):
        moment, who = self.moment, self.who
        if not moment.has(not who, "syn"):
            return False
        if moment.sent(not who, "ack") is None:     # the peer is in SYN-SENT
            return self.ack == moment.sent(not who)
        good = {moment.sent(who), moment.sent(not who, "ack")}
        if moment.has(who, "fin"):
            good.add(moment.sent(who) - 1)
        return self.seq in good

    def _may_be_sent(self):
        """Data, a FIN or an ACK."""
        moment, who, seg = self.moment, self.who, self.segment
        if not all(moment.has(end, "syn") for end in ENDS):
            return False
        # What it acknowledges may come later
        later = max((each.end for each in moment.after if each.who != who), default=0)
        if self.ack != moment.ack_numbers(who)["in"] and not (
                moment.sent(not who) < self.ack <= later):
            return False
        nxt = moment.sent(who)
        if moment.has(who, "fin"):      # the FIN again, or an ACK
            return seg.end <= nxt and self.seq >= nxt - 1
        if seg.fin and self.seq < nxt:
            return False
        return nxt - 1 <= self.seq <= moment.edge(who)

    def _has_witness(self):
        """Whether a genuine segment behind it shows that it was forged."""
        moment, who, seg = self.moment, self.who, self.segment
        mine = [each for each in moment.after if each.who == who]
        peer = [each for each in moment.after if each.who != who]
        if not moment.before or seg.syn:
            return bool(mine and peer)
        if seg.fin and moment.has(who, "fin"):      # R3, until there is an ACK again
            return any(each.ack is not None and each.ack >= seg.end for each in peer)
        known, acked = moment.sent(who), moment.sent(not who) or 1
        return any(known is None or each.end > max(self.seq, known) or
                   (each.ack is not None and each.ack > acked)
                   for each in mine if not each.rst)


def all_of(connection):
    """At each place, of both ends, with all flags and numbers."""
    for place in range(len(connection.segments) + 1):
        moment = Moment(connection, place)
        for who in ENDS:
            for name, flags in FLAGS.items():
                acks = moment.ack_numbers(who) if flags & ACK else {"": None}
                for seq in moment.sequence_numbers(who).items():
                    for ack in acks.items():
                        yield connection, moment, who, name, seq, ack
