# SPDX-License-Identifier: GPL-2.0
"""The table of scenarios; the modules of this package add theirs to it."""

import socket

BOTH = (socket.AF_INET, socket.AF_INET6)
IPV4, IPV6 = (socket.AF_INET,), (socket.AF_INET6,)
TABLE = []


def scenario(name, families=BOTH):
    def add(function):
        TABLE.append((name, families, function))
        return function
    return add
