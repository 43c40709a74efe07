# SPDX-License-Identifier: GPL-2.0
"""The variants of a connection, and what is wrong with what the tool says of them."""

import dataclasses

import forge
import proof
from film import Film
from segments import ENDS

RUNS = 1, 2, 3, 10
FARTHEST = 3        # so many places a segment is moved


@dataclasses.dataclass
class Faults:
    """Of a variant, or of many."""
    ends: int = 0           # variants that end in wrong states, or closed in a wrong way
    violations: int = 0     # told of genuine segments
    refused: int = 0        # genuine segments that were not counted
    unseen: int = 0         # variants with a wrong number of octets
    said: int = 0           # variants with anomalies that the whole capture has not

    def __add__(self, other):
        return Faults(*(one + two for one, two in zip(self.tuple(), other.tuple())))

    def tuple(self):
        return tuple(getattr(self, field.name) for field in dataclasses.fields(self))


class Verdict:
    """The faults of a variant, counted and in words."""

    def __init__(self):
        self.faults = Faults()
        self.words = []

    def end(self, row, expected):
        """expected: a set of Proof."""
        if row is None:
            self._wrong_end("no connection")
        elif proof.proof_of(row) not in expected:
            self._wrong_end(f"{_text(proof.proof_of(row))}, expected "
                            + " or ".join(sorted(map(_text, expected))))

    def rows(self, got, expected):
        if got != expected:
            self._wrong_end(f"connections: {got}, expected {expected}")

    def _wrong_end(self, words):
        self.faults.ends = 1
        self.words.append(words)

    def violations(self, told):
        self.faults.violations = len(told)
        for name, who, seq, ack, when in told:
            self.words.append(f"{name} of {'CS'[who]}, seq {seq} ack {ack}, "
                              f"at {when / 1e9:.6f} s")

    def refused(self, count):
        self.faults.refused = count
        if count:
            self.words.append(f"{count} refused")

    def unseen(self, got, expected):
        """expected: of each end the numbers that are right."""
        if any(number not in right for number, right in zip(got, expected)):
            self.faults.unseen = 1
            self.words.append(f"unseen {got}, expected {expected}")

    def said(self, more):
        if more:
            self.faults.said = 1
            self.words.append("said " + ", ".join(f"{name} {count}" for name, count
                                                  in sorted(more.items())))


def _text(end):
    return f"{end.states[0]} {end.states[1]} {end.closed}"


class Whole:
    """A connection as it was captured, and what the tool says of it."""

    def __init__(self, connection):
        self.connection = connection
        self.segments = connection.segments
        self.said = Film(connection).show()[0]
        self.rows = self.said.rows
        # Segments that are not counted though all is there: those after a RST
        self.ignored = [self._count(self.segments, who) - self.said.packets(who)
                        for who in ENDS]

    @staticmethod
    def _count(segments, who):
        return sum(seg.who == who for seg in segments)

    def refused(self, segments, said, waiting=(0, 0)):
        """How many of these segments were not counted, though they need not wait."""
        return sum(max(0, self._count(segments, who) - said.packets(who)
                       - self.ignored[who] - waiting[who]) for who in ENDS)

    def faults(self):
        """What is wrong with it, in words: then no variant can be judged."""
        line, row = self.connection.line, self.rows[-1]
        words = [f"{name} of {'CS'[who]}" for name, who, *_ in self.said.violations]
        if row.states != line.states and not self._has_lost_fin():
            words.append(f"{row.states}, the sockets were in {line.states}")
        for got, right in [(row.opened, line.opened)] + list(
                zip([each.closed for each in self.rows], line.closed.split())):
            if got not in right.split("|"):
                words.append(f"{got}, expected {right}")
        full = self.connection.acts[-1].segments
        if any(number not in proof.unseen(full, who, full)
               for who, number in zip(ENDS, row.unseen)):
            words.append(f"unseen {row.unseen}")
        if len(self.rows) != len(self.connection.acts):
            words.append(f"{len(self.rows)} connections")
        elif (proven := proof.prove(full)) != {proof.proof_of(row)}:
            words.append(f"{_text(proof.proof_of(row))}, but the segments prove "
                         + " or ".join(sorted(map(_text, proven))))
        return words

    def _has_lost_fin(self):
        """Whether a first FIN was lost in front of the router: its end was beyond it
        before it was seen, and whether the FINs crossed was not seen.
        """
        segments = self.connection.acts[-1].segments
        first = [next((seg for seg in segments if seg.who == who and seg.fin), None)
                 for who in ENDS]
        return any(seg.seq >= fin.end and seg.place < fin.place for fin in first if fin
                   for seg in segments if seg.who == fin.who)


# --- variants --------------------------------------------------------------

class Left:
    """Segments are left out."""

    def __init__(self, whole, title, left, octets):
        """octets: whether those that were never seen are compared."""
        self.whole, self.title, self.left, self.octets = whole, title, left, octets
        self.acts = _acts(left)
        self.full = [whole.connection.acts[act[0].act].segments for act in self.acts]
        self.proofs = [proof.prove(act, full) for act, full in zip(self.acts, self.full)]
        self.gone = proof.reason(whole, self.acts, self.proofs)

    def shoot(self, film):
        return film.variant((seg.time, seg) for seg in self.left)

    def plot(self):
        """The segments in their order, and how they may end; None: any end is right."""
        return self.left, self.proofs[-1] if self.acts else set()

    def judge(self, said):
        verdict = Verdict()
        if self.acts:
            self._judge_rows(verdict, said.rows)
        else:
            verdict.rows(len(said.rows), 0)
        verdict.violations(said.violations)
        verdict.refused(self.whole.refused(
            [seg for act in self.acts for seg in act], said,
            proof.waiting(self.acts, self.proofs)))
        return verdict

    def _judge_rows(self, verdict, rows):
        row = rows[-1] if rows else None
        verdict.end(row, self.proofs[-1])
        # Without a SYN it cannot be told where the next connection begins
        if all(any(seg.syn for seg in act) for act in self.acts[1:]):
            verdict.rows(len(rows), len(self.acts))
        if row and self.octets:
            verdict.unseen(row.unseen, [proof.unseen(self.acts[-1], who, self.full[-1])
                                          for who in ENDS])


def _acts(segments):
    """By connection, those of which more is left than RSTs. Of one that uses ports again
    a SYN is not enough: by RFC 6191 it has no effect unless it is answered.
    """
    acts = {}
    for seg in segments:
        if acts.get(seg.act) or not seg.rst:
            acts.setdefault(seg.act, []).append(seg)
    return [act for number, act in sorted(acts.items())
            if number == min(acts) or any(seg.ack is not None for seg in act)]


class Swapped:
    """The same segments in another order, at the same times."""

    def __init__(self, whole, title, order):
        self.whole, self.title, self.segments = whole, title, order
        self.order = proof.Order(whole, order)
        self.gone = self.order.gone

    def shoot(self, film):
        times = [seg.time for seg in self.whole.segments]
        return film.variant(zip(times, self.segments))

    def plot(self):
        return self.segments, {proof.proof_of(self.whole.rows[-1]), *self.order.ends}

    def judge(self, said):
        verdict, whole = Verdict(), self.whole
        verdict.end(said.rows[-1] if said.rows else None, self.plot()[1])
        if not self.order.mixed:
            verdict.rows([_text(proof.proof_of(row)) for row in said.rows[:-1]],
                         [_text(proof.proof_of(row)) for row in whole.rows[:-1]])
            verdict.refused(whole.refused(self.segments, said, self.order.uncounted))
        verdict.violations(said.violations)
        usual = whole.said.anomalies()
        verdict.said({name: count - usual.get(name, 0)
                      for name, count in said.anomalies().items()
                      if count > usual.get(name, 0) and name not in self.order.anomalies})
        return verdict


class Forged:
    """All segments, and one that none of the ends has sent."""

    def __init__(self, whole, *how):
        self.whole, self.fake = whole, forge.Fake(*how)
        self.title, self.gone = self.fake.title, self.fake.doubt()

    def shoot(self, film):
        number = film.variant([(self.fake.segment.time, self.fake.segment)])
        film.everything.append(number)
        return number

    def plot(self):
        place, genuine = self.fake.moment.place, self.whole.segments
        return (genuine[:place] + [self.fake.segment] + genuine[place:],
                None if self.gone else {proof.proof_of(self.whole.rows[-1])})

    def judge(self, said):
        verdict = Verdict()
        if not self.gone:
            rows = [row for row in said.rows if not self._is_forged(row)]
            verdict.end(rows[-1] if rows else None, self.plot()[1])
            verdict.refused(self.whole.refused(self.whole.segments, said))
        verdict.violations([told for told in said.violations
                            if not self._is_about_it(*told[1:])])
        return verdict

    def _is_forged(self, row):
        """A connection of its own that the forged SYN or SYN-ACK has opened."""
        seg = self.fake.segment
        return bool(seg.syn) and row.isn[seg.who] == seg.raw_seq and (
            row.packets[seg.who] <= 1 and not row.packets[not seg.who])

    def _is_about_it(self, who, seq, ack, when):
        """Whether a violation is that of the forged segment, maybe told later."""
        seg, about = self.fake.segment, (who, seq, ack)
        if when == seg.time:
            return True
        return about == (seg.who, seg.raw_seq, seg.raw_ack) and not any(
            each.time == when and about == (each.who, each.raw_seq, each.raw_ack)
            for each in self.whole.segments)


# --- sweeps ----------------------------------------------------------------

def holes(whole):
    """Runs, all of one direction, and all but the segments that open and close."""
    segments = whole.segments
    for run in RUNS:
        for first in range(len(segments) - run + 1):
            left = segments[:first] + segments[first + run:]
            title = f"without {first + 1}" + (f" to {first + run}" if run > 1 else "")
            if left:
                yield Left, title, left, True
    for who in ENDS:
        left = [seg for seg in segments if seg.who == who]
        if left:
            yield Left, f"nothing of {'CS'[not who]}", left, True
    yield (Left, "only SYN, FIN, RST",
           [seg for seg in segments if seg.syn or seg.fin or seg.rst], True)


def late(whole):
    """The capture begins later."""
    for first in range(1, len(whole.segments)):
        yield Left, f"from {first + 1} on", whole.segments[first:], False


def swaps(whole):
    """Each segment is moved by up to three places, both ways."""
    old = whole.segments
    for distance in range(1, FARTHEST + 1):
        for first in range(len(old) - distance):
            last = first + distance
            yield (Swapped, f"{last + 1} before {first + 1}",
                   old[:first] + [old[last]] + old[first:last] + old[last + 1:])
            if distance > 1:
                yield (Swapped, f"{first + 1} behind {last + 1}",
                       old[:first] + old[first + 1:last + 1] + [old[first]]
                       + old[last + 1:])


def forgeries(whole):
    """A segment of each kind, at each place."""
    for how in forge.all_of(whole.connection):
        yield Forged, *how


SWEEPS = {"hole": holes, "swap": swaps, "late": late, "forgery": forgeries}


def sweep(whole, name, keep):
    """The film, and (number in it, variant, verdict) of each variant; keep: which ones,
    by their place.
    """
    film = Film(whole.connection)
    variants = [make(whole, *how) for place, (make, *how) in enumerate(SWEEPS[name](whole))
                if keep(place)]
    numbers = [variant.shoot(film) for variant in variants]
    said = film.show() if variants else []
    return film, [(number, variant, variant.judge(said[number]))
                  for number, variant in zip(numbers, variants)]
