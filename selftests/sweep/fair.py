# SPDX-License-Identifier: GPL-2.0
"""Whether what is expected can be had at all.

Two variants look alike if they have the same flags in the same order, and numbers that
are equal, smaller and greater in the same places. No tool can tell them apart, so what
is expected of both must have something in common.
"""

from segments import ENDS, PSH


def look(segments, expected):
    """(what tells variants apart, how this one may end), both from the side of the end
    that is seen first.
    """
    first = segments[0].who
    ranks = [_ranks(segments, who) for who in ENDS]
    seen = tuple(
        number for seg in segments for number in (
            seg.who ^ first, seg.flags & ~PSH, ranks[seg.who][seg.seq],
            ranks[seg.who][seg.end],
            -1 if seg.ack is None else ranks[1 - seg.who][seg.ack]))
    return hash(seen), frozenset(
        (end.states[::-1] if first else end.states, end.closed) for end in expected)


def _ranks(segments, who):
    """The numbers of an end by their order."""
    numbers = {number for seg in segments for number in (
        (seg.seq, seg.end) if seg.who == who else (seg.ack,)) if number is not None}
    return {number: rank for rank, number in enumerate(sorted(numbers))}


class Fairness:
    def __init__(self):
        self.known = {}
        self.wrong = []

    def add(self, seen, expected, title):
        common, first = self.known.get(seen, (expected, title))
        both = common & expected
        if not both and (common or expected):
            self.wrong.append(f"{title} looks like {first}")
        self.known[seen] = both, first
