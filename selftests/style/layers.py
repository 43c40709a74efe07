#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print each #include of the module that points upwards."""
import pathlib
import re
import sys

# From the bottom to the top: the layers of Documentation/design.rst. A name
# stands for its .c and its .h.
LAYERS = [
    ["types", "defs", "uapi/linux/tcpfsm", "hist", "anomaly", "pkt", "fsm", "conn", "conn_pass",
     "conn_check", "conn_plain", "conn_syn", "conn_synack", "conn_reset",
     "conn_ack", "zeek", "history"],
    ["compat"],
    ["flow", "table", "stats"],
    ["tracker", "track", "entry", "report", "expire", "socket", "sweep", "truth"],
    ["net"],
    ["hook", "probe", "settings", "procfs", "encode", "filter", "genl", "netlink",
     "event", "trace"],
    ["main"],
]
# The state machine and what it needs are pure: no kernel header but types.h's
PURE = set(LAYERS[0])

layer_of = {name: i for i, layer in enumerate(LAYERS) for name in layer}


def name_of(path):
    return str(pathlib.PurePath(path).with_suffix("")).removeprefix("uapi/linux/")


def main(top):
    layer_of["tcpfsm"] = 0
    for path in sorted(pathlib.Path(top).glob("*.[ch]")):
        name = path.stem
        if name not in layer_of:
            print(f"{path}: on no layer, see {__file__}")
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r'#include ([<"])([^>"]+)', line)
            if not found:
                continue
            kind, header = found.groups()
            where = f"{path}:{number}: {header}"
            if kind == '"' and layer_of[name_of(header)] > layer_of[name]:
                print(f"{where} is above it")
            if (kind == "<" and name in PURE and name != "types" and
                    not header.startswith("uapi/")):
                print(f"{where} in a pure file")
            if header == "linux/version.h" and name != "compat":
                print(f"{where} is for compat.h alone")


main(sys.argv[1])
