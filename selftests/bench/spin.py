#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: repeats one script of one side, to be profiled.

    spin.py SIDE SCRIPT CONNECTIONS SECONDS

Writes the addresses of the functions of the kernel to $TCPFSM_OUT. Prints a line
when it begins, with the address of the function that each segment begins with, and
at the end the nanoseconds per segment and the number of segments. Segments that only
prepare the script are left out of both.
"""

import os
import shutil
import sys
import time

import sides as contenders
from device import Load

# The function that is called once for each segment
EACH = "packet_send"


def again(side, load, script):
    """Run the script once, and prepare the next run.

    Returns nanoseconds and segments; for data and ack those of both together.
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
