# SPDX-License-Identifier: GPL-2.0
"""Makes packets with times of lines such as "C SA 0 1 +100".

A line has the sender (C or S), the flags, seq and ack relative to the ISNs, and
"+N" for N octets of payload. "wait 1.5" lets seconds pass; segments are a
millisecond apart.
"""

from netlib.segment import ACK, FIN, PSH, RST, SYN, URG, Segment

FLAGS = {"F": FIN, "S": SYN, "R": RST, "P": PSH, "A": ACK, "U": URG}
NSEC = 10 ** 9
MSEC = 10 ** 6
START = 1_700_000_000 * NSEC

OPEN = ("C S 0", "S SA 0 1", "C A 1 1")
DATA = ("C PA 1 1 +100", "S A 1 101")
CLOSE = ("C FA 101 1", "S A 1 102", "S FA 1 102", "C A 102 2")
ALL = OPEN + DATA + CLOSE

V6 = {"client": "2001:db8::1", "server": "2001:db8::2"}


class Talk:
    def __init__(self, client="10.1.0.1", server="10.1.0.2", cport=40000,
                 sport=80, isn=(1000, 5000), at=START):
        self.address = {"C": (client, cport), "S": (server, sport)}
        self.isn = dict(zip("CS", isn))
        self.at = at
        self.packets = []   # (time in ns, octets from the IP header on)

    def segment(self, line):
        words = line.split()
        who = words[0]
        peer = "CS"[who == "C"]
        flags = sum(FLAGS[letter] for letter in words[1])
        numbers = [int(word) for word in words[2:] if not word.startswith("+")]
        size = sum(int(word) for word in words[2:] if word.startswith("+"))
        ack = self.isn[peer] + numbers[1] if len(numbers) > 1 else 0
        (src, sport), (dst, dport) = self.address[who], self.address[peer]
        return Segment(src, dst, sport, dport, self.isn[who] + numbers[0], ack,
                       flags, payload=b"x" * size)

    def say(self, *lines, **changes):
        for line in lines:
            if line.startswith("wait "):
                self.at += round(float(line[5:]) * NSEC)
                continue
            segment = self.segment(line).change(**changes)
            self.packets.append((self.at, segment.packet()))
            self.at += MSEC
        return self

    def add(self, packet):
        """Append a packet of any octets."""
        self.packets.append((self.at, packet))
        self.at += MSEC
        return self


def records(packets, frame):
    """The records of a capture of these packets, in the order of time."""
    return [(time, frame(packet), None) for time, packet in packets]
