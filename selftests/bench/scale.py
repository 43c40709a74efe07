# SPDX-License-Identifier: GPL-2.0
"""Two processors at once: on connections of their own, and on one."""

import multiprocessing
import os
import statistics

from device import Device, Load

SEGMENTS = 200000
MANY = 1000
ROUNDS = 7


def hammer(side, load, processor, barrier, results):
    """An ACK that says nothing new, again and again."""
    os.sched_setaffinity(0, {processor})
    with side.ns.inside():
        device = Device()
    barrier.wait()
    spent, segments = device.send(load, "ack", shuffled=False,
                                  repeat=SEGMENTS // load.connections)
    results.put(spent / segments)
    device.close()


def together(side, loads):
    """Each load on a processor of its own: segments a second of all."""
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
    """How much faster two are than one, for each side."""
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
