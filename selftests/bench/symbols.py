# SPDX-License-Identifier: GPL-2.0
"""The function that an address of a guest's kernel is in."""

import bisect

# No function is longer
FAR = 1 << 16
# Of the process, not of the kernel: what reads the host's clock
OUTSIDE = "(the host's clock)", ""


class Symbols:
    def __init__(self, path):
        """From what /proc/kallsyms of the guest said."""
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
        """Name and module."""
        i = bisect.bisect_right(self.starts, address) - 1
        if i < 0 or address - self.starts[i] > FAR:
            return OUTSIDE
        return self.names[i]
