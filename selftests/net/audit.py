#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of `tcpfsm audit`, which compares local ends with the kernel's sockets.

audit.py [-n CONNECTIONS] [WORD]...: only the tests with a WORD in their name

Many sockets in all states: nothing may be unexplained. Then real differences: the
audit must name the reason of each that has one, and find the others.
"""

import argparse
import asyncio
import collections
import ctypes
import socket
import struct
import time

from netlib import child, guest
from netlib.audited import (PORT, alone, audit, check, differ, listening, pair,
                            reasons, run_tool, totals)
from netlib.ktap import Ktap
from netlib.load import Load
from netlib.loop import Pairs
from netlib.netdev import Net
from netlib.reasons import REASONS
from netlib.states import FAMILIES, STATES, States
from netlib.styles import STYLES as WAYS

BAD = "delay 3ms 2ms loss 4% duplicate 4% reorder 25%"
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27


# --- all states -------------------------------------------------------------

def expected(count):
    """{host: {state: ends}} for count connections of each state and family."""
    found = {"client": collections.Counter(), "server": collections.Counter()}
    for name in STATES:
        for host, state in zip(("client", "server"), STATES[name]):
            if state:
                found[host][state] += count * len(FAMILIES)
    for host in found:      # one more: it fills the queue of a listener
        found[host]["established"] += len(FAMILIES)
    return found


def all_states(ktap, count):
    """count connections in each state and of each family."""
    net = Net(prefix="audit")
    made = States(net)
    began = time.monotonic()
    try:
        for family in FAMILIES:
            for name in STATES:
                made.make(name, family, count)
        ktap.note(f"{count * len(STATES) * len(FAMILIES)} connections in "
                  f"{time.monotonic() - began:.1f} s")
        for name, want in expected(count).items():
            began = time.monotonic()
            found = audit(net.hosts[name], "-s")
            ktap.note(f"{name}: {totals(found)}; "
                      f"{time.monotonic() - began:.2f} s")
            ours = collections.Counter(row.get("state")
                                       for row in found["endpoints"])
            check(ours == want, f"{name}: ends {ours}, expected {want}")
            check(found["equal"] == sum(want.values()),
                  f"{name}: {totals(found)}")
    finally:
        made.close()
        net.close()


def one_family(ktap, count):
    """-4 and -6 compare a half each."""
    del ktap, count
    host = alone()
    try:
        pairs = [Pairs(host, family) for family in FAMILIES]
        for number, each in enumerate(pairs, 1):
            each.connect(number)
        for number, option in enumerate(("-4", "-6"), 1):
            found = audit(host, option)
            check(found["equal"] == found["compared"] == 2 * number,
                  f"{option}: {totals(found)}")
        for each in pairs:
            each.close()
    finally:
        host.delete()


def mapped(ktap, count):
    """IPv4 over IPv6 sockets, in several states."""
    del ktap, count
    host = alone()
    listener = host.socket(socket.AF_INET6)
    socks = [listener]
    try:
        listener.bind(("::", PORT))
        listener.listen(16)
        for ending in (None, socket.SHUT_WR, "close"):
            sock = host.socket(socket.AF_INET6)
            sock.connect(("::ffff:127.0.0.1", PORT))
            peer = listener.accept()[0]
            socks += [sock, peer]
            if ending == "close":
                sock.close()
                peer.close()
            elif ending is not None:
                sock.shutdown(ending)
        found = audit(host, "-4")
        check(found["equal"] == found["compared"] == 6, totals(found))
    finally:
        for sock in socks:
            sock.close()
        host.delete()


def as_text(ktap, count):
    """The text output: a row for each difference, and the sum."""
    del ktap, count
    host = alone()
    try:
        with pair(host):
            check(run_tool(host).stdout == "2 endpoints compared, 2 equal, "
                  "0 explained, 0 unexplained\n", run_tool(host))
            rows = run_tool(host, "-s", "-n").stdout.splitlines()
            check(len(rows) == 6 and rows[0].split()
                  == ["LOCAL", "REMOTE", "SOCKET", "TCPFSM", "DIFFERENCE"]
                  and rows[1].split()[2:]
                  == ["ESTABLISHED", "ESTABLISHED", "equal"], rows)
        with pair(host) as (client, server):
            deafen(server)
            client.shutdown(socket.SHUT_WR)
            done = run_tool(host)
            row, total = done.stdout.splitlines()[1:]
            check(done.returncode == 1 and row.split()[2:]
                  == ["ESTABLISHED", "CLOSE-WAIT", "UNEXPLAINED:", "another",
                      "state"] and total.endswith(", 1 unexplained"), done)
    finally:
        host.delete()


def busy(ktap, count):
    """While connections come and go: ends that changed are compared again."""
    del count
    host = alone()
    # With the default limit of TIME-WAITs that would be the reason of many
    host.sysctl("net.ipv4.tcp_max_tw_buckets", 1 << 17)

    def traffic():
        for family in FAMILIES:
            pairs = Pairs(host, family)
            pairs.connect(30)
            pairs.close()

    loops = [child.Loop(traffic) for _ in range(2)]
    try:
        for _ in range(5):
            found = audit(host)
            ktap.note(totals(found))
            check(set(reasons(found)) <= {"it changed while it was looked at"},
                  found["endpoints"][:5])
    finally:
        for loop in loops:
            loop.stop()
        host.delete()


def bad_line(ktap, count):
    """While segments of all kinds are lost, delayed and reordered."""
    del count
    net = Net(prefix="audit")
    net.netem(BAD)
    load = Load([net.hosts["client"], net.hosts["server"]], seed=1,
                styles=WAYS, refuse=False)
    try:
        found = asyncio.run(audit_while(net, load))
    finally:
        net.close()
    for (difference, why), times in found.most_common():
        ktap.note(f"{times} times {difference}: {why}")
    check(found, "there was nothing to explain")


async def audit_while(net, load):
    """{difference and reason: ends} of audits while a load runs."""
    targets = []
    for number, family in enumerate(FAMILIES):
        address = net.address("server", family)
        load.listen(family, address, PORT + number)
        targets.append((family, address, PORT + number))
    running = asyncio.create_task(load.run(targets, 300, 40, lambda: None))
    found = collections.Counter()
    while not running.done():
        for host in net.hosts.values():
            report = await asyncio.to_thread(audit, host)
            found.update((row["difference"], row["reason"])
                         for row in report["endpoints"])
        await asyncio.sleep(0.1)
    await running
    await load.stop()
    return found


# --- differences without a reason ------------------------------------------

# Classic BPF on the TCP header: drop all; drop segments with ACK and without SYN
ALL = ((0x06, 0, 0, 0),)
LAST_ACK = ((0x30, 0, 0, 13), (0x54, 0, 0, 0x12), (0x15, 0, 1, 0x10),
            (0x06, 0, 0, 0), (0x06, 0, 0, 0xffff))


def deafen(sock, program=ALL):
    """Drop what is delivered to the socket from now on.

    The filter of a socket runs after the input hooks, so tcpfsm assumes that the
    segment was delivered, but it never reaches TCP.
    """
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("=HBBI", *line) for line in program))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack(
        "=H6xQ", len(program), ctypes.addressof(code)))


def heal(host, sock):
    """Remove the filter: lost segments are retransmitted, and both agree again."""
    sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
    limit = time.monotonic() + 60
    while run_tool(host).returncode:
        check(time.monotonic() < limit, "they still differ")
        time.sleep(0.5)


def lost_fin(host):
    with pair(host) as (client, server):
        deafen(server)
        client.shutdown(socket.SHUT_WR)
        differ(host, "established", "close-wait", "another state")
        heal(host, server)


def lost_rst(host):
    with pair(host) as (client, server):
        deafen(server)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("=ii", 1, 0))
        client.close()
        differ(host, "established", "closed", "another state")


def lost_syn_ack(host):
    with listening(host), host.socket(socket.AF_INET) as sock:
        deafen(sock)
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", PORT))
        differ(host, "syn-sent", "established", "another state")
        heal(host, sock)


def lost_last_ack(host):
    with listening(host) as listener, host.socket(socket.AF_INET) as sock:
        deafen(listener, LAST_ACK)
        sock.connect(("127.0.0.1", PORT))
        differ(host, "syn-received", "established", "another state")
        heal(host, listener)


WRONG = {
    "a FIN that TCP never got": lost_fin,
    "a RST that TCP never got": lost_rst,
    "a SYN-ACK that TCP never got": lost_syn_ack,
    "a last ACK that TCP never got": lost_last_ack,
}


def on_one_host(function):
    host = alone()
    try:
        function(host)
    finally:
        host.delete()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=10000)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require(need_tool=True)
    each = args.n // len(STATES) // len(FAMILIES)
    tests = {"one of each state": (all_states, 1),
             f"{args.n} connections in all states": (all_states, each),
             "IPv4 or IPv6 only": (one_family, 0),
             "IPv4 over sockets of IPv6": (mapped, 0),
             "as text": (as_text, 0),
             "connections come and go": (busy, 0),
             "a bad line": (bad_line, 0)}
    chosen = [name for name in [*tests, *REASONS, *WRONG] if not args.words
              or any(word in name for word in args.words)]
    ktap = Ktap(len(chosen))
    for name in chosen:
        if name in tests:
            function, count = tests[name]
            ktap.run(name, function, ktap, count)
        else:
            ktap.run(name, on_one_host, {**REASONS, **WRONG}[name])
    ktap.leave()


if __name__ == "__main__":
    main()
