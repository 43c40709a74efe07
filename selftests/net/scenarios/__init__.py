# SPDX-License-Identifier: GPL-2.0
"""The table of scenarios; a module of this package adds its own to it."""

import socket

BOTH = (socket.AF_INET, socket.AF_INET6)
IPV4, IPV6 = (socket.AF_INET,), (socket.AF_INET6,)
TABLE = []


def scenario(name, families=BOTH):
    def add(function):
        TABLE.append((name, families, function))
        return function
    return add
