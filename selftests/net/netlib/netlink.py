# SPDX-License-Identifier: GPL-2.0
"""A small netlink library, for sock_diag and generic netlink."""

import contextlib
import errno
import os
import socket
import struct

NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_CREATE = 1, 4, 0x300, 0x400
NLM_F_DUMP_INTR = 0x10
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLA_F_NESTED = 0x8000
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
SO_RCVBUFFORCE = 33
HEADER = struct.Struct("=IHHII")


def attribute(kind, payload):
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + b"\0" * (-size % 4)


def attribute_list(data):
    """The attributes in data as [(type, payload)], in their order."""
    found = []
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            break
        found.append((kind & 0x3fff, data[4:size]))
        data = data[(size + 3) & ~3:]
    return found


def attributes(data):
    """The attributes in data as {type: payload}."""
    return dict(attribute_list(data))


class Socket:
    """A netlink socket in a namespace."""

    def __init__(self, namespace, protocol):
        self.sock = namespace.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                     protocol)
        with contextlib.suppress(PermissionError):
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.sock.bind((0, 0))
        self.sequence = 0
        self.interrupted = False

    def close(self):
        self.sock.close()

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)

    def request(self, kind, payload, flags=NLM_F_ACK, after_first=None):
        """Send a request; returns the payloads of all answers.

        after_first() is called when the first message has arrived. The kernel
        continues a dump only as it is read.
        """
        self.sequence += 1
        self.sock.send(HEADER.pack(16 + len(payload), kind,
                                   NLM_F_REQUEST | flags, self.sequence, 0)
                       + payload)
        answers = self._answers()
        found = [payload for payload in (next(answers, None),)
                 if payload is not None]
        if after_first:
            after_first()
        return found + list(answers)

    def dump(self, kind, payload, after_first=None):
        self.interrupted = False
        return self.request(kind, payload, NLM_F_DUMP, after_first)

    def pending(self):
        """The payloads of the multicast messages so far."""
        while True:
            try:
                data = self.sock.recv(1 << 20, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            for _, _, payload in self._split(data):
                yield payload

    def _answers(self):
        while True:
            for kind, flags, payload in self._split(self.sock.recv(1 << 20)):
                self.interrupted |= bool(flags & NLM_F_DUMP_INTR)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    code = struct.unpack_from("=i", payload)[0]
                    if code < 0:
                        raise OSError(-code, os.strerror(-code))
                    return
                yield payload

    @staticmethod
    def _split(data):
        while len(data) >= 16:
            size, kind, flags, _, _ = HEADER.unpack_from(data)
            if size < 16:
                raise OSError(errno.EPROTO, "netlink message too short")
            yield kind, flags, data[16:size]
            data = data[(size + 3) & ~3:]
