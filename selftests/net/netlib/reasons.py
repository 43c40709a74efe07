# SPDX-License-Identifier: GPL-2.0
"""Situations in which a local end differs from its socket, by reason of the audit.

Each function gets a host of its own, and makes one difference there.
"""

import contextlib
import socket
import subprocess
import time

from . import guest, states
from .audited import (PORT, audit, check, differ, listening, pair, reasons,
                      run_tool)
from .diag import Diag

PURE_ACK = f"tcp dport {PORT} tcp flags & (syn | ack) == ack"
TCP_FASTOPEN_CONNECT = 30


def all_gone(host):
    """Wait until the kernel has no connection any more."""
    limit = time.monotonic() + 10
    with contextlib.closing(Diag(host)) as diag:
        while diag.states():
            check(time.monotonic() < limit, diag.states())
            time.sleep(0.01)


def by_wire_alone(host):
    """Keep the module from looking sockets up itself."""
    host.sysctl("net.tcpfsm.socket_truth", 0)


@contextlib.contextmanager
def two_pairs(host):
    """Two connections, the second one some time after the first."""
    with pair(host):
        time.sleep(0.2)
        with pair(host) as second:
            yield second


def fill(sock):
    """Send until the buffers are full."""
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            sock.send(b"x" * (1 << 16))
    sock.setblocking(True)


def drain(sock):
    """Receive until nothing has arrived for a while."""
    sock.settimeout(0.5)
    with contextlib.suppress(TimeoutError):
        while sock.recv(1 << 16):
            pass
    sock.settimeout(None)


def fin_waits(host):
    with pair(host) as (client, _):
        fill(client)
        client.shutdown(socket.SHUT_WR)
        differ(host, "fin-wait-1", "established", "socket ahead of wire",
               "its FIN waits behind data")


def second_fin_waits(host):
    with pair(host) as (client, server):
        fill(server)
        client.shutdown(socket.SHUT_WR)
        time.sleep(0.1)
        server.shutdown(socket.SHUT_WR)
        differ(host, "last-ack", "close-wait", "socket ahead of wire",
               "its FIN waits behind data")


def fins_cross(host):
    """The own FIN waits behind data: first in the socket, second on the wire."""
    with pair(host) as (client, server):
        fill(server)
        server.shutdown(socket.SHUT_WR)
        client.shutdown(socket.SHUT_WR)
        differ(host, "closing", "close-wait", "socket ahead of wire",
               "its FIN waits behind data, the peer's has come")
        states.lose(host, [f"tcp sport {server.getsockname()[1]} "
                           "tcp flags & fin == fin"])
        drain(client)
        late = ("its FIN waited behind data, the peer's was the first to be "
                "sent")
        differ(host, "closing", "last-ack", "socket ahead of wire", late)
        states.find(host)
        while client.recv(1 << 16):
            pass
        differ(host, "time-wait", "closed", "socket ahead of wire", late)


def deferred_connect(host):
    host.sysctl("net.ipv4.tcp_fastopen", 3)
    with listening(host, socket.TCP_FASTOPEN, 5) as listener:
        with host.socket(socket.AF_INET) as sock:   # to get a cookie
            sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
            sock.connect(("127.0.0.1", PORT))
            sock.send(b"x")
            listener.accept()[0].close()
        with host.socket(socket.AF_INET) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)
            sock.connect(("127.0.0.1", PORT))
            differ(host, "syn-sent", None, "socket ahead of wire",
                   "its SYN waits for data (TCP_FASTOPEN_CONNECT)")


def deferred_accept(host):
    with (listening(host, socket.TCP_DEFER_ACCEPT, 30),
          host.socket(socket.AF_INET) as sock):
        sock.connect(("127.0.0.1", PORT))
        differ(host, "syn-received", "established", "socket behind wire",
               "it has the last ACK and waits for data (TCP_DEFER_ACCEPT)")


def full_queue(host):
    """Requests whose final ACKs arrive when the accept queue is full."""
    with listening(host) as listener:
        states.lose(host, [PURE_ACK])
        socks = [host.socket(socket.AF_INET) for _ in range(6)]
        try:
            for sock in socks:
                sock.connect(("127.0.0.1", PORT))
            listener.listen(1)
            states.find(host)
            time.sleep(2)        # SYN-ACKs are retransmitted
            found = audit(host)
            check(reasons(found)
                  == ["the accept queue is full, so the last ACK was "
                      "dropped"] * 4, found)
        finally:
            for sock in socks:
                sock.close()


def itself(host):
    with host.socket(socket.AF_INET) as sock:
        sock.bind(("127.0.0.1", PORT))
        sock.connect(("127.0.0.1", PORT))
        differ(host, "established", None, "unknown to us",
               "it is connected to itself")


def is_off(host):
    with pair(host):
        host.sysctl("net.tcpfsm.enabled", 0)
        found = audit(host)
        host.sysctl("net.tcpfsm.enabled", 1)
        check(reasons(found) == ["tracking is off"] * 2, found)


def older(host):
    """A connection older than the module, and silent; then it sends something."""
    with pair(host) as (client, server):
        guest.rmmod()
        done = run_tool(host)
        check(done.returncode == 2 and "not loaded" in done.stderr, done)
        guest.insmod()
        with pair(host):
            found = audit(host)
            check(found["equal"] == 2 and reasons(found)
                  == ["it is older than tracking, and silent"] * 2, found)
        client.send(b"x")
        server.recv(1)
        check(not audit(host)["explained"], "it is still unknown")


def fin_was_before(host):
    with pair(host) as (client, server):
        client.shutdown(socket.SHUT_WR)
        server.recv(1)
        host.sysctl("net.tcpfsm.enabled", 0)
        host.sysctl("net.tcpfsm.enabled", 1)
        server.send(b"x")
        client.recv(1)
        found = audit(host)
        check(reasons(found)
              == ["a FIN was sent before tracking began"] * 2, found)


def flushed(host):
    with two_pairs(host) as (client, server):
        port = client.getsockname()[1]
        subprocess.run([guest.tool(), "-N", host.name, "flush", "port",
                        str(port)], check=True, stdout=subprocess.DEVNULL)
        found = audit(host)
        check(reasons(found) == ["it was flushed, and is silent"] * 2, found)
        server.send(b"x")
        client.recv(1)
        check(not audit(host)["explained"], "it is still unknown")


def table_full(host):
    host.sysctl("net.tcpfsm.limit", 1)
    with two_pairs(host):
        found = audit(host)
        check(found["equal"] == 2 and reasons(found)
              == ["the table was full (refused)"] * 2, found)


def evicted(host):
    """Half-open flows are evicted, and silent until the SYN is retransmitted."""
    host.sysctl("net.tcpfsm.limit", 1)
    states.lose(host, [f"tcp dport {PORT}"])
    with host.socket(socket.AF_INET) as sock:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", PORT))
        with pair(host):
            differ(host, "syn-sent", None, "unknown to us",
                   "it was evicted, and is silent")


def forgotten(host):
    by_wire_alone(host)
    host.sysctl("net.tcpfsm.timeout_established", 1)
    with pair(host):
        time.sleep(3)
        found = audit(host)
        check(reasons(found) == ["it has been silent for longer than a "
                                 "timeout"] * 2, found)


def cookie(host):
    """A SYN-ACK with a SYN cookie, and the final ACK is lost."""
    by_wire_alone(host)
    host.sysctl("net.ipv4.tcp_syncookies", 2)
    states.lose(host, [PURE_ACK])
    with (listening(host), host.socket(socket.AF_INET) as sock):
        sock.connect(("127.0.0.1", PORT))
        differ(host, None, "syn-received", "no such socket",
               "a SYN cookie keeps none (SyncookiesSent)")


def listener_goes(host):
    """A request waits for the final ACK, and its listener is closed."""
    states.lose(host, [PURE_ACK])
    with host.socket(socket.AF_INET) as sock:
        with listening(host):
            sock.connect(("127.0.0.1", PORT))
        time.sleep(2.5)          # the SYN-ACK would be retransmitted
        differ(host, None, "syn-received", "no such socket",
               "its listener was closed before the SYN-ACK was due again")


# --- sockets that end without a segment -------------------------------------

@contextlib.contextmanager
def given_up(host):
    """close() in SYN-SENT sends nothing."""
    states.lose(host, [f"tcp dport {PORT}"])
    with host.socket(socket.AF_INET) as sock:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", PORT))
    yield


@contextlib.contextmanager
def orphan_gives_up(host):
    """An orphan whose FIN is not acknowledged."""
    host.sysctl("net.ipv4.tcp_orphan_retries", 1)
    with pair(host) as (client, server):
        states.lose(host, [f"tcp dport {server.getsockname()[1]} "
                           "tcp flags & fin == fin"])
        client.close()
        time.sleep(3)
        yield


@contextlib.contextmanager
def orphan_waits(host):
    """An orphan in FIN-WAIT-2, after tcp_fin_timeout."""
    host.sysctl("net.ipv4.tcp_fin_timeout", 1)
    with pair(host) as (client, server):
        client.close()
        server.recv(1)
        time.sleep(3)
        yield


@contextlib.contextmanager
def no_room(host):
    """No TIME-WAIT, because of tcp_max_tw_buckets."""
    host.sysctl("net.ipv4.tcp_max_tw_buckets", 0)
    with pair(host) as (client, server):
        client.close()
        server.recv(1)
        server.close()
        all_gone(host)
        yield


def told_by_wire(situation, ours, reason):
    """The module does not look sockets up: the audit must find the reason."""
    def test(host):
        by_wire_alone(host)
        with situation(host):
            differ(host, None, ours, "no such socket", reason)
    return test


def told_by_socket(situation):
    """The module looks sockets up: there must be no difference."""
    def test(host):
        with situation(host):
            found = audit(host)
            check(found["equal"] == found["compared"] > 0, found)
    return test


SILENT = {
    "given up": (given_up, "syn-sent",
                 "who gives up connecting sends nothing"),
    "an orphan gives up": (orphan_gives_up, "fin-wait-1",
                           "it retransmitted and gave up"),
    "an orphan's FIN-WAIT-2": (orphan_waits, "fin-wait-2",
                               "tcp_fin_timeout is over"),
    "no room for TIME-WAIT": (no_room, "time-wait",
                              "tcp_max_tw_buckets (TCPTimeWaitOverflow)"),
}

REASONS = {
    "a FIN waits behind data": fin_waits,
    "the second FIN waits behind data": second_fin_waits,
    "a FIN waits, and the peer's crosses it": fins_cross,
    "connect() waits for data": deferred_connect,
    "accept() waits for data": deferred_accept,
    "the accept queue is full": full_queue,
    "connected to itself": itself,
    "tracking is off": is_off,
    "older than tracking": older,
    "a FIN before tracking": fin_was_before,
    "flushed": flushed,
    "table full": table_full,
    "evicted": evicted,
    "forgotten": forgotten,
    "a SYN cookie": cookie,
    "the listener goes": listener_goes,
    **{name: told_by_wire(*what) for name, what in SILENT.items()},
    **{f"{name}, looked up": told_by_socket(what[0])
       for name, what in SILENT.items()},
}
