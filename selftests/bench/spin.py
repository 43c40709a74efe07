#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: one side, one script, again and again, to be looked at.

    spin.py SIDE SCRIPT CONNECTIONS SECONDS

Leaves the addresses of the kernel's functions in $TCPFSM_OUT; says when it
begins, with the address of what each segment begins with, and at the end the
nanoseconds per segment, and how many there were, those left out that had to come
before.
"""

import os
import shutil
import sys
import time

import sides as contenders
from device import Load

# Called once for each segment
EACH = "packet_send"


def again(side, load, script):
    """Once more, and what has to come before the next time.

    Nanoseconds and segments; an ACK is as good as what it acknowledges.
    """
    if script in ("open", "syn", "close"):
        if script == "close":
            side.send(load, "open")
        spent = side.send(load, script)
        side.flush()
        return spent
    return [sum(both) for both in zip(side.send(load, "data"),
                                      side.send(load, "ack"))]


def first_function():
    with open("/proc/kallsyms", encoding="ascii") as file:
        return [line.split()[0] for line in file
                if line.split()[2] == EACH][0]


def main():
    name, script, connections, seconds = sys.argv[1:]
    load = Load(4, "input", int(connections))
    chosen = [side for side in contenders.prepare(load.connections)
              if side.name == name][0]
    chosen.flush()
    if script not in ("open", "syn", "close"):
        chosen.send(load, "open")
    shutil.copy("/proc/kallsyms", os.environ["TCPFSM_OUT"])
    print("spinning", first_function(), flush=True)
    spent = segments = 0
    begin = time.monotonic()
    while time.monotonic() - begin < float(seconds):
        took, count = again(chosen, load, script)
        spent += took
        segments += count
    print(f"spent {spent / segments} {segments}", flush=True)


if __name__ == "__main__":
    main()
