# SPDX-License-Identifier: GPL-2.0
"""Writes results of a guest for the host."""

import json
import os


def write(name, found):
    """Write the results as JSON to a file in $TCPFSM_OUT, if it has a name."""
    if not name:
        return
    path = os.path.join(os.environ["TCPFSM_OUT"], name)
    with open(path, "w", encoding="ascii") as file:
        json.dump(found, file, indent=1)
