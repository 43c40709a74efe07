#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: measure, and write the results as JSON to $TCPFSM_OUT/FILE.

    bench.py [--paths P,..] [--families F,..] [--connections N,..]
             [--rounds R] [--flood] [--memory] [--out FILE]
"""

import argparse
import os
import sys
import time

import memory
import output
import report
import sides as contenders
from device import PATHS, Load
from measure import measure


def parse_options():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--paths", default="input,output,forward")
    parser.add_argument("--families", default="4")
    parser.add_argument("--connections", default="1000,10000,100000")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--flood", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--out")
    options = parser.parse_args()
    options.paths = options.paths.split(",")
    options.families = [int(word) for word in options.families.split(",")]
    options.connections = [int(word)
                           for word in options.connections.split(",")]
    if not set(options.paths) <= set(PATHS):
        parser.error(f"paths are {', '.join(PATHS)}")
    return options


def rounds_of(load):
    """The number of rounds: fewer for large loads, which take longer and vary less."""
    return max(3, min(9, 400000 // load.connections))


def loads(options):
    for family in options.families:
        for connections in options.connections:
            for path in options.paths:
                yield Load(family, path, connections)


def main():
    options = parse_options()
    most = max(options.connections)
    sides = contenders.prepare(most)
    found = {"guest": os.environ.get("TCPFSM_GUEST"), "rows": []}
    if options.memory:
        found["memory"] = memory.measure(sides, Load(4, "input", most))
    for load in loads(options):
        begin = time.monotonic()
        results = measure(sides, load, options.rounds or rounds_of(load),
                          options.flood)
        found["rows"] += report.summarise(load, results)
        print(f"# IPv{load.family} {load.path} {load.connections}: "
              f"{time.monotonic() - begin:.1f} s", file=sys.stderr, flush=True)
    output.write(options.out, found)
    print(report.table(found))


if __name__ == "__main__":
    main()
