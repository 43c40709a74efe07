#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Time in state: histograms and connections must agree with the transitions.

stays.py [WORD]...: only the cases with a WORD in their name

Each transition is reported with its time. The time between two of them must be in the
histogram of the role and the state, to a microsecond, and nothing else may be.
"""

import collections
import random
import socket
import sys
import time

from netlib import guest
from netlib.fsm import View
from netlib.ktap import Failure, Ktap
from netlib.loop import Pairs
from netlib.netdev import Net
from netlib.netns import Namespace
from netlib.segment import SYN, Segment
from netlib.sockets import SECOND, now, travels
from netlib.stage import TWO_MSL

ROLES = ("client", "server")
# Relative precision of times in a history
PRECISION = 1 << 22
# In real time a segment over loopback takes time, and a duration in a histogram ends at
# one of the two moments; nanoseconds between them, at most
HALVES = 20_000_000


def check(condition, why):
    if not condition:
        raise Failure(why)


class Reference:
    """Durations by the notifications, in nanoseconds."""

    def __init__(self, view):
        self.view = view
        self.conns = {}      # {id: connection as it was reported last}
        self.moves = collections.defaultdict(list)
        self.stays = collections.defaultdict(list)

    def listen(self):
        for event in self.view.events():
            if event["event"] == "transition":
                self.moves[event["id"]].append(event)
            elif event["event"] in ("opened", "closed"):
                self.conns[event["id"]] = event

    def add_up(self):
        """{name of the histogram: [duration, ...]}"""
        self.listen()
        self.conns.update((conn["id"], conn) for conn in self.view.conns())
        for number, conn in self.conns.items():
            for role in ROLES:
                for state, duration, counts in self.of(conn, role):
                    if counts:
                        self.stays[f"{role}.{state}"].append(duration)
            self._ceremonies(conn, self.moves[number])
        return self.stays

    def of(self, conn, role):
        """The stays of an end: (state, duration, True if it is counted)."""
        since = conn["start"]
        # The first state of a mid-stream connection has no known beginning
        known = conn["opened"] != "midstream"
        for move in self.moves[conn["id"]]:
            if move["endpoint"] != role:
                continue
            counts = known and move["old"] != "closed"
            yield (move["old"], move["time"] - since,
                   counts and self._measured(conn, move))
            since, known = move["time"], True

    @staticmethod
    def _measured(conn, move):
        if move["cause"] in ("flush", "evict", "rollback"):
            return False
        if move["cause"] != "timeout":
            return True
        waits = [conn[key] for key in ("time_wait", "time_wait_other")
                 if conn.get(key, {}).get("endpoint") == move["endpoint"]]
        if move["old"] == "time-wait":
            return waits[0]["end"] in ("expired", "aborted")
        return move.get("confirmed", False)

    def _ceremonies(self, conn, moves):
        """Handshake and close, for connections without complications."""
        if conn["opened"] == "handshake":
            done = [move["time"] for move in moves if move["new"] ==
                    "established" and move["endpoint"] == "server"]
            self.stays["handshake"].append(done[0] - conn["start"])
        first = [move["time"] for move in moves
                 if move["new"] == "fin-wait-1"]
        over = {}
        for move in moves:
            if move["new"] in ("time-wait", "closed"):
                over.setdefault(move["endpoint"], move)
        if (first and len(over) == 2
                and conn["closed"] in ("fin", "simultaneous-fin")):
            self.stays["close"].append(
                max(move["time"] for move in over.values()) - first[0])


def differences(wanted, found, slack):
    """What is missing in the histograms, or too much."""
    wrong = []
    for name in sorted(set(wanted) | set(found)):
        times = [nanoseconds // 1000 for nanoseconds in wanted.get(name, ())]
        have = found.get(name, {"count": 0, "sum": 0, "maximum": 0,
                                "buckets": []})
        buckets = [0] * (max(times).bit_length() + 1 if times else 0)
        for each in times:
            buckets[each.bit_length()] += 1
        odd = slack if name in ("handshake", "close") else 0
        if have["count"] != len(times):
            wrong.append(f"{name}: {have['count']} of {len(times)}")
        elif abs(have["sum"] - sum(times)) > odd * len(times):
            wrong.append(f"{name}: sum {have['sum']}, not {sum(times)}")
        elif times and abs(have["maximum"] - max(times)) > odd:
            wrong.append(f"{name}: at most {have['maximum']}, "
                         f"not {max(times)}")
        elif not odd and have["buckets"] != buckets:
            wrong.append(f"{name}: {have['buckets']}, not {buckets}")
    return wrong


def compare(reference, least):
    """least: {name: how many durations there must be at least}"""
    time.sleep(1)
    wanted = reference.add_up()
    wrong = differences(wanted, reference.view.histograms(),
                        0 if travels() else HALVES // 1000)
    check(not wrong, "\n".join(wrong))
    of_time_waits(reference.view)
    for name, count in least.items():
        check(len(wanted[name]) >= count, f"only {len(wanted[name])} {name}")
    return wanted


def of_time_waits(view):
    """TIME-WAITs are also counted for both roles together."""
    both = [histogram for name, histogram in view.histograms().items()
            if name.endswith(".time-wait")]
    told = view.counters("TIMEWAIT_GET")
    check((told["duration.count"], told["duration.sum-us"],
           told["duration.max-us"])
          == (sum(one["count"] for one in both), sum(one["sum"] for one in both),
              max([one["maximum"] for one in both], default=0)),
          f"{told} of {both}")
    buckets = [value for name, value in told.items()
               if name.startswith("duration.us.")]
    check(sum(buckets) == told["duration.count"], f"{told}")


def play(pairs, dice, count, listen):
    """count connections, opened and closed in all ways at random times."""
    half_open = []
    for number in range(count):
        client, server = pairs.connect()
        time.sleep(dice.expovariate(200))
        if number % 7 == 0:
            pairs.refuse()
        if number % 3 == 0:
            client.send(b"x" * dice.randrange(1, 5000))
        half_open.append((dice.choice(("client", "server", "reset")),
                          client, server))
        if len(half_open) > 8:
            finish(pairs, *half_open.pop(dice.randrange(8)), dice)
        listen()
    for item in half_open:
        finish(pairs, *item, dice)
        listen()
    pairs.open = []


def finish(pairs, how, client, server, dice):
    first, second = (client, server) if how != "server" else (server, client)
    server.setblocking(False)
    try:
        server.recv(1 << 16)
    except BlockingIOError:
        pass
    if how == "reset":
        pairs.abort(first)
    else:
        first.shutdown(socket.SHUT_WR)
        time.sleep(dice.expovariate(100))
    second.close()
    first.close()


LEAST = {"handshake": 90, "close": 40, "client.syn-sent": 90,
         "server.syn-received": 90, "client.established": 90,
         "server.established": 90, "client.fin-wait-2": 5,
         "server.close-wait": 5, "server.last-ack": 5}


def loopback(family):
    host = Namespace("stays")
    host.ip("link set lo up")
    reference = Reference(View(host))
    pairs = Pairs(host, family)
    try:
        play(pairs, random.Random(family), 120, reference.listen)
        least = dict(LEAST)
        if travels():
            time.sleep(80)
            least["client.time-wait"] = least["server.time-wait"] = 10
        wanted = compare(reference, least)
        if travels():
            check(min(wanted["client.time-wait"]) >= TWO_MSL, "TIME-WAITs")
    finally:
        pairs.listener.close()
        reference.view.close()
        host.delete()


def router(family):
    """In a router both ends are remote, so only segments are known."""
    net = Net(routed=True, prefix="stays")
    net.netem("delay 3ms 2ms")
    reference = Reference(View(net.hosts["router"]))
    pairs = Pairs(net.hosts["server"], family)
    pairs.listener.close()
    try:
        pairs.listener = listener = net.hosts["server"].socket(family)
        listener.bind((net.address("server", family), 0))
        listener.listen(100)
        over = (net.address("server", family), listener.getsockname()[1])

        def connect():
            client = net.hosts["client"].socket(family)
            client.connect(over)
            return client, listener.accept()[0]
        pairs.connect = connect
        pairs.refuse = lambda: None
        play(pairs, random.Random(family), 120, reference.listen)
        least = dict(LEAST)
        if travels():
            time.sleep(80)
            least["client.time-wait"] = least["server.time-wait"] = 10
        compare(reference, least)
    finally:
        pairs.listener.close()
        reference.view.close()
        net.close()


def forgotten(family):
    """Stays that end because tcpfsm drops the flow are not counted."""
    host = Namespace("stays")
    host.ip("link set lo up")
    view = View(host)
    pairs = Pairs(host, family)
    try:
        pairs.connect(5)
        pairs.open[0][0].shutdown(socket.SHUT_WR)
        pairs.open[1][0].close()
        pairs.open[1][1].close()
        time.sleep(0.2)
        before = view.histograms()
        view.flush()
        check(view.histograms() == before, "flushed ones were counted")
        for client, _ in pairs.open[2:]:
            client.send(b"x")
        time.sleep(0.2)
        check(view.histograms() == before, "mid-stream ones were counted")
        view.flush()
        evicted(pairs, view)
        pairs.open = []
    finally:
        pairs.listener.close()
        view.close()
        host.delete()


def evicted(pairs, view):
    client, server = pairs.connect()
    client.close()
    server.close()
    time.sleep(0.2)
    before = view.histograms()["client.time-wait"]["count"] \
        if "client.time-wait" in view.histograms() else 0
    view.set("limit", 1)
    pairs.connect()
    check(view.counters()["removed.evicted-closed"] == 1, "not evicted")
    after = view.histograms().get("client.time-wait", {"count": 0})["count"]
    check(after == before, "evicted ones were counted")


def one_connection(family):
    """The stays of one connection, in the histograms and in its history."""
    net = Net(prefix="stays")
    references = [Reference(View(net.hosts[name]))
                  for name in ("client", "server")]
    dice = random.Random(family + 1)
    listener = net.hosts["server"].socket(family)
    client = net.hosts["client"].socket(family)

    def after_a_while():
        time.sleep(0.1 + dice.random())
        for reference in references:
            told(reference)
    try:
        listener.bind((net.address("server", family), 80))
        listener.listen(5)
        client.connect((net.address("server", family), 80))
        server = listener.accept()[0]
        after_a_while()
        after_a_while()
        client.shutdown(socket.SHUT_WR)
        after_a_while()
        server.close()
        after_a_while()
        for reference in references:
            reference.view.flush()
            reference.listen()
            check("time_in_state" in list(reference.conns.values())[-1][
                "client"], "no time_in_state in the notification")
    finally:
        client.close()
        listener.close()
        for reference in references:
            reference.view.close()
        net.close()


def told(reference):
    before = now()
    view = reference.view
    conn = view.conn(view.conns()[-1]["id"], segments=True)
    after = now()
    reference.listen()
    for role in ROLES:
        want = collections.Counter()
        at = conn["start"]
        for state, duration, _ in reference.of(conn, role):
            if state != "closed":
                want[state] += duration
            at += duration
        end = conn[role]
        found = dict(end["time_in_state"])
        if end["state"] != "closed":
            check(end["since"] == at - conn["start"],
                  f"{role} since {end['since']}, not {at - conn['start']}")
            present = found.pop(end["state"])
            check(before - at <= present <= after - at,
                  f"{role} for {present} in {end['state']}")
        slack = 2 * (at - conn["start"]) // PRECISION + 2
        check(all(abs(found.get(state, 0) - want[state]) <= slack
                  for state in set(found) | set(want)),
              f"{role}: {found}, not {dict(want)}, to {slack} ns")


def silent_flood(family):
    """A half-open flow that times out has no measured stay."""
    del family
    host = Namespace("stays")
    host.ip("link set lo up", "link add d0 type dummy", "link set d0 up",
            "addr add 10.9.0.1/24 dev d0")
    view = View(host)
    raw = host.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    try:
        view.set("timeout_half_open", 1)
        for port in range(20):
            raw.sendto(Segment("10.9.0.1", "10.9.0.2", 1000 + port, 80, seq=1,
                               flags=SYN).packet(), ("10.9.0.2", 0))
        time.sleep(3)
        check(view.counters()["removed.timeout"] == 20, "half-open flows that timed out")
        count = view.histograms().get("client.syn-sent", {"count": 0})["count"]
        check(count == 0, f"{count} were counted")
    finally:
        raw.close()
        view.close()
        host.delete()


TESTS = {"both ends here": loopback, "both ends elsewhere": router,
         "evicted, flushed, mid-stream": forgotten,
         "one connection": one_connection,
         "given up": silent_flood}


def main(words):
    guest.require()
    families = {"IPv4": socket.AF_INET, "IPv6": socket.AF_INET6}
    chosen = [(f"{name}, {family}", function, families[family])
              for name, function in TESTS.items() for family in families
              if not words or any(word in f"{name}, {family}" for word in words)]
    ktap = Ktap(len(chosen))
    began = now()
    for name, function, family in chosen:
        ktap.run(name, function, family)
    ktap.note(f"{(now() - began) / SECOND:.0f} s of the guest's time")
    ktap.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
