# SPDX-License-Identifier: GPL-2.0
"""Namespaces joined by real devices: veth pairs, also through a router."""

import ctypes
import fcntl
import socket
import struct

from . import netns

SIOCETHTOOL, SIOCSIFMTU = 0x8946, 0x8922
# <linux/ethtool.h>: set commands that take a u32
ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x1f, 0x24, 0x2c
ETHTOOL_STXCSUM, ETHTOOL_SSG = 0x17, 0x19
OFFLOADS = (ETHTOOL_STXCSUM, ETHTOOL_SSG, ETHTOOL_STSO, ETHTOOL_SGSO,
            ETHTOOL_SGRO)


class Net:
    """CLIENT and SERVER on one link, or with ROUTER between them."""

    def __init__(self, routed=False, prefix="stack"):
        self.hosts = {name: netns.Namespace(f"{prefix}-{name}") for name in
                      (("client", "router", "server") if routed
                       else ("client", "server"))}
        for host in self.hosts.values():
            netns.quick_ipv6(host)
            host.ip("link set lo up")
            host.sysctl("net.ipv4.tcp_no_metrics_save", 1)
            # Enough ports, so that TIME-WAITs do not use up all
            host.sysctl("net.ipv4.ip_local_port_range", "10000 60000")
        self.routed = routed
        if routed:
            self._join("client", "router", 1)
            self._join("server", "router", 2)
            self.hosts["router"].sysctl("net.ipv4.ip_forward", 1)
            self.hosts["router"].sysctl("net.ipv6.conf.all.forwarding", 1)
        else:
            self._join("client", "server", 1)

    def close(self):
        for host in self.hosts.values():
            host.delete()

    def address(self, name, family):
        """The address of a host; for the router that on the side of the client."""
        number = 2 if self.routed and name == "server" else 1
        last = 1 if name == "client" or number == 2 else 2
        if family == socket.AF_INET:
            return f"10.88.{number}.{last}"
        return f"fd88:{number}::{last}"

    def device(self, name):
        return "eth1" if name == "client" or not self.routed else "eth2"

    def _join(self, left, right, number):
        """Join two namespaces: devices eth<number>, addresses .1 (left) and .2 (right)."""
        one, two = self.hosts[left], self.hosts[right]
        dev = f"eth{number}"
        one.ip(f"link add {dev} type veth peer name {dev} netns {two.name}")
        for host, last, other in ((one, 1, 2), (two, 2, 1)):
            host.ip(f"addr add 10.88.{number}.{last}/24 dev {dev}",
                    f"addr add fd88:{number}::{last}/64 dev {dev} nodad",
                    f"link set {dev} up")
            if self.routed and host is one:
                host.ip(f"route add default via 10.88.{number}.{other}",
                        f"route add default via fd88:{number}::{other}")

    def devices(self, name):
        return ["eth1", "eth2"] if name == "router" else [self.device(name)]

    def netem(self, options, names=("client", "server")):
        for name in names:
            for device in self.devices(name):
                self.hosts[name].run("tc", "qdisc", "replace", "dev", device,
                                     "root", "netem", *options.split())

    def mtu(self, name, device, value):
        with self.hosts[name].socket(socket.AF_INET) as sock:
            fcntl.ioctl(sock, SIOCSIFMTU,
                        struct.pack("16si20x", device.encode(), value))

    def offload(self, enabled):
        """Let the device do segmentation and checksums, or TCP itself."""
        for name, host in self.hosts.items():
            with host.inside(), socket.socket() as sock:
                for device in self.devices(name):
                    for command in OFFLOADS:
                        _ethtool(sock, device, command, enabled)

    def nft(self, rules):
        self.hosts["router"].run("nft", "-f", "-", input=rules)


def _ethtool(sock, device, command, value):
    data = ctypes.create_string_buffer(struct.pack("=II", command,
                                                   int(value)))
    fcntl.ioctl(sock, SIOCETHTOOL,
                struct.pack("16sQ16x", device.encode(),
                            ctypes.addressof(data)))
