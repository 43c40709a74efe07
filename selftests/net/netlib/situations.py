# SPDX-License-Identifier: GPL-2.0
"""Loads of connections in a special situation each."""

import asyncio
import collections
import contextlib
import errno
import itertools
import socket

from .load import REQUEST, Load, abort, exactly, until_end
from .styles import finish, keep_alive

TCP_FASTOPEN_CONNECT, TCP_FASTOPEN_NO_COOKIE = 30, 34
# The least that Linux accepts for SO_RCVBUF
SMALLEST = 2304
GREETING = 1000


class FastOpen(Load):
    """Fast Open: the request is sent with the SYN."""

    no_cookie = 0
    queue = 64

    def dial(self, family):
        sock = super().dial(family)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE,
                        self.no_cookie)
        return sock

    def listen(self, family, address, port):
        sock = super().listen(family, address, port)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, self.queue)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE,
                        self.no_cookie)


    async def _connect(self, family, address, port, style):
        """The RST of an aborting server can overtake its SYN-ACK."""
        with contextlib.suppress(ConnectionRefusedError):
            await super()._connect(family, address, port, style)


class FastOpenNoCookie(FastOpen):
    no_cookie = 1


class FastOpenRefused(FastOpen):
    """Fast Open with a short queue: the server often does not take the data."""

    queue = 1


class Greeting(FastOpen):
    """The server sends first, before the final ACK of the handshake.

    The client asks for a cookie, which a server without cookies takes for one.
    """

    def listen(self, family, address, port):
        self.no_cookie = 1
        super().listen(family, address, port)
        self.no_cookie = 0

    async def _connect(self, family, address, port, style):
        del style
        loop = asyncio.get_running_loop()
        with self.dial(family) as sock:
            sock.setblocking(False)
            keep_alive(sock)
            await loop.sock_connect(sock, (address, port))
            await loop.sock_sendall(sock, b"?")
            await exactly(loop, sock, GREETING)
            finish(sock)
            await until_end(loop, sock)

    async def _serve(self, sock):
        loop = asyncio.get_running_loop()
        with sock, contextlib.suppress(OSError):
            sock.setblocking(False)
            keep_alive(sock)
            await loop.sock_sendall(sock, b"g" * GREETING)
            await until_end(loop, sock)


class Deferred(Load):
    """TCP_DEFER_ACCEPT: accept() returns when there is data."""

    def listen(self, family, address, port):
        sock = super().listen(family, address, port)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 2)

    async def started(self):
        await asyncio.sleep(self.random.random() * 1.5)


class Crowded(Load):
    """A short accept queue, and a server that accepts slowly."""

    backlog = 1
    at_once = 8

    async def accepted(self):
        await asyncio.sleep(0.03)

    async def _connect(self, family, address, port, style):
        """connect() can fail: tcp_abort_on_overflow is set."""
        with contextlib.suppress(ConnectionResetError):
            await super()._connect(family, address, port, style)


class Narrow(Load):
    """Tiny windows in both directions."""

    def dial(self, family):
        return self._narrow(super().dial(family))

    def listen(self, family, address, port):
        self._narrow(super().listen(family, address, port))

    @staticmethod
    def _narrow(sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
        return sock


class Reuse(Load):
    """Clients with few ports, used again as soon as they are free."""

    at_once = 6
    first_port = 5000

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.unused = itertools.count(self.first_port)
        self.free = collections.deque(itertools.islice(self.unused,
                                                       self.at_once))

    @contextlib.contextmanager
    def dial(self, family):
        port = self.free.popleft()
        try:
            with super().dial(family) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind(("", port))
                yield sock
        except OSError as why:
            # The port is in TIME-WAIT for a minute
            if why.errno == errno.EADDRNOTAVAIL:
                port = next(self.unused)
            raise
        finally:
            self.free.append(port)

    async def _connect(self, family, address, port, style):
        while True:
            try:
                await super()._connect(family, address, port, style)
                return
            except OSError as why:
                if why.errno != errno.EADDRNOTAVAIL:
                    raise


class GiveUp(Load):
    """Clients that abort at any moment during the handshake or after it."""

    async def _connect(self, family, address, port, style):
        del style
        loop = asyncio.get_running_loop()
        with self.dial(family) as sock:
            sock.setblocking(False)
            code = sock.connect_ex((address, port))
            if code == errno.EADDRNOTAVAIL:
                raise OSError(code, "connect")
            await asyncio.sleep(self.random.random() * 0.02)
            await self.random.choice(self.ENDINGS)(loop, sock)

    @staticmethod
    async def _close(loop, sock):
        del loop, sock

    @staticmethod
    async def _abort(loop, sock):
        del loop
        abort(sock)

    @staticmethod
    async def _send_and_close(loop, sock):
        del loop
        with contextlib.suppress(OSError):
            sock.send(bytes(REQUEST.size))

    @staticmethod
    async def _finish(loop, sock):
        with contextlib.suppress(OSError):
            finish(sock)
            await asyncio.wait_for(until_end(loop, sock), 0.1)

    ENDINGS = (_close, _abort, _send_and_close, _finish)


class GiveUpReuse(Reuse, GiveUp):
    """The same, and they connect again from the same port at once."""

    first_port = 6000


class Crossing(Load):
    """Both ends connect to each other: a simultaneous open.

    Needs a line with delay. near: the address of the client, by family.
    """

    near = {}
    numbers = itertools.count(1100)

    async def _connect(self, family, address, port, style):
        del port, style
        here = (self.near[family], next(self.numbers))
        there = (address, next(self.numbers))
        with (self._bound(self.client, family, here) as one,
              self._bound(self.server, family, there) as two):
            ends = await asyncio.gather(
                self._meet(one, there), self._meet(two, here),
                return_exceptions=True)
        for why in ends:
            # If the second SYN is late, the first one is refused
            if why and not isinstance(why, (ConnectionRefusedError,
                                            ConnectionResetError)):
                raise why

    @staticmethod
    def _bound(host, family, address):
        sock = host.socket(family)
        sock.setblocking(False)
        sock.bind(address)
        return sock

    async def _meet(self, sock, peer):
        loop = asyncio.get_running_loop()
        keep_alive(sock)
        await loop.sock_connect(sock, peer)
        await loop.sock_sendall(sock, b"x" * self.random.randrange(1, 5000))
        finish(sock)
        await until_end(loop, sock)
