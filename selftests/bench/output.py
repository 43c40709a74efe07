# SPDX-License-Identifier: GPL-2.0
"""What a guest has measured, on its way to the host."""

import json
import os


def write(name, found):
    """Into a file of $TCPFSM_OUT, if there is a name for it."""
    if not name:
        return
    path = os.path.join(os.environ["TCPFSM_OUT"], name)
    with open(path, "w", encoding="ascii") as file:
        json.dump(found, file, indent=1)
