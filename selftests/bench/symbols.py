# SPDX-License-Identifier: GPL-2.0
"""Finds the function of an address in the kernel of a guest."""

import bisect

# The longest a function can be
FAR = 1 << 16
# Addresses outside of the kernel: the vDSO, which reads the clock of the host
OUTSIDE = "(the host's clock)", ""


class Symbols:
    def __init__(self, path):
        """Read a copy of /proc/kallsyms of the guest."""
        found = []
        with open(path, encoding="ascii") as file:
            for line in file:
                address, kind, name, *module = line.split()
                if kind in "tTwW":
                    found.append((int(address, 16), name,
                                  module[0].strip("[]") if module else ""))
        found.sort()
        self.starts = [address for address, _, _ in found]
        self.names = [(name, module) for _, name, module in found]

    def find(self, address):
        """The name of the function, and its module."""
        i = bisect.bisect_right(self.starts, address) - 1
        if i < 0 or address - self.starts[i] > FAR:
            return OUTSIDE
        return self.names[i]
