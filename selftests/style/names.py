#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Print where the specification's enums and the X-lists of defs.h differ."""
import re
import sys

import yaml

LISTS = {
    "state": "TCPFSM_STATES",
    "role": "TCPFSM_ROLES",
    "cause": "TCPFSM_CAUSES",
    "opened": "TCPFSM_OPENEDS",
    "closed": "TCPFSM_CLOSEDS",
    "tw-source": "TCPFSM_TW_SOURCES",
    "tw-end": "TCPFSM_TW_ENDS",
    "kind": "TCPFSM_KINDS",
}


def x_list(text, name):
    body = re.search(rf"#define {name}\(X\)((?:.*\\\n)*.*\n)", text).group(1)
    return re.findall(r'X\(\w+,\s*"([^"]+)"', body)


def main(spec_path, defs_path):
    with open(spec_path, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    with open(defs_path, encoding="utf-8") as file:
        defs = file.read()
    for enum in spec["definitions"]:
        if enum["name"] not in LISTS:    # made from the list by genl.sh
            continue
        ours = x_list(defs, LISTS[enum["name"]])
        spec_says = [entry["name"] if isinstance(entry, dict) else entry
                     for entry in enum["entries"]]
        if ours != spec_says:
            print(f"{enum['name']}: {ours} is not {spec_says}")


main(*sys.argv[1:])
