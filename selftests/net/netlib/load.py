# SPDX-License-Identifier: GPL-2.0
"""Many connections at once in one process, closed in all styles.

A connection is two coroutines. The first message of the client tells the server
the style and how much to send; sizes vary, so that all kinds of segments occur.
"""

import asyncio
import contextlib
import errno
import random
import socket
import struct

REQUEST = struct.Struct("!BI")
BACKLOG = 4096
CHUNK = 1 << 16
# Seconds that a connection may take, also over a bad line
PATIENCE = 60


class Broken(Exception):
    """A connection did not do what its style says."""


async def exactly(loop, sock, size):
    left = size
    while left:
        data = await loop.sock_recv(sock, min(left, CHUNK))
        if not data:
            raise Broken(f"the stream ended {left} of {size} bytes early")
        left -= len(data)


async def until_end(loop, sock):
    while await loop.sock_recv(sock, CHUNK):
        pass


def abort(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("=ii", 1, 0))
    sock.close()


# The styles: what client and server do after the request. Both begin when the server
# has sent its answer and the client has not read it yet.

async def client_first(loop, sock, size):
    await exactly(loop, sock, size)
    sock.shutdown(socket.SHUT_WR)
    await until_end(loop, sock)


async def close_after_end(loop, sock, size):
    del size
    await until_end(loop, sock)


async def close_at_once(loop, sock, size):
    del loop, sock, size


async def both(loop, sock, size):
    await exactly(loop, sock, size)


async def client_abort(loop, sock, size):
    await exactly(loop, sock, size)
    abort(sock)


async def server_abort(loop, sock, size):
    del size
    await loop.sock_sendall(sock, b"k")
    abort(sock)


async def expect_end(loop, sock, size):
    """Wait until the peer ends the connection, with a FIN or a RST.

    A lost RST is not retransmitted, so a keepalive probes for it, and gives up if
    nothing comes back.
    """
    del size
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        await until_end(loop, sock)


async def half_close(loop, sock, size):
    sock.shutdown(socket.SHUT_WR)
    await exactly(loop, sock, size)
    await until_end(loop, sock)


async def send_after_end(loop, sock, size):
    await until_end(loop, sock)
    for _ in range(4):
        await loop.sock_sendall(sock, b"h" * (size // 4))


async def server_half_close(loop, sock, size):
    del size
    sock.shutdown(socket.SHUT_WR)
    await until_end(loop, sock)


async def send_after_peer(loop, sock, size):
    await until_end(loop, sock)
    for _ in range(4):
        await loop.sock_sendall(sock, b"c" * 700)
    del size


async def unread(loop, sock, size):
    """close() with the answer not read: Linux sends a RST."""
    await exactly(loop, sock, size - 1)


# name: (client, server, True if the server answers with size bytes first)
STYLES = {
    "client first": (client_first, close_after_end, True),
    "server first": (expect_end, close_at_once, True),
    "both": (both, close_at_once, True),
    "client aborts": (client_abort, expect_end, True),
    "server aborts": (expect_end, server_abort, True),
    "half-close": (half_close, send_after_end, False),
    "server half-closes": (send_after_peer, server_half_close, True),
    "unread": (unread, expect_end, True),
}
REFUSED = "refused"


class Load:
    """Connections from one host to an address."""

    backlog = BACKLOG
    at_once = None     # limit of connections at a time, if the load needs one
    patience = PATIENCE

    def __init__(self, net_hosts, seed, max_size=30000, styles=None,
                 refuse=True):
        """styles: like STYLES; refuse: some connections are refused."""
        self.client, self.server = net_hosts
        self.random = random.Random(seed)
        self.max_size = max_size
        self.styles = styles or STYLES
        self.names = list(self.styles)
        self.refuse = [REFUSED] if refuse else []
        self.broken = []
        self.done = 0
        self.tasks = set()

    def dial(self, family):
        """Make the socket of a client."""
        return self.client.socket(family)

    async def started(self):
        """Called when a client is connected and has not sent anything yet."""

    async def accepted(self):
        """Called when the server has accepted a connection, before the next."""

    def listen(self, family, address, port):
        sock = self.server.socket(family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setblocking(False)
        sock.bind((address, port))
        sock.listen(self.backlog)
        self._spawn(self._accept(sock))
        return sock

    def _spawn(self, coroutine):
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def stop(self):
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _accept(self, listener):
        loop = asyncio.get_running_loop()
        with listener:
            while True:
                sock, _ = await loop.sock_accept(listener)
                self._spawn(self._serve(sock))
                await self.accepted()

    async def _serve(self, sock):
        loop = asyncio.get_running_loop()
        sock.setblocking(False)
        with sock:
            request = b""
            try:
                while len(request) < REQUEST.size:
                    part = await loop.sock_recv(
                        sock, REQUEST.size - len(request))
                    if not part:
                        return
                    request += part
                style, size = REQUEST.unpack(request)
                _, act, answers = self.styles[self.names[style]]
                if answers:
                    await loop.sock_sendall(sock, b"s" * size)
                await act(loop, sock, size)
            except (ConnectionResetError, BrokenPipeError):
                pass
            except Broken as why:
                self.broken.append(f"server: {why}")

    async def connect(self, family, address, port, style):
        """Run one connection of this style; a failure is added to "broken"."""
        try:
            await asyncio.wait_for(
                self._connect(family, address, port, style), self.patience)
        except (Broken, OSError, asyncio.TimeoutError) as why:
            self.broken.append(f"{style}: {why!r}")
        self.done += 1

    async def _connect(self, family, address, port, style):
        loop = asyncio.get_running_loop()
        with self.dial(family) as sock:
            sock.setblocking(False)
            if style == REFUSED:
                await self._refused(loop, sock, address)
                return
            await loop.sock_connect(sock, (address, port))
            await self.started()
            size = self.random.randrange(4, self.max_size, 4)
            act, _, _ = self.styles[style]
            await loop.sock_sendall(
                sock, REQUEST.pack(self.names.index(style), size))
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                await act(loop, sock, size)

    @staticmethod
    async def _refused(loop, sock, address):
        try:
            await loop.sock_connect(sock, (address, 1))
        except OSError as why:
            if why.errno != errno.ECONNREFUSED:
                raise
        else:
            raise Broken("nobody refused")

    async def run(self, targets, count, at_once, sample):
        """Run count connections to targets [(family, address, port)] in turn.

        sample() is called at random moments meanwhile.
        """
        styles = self.names + self.refuse
        gate = asyncio.Semaphore(at_once)

        async def one(number):
            async with gate:
                family, address, port = targets[number % len(targets)]
                style = styles[number // len(targets) % len(styles)]
                await asyncio.sleep(self.random.random() * 0.1)
                await self.connect(family, address, port, style)

        async def watch():
            while self.done < count:
                await asyncio.sleep(self.random.random() * 0.06)
                sample()

        await asyncio.gather(watch(), *(one(i) for i in range(count)))
