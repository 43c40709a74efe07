# SPDX-License-Identifier: GPL-2.0
"""One connection between two hosts with a router in between, all in a guest."""

import contextlib
import itertools
import socket
import struct
import time

TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_NO_COOKIE = 30, 34
# Linux takes no less for SO_RCVBUF
SMALLEST = 2304
# How long the line between a host and the router is
DELAY = "delay 2ms"
# More than a round trip; more than a delayed ACK waits
SOON, LATER = 0.012, 0.06
PATIENCE = 20
PORT, CLOSED_PORT = 80, 81
FAMILIES = (socket.AF_INET, socket.AF_INET6)
OPTIONS = {"tcp_timestamps": "timestamps", "tcp_window_scaling": "scaling",
           "tcp_sack": "SACK"}
# Which of them the hosts leave out
LEFT_OUT = ((), ("tcp_timestamps",), ("tcp_window_scaling",), ("tcp_sack",),
            tuple(OPTIONS))
# How many connections of a kind differ from each other
VARIETY = len(FAMILIES) * len(LEFT_OUT)


class Stage:
    """The sockets c and s, and what happens to them."""

    ports = itertools.count(20000)
    far_ports = itertools.count(40000)

    def __init__(self, net, number, netem="", narrow=False, cookies=1, reuse=0,
                 fast=False):
        """netem: what is wrong with the lines; narrow: tiny receive buffers."""
        self.net = net
        self.number = number
        self.family = FAMILIES[number % 2]
        self.left_out = LEFT_OUT[number // 2 % len(LEFT_OUT)]
        self.stamps = "tcp_timestamps" not in self.left_out
        self.client, self.server = net.hosts["client"], net.hosts["server"]
        self.narrow = narrow
        self.c = self.s = self.listener = None
        self.tuples = []        # (client address, port, server address, port)
        # A listener without Fast Open must not be asked for it
        self.no_cookie = int(fast and number % 4 < 2)
        for host in (self.client, self.server):
            for name in OPTIONS:
                host.sysctl(f"net.ipv4.{name}", int(name not in self.left_out))
            host.sysctl("net.ipv4.tcp_syncookies", cookies)
            host.sysctl("net.ipv4.tcp_tw_reuse", reuse)
        net.netem(netem or DELAY)
        net.netem(netem or "delay 0", ("router",))
        if fast and not self.no_cookie:
            self._get_cookie()

    def close(self):
        for sock in (self.c, self.s, self.listener):
            if sock:
                sock.close()

    # --- sockets -----------------------------------------------------------

    def either(self):
        """Both sockets; by the number one or the other is the first."""
        pair = self.c, self.s
        return pair if (self.number + self.number // 2) % 2 else pair[::-1]

    def be_patient(self):
        for sock in (self.c, self.s):
            sock.settimeout(PATIENCE)

    def _socket(self, host):
        sock = host.socket(self.family)
        sock.settimeout(PATIENCE)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.narrow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
        return sock

    def _address(self, host):
        name = "client" if host is self.client else "server"
        return self.net.address(name, self.family)

    def _remember(self, port, peer_port):
        self.tuples.append((self._address(self.client), port,
                            self._address(self.server), peer_port))

    def cross(self):
        """Both connect, to each other."""
        self.c, self.s = (self._bound(self.client, next(self.ports)),
                          self._bound(self.server, next(self.far_ports)))
        self._remember(self.c.getsockname()[1], self.s.getsockname()[1])
        for one, other in ((self.c, self.s), (self.s, self.c)):
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.connect(other.getsockname()[:2])
        time.sleep(LATER)
        self.be_patient()

    def _bound(self, host, port):
        sock = self._socket(host)
        sock.bind((self._address(host), port))
        return sock

    def listen(self, fast=False):
        self.listener = self._socket(self.server)
        if fast:
            self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 16)
            self.listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE,
                                     self.no_cookie)
        self.listener.bind((self._address(self.server), PORT))
        self.listener.listen(16)

    def client_socket(self, port=None, server_port=PORT):
        port = port or next(self.ports)
        sock = self._bound(self.client, port)
        self._remember(port, server_port)
        return sock

    def target(self, port=PORT):
        return self._address(self.server), port

    def refused(self):
        self.c = self.client_socket(server_port=CLOSED_PORT)
        with contextlib.suppress(ConnectionRefusedError):
            self.c.connect(self.target(CLOSED_PORT))

    def dial(self, port=None):
        """Without waiting for the answer."""
        self.c = self.client_socket(port)
        self.c.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.c.connect(self.target())

    def accept(self):
        self.s, _ = self.listener.accept()
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.be_patient()

    def open(self, port=None):
        for sock in (self.s, self.listener):
            if sock:
                sock.close()
        self.listen()
        self.dial(port)
        self.accept()
        time.sleep(SOON)

    def fast_open(self, size, pause=0):
        """The request goes with the SYN. Without a pause the server is so quick
        that it answers before the last ACK of the handshake.
        """
        self.listen(fast=True)
        self.c = self.client_socket()
        self._ask_for_fast_open(self.c)
        self.c.connect(self.target())
        self.c.send(b"q" * size)
        time.sleep(pause)
        self.accept()
        self.read(self.s, size)

    def _ask_for_fast_open(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, self.no_cookie)

    def _get_cookie(self):
        """By a connection that is not of interest."""
        self.listen(fast=True)
        with self._socket(self.client) as sock:
            self._ask_for_fast_open(sock)
            sock.connect(self.target())
            sock.send(b"?")
            self.listener.accept()[0].close()
        self.listener.close()
        time.sleep(LATER)

    # --- what they do ------------------------------------------------------

    @staticmethod
    def read(sock, size):
        while size:
            data = sock.recv(size)
            assert data, "the stream ended early"
            size -= len(data)

    def ask(self, one, other, size):
        """One sends, the other reads; then it is quiet for a while."""
        one.sendall(b"d" * size)
        self.read(other, size)
        time.sleep(SOON)

    def drain(self, one, other, size, unsent):
        """Read what one sends, a little at a time."""
        one.setblocking(False)
        while size:
            if unsent:
                with contextlib.suppress(BlockingIOError):
                    unsent -= one.send(b"w" * unsent)
            size -= len(other.recv(1500))
            time.sleep(0.01)
        one.settimeout(PATIENCE)

    @staticmethod
    def end(sock):
        """close(), and the peer has a while to acknowledge it."""
        sock.shutdown(socket.SHUT_WR)
        time.sleep(LATER)

    @staticmethod
    def abort(sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("=ii", 1, 0))
        sock.close()
        time.sleep(SOON)

    @staticmethod
    def cork(sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)

    @contextlib.contextmanager
    def lost(self, host):
        """What is sent to the host is lost, behind the router."""
        device = "eth1" if host is self.client else "eth2"
        router = self.net.hosts["router"]
        router.run("tc", "qdisc", "replace", "dev", device, "root", "netem",
                   "loss", "100%")
        try:
            yield
        finally:
            router.run("tc", "qdisc", "replace", "dev", device, "root", "netem",
                       "delay", "0")
