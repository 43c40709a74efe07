#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Limits, eviction, timeouts, filters, and their settings."""

import errno
import json
import os
import re
import socket
import time

from netlib import guest
from netlib.fsm import ToolView, View
from netlib.host import Host, check, equal, wait
from netlib.ktap import Failure, Ktap
from netlib.netns import Namespace, quick_ipv6
from netlib.segment import ACK, Segment

BRIEF = ("id", "family", "start", "opened", "closed", "client", "server")
BRIEF_END = ("address", "port", "state", "confirmed", "local")
LIMIT = 200
LIVE = 50
FLOOD = 2000


def sums_hold(stats):
    equal(stats["connections.tracked"] + stats["connections.refused"],
          stats["connections.seen"], "tracked + refused")
    removed = sum(value for name, value in stats.items()
                  if name.startswith("removed."))
    equal(stats["connections.now"] + removed, stats["connections.tracked"],
          "now + removed")


def flooded(host):
    """At the limit half-open connections are evicted first, live ones never."""
    host.view.set("limit", LIMIT)
    pairs = host.live(LIVE)
    kept = {conn["id"] for conn in host.view.conns()}
    for part in range(0, FLOOD, 100):
        host.flood(100, part)
        check(host.stats()["connections.now"] <= LIMIT, "beyond the limit")
    stats = host.stats()
    equal(stats["connections.now"], LIMIT, "connections")
    equal(stats["removed.evicted-half-open"], FLOOD - (LIMIT - LIVE),
          "evicted")
    sums_hold(stats)
    conns = host.view.conns()
    equal(kept - {conn["id"] for conn in conns}, set(), "live ones evicted")
    youngest = max(conn["id"] for conn in conns)
    check(all(conn["id"] in kept or conn["id"] > youngest - (LIMIT - LIVE)
              for conn in conns), "not the oldest ones were evicted")
    for client, server in pairs.open:
        client.send(b"x")
        equal(server.recv(1), b"x", "data of a live connection")
    pairs.close()


def closed_go_next(host):
    """If none is half-open, closed ones and those in TIME-WAIT are evicted."""
    host.view.flush()
    host.view.set("limit", LIMIT)
    first = host.live(LIMIT // 2)
    first.close_all()
    before = host.stats()["removed.evicted-closed"]
    second = host.live(LIMIT)
    stats = host.stats()
    equal(stats["connections.now"], LIMIT, "connections")
    equal(stats["removed.evicted-closed"] - before, LIMIT // 2, "evicted")
    equal(stats["client.established"], LIMIT, "established")
    # Now all are live: the next one is not tracked, but works
    refused = stats["refused.limit"]
    client, server = second.connect()
    client.send(b"x")
    equal(server.recv(1), b"x", "data of an untracked connection")
    stats = host.stats()
    equal(stats["connections.now"], LIMIT, "connections")
    check(stats["refused.limit"] > refused, "nothing was refused")
    equal(stats["client.established"], LIMIT, "established")
    sums_hold(stats)
    first.close()
    second.close()


def expires(host):
    """Half-open and closed connections are removed after their timeout."""
    host.view.flush()
    host.view.set("timeout_half_open", 1)
    host.view.set("timeout_closed", 1)
    host.view.events()
    host.flood(20, 50000)
    pairs = host.live(1)
    pairs.refuse()
    pairs.abort(pairs.open[0][0])
    wait(lambda: host.stats()["connections.now"] == 0, "connections are left")
    stats = host.stats()
    sums_hold(stats)
    ended = [event for event in host.view.events()
             if event["event"] == "closed"]
    words = sorted(event["closed"] for event in ended)
    equal(words.count("timeout"), 20, "half-open ones")
    equal(words.count("refused"), 1, "refused ones")
    equal(words.count("reset"), 1, "reset ones")
    pairs.open = []
    pairs.close()


def changed_timeout(host):
    """A changed timeout also holds for present connections."""
    host.view.flush()
    host.view.set("timeout_closed", 600)
    pairs = host.live(1)
    pairs.refuse()
    pairs.abort(pairs.open[0][0])
    time.sleep(2)
    equal(host.stats()["connections.now"], 2, "closed ones")
    host.view.set("timeout_closed", 1)
    wait(lambda: host.stats()["connections.now"] == 0, "connections are left")
    pairs.open = []
    pairs.close()


def live_stay(host):
    """An established connection has a timeout of its own."""
    host.view.flush()
    pairs = host.live(3)
    time.sleep(3)
    equal(host.stats()["client.established"], 3, "established")
    pairs.close()


def disabled(host):
    """enabled=0 removes all and tracks nothing; enabled=1 picks up."""
    pairs = host.live(5)
    host.ns.sysctl("net.tcpfsm.enabled", 0)
    seen = host.stats()["packets.seen"]
    equal(host.view.conns(), [], "connections")
    for client, server in pairs.open:
        client.send(b"x")
        server.recv(1)
    equal(host.stats()["packets.seen"], seen, "packets seen")
    host.ns.sysctl("net.tcpfsm.enabled", 1)
    for client, server in pairs.open:
        server.send(b"y")
        client.recv(1)
    conns = host.view.conns()
    equal([conn["opened"] for conn in conns], ["midstream"] * 5, "opened")
    pairs.close()


def bad_values(host):
    for name, value in (("limit", 0), ("limit", 1 << 31), ("enabled", 2),
                        ("timeout_closed", 0), ("checksum", "x"),
                        ("limit", -1)):
        try:
            host.ns.sysctl("net.tcpfsm." + name, value)
        except OSError as error:
            equal(error.errno, errno.EINVAL, f"{name} = {value}")
        else:
            raise Failure(f"{name} = {value} was accepted")
    for name, value, want in (("limit", 0, errno.ERANGE),
                              ("nonsense", 1, errno.ENOENT)):
        try:
            host.view.set(name, value)
        except OSError as error:
            equal(error.errno, want, f"{name} = {value}")
        else:
            raise Failure(f"{name} = {value} was accepted")
    host.view.set("limit", 12345)
    with host.ns.inside():
        with open("/proc/sys/net/tcpfsm/limit", encoding="ascii") as knob:
            equal(knob.read(), "12345\n", "limit")


def namespaces_differ(host):
    other = Namespace("policy-2")
    quick_ipv6(other)
    view = View(other)
    host.view.set("limit", 77)
    check(view.counters()["connections.limit"] != 77,
          "a setting went to another namespace")
    view.close()
    other.delete()


def filtered(host):
    """Each filter of the tool shows exactly the connections that match."""
    host.view.flush()
    host.view.set("limit", 1000)
    pairs = host.live(10)
    pairs.open[0][0].shutdown(socket.SHUT_WR)
    host.flood(5, 100)
    wait(lambda: host.stats()["client.fin-wait-2"], "the FIN has no ACK")
    tool = ToolView(host.ns)
    try:
        find_and_flush(host, pairs, tool)
    finally:
        tool.close()
    pairs.close()


def find_and_flush(host, pairs, tool):
    every = tool.conns()
    port = pairs.open[3][0].getsockname()[1]
    address = host.end.address
    cases = {
        "state established": lambda c: "established" in states(c),
        "client fin-wait-2": lambda c: states(c)[0] == "fin-wait-2",
        "server syn-received": lambda c: states(c)[1] == "syn-received",
        f"sport {port}": lambda c: c["client"]["port"] == port,
        f"port {port}": lambda c: port in (c["client"]["port"],
                                           c["server"]["port"]),
        "dport 80": lambda c: c["server"]["port"] == 80,
        f"dst {address}": lambda c: c["server"]["address"] == address,
        f"addr {address}/32 and dport 80": lambda c:
            c["server"]["address"] == address,
        f"id {every[2]['id']}": lambda c: c["id"] == every[2]["id"],
    }
    for words, wanted in cases.items():
        if "/32" in words and host.family != socket.AF_INET:
            continue
        found = run_json(tool, "show", *words.split())
        ids = [conn["id"] for conn in every if wanted(conn)]
        equal([conn["id"] for conn in found], ids, words)
        check(ids, f"{words}: nothing to find")
    flushed = run_json(tool, "flush", "server", "syn-received")
    equal(flushed, {"flushed": 5}, "flush")
    equal(len(tool.conns()), len(every) - 5, "connections left")


def in_brief(host):
    """A brief list has ids, addresses and states only, the same as the whole list."""
    host.view.flush()
    pairs = host.live(3)
    pairs.abort(pairs.open.pop(0)[0])
    pairs.open[0][0].shutdown(socket.SHUT_WR)
    host.flood(2, 60000)
    wait(lambda: host.stats()["client.fin-wait-2"], "the FIN has no ACK")
    every, rows = host.view.conns(), host.view.conns(brief=True)
    for conn in every:
        for end in "client", "server":
            conn[end] = {key: conn[end][key] for key in BRIEF_END
                         if key in conn[end]}
    equal(rows, [{key: conn[key] for key in BRIEF if key in conn}
                 for conn in every], "rows")
    equal(len({states(row) for row in rows}), 4, "pairs of states")
    pairs.close()


def by_id(host):
    """A connection is found by id; after it is removed that is an error."""
    host.view.flush()
    pairs = host.live(2)
    conns = host.view.conns()
    for conn in conns:
        equal(host.view.conn(conn["id"]), conn, "connection by id")
    number = conns[0]["id"]
    host.view.flush()
    try:
        found = host.view.conn(number)
    except OSError as error:
        equal(error.errno, errno.ENOENT, "errno")
    else:
        raise Failure(f"found {found}")
    pairs.close()


def dump_disturbed(host):
    """A dump during changes has each remaining connection once, and is marked."""
    host.view.set("limit", 5000)
    host.view.flush()
    pairs = host.live(400)
    stable = sorted(conn["id"] for conn in host.view.conns()[:-40])
    quiet, changed = host.view.conns_while(lambda: None)
    equal(changed, False, "told of a change when there was none")
    equal(len(quiet), 400, "connections")

    def disturb():
        pairs.connect(20)
        for client, _ in pairs.open[360:400]:
            pairs.abort(client)
    found, changed = host.view.conns_while(disturb)
    ids = [conn["id"] for conn in found]
    equal(sorted(set(stable) & set(ids)), stable, "stable connections")
    equal(len(ids), len(set(ids)), "connections found twice")
    equal(ids, sorted(ids), "order")
    equal(changed, True, "told of a change")
    pairs.open = pairs.open[:360] + pairs.open[400:]
    pairs.close()


def traced(host):
    """The tracepoint has what the notifications have, in the same order."""
    instance = "/sys/kernel/tracing/instances/tcpfsm"
    os.makedirs(instance, exist_ok=True)
    try:
        with open(instance + "/events/tcpfsm/tcpfsm_transition/enable", "w",
                  encoding="ascii") as knob:
            knob.write("1")
        host.view.events()
        pairs = host.live(5)
        pairs.close_all()
        pairs.close()
        events = [event for event in host.view.events()
                  if event["event"] == "transition"]
        told = [tuple(str(event[key]) for key in ("id", "endpoint", "old",
                                                  "new", "cause"))
                for event in events]
        ports = {str(event["client"]["port"]) for event in events}
        with open(instance + "/trace", encoding="ascii") as trace:
            # Other namespaces are traced, too: left over from the tests before
            found = [fields for port, *fields in re.findall(
                r"tcpfsm_transition: (?=.*client=\S+:(\d+) )id=(\d+) "
                r".*endpoint=(\S+) old=(\S+) new=(\S+) cause=(\S+) ",
                trace.read()) if port in ports]
    finally:
        os.rmdir(instance)
    check(len(told) >= 50, f"only {len(told)} transitions were traced")
    equal([tuple(fields) for fields in found], told, "traced")


def run_json(tool, *command):
    return json.loads(tool.run(*command))


def states(conn):
    return conn["client"]["state"], conn["server"]["state"]


def scanned(host):
    """Flows of an ACK flood are evicted first."""
    host.view.flush()
    host.view.set("limit", LIMIT)
    pairs = host.live(LIVE)
    kept = {conn["id"] for conn in host.view.conns()}
    for number in range(FLOOD // 2):
        host.end.receive(Segment(
            host.wire.ends["A"].address, host.end.address, 2000 + number, 81,
            seq=number, ack=1, flags=ACK).packet())
        host.wire.pump()
    left = {conn["id"] for conn in host.view.conns()}
    equal(kept - left, set(), "live ones evicted")
    pairs.close()


TESTS = {
    "a flood of SYNs evicts no live connection": flooded,
    "a flood of ACKs evicts no live connection": scanned,
    "what is closed goes next, then nothing": closed_go_next,
    "half-open and closed ones expire": expires,
    "a changed timeout holds at once": changed_timeout,
    "live ones do not": live_stay,
    "enabled": disabled,
    "bad values are refused": bad_values,
    "settings belong to a namespace": namespaces_differ,
    "filters": filtered,
    "a brief list": in_brief,
    "one connection by its id": by_id,
    "the tracepoint": traced,
    "a dump while connections come and go": dump_disturbed,
}


def main():
    guest.require(need_tool=True)
    families = {"IPv4": socket.AF_INET, "IPv6": socket.AF_INET6}
    ktap = Ktap(len(TESTS) * len(families))
    for word, family in families.items():
        for name, function in TESTS.items():
            host = Host(family)
            ktap.run(f"{name}, {word}", function, host)
            host.close()
    ktap.leave()


if __name__ == "__main__":
    main()
