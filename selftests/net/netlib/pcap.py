# SPDX-License-Identifier: GPL-2.0
"""Writes a capture file of the packets of a test, with times that it sets."""

import struct

MAGIC_NS = 0xa1b23c4d
LINKTYPE_RAW = 101
SECOND = 10 ** 9


class Pcap:
    def __init__(self, path, start=10 ** 6 * SECOND):
        self.file = open(path, "wb")
        self.now = start    # nanoseconds
        self.file.write(struct.pack("=IHHiIII", MAGIC_NS, 2, 4, 0, 0, 1 << 18,
                                    LINKTYPE_RAW))

    def later(self, nanoseconds):
        self.now += nanoseconds

    def add(self, packet, length=None):
        """length: of the whole packet, if it is truncated."""
        self.file.write(struct.pack("=IIII", self.now // SECOND,
                                    self.now % SECOND, len(packet),
                                    length or len(packet)) + packet)

    def close(self):
        self.file.close()
