# SPDX-License-Identifier: GPL-2.0
"""Connections over the loopback of a namespace."""

import socket
import struct

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


class Pairs:
    """Connected pairs of sockets, kept until close_all()."""

    def __init__(self, namespace, family=socket.AF_INET):
        self.ns = namespace
        self.family = family
        self.listener = namespace.socket(family)
        self.listener.bind((LOOPBACK[family], 0))
        self.listener.listen(1024)
        self.port = self.listener.getsockname()[1]
        self.open = []

    def connect(self, count=1):
        for _ in range(count):
            client = self.ns.socket(self.family)
            client.connect((LOOPBACK[self.family], self.port))
            self.open.append((client, self.listener.accept()[0]))
        return self.open[-1]

    def refuse(self):
        with self.ns.socket(self.family) as sock:
            return sock.connect_ex((LOOPBACK[self.family], 1))

    @staticmethod
    def abort(sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("=ii", 1, 0))
        sock.close()

    def close_all(self, abort=False):
        """Close all, the client first; with abort, by RST."""
        for client, server in self.open:
            if abort:
                self.abort(client)
            else:
                client.close()
                server.recv(1)
            server.close()
        self.open = []

    def close(self):
        self.close_all()
        self.listener.close()
