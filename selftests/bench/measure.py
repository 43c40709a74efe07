# SPDX-License-Identifier: GPL-2.0
"""The measurements: one round after the other, the sides taking turns.

A result is a list of rounds; a round has for each side the nanoseconds per
unit: a segment, or a connection where a script has several segments.
"""

import collections

# Segments that a figure is made of at least, however few connections
ENOUGH = 20000
HOT_BURST = 32
# With more of them hot data is no different, and takes long
HOT_CONNECTIONS = 100000


def turns(sides, number):
    """Who goes first changes, so that it is nobody's advantage."""
    first = number % len(sides)
    return sides[first:] + sides[:first]


def exchange(side, load, passes, **options):
    """Data, and its ACK: nanoseconds per segment of both."""
    spent = {"data": 0, "ack": 0}
    count = {"data": 0, "ack": 0}
    for _ in range(passes):
        for script in spent:
            took, segments = side.send(load, script, **options)
            spent[script] += took
            count[script] += segments
    return spent["data"] / count["data"], spent["ack"] / count["ack"]


class Rounds:
    """All results of one load, by operation."""

    def __init__(self, sides, load):
        self.sides = sides
        self.load = load
        self.results = collections.defaultdict(list)

    def once(self, number, script):
        """A script for each connection, in random order."""
        found = {}
        for side in turns(self.sides, number):
            spent, _ = side.send(self.load, script)
            found[side.name] = spent / self.load.connections
        self.results[script].append(found)

    def data(self, number):
        passes = -(-ENOUGH // self.load.connections)
        cold, ack, hot = {}, {}, {}
        for side in turns(self.sides, number):
            # What the others have pushed out of the caches comes back
            if passes > 1:
                exchange(side, self.load, 1)
            cold[side.name], ack[side.name] = exchange(side, self.load, passes)
            if self.load.connections <= HOT_CONNECTIONS:
                hot[side.name], _ = exchange(side, self.load, 1, shuffled=False,
                                             burst=HOT_BURST)
        self.results["data cold"].append(cold)
        self.results["ack cold"].append(ack)
        if hot:
            self.results["data hot"].append(hot)

    def check(self, phase):
        for side in self.sides:
            side.check(self.load, phase)

    def flush(self):
        for side in self.sides:
            side.flush()

    def round(self, number, flood=False):
        self.once(number, "open")
        self.check("open")
        self.data(number)
        self.check("data")
        self.once(number, "close")
        self.check("close")
        self.flush()
        if flood:
            self.once(number, "syn")
            self.check("syn")
            self.flush()


def measure(sides, load, rounds, flood=False):
    """All operations on one load: the results, by operation."""
    runs = Rounds(sides, load)
    runs.flush()
    for number in range(rounds):
        runs.round(number, flood)
    return dict(runs.results)
