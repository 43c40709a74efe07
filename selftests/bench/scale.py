# SPDX-License-Identifier: GPL-2.0
"""Two processors at once: each on its own connections, or both on one."""

import multiprocessing
import os
import statistics

from device import Device, Load

SEGMENTS = 200000
MANY = 1000
ROUNDS = 7


def hammer(side, load, processor, barrier, results):
    """Send copies of an ACK that acknowledges nothing new."""
    os.sched_setaffinity(0, {processor})
    with side.ns.inside():
        device = Device()
    barrier.wait()
    spent, segments = device.send(load, "ack", shuffled=False,
                                  repeat=SEGMENTS // load.connections)
    results.put(spent / segments)
    device.close()


def together(side, loads):
    """Run each load on its own processor: segments a second in total."""
    barrier = multiprocessing.Barrier(len(loads))
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=hammer, args=(
        side, load, number, barrier, results))
        for number, load in enumerate(loads)]
    for worker in workers:
        worker.start()
    spent = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(1e9 / each for each in spent)


def scale(sides, _short):
    """The speed of two processors relative to one, for each side."""
    if os.cpu_count() < 2:
        return None
    cases = {
        "one": [Load(4, "input", 1)],
        "two on one connection": [Load(4, "input", 1)] * 2,
        "two on many": [Load(4, "input", MANY), Load(4, "input", MANY, MANY)],
    }
    for side in sides:
        side.flush()
        side.send(Load(4, "input", 2 * MANY), "open")
    values = {side.name: {case: [] for case in cases} for side in sides}
    for _ in range(ROUNDS):
        for side in sides:
            for case, loads in cases.items():
                values[side.name][case].append(together(side, loads))
    for side in sides:
        side.flush()
    return {name: {case: statistics.median(of) for case, of in found.items()}
            for name, found in values.items()}
