# SPDX-License-Identifier: GPL-2.0
"""Transitions a second that one listener receives without loss."""

import os
import subprocess
import tempfile
import time

from device import Load
from netlib import guest

SECONDS = 2
SLICE = 0.01


def listen(side):
    out = tempfile.TemporaryFile()
    process = subprocess.Popen([guest.tool(), "-N", side.ns.name, "-j",
                                "monitor"], stdout=out,
                               stderr=subprocess.PIPE, text=True)
    return process, out


def told(out):
    """The number of transitions in the output."""
    out.seek(0)
    return sum(line.count(b'"transition"') for line in out)


def settle(out):
    """Wait until the listener has written everything."""
    size = -1
    while size != os.fstat(out.fileno()).st_size:
        size = os.fstat(out.fileno()).st_size
        time.sleep(0.3)


def attempt(side, rate):
    """Open "rate" connections a second: transitions made, received, and seconds."""
    side.flush()
    before = side.counters()
    process, out = listen(side)
    settle(out)
    opened, begin = 0, time.monotonic()
    while (passed := time.monotonic() - begin) < SECONDS:
        due = int(rate * passed) - opened
        if due > 0:
            side.send(Load(4, "input", due, opened), "open", shuffled=False)
            opened += due
        time.sleep(SLICE)
    settle(out)
    process.terminate()
    process.communicate()
    now = side.counters()
    made = sum(value - before[name] for name, value in now.items()
               if name.startswith("transition."))
    side.flush()
    with out:
        return made, told(out), passed


def events(sides, _short):
    """Double the rate: the highest without loss, and the first with it."""
    side = sides[2]
    found = {"delivered": 0}
    rate = 1000
    while True:
        made, heard, passed = attempt(side, rate)
        if heard < made:
            found["lossy"] = made / passed
            found["lossy_told"] = heard / passed
            return found
        found["delivered"] = made / passed
        rate = int(rate * 1.4)
