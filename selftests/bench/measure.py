# SPDX-License-Identifier: GPL-2.0
"""The measurements, in rounds: in each all sides are measured in turn.

A result is a list of rounds; a round has for each side the nanoseconds per
unit: a segment, or a connection where a script has several segments.
"""

import collections

# A figure is made of at least so many segments, even with few connections
ENOUGH = 20000
HOT_BURST = 32
# More connections take long and do not change the figure of hot data
HOT_CONNECTIONS = 100000


def turns(sides, number):
    """The sides in turn, beginning with another one in each round."""
    first = number % len(sides)
    return sides[first:] + sides[:first]


def exchange(side, load, passes, **options):
    """Send data and the ACK of it: nanoseconds per segment of each."""
    spent = {"data": 0, "ack": 0}
    count = {"data": 0, "ack": 0}
    for _ in range(passes):
        for script in spent:
            took, segments = side.send(load, script, **options)
            spent[script] += took
            count[script] += segments
    return spent["data"] / count["data"], spent["ack"] / count["ack"]


class Rounds:
    """The results of one load, by operation."""

    def __init__(self, sides, load):
        self.sides = sides
        self.load = load
        self.results = collections.defaultdict(list)

    def once(self, number, script):
        """Send a script for each connection, in random order."""
        found = {}
        for side in turns(self.sides, number):
            spent, _ = side.send(self.load, script)
            found[side.name] = spent / self.load.connections
        self.results[script].append(found)

    def data(self, number):
        passes = -(-ENOUGH // self.load.connections)
        cold, ack, hot = {}, {}, {}
        for side in turns(self.sides, number):
            # A first pass, not measured, brings the data back into the caches
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
    """Measure all operations of one load: results by operation."""
    runs = Rounds(sides, load)
    runs.flush()
    for number in range(rounds):
        runs.round(number, flood)
    return dict(runs.results)
