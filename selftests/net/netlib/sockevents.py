# SPDX-License-Identifier: GPL-2.0
"""Reads the transitions of the kernel: trace event sock:inet_sock_set_state."""

import os
import re
import socket
import subprocess

TRACEFS = "/sys/kernel/tracing"
EVENT = "events/sock/inet_sock_set_state"
LINE = re.compile(
    r"family=(\S+) protocol=IPPROTO_TCP sport=(\d+) dport=(\d+) "
    r"saddr=(\S+) daddr=(\S+) saddrv6=(\S+) daddrv6=(\S+) "
    r"oldstate=TCP_(\w+) newstate=TCP_(\w+)")
NAMES = {"ESTABLISHED": "established", "SYN_SENT": "syn-sent",
         "SYN_RECV": "syn-received", "FIN_WAIT1": "fin-wait-1",
         "FIN_WAIT2": "fin-wait-2", "CLOSE": "closed",
         "CLOSE_WAIT": "close-wait", "LAST_ACK": "last-ack",
         "LISTEN": "listen", "CLOSING": "closing",
         "NEW_SYN_RECV": "syn-received"}


def _plain(address):
    return socket.inet_ntop(socket.AF_INET6,
                            socket.inet_pton(socket.AF_INET6, address))


def available():
    if not os.path.isdir(os.path.join(TRACEFS, "events")):
        subprocess.run(["mount", "-t", "tracefs", "none", TRACEFS],
                       check=False)
    return os.path.isdir(os.path.join(TRACEFS, EVENT))


class SockEvents:
    """A trace instance of its own, so that no other events are in it."""

    def __init__(self, kilobytes=8192):
        self.dir = os.path.join(TRACEFS, "instances", f"tcpfsm{os.getpid()}")
        os.mkdir(self.dir)
        self._write("buffer_size_kb", str(kilobytes))
        self._write(os.path.join(EVENT, "enable"), "1")

    def close(self):
        self._write(os.path.join(EVENT, "enable"), "0")
        os.rmdir(self.dir)

    def clear(self):
        self._write("trace", "")

    def overrun(self):
        """The number of events lost because the buffer was full."""
        lost = 0
        for cpu in os.listdir(os.path.join(self.dir, "per_cpu")):
            path = os.path.join(self.dir, "per_cpu", cpu, "stats")
            with open(path, encoding="ascii") as stats:
                for line in stats:
                    name, _, value = line.partition(":")
                    if name in ("overrun", "dropped events"):
                        lost += int(value)
        return lost

    def sequences(self):
        """{key: [[state, ...], ...]}, a list of states for each incarnation.

        A child of a listener is cloned (LISTEN to SYN_RECV) before it has its
        ports, and an active socket enters SYN_SENT before it is bound: these events
        have no tuple and are left out. The next event has the tuple and the old
        state.
        """
        found = {}
        for key, old, new in self._events():
            runs = found.setdefault(key, [])
            if not runs or runs[-1][-1] != old or runs[-1][-1] == "closed":
                runs.append([old])
            runs[-1].append(new)
        return found

    def _events(self):
        with open(os.path.join(self.dir, "trace"), encoding="ascii") as trace:
            for line in trace:
                match = LINE.search(line)
                if not match:
                    continue
                family, sport, dport, sa4, da4, sa6, da6, old, new = (
                    match.groups())
                if "0" in (sport, dport):
                    continue
                pair = (sa4, da4) if family == "AF_INET" else (
                    _plain(sa6), _plain(da6))
                yield ((pair[0], int(sport), pair[1], int(dport)),
                       NAMES[old], NAMES[new])

    def _write(self, name, text):
        with open(os.path.join(self.dir, name), "w",
                  encoding="ascii") as file:
            file.write(text)
