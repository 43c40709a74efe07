# SPDX-License-Identifier: GPL-2.0
"""Throughput of real sockets in two namespaces, joined by veth.

Both ends are in one process: a guest has one processor.
"""

import socket
import statistics
import subprocess
import time

from device import Device
from netlib.netns import Namespace

CONNECTIONS = 1000
BULK = 64 << 20
CHUNK = 1 << 18
ROUNDS = 9
REQUEST = b"q" * 200
ANSWER = b"a" * 4000


class Pair:
    """Two hosts; a tracker runs on both or on neither."""

    def __init__(self, name):
        self.name = name
        self.hosts = [Namespace(f"pair-{name}-{end}") for end in "cs"]
        subprocess.run(["ip", "link", "add", "v0", "netns", self.hosts[0].name,
                        "type", "veth", "peer", "v0", "netns",
                        self.hosts[1].name], check=True)
        self.devices = []
        for number, host in enumerate(self.hosts, 1):
            host.ip(f"addr add 10.9.0.{number}/24 dev v0", "link set v0 up",
                    "link set lo up", "link add bench0 type dummy")
            host.sysctl("net.tcpfsm.enabled", int(name == "tcpfsm"))
            host.sysctl("net.ipv4.ip_local_port_range", "1024 65535")
            if name == "conntrack":
                with host.inside():
                    self.devices.append(Device())
                self.devices[-1].conntrack(1)
        self.listener = self.hosts[1].socket(socket.AF_INET)
        self.listener.bind(("10.9.0.2", 0))
        self.listener.listen(16)
        self.address = self.listener.getsockname()

    def connect(self):
        client = self.client()
        client.connect(self.address)
        return client, self.listener.accept()[0]

    def client(self):
        return socket.socket(socket.AF_INET)

    def exchange(self):
        """A short connection; the client closes first."""
        client, server = self.connect()
        client.sendall(REQUEST)
        server.recv(CHUNK)
        server.sendall(ANSWER)
        got = 0
        while got < len(ANSWER):
            got += len(client.recv(CHUNK))
        client.close()
        server.recv(CHUNK)
        server.close()

    def rate(self):
        """Short connections, one at a time; returns how many."""
        with self.hosts[0].inside():
            for _ in range(CONNECTIONS):
                self.exchange()
        return CONNECTIONS

    def bulk(self):
        """Octets sent one way; returns how many."""
        chunk, buffer = bytes(CHUNK), bytearray(4 * CHUNK)
        with self.hosts[0].inside():
            client, server = self.connect()
        with client, server:
            client.setblocking(False)
            server.setblocking(False)
            left = BULK
            while left:
                try:
                    client.send(chunk)
                except BlockingIOError:
                    pass
                try:
                    left -= min(left, server.recv_into(buffer))
                except BlockingIOError:
                    pass
        return BULK

    def close(self):
        self.listener.close()
        for device in self.devices:
            device.close()


def timed(clock, what):
    """What is done in a second, by the wall clock and by that of the bench."""
    wall, kernel = time.monotonic(), clock()
    done = what()
    return {"second": done / (time.monotonic() - wall),
            "second of the kernel": done / (clock() - kernel) * 1e9}


def ratios(values, unit):
    """Throughput with a tracker relative to without, for each round."""
    return {f"{name} to nothing, by {unit}": statistics.median(
        ours[unit] / base[unit] for ours, base in zip(values[name],
                                                      values["nothing"]))
            for name in ("conntrack", "tcpfsm")}


def traffic(sides, _short):
    """Medians of connections and octets a second, and ratios."""
    pairs = [Pair(name) for name in ("nothing", "conntrack", "tcpfsm")]
    clock = sides[0].device.clock
    found = {}
    for what in ("rate", "bulk"):
        values = {pair.name: [] for pair in pairs}
        for number in range(ROUNDS):
            for pair in pairs[number % 3:] + pairs[:number % 3]:
                values[pair.name].append(timed(clock, getattr(pair, what)))
        found[what] = {
            name: {unit: statistics.median(one[unit] for one in of)
                   for unit in of[0]} for name, of in values.items()}
        for unit in values["nothing"][0]:
            found[what].update(ratios(values, unit))
    for pair in pairs:
        pair.close()
    return found
