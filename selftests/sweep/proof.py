# SPDX-License-Identifier: GPL-2.0
"""What the segments that are left of a connection prove, all of them together.

A model of its own, and a simple one: it looks at the whole list from its end, and
does not go from segment to segment. It is given genuine segments only. Of the whole
capture it must say what the tool says, which the sweeps check first.

If nothing behind a segment bears out what it says, a genuine segment and a forged one
look the same. Then there are two answers, and the tool may give either: trust is
whether such a segment is taken at its word.
"""

import dataclasses
import itertools

from segments import ACK, ENDS, FIN, PSH

# So many claims are enough: more than segments may be late
PATIENCE = 4
OPEN, FINISHED, AT_ONCE = "open", "fin", "simultaneous-fin"
WAITING = "time-wait"


@dataclasses.dataclass(frozen=True)
class Proof:
    states: tuple       # client, server
    closed: str


class Remains:
    """The segments that are left of one act."""

    def __init__(self, segments, trust=True):
        self.segments = segments
        self.trust = trust
        self.of = [[seg for seg in segments if seg.who == who] for who in ENDS]
        # The FIN of each end as (its end, first segment, the last one that counts)
        self.fins = [self._fin(who) for who in ENDS]

    def _fin(self, who):
        highest = -1
        first = last = None
        for seg in self.of[who]:
            if seg.ack is not None:
                highest = max(highest, seg.ack)
            if seg.fin:
                first = first or seg
                # R3, but an old duplicate proves nothing
                if first is seg or seg.ack == highest:
                    last = seg
        return (first.end, first, last) if first else None

    def acked(self, who, until=None):
        """The highest acknowledgment number of an end; until: a segment."""
        numbers = [seg.ack for seg in self.segments[:self._index(until)]
                   if seg.who == who and seg.ack is not None]
        return max(numbers, default=None)

    def _index(self, seg):
        return len(self.segments) if seg is None else self.segments.index(seg) + 1

    def behind(self, seg, who):
        """The segments of an end behind this one."""
        return [each for each in self.segments[self._index(seg):] if each.who == who]

    # --- the handshake -----------------------------------------------------

    def is_open(self, who):
        """Whether the end is through the handshake."""
        mine, theirs = self.of[who], self.of[not who]
        if any(not seg.syn and self._proves_open(seg) for seg in mine):
            return True
        # R3: what came before the last SYN or SYN-ACK has not arrived
        last = next((seg for seg in reversed(mine) if seg.syn), None)
        if last is None:
            return any(seg.ack is not None for seg in theirs)
        again = any(seg.syn and seg is not last for seg in mine)
        answers = self.behind(last, not who) if again else theirs
        return any(seg.ack is not None and seg.ack > 0 for seg in answers)

    def _proves_open(self, seg):
        """A server may have to send an ACK before: a challenge."""
        return not any(each.syn and each.ack is not None for each in self.of[seg.who]) or (
            seg.size > 0 or seg.ack > 1 + self._syn_size(not seg.who))

    def _syn_size(self, who):
        return max((seg.size for seg in self.of[who] if seg.syn), default=0)

    def opening(self, who):
        """The state of an end that is not through the handshake."""
        mine, theirs = self.of[who], self.of[not who]
        if any(seg.syn and seg.ack is not None for seg in mine):
            return "syn-received"
        if any(seg.syn for seg in mine):
            return "syn-received" if any(seg.syn for seg in theirs) else "syn-sent"
        return "listen"

    # --- the close ---------------------------------------------------------

    def whole_until(self, who):
        """Up to where all octets of an end are there or acknowledged."""
        at = max(self.begin(who), self.acked(not who) or 0)
        for seg in sorted(self.of[who], key=lambda each: each.seq):
            if seg.seq <= at:
                at = max(at, seg.end)
        return at

    def begin(self, who):
        """The first number of an end that is known."""
        if any(seg.syn for seg in self.of[who]):
            return 1
        for seg in self.segments:
            if seg.who == who:
                return seg.seq
            if seg.ack is not None:
                return seg.ack
        return 1

    def has_fin_of_peer(self, who):
        """Whether the end has received the FIN of the other one."""
        if not self.fins[not who]:
            return False
        number = self.fins[not who][0]
        if (self.acked(who) or 0) >= number:
            return True
        if not self.trust and self.whole_until(not who) < number - 1:
            return False
        # R3: its own FIN again, without an ACK of that FIN
        again = self.fins[who] and self.fins[who][1] is not self.fins[who][2]
        return not again or any(seg.fin for seg in self.behind(self.fins[who][2], not who))

    def is_second(self, who):
        """Whether the FIN of the end acknowledges the other one."""
        mine, theirs = self.fins[who], self.fins[not who]
        return bool(mine and theirs and (self.acked(who, mine[1]) or 0) >= theirs[0])

    def is_answered(self, who):
        """Whether the FIN of the end is acknowledged."""
        end, _, last = self.fins[who]
        return any(seg.ack is not None and seg.ack >= end
                   for seg in self.behind(last, not who)
                   ) or (last is self.fins[who][1] and (self.acked(not who) or 0) >= end)

    def state(self, who):
        if not self.fins[who]:
            if self.has_fin_of_peer(who):
                return "close-wait"
            return "established" if self.is_open(who) else self.opening(who)
        answered, received = self.is_answered(who), self.has_fin_of_peer(who)
        if self.is_second(who):
            return "closed" if answered else "last-ack"
        if answered:
            return WAITING if received else "fin-wait-2"
        return "closing" if received else "fin-wait-1"

    def is_taken_back(self, who):
        """R3: its FIN was acknowledged, but then it came again and is not any more."""
        if not self.fins[who] or self.is_answered(who):
            return False
        end, _, last = self.fins[who]
        return any(seg.ack is not None and seg.ack >= end for seg in
                   self.segments[:self._index(last)] if seg.who != who)

    def closed(self, states):
        if any(map(self.is_taken_back, ENDS)):
            return OPEN
        if WAITING not in states and not any(
                state == "closed" and self.is_second(who)
                for who, state in zip(ENDS, states)):
            return OPEN
        return FINISHED if any(map(self.is_second, ENDS)) else AT_ONCE

    def end(self):
        """Without a look at RSTs; None: nothing is known of a connection."""
        if not self.segments:
            return None
        states = tuple(self.state(who) for who in ENDS)
        return Proof(states, self.closed(states))


# --- what is borne out -----------------------------------------------------

def borne_out(segments):
    """The segments whose claims others of them bear out.

    A segment claims too much if it acknowledges what its peer has sent in no segment, or if
    it lies beyond the window and is never acknowledged. A peer that is never seen has
    no veto, but whether it is not there shows only after some claims.
    """
    left = list(segments)
    while True:
        claims = [seg for seg in left if _acks_too_much(seg, left)]
        alone = [sum(seg.who == who for seg in claims) >= PATIENCE and not any(
            seg.who != who for seg in segments) for who in ENDS]
        keep = [seg for seg, too_far in zip(left, _beyond_window(left))
                if not too_far and (alone[seg.who] or seg not in claims)]
        if len(keep) == len(left):
            return left
        left = keep


def _acks_too_much(seg, left):
    """With the first word of an end nothing can be wrong."""
    if seg.ack is None or seg.rst or seg is left[0]:
        return False
    known = [each.end for each in left if each.who != seg.who and not each.rst]
    if not known and left[0].who == seg.who and left[0].ack is not None:
        known = [left[0].ack]
    return seg.ack > max(known, default=-1)


def _beyond_window(left):
    """Of each segment. Without the handshake windows are not known."""
    known = sum(bool(seg.syn) for seg in left) > 1
    acked = [max((seg.ack for seg in left if seg.who == who and seg.ack is not None
                  and not seg.rst), default=None) for who in ENDS]
    edge = [None, None]         # of the window in which an end may send
    for seg in left:
        limit, reach = edge[seg.who], acked[not seg.who]
        yield bool(known and limit is not None and not seg.rst and not seg.syn
                   and seg.seq > max(limit, reach))
        if seg.ack is not None and not seg.rst:
            edge[not seg.who] = max(edge[not seg.who] or 0, seg.ack + seg.window)


def counts(rst, before, left):
    """Whether the peer must obey a RST, by what is in front of it and what is left."""
    record = Remains([seg for seg in before if not seg.rst])
    if not record.segments:
        return False
    if not record.is_open(not rst.who):
        state = record.opening(not rst.who)
        if state == "syn-sent":
            return rst.ack is not None and _answers_syn(rst, record)
        if state == "listen":
            return False
    good = {record.whole_until(rst.who), record.acked(not rst.who),
            Remains(left).acked(not rst.who)}
    if all(seg.sack for seg in record.segments if seg.syn):
        good.add(max((seg.end for seg in record.of[rst.who]), default=None))
    if record.fins[rst.who]:
        good.add(record.fins[rst.who][0] - 1)
    return rst.seq in good


def _answers_syn(rst, record):
    return rst.ack - 1 <= max(seg.size for seg in record.of[not rst.who] if seg.syn)


def _prove(segments, trust):
    left = segments if trust else borne_out(segments)
    for place, seg in enumerate(left):
        if seg.rst and place and (trust or counts(seg, left[:place], left)):
            return _reset(Remains([each for each in left[:place] if not each.rst], trust), seg)
    end = Remains([seg for seg in left if not seg.rst], trust).end()
    return {end} if end else set()


def _reset(record, rst):
    """Both ends are closed; how depends on what was before."""
    before = record.end()
    if before.closed != OPEN:
        closed = {before.closed}
    elif before.states[not rst.who] == "syn-sent":
        # What it acknowledges beyond the SYN must have been sent
        closed = {"refused"} if _answers_syn(rst, record) else {"refused", "reset"}
    elif {"listen", "syn-sent", "syn-received"} & set(before.states):
        closed = {"aborted", "reset"} if rst.seq > 1 else {"aborted"}
    else:
        closed = {"reset"}
    return {Proof(("closed", "closed"), how) for how in closed}


def prove(segments, full=()):
    """All that the tool may say of the segments that are left of one act.

    full: all segments of the act. A FIN that is in none of those that are left may be
    taken for an octet, or for a FIN: in time, or as the answer to that of the peer.
    """
    opened = next((place for place, seg in enumerate(segments) if not seg.rst),
                  len(segments))
    segments = segments[opened:]
    everything = Remains(full).fins
    lost = [[None] + _ghosts(everything, who) if everything[who] and not any(
        seg.fin and seg.who == who for seg in segments) else [None] for who in ENDS]
    proven = set()
    for ghosts in itertools.product(*lost):
        given = sorted([*segments, *filter(None, ghosts)], key=lambda seg: seg.place
                       ) if any(ghosts) else segments
        proven |= _prove(given, True) | _prove(given, False)
    return proven


def _ghosts(fins, who):
    """The FIN as it was, and as if it were the second one."""
    end, first, _ = fins[who]
    as_it_was = dataclasses.replace(first, flags=FIN | ACK, seq=end - 1, size=0)
    if not fins[not who]:
        return [as_it_was]
    return [as_it_was, dataclasses.replace(as_it_was, ack=max(first.ack, fins[not who][0]))]


# --- octets that were never seen -------------------------------------------

def unseen(segments, who, full):
    """The numbers that are right of how many octets of an end are in no segment that is
    left of an act but were received. full: all segments of the act.

    An octet counts if the peer acknowledges it and the end itself goes on behind it: one
    word alone may be a lie, and is not borne out. Then it is right to count it and not to.
    """
    segments = [seg for seg in segments if not seg.rst]
    proven, told = Remains(borne_out(segments)), Remains(segments)
    begins = {told.begin(who)}
    if not any(seg.syn for seg in segments):
        # What the end had sent before the capture began
        begins |= {seg.seq for seg in told.of[who][:1]}
    numbers = set().union(*(_missing(left, who, begin, choose) for begin in begins
                            for left, choose in ((proven, min), (told, max))))
    if Remains(full).fins[who] and not told.fins[who]:
        # The FIN looks like an octet
        numbers |= {number - 1 for number in numbers if number}
    return numbers


def _missing(left, who, begin, choose):
    """With and without a part of a hole of which not all is acknowledged."""
    mine = left.of[who]
    words = []
    if mine:
        words.append(max(seg.seq for seg in mine))
    if left.of[not who]:
        words.append(left.acked(not who) or 0)
    reach = choose(words, default=0)
    missing, at, part = 0, begin, 0
    for seg in sorted(mine, key=lambda each: each.seq):
        if at < reach < seg.seq:
            part = reach - at
        missing += max(0, min(seg.seq, reach) - at)
        at = max(at, seg.end)
    missing += max(0, reach - at)
    return {missing, missing - part}


# --- where information is gone ---------------------------------------------

# Why a variant need not end as the whole connection does, and what must be so then.
# In all others the whole it must be.
GONE = {
    # Segments are left out. What is left of the last connection decides.
    "opens nothing":
        "all that is left are RSTs, which no connection begins with: there is none",
    "none of the last":
        "nothing is left of the last connection of these ports, or only a SYN that nothing "
        "answers: the one before it counts",
    "FIN":
        "a FIN is in no segment that is left, and its number looks like an octet: it is "
        "taken for one. If only a FIN that came again is left, it does not say whether the "
        "FINs crossed: the end of the whole is right, too",
    "RST":
        "the RST is in no segment that is left: the end is that of the others",
    "no answer":
        "behind the last SYN-ACK or FIN of an end nothing is left that answers it: the end "
        "still waits",
    "last words":
        "nothing behind the last segments bears out what they say, and forged ones would "
        "look the same: it is right to believe them, and not to",
    # Another order
    "came again":
        "a SYN, SYN-ACK or FIN that came again has changed places with a segment of the "
        "other end. By R3 it has another meaning then: the end by this order is right, "
        "too, and other anomalies of what came again",
    "behind the RST":
        "a segment is behind a RST now: it need not be counted, and if the RST is that of "
        "its peer, after-rst is true of it",
    "crossing":
        "the SYN-ACK of a simultaneous open is behind an ACK of its end now: until it comes "
        "this is a split handshake",
    "RST first":
        "the RST is in front of all others now, and no connection begins with one: the end "
        "is that of the others",
    "mixed":
        "a segment is behind the SYN-ACK of the next connection of its ports now: how the "
        "first one ended is not compared, nor whether this segment was counted",
    # A forged segment
    "no witness":
        "the peer would have to obey the forged segment, and behind it the end sends no new "
        "octet and no ACK of an octet that came later: states are not compared",
}


class Unexplained(Exception):
    """The model says that a variant ends otherwise, and has no reason."""


def reason(whole, acts, proofs):
    """Which of GONE; nothing if all must be as in the whole capture."""
    if not acts:
        return "opens nothing"
    everything = whole.connection.acts
    if acts[-1][0].act != len(everything) - 1:
        return "none of the last"
    last = proof_of(whole.rows[-1])
    if proofs[-1] == {last}:
        return ""
    left, full = acts[-1], everything[-1].segments
    if any(fin and fin[1] not in left for fin in Remains(full).fins):
        if any(seg.fin for seg in left):
            proofs[-1].add(last)
        return "FIN"
    if any(seg.rst for seg in full) and not any(seg.rst for seg in left):
        return "RST"
    if len(proofs[-1]) > 1:
        return "last words"
    if any(_has_answers(full, who) and not _has_answers(left, who) for who in ENDS):
        return "no answer"
    raise Unexplained(f"{whole.connection.name}: {proofs[-1]} for no reason of "
                      + ", ".join(seg.text() for seg in left))


def proof_of(row):
    return Proof(row.states, row.closed)


def _has_answers(segments, who):
    """Whether the last SYN-ACK and the last FIN of an end are answered."""
    left = Remains([seg for seg in segments if not seg.rst])
    return left.is_open(who) and (not left.fins[who] or left.is_answered(who))


def waiting(acts, proofs):
    """How many segments of each end may wait until the end of the capture."""
    count = [0, 0]
    for act, proven in zip(acts, proofs):
        borne = borne_out(act)
        for seg in act:
            count[seg.who] += bool(seg not in borne or (seg.rst and len(proven) > 1))
    return count


class Order:
    """What is allowed if the segments come in another order."""

    def __init__(self, whole, order):
        self.anomalies = set()
        self.ends = []          # besides that of the whole: Proof
        self.gone = ""
        # Of each end how many more segments are behind a RST, which are not counted;
        # and RSTs in front, which open nothing
        self.uncounted = [now - before for now, before in zip(
            _behind_rst(order), _behind_rst(whole.segments))]
        if _behind_rst(order, False) != _behind_rst(whole.segments, False):
            self.anomalies = {"after-rst"}
        if any(self.uncounted):
            self.gone = "behind the RST"
        last = [seg for seg in order if seg.act == order[-1].act]
        if _crosses_again(whole.segments, order):
            self.gone, self.ends = "came again", prove(last)
            self.anomalies |= AGAIN
        if _is_split(order):
            self.gone = "crossing"
            self.anomalies.add("split-handshake")
        for seg in order:
            if not seg.rst:
                break
            self.gone, self.ends = "RST first", prove(last)
            self.uncounted[seg.who] += 1
        self.mixed = _mixes(order)
        if self.mixed:
            self.gone = "mixed"


# A RST has another name, too, if by R3 its receiver is not in TIME-WAIT
AGAIN = {"syn-rexmit", "synack-rexmit", "synack-after-ack", "fin-rexmit", "tw-reack",
         "tw-no-reack", "abort-rst"}


def _crosses_again(segments, order):
    """Whether one that came again has changed places with one of the other end."""
    place = {seg.place: number for number, seg in enumerate(order)}
    again = [seg for seg in segments if (seg.syn or seg.fin) and any(
        each is not seg and each.who == seg.who and each.act == seg.act
        and each.flags & ~PSH == seg.flags & ~PSH for each in segments)]
    return any((seg.place < each.place) != (place[seg.place] < place[each.place])
               for seg in again for each in segments if each.who != seg.who)


def _is_split(order):
    """Whether both ends have sent a SYN, and one an ACK before its SYN-ACK."""
    if {seg.who for seg in order if seg.syn and seg.ack is None} != set(ENDS):
        return False
    went_on = set()
    for seg in order:
        if seg.syn and seg.ack is not None and seg.who in went_on:
            return True
        if not seg.syn:
            went_on.add(seg.who)
    return False


def _behind_rst(order, own=True):
    """Of each end how many segments are behind the first RST of its peer; own: or behind
    its own one.
    """
    count, reset = [0, 0], set()
    for seg in order:
        count[seg.who] += (seg.act, 1 - seg.who) in reset or (
            own and not seg.rst and (seg.act, seg.who) in reset)
        if seg.rst:
            reset.add((seg.act, seg.who))
    return count


def _mixes(order):
    """Whether a segment is behind the SYN-ACK of the next connection."""
    answered = -1
    for seg in order:
        if seg.act < answered:
            return True
        if seg.syn and seg.ack is not None:
            answered = max(answered, seg.act)
    return False
