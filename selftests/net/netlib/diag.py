# SPDX-License-Identifier: GPL-2.0
"""Reads the states of the kernel's TCP sockets with inet_diag."""

import socket
import struct

from . import netlink

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
SOCK_DESTROY = 21
ALL_STATES = 0xfff
LISTEN = "listen"

# enum tcp_state of the kernel in the names of RFC 9293. A request socket
# reports SYN_RECV, a time-wait socket TIME_WAIT or its substate FIN_WAIT2.
STATES = {1: "established", 2: "syn-sent", 3: "syn-received",
          4: "fin-wait-1", 5: "fin-wait-2", 6: "time-wait", 7: "closed",
          8: "close-wait", 9: "last-ack", 10: LISTEN, 11: "closing",
          12: "syn-received"}


def _address(family, data):
    size = 4 if family == socket.AF_INET else 16
    return socket.inet_ntop(family, data[:size])


def _pack(family, address):
    return socket.inet_pton(family, address).ljust(16, b"\0")


class Diag:
    """The TCP sockets of one namespace."""

    def __init__(self, namespace):
        self.netlink = netlink.Socket(namespace, NETLINK_SOCK_DIAG)

    def close(self):
        self.netlink.close()

    def states(self):
        """{(address, port, peer address, peer port): state}, no listeners."""
        found = {}
        for family in (socket.AF_INET, socket.AF_INET6):
            request = struct.pack("=BBBBI48x", family, socket.IPPROTO_TCP,
                                  0, 0, ALL_STATES)
            for message in self.netlink.dump(SOCK_DIAG_BY_FAMILY, request):
                key, state = self._parse(message)
                if state != LISTEN:
                    found[key] = state
        return found

    def destroy(self, family, key):
        """Abort the socket of a connection, as `ss -K` does."""
        address, port, peer, peer_port = key
        ident = (struct.pack("!HH", port, peer_port) + _pack(family, address)
                 + _pack(family, peer) + struct.pack("=III", 0, 0xffffffff,
                                                     0xffffffff))
        self.netlink.request(SOCK_DESTROY, struct.pack(
            "=BBBBI", family, socket.IPPROTO_TCP, 0, 0, ALL_STATES) + ident)

    @staticmethod
    def _parse(message):
        family, state = struct.unpack_from("=BB", message)
        sport, dport = struct.unpack_from("!HH", message, 4)
        return ((_address(family, message[8:24]), sport,
                 _address(family, message[24:40]), dport), STATES[state])
