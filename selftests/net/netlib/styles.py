# SPDX-License-Identifier: GPL-2.0
"""More styles of connections for Load, as applications use TCP.

As in load.STYLES: (client, server, True if the server answers with size bytes
first).
"""

import asyncio
import contextlib
import os
import socket
import tempfile

from .load import CHUNK, abort, exactly, expect_end, until_end

# More than the buffers take if the receiver does not read
FLOOD = 160000
# Seconds without reading, enough for some window probes
DEAF = 1.3
IDLE = 2.3
TICK = 0.04


def keep_alive(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 20)


async def next_tick(loop):
    """Wait for a point in time that is the same for both ends."""
    await asyncio.sleep(TICK - loop.time() % TICK)


def finish(sock):
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)


async def idle(loop, sock, size):
    keep_alive(sock)
    await exactly(loop, sock, size)
    await asyncio.sleep(IDLE)
    finish(sock)
    await until_end(loop, sock)


async def wait_alive(loop, sock, size):
    del size
    keep_alive(sock)
    await until_end(loop, sock)


async def flood(loop, sock, size):
    """Send much data, so that the FIN waits behind it."""
    await loop.sock_sendall(sock, b"f" * (FLOOD + size))
    finish(sock)
    await until_end(loop, sock)


async def deaf(loop, sock, size):
    del size
    keep_alive(sock)
    await asyncio.sleep(DEAF)
    await until_end(loop, sock)


async def deaf_by_bits(loop, sock, size):
    """Read a little at a time, so that the window opens slowly."""
    keep_alive(sock)
    for _ in range(12):
        await loop.sock_recv(sock, 1 + size % 3000)
        await asyncio.sleep(DEAF / 12)
    await until_end(loop, sock)


async def flood_and_abort(loop, sock, size):
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(
            loop.sock_sendall(sock, b"a" * (FLOOD + size)), DEAF / 2)
    abort(sock)


async def deaf_and_abort(loop, sock, size):
    del loop, size
    await asyncio.sleep(DEAF / 2)
    abort(sock)


async def deaf_and_close(loop, sock, size):
    del loop, size
    await asyncio.sleep(DEAF / 2)


async def flood_until_reset(loop, sock, size):
    keep_alive(sock)
    await loop.sock_sendall(sock, b"r" * (FLOOD + size))
    await until_end(loop, sock)


async def long_half_close(loop, sock, size):
    del size
    finish(sock)
    await until_end(loop, sock)


async def trickle_after_end(loop, sock, size):
    await until_end(loop, sock)
    for _ in range(10):
        await loop.sock_sendall(sock, b"t" * (1 + size % 5000))
        await asyncio.sleep(0.12)


async def trickle_after_peer(loop, sock, size):
    await until_end(loop, sock)
    for number in range(10):
        await loop.sock_sendall(sock, b"p" * (1 + size % 3000))
        await asyncio.sleep(0.01 * number)


async def finish_at_tick(loop, sock, size):
    """Close at the same time as the peer: the FINs cross."""
    del size
    keep_alive(sock)
    await next_tick(loop)
    await next_tick(loop)
    finish(sock)
    await until_end(loop, sock)


async def abort_at_tick(loop, sock, size):
    del size
    await next_tick(loop)
    await next_tick(loop)
    abort(sock)


async def urgent(loop, sock, size):
    for number in range(5):
        await loop.sock_sendall(sock, b"n" * (1 + size % 2000))
        with contextlib.suppress(BlockingIOError):
            sock.send(b"!", socket.MSG_OOB)
        if number % 2:
            await asyncio.sleep(0.01)
    finish(sock)
    await until_end(loop, sock)


async def urgent_and_close(loop, sock, size):
    del loop, size
    sock.send(b"!", socket.MSG_OOB)


async def corked(loop, sock, size):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    for _ in range(8):
        await loop.sock_sendall(sock, b"k" * (1 + size % 700))
        await asyncio.sleep(0.002)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
    for _ in range(8):
        with contextlib.suppress(BlockingIOError):
            sock.send(b"m" * (1 + size % 900), socket.MSG_MORE)
    finish(sock)
    await until_end(loop, sock)


def _file(size):
    file = tempfile.TemporaryFile()
    file.truncate(FLOOD // 2 + size)
    return file


async def send_file(loop, sock, size):
    with _file(size) as file:
        await loop.sock_sendfile(sock, file, fallback=False)
    finish(sock)
    await until_end(loop, sock)


async def splice(loop, sock, size):
    """splice() a file through a pipe into the socket."""
    read, write = os.pipe()
    try:
        with _file(size) as file:
            while (left := os.splice(file.fileno(), write, CHUNK)):
                while left:
                    try:
                        left -= os.splice(read, sock.fileno(), left)
                    except BlockingIOError:
                        await asyncio.sleep(0.005)
    finally:
        os.close(read)
        os.close(write)
    finish(sock)
    await until_end(loop, sock)


async def rounds(loop, sock, size, first):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    length = 1 + size % 100
    for _ in range(15):
        if first:
            await loop.sock_sendall(sock, b"1" * length)
        await exactly(loop, sock, length)
        if not first:
            await loop.sock_sendall(sock, b"2" * length)
    if not first:
        await until_end(loop, sock)


async def ping(loop, sock, size):
    await rounds(loop, sock, size, True)


async def pong(loop, sock, size):
    await rounds(loop, sock, size, False)


async def read_to_end(loop, sock, size):
    del size
    await until_end(loop, sock)


STYLES = {
    "idle": (idle, wait_alive, True),
    "client deaf": (deaf, flood, False),
    "server deaf": (flood, deaf, False),
    "by bits": (flood, deaf_by_bits, False),
    "flood, then abort": (flood_and_abort, wait_alive, False),
    "abort of the deaf": (deaf_and_abort, flood_until_reset, False),
    "close of the deaf": (deaf_and_close, flood_until_reset, False),
    "abort into zero window": (flood_and_abort, deaf, False),
    "long half-close": (long_half_close, trickle_after_end, False),
    "long half-close of the server": (trickle_after_peer, long_half_close,
                                      True),
    "crossing FINs": (finish_at_tick, finish_at_tick, False),
    "crossing FINs and data": (finish_at_tick, finish_at_tick, True),
    "crossing FIN and RST": (finish_at_tick, abort_at_tick, False),
    "crossing RSTs": (abort_at_tick, abort_at_tick, True),
    "urgent": (urgent, read_to_end, False),
    "urgent both ways": (urgent, urgent, True),
    "urgent, then close": (urgent_and_close, expect_end, True),
    "corked": (corked, corked, False),
    "sendfile": (send_file, read_to_end, False),
    "sendfile of the server": (read_to_end, send_file, True),
    "splice": (splice, splice, False),
    "ping-pong": (ping, pong, False),
}
