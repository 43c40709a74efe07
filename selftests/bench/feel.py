#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""In a guest: figures that a user notices, as JSON to $TCPFSM_OUT/FILE.

    feel.py [--short] [--out FILE] [PART]...

PART is dump, proc, traffic, events or scale (only with two processors);
--short measures only what has a bar.
"""

import argparse
import json
import sys
import time

import output
import sides as contenders
from dumps import dump, proc
from events import events
from scale import scale
from traffic import traffic

CONNECTIONS = 262144

# Called with the sides and --short
PARTS = {
    "dump": dump,
    "proc": proc,
    "traffic": traffic,
    "events": events,
    "scale": scale,
}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    if not set(options.parts) <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    sides = contenders.prepare(CONNECTIONS)
    found = {}
    for part in options.parts or PARTS:
        begin = time.monotonic()
        found[part] = PARTS[part](sides, options.short)
        print(f"# {part}: {time.monotonic() - begin:.1f} s", file=sys.stderr,
              flush=True)
    output.write(options.out, found)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
