#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""On the host: makes tables, a plot and the verdict of the results of a guest.

    show.py DIRECTORY [--full|--reached]

Reads bench.json and feel.json in DIRECTORY, if they exist, and writes bench.txt
and bench.svg there.
"""

import json
import os
import sys

import bars
import plot
import report


def read(directory, name):
    try:
        with open(os.path.join(directory, name), encoding="ascii") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def write(directory, name, text):
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    directory, *options = sys.argv[1:]
    found = {"rows": [], **read(directory, "bench.json")}
    found["feel"] = read(directory, "feel.json")
    write(directory, "bench.txt", report.table(found) + "\n")
    if found["rows"]:
        write(directory, "bench.svg",
              plot.draw(found["rows"], found["guest"]))
    if "--reached" in options:
        wanted = bars.REACHED_BARS
    else:
        wanted = bars.BARS + (bars.FULL_BARS if "--full" in options else ())
    failed = bars.judge(found, wanted)
    print(f"# tables and picture: {directory}")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
