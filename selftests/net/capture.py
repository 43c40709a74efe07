#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The module in a router must agree with `tcpfsm replay` of a capture made there.

capture.py [-n CONNECTIONS] [WORD]...: only the tests with a WORD in their name

Each connection, its notifications in their order, its history and all counters must
be equal; only times may differ.
"""

import argparse
import asyncio
import contextlib
import functools
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time

from netlib import guest, styles
from netlib.capture import SECOND, Capture
from netlib.fsm import View
from netlib.ktap import Failure, Ktap
from netlib.line import Line
from netlib.load import Load
from netlib.meddler import Meddler
from netlib.netdev import Net
from netlib.pcap import Pcap
from netlib.situations import (Crossing, FastOpen, FastOpenNoCookie, GiveUp,
                               GiveUpReuse, Greeting, Narrow, Reuse)

HISTORY = 64
AT_ONCE = 60
# Connections may fail here: the result is not checked
PATIENCE, SETTLE = 5, 3
BAD = "delay 3ms 2ms loss 4% duplicate 4% reorder 25%"
RECORD = struct.Struct("=IIII")
# Long timeouts, so that none expires in only one of both. Other tests check timeouts.
# The replay gets a faster clock, see FASTER.
TIMEOUTS = ("half_open", "closing", "closed")
FOREVER = 3600
# Client ports that are used again. After a lost RST that is reported as syn-in-sync,
# see fits() in genuine.py.
AGAIN = range(Reuse.first_port, GiveUpReuse.first_port + 1000)
FASTER = 20
SYSCTLS = {
    "net.ipv4.tcp_fastopen": 3,
    "net.ipv4.tcp_fastopen_blackhole_timeout_sec": 0,
    "net.ipv4.tcp_tw_reuse": 1,
}


def some(names, **options):
    chosen = {name: styles.STYLES[name] for name in names}
    return lambda hosts, seed: Load(hosts, seed, styles=chosen, refuse=False,
                                    **options)


LOADS = {
    "closing": Load,
    "crossing": some(("crossing FINs", "crossing FINs and data",
                      "crossing FIN and RST", "crossing RSTs", "urgent")),
    "aborts": some(("flood, then abort", "abort of the deaf",
                    "close of the deaf")),
    "fast open": lambda hosts, seed: FastOpen(hosts, seed, refuse=False),
    "fast open without cookie":
        lambda hosts, seed: FastOpenNoCookie(hosts, seed, refuse=False),
    "the server speaks first": Greeting,
    "ports again": Reuse,
    "tiny windows": Narrow,
    "giving up": GiveUp,
    "giving up, ports again": GiveUpReuse,
    "simultaneous open": Crossing,
}


class Router:
    """A router with a view of its own, and a capture."""

    def __init__(self, netem, offload, cookies):
        self.net = Net(routed=True, prefix="capture")
        for host in self.net.hosts.values():
            for name, value in SYSCTLS.items():
                host.sysctl(name, value)
        self.ns = self.net.hosts["router"]
        for which in ("all", "eth1", "eth2"):
            self.ns.sysctl(f"net.ipv4.conf.{which}.rp_filter", 0)
        self.net.offload(offload)
        if netem:
            self.net.netem(netem)
            self.net.netem(netem, ("router",))
        if cookies:
            self.net.hosts["server"].sysctl("net.ipv4.tcp_syncookies", 2)
        self.view = View(self.ns)
        self.view.set("history", HISTORY)
        for timeout in TIMEOUTS:
            self.view.set("timeout_" + timeout, FOREVER)
        self.events = []

    def close(self):
        self.view.close()
        self.net.close()

    async def run(self, count, capture, meddle):
        """Run traffic, and wait until all is quiet."""
        line = Line(self.net, ("client", "server"), LOADS, watched=())
        gate = asyncio.Semaphore(AT_ONCE)
        line.settle = SETTLE
        helpers = [self.listen(capture)]
        meddler = Meddler(self.net, capture) if meddle else None
        if meddler:
            helpers.append(meddler.run(meddle))
        for load in line.loads.values():
            load.patience = PATIENCE
        helpers = [asyncio.ensure_future(helper) for helper in helpers]
        await line.run(max(1, count // len(LOADS)), gate)
        self.ns.ip("link set eth1 down", "link set eth2 down")
        for helper in helpers:
            helper.cancel()
        for helper in helpers:
            with contextlib.suppress(asyncio.CancelledError):
                await helper
        line.close()
        if meddler:
            meddler.close()
        return meddler.sent if meddler else 0

    async def listen(self, capture):
        """Read notifications and packets, so that no queue overflows."""
        while True:
            capture.read()
            self.events += self.view.events()
            await asyncio.sleep(0.02)

    def tell(self):
        """The notifications, connections and counters of the module."""
        self.events += self.view.events()
        counters = self.view.counters()
        counters.update((f"anomalies.{name}", value) for name, value in
                        self.view.counters("ANOMALIES_GET").items())
        counters.update((f"durations.{name}.count", found["count"])
                        for name, found in self.view.histograms().items())
        return (self.events, self.view.conns(segments=True), counters)


class Packets(Capture):
    """A capture by this program."""

    def __init__(self, namespace, path):
        super().__init__(namespace)
        self.path = path

    def finish(self):
        """Write the file; returns how many packets were lost."""
        self.read()
        pcap = Pcap(self.path)
        for pcap.now, data, length in self.packets:
            pcap.add(data, length)
        pcap.close()
        return self.lost()


class Tcpdump:
    """A capture by tcpdump."""

    packets = ()

    def __init__(self, namespace, path):
        self.path = path
        with namespace.inside():
            self.process = subprocess.Popen(
                ["tcpdump", "-i", "any", "-Q", "in", "-n", "-s", "200", "-U",
                 "--immediate-mode", "-B", "65536",
                 "--time-stamp-precision=nano", "-w", path],
                stderr=subprocess.PIPE, text=True)
        line = "?"
        while "listening on" not in line:
            line = self.process.stderr.readline()
            if not line:
                raise Failure("tcpdump does not listen")

    def read(self):
        pass

    def finish(self):
        # tcpdump does not write what it has not read when it is told to end
        size = -1
        while size < (size := os.path.getsize(self.path)):
            time.sleep(0.5)
        self.process.send_signal(signal.SIGINT)
        said = self.process.communicate()[1]
        return 0 if "\n0 packets dropped by kernel" in said else said

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


# --- the comparison ---------------------------------------------------------

TIMES = ("time", "start", "duration", "entered", "restarted", "ended", "gap",
         "since")


def plain(found, ids):
    """Remove times; replace ids by their order."""
    if isinstance(found, list):
        return [plain(each, ids) for each in found]
    if not isinstance(found, dict):
        return found
    text = {}
    for key, value in found.items():
        if key == "id":
            text[key] = ids.setdefault(value, len(ids))
        elif key in ("rtt", "time_in_state"):
            text[key] = sorted(value)
        elif key not in TIMES and key != "pad" and value is not False:
            text[key] = plain(value, ids)
    return text


def ends(found):
    return tuple(sorted((found[role]["address"], found[role]["port"])
                        for role in ("client", "server")))


def by_ends(events, conns):
    """{ends: (notifications, connections)} in their order, made plain()."""
    sorted_out = {}
    for place, rows in enumerate((events, sorted(conns,
                                                 key=lambda c: c["id"]))):
        for row in rows:
            sorted_out.setdefault(ends(row), ([], []))[place].append(row)
    found = {}
    for key, pair in sorted_out.items():
        ids = {}
        found[key] = tuple(plain(rows, ids) for rows in pair)
    return found


def flat(tree, prefix=""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def first_difference(one, other):
    for number in range(max(len(one), len(other))):
        ours = one[number] if number < len(one) else None
        theirs = other[number] if number < len(other) else None
        if ours != theirs:
            return (f"  number {number} of {len(one)}, {len(other)}\n"
                    f"  module {ours}\n  replay {theirs}")
    return ""


def compare(module, replay):
    """The differences, as lines."""
    wrong = []
    for key in sorted(set(module) | set(replay)):
        ours, theirs = module.get(key), replay.get(key)
        if not ours or not theirs:
            wrong.append(f"{key}: only in the "
                         f"{'module' if ours else 'replay'}")
            continue
        # The replay also has the connections that have ended
        ended = len(theirs[1]) - len(ours[1])
        pairs = ("event", ours[0], theirs[0]), (
            "connection", ours[1], theirs[1][ended:])
        for what, one, other in pairs:
            if one != other:
                wrong.append(f"{key}: {what}\n"
                             + first_difference(one, other))
    return wrong


def violations(events):
    """The violations among the notifications; genuine traffic must have none."""
    return [f"{event['name']}: {event['client']} {event['server']}"
            for event in events if event.get("kind") == "violation"
            and not (event["name"] == "syn-in-sync"
                     and event["client"]["port"] in AGAIN)]


# Counters that a capture does not have, or that are about the table
NOT_COMPARED = ("connections.limit", "capture.", "removed.", "timewait.")


def compare_counters(ours, theirs):
    names = {name for name in set(ours) | set(theirs)
             if not name.startswith(NOT_COMPARED)
             and not (name.startswith("durations.")
                      and name.endswith((".sum", ".max", ".buckets")))}
    return [f"{name}: module {ours.get(name)}, replay {theirs.get(name)}"
            for name in sorted(names) if ours.get(name) != theirs.get(name)]


def speed_up(path):
    """Divide the times of a capture by FASTER."""
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        at, began = 24, None
        while at < len(data):
            second, rest, size, _ = RECORD.unpack_from(data, at)
            began = began or second * SECOND
            when = began + (second * SECOND + rest - began) // FASTER
            struct.pack_into("=II", data, at, when // SECOND, when % SECOND)
            at += RECORD.size + size
        file.seek(0)
        file.write(data)


def replay(path):
    def run(*words):
        return subprocess.run(
            [guest.tool(), "-j", "-s", "replay", "--history", str(HISTORY),
             *words, path], check=True, text=True,
            stdout=subprocess.PIPE).stdout
    events = [json.loads(line) for line in run("--events").splitlines()]
    return events, json.loads(run()), dict(flat(json.loads(run("--stats"))))


# --- the tests --------------------------------------------------------------

def same(ktap, count, netem="", offload=False, cookies=False, meddle=0,
         make=Packets):
    router = Router(netem, offload, cookies)
    folder = tempfile.mkdtemp()
    capture = None
    try:
        path = os.path.join(folder, "capture.pcap")
        capture = make(router.ns, path)
        meddled = asyncio.run(router.run(count, capture, meddle))
        time.sleep(0.1)
        events, conns, counters = router.tell()
        lost = capture.finish()
        if lost:
            raise Failure(f"the capture lost packets: {lost}")
        speed_up(path)
        told = replay(path)
    finally:
        if capture:
            capture.close()
        router.close()
        shutil.rmtree(folder)
    module = by_ends(events, conns)
    wrong = compare(module, by_ends(*told[:2]))
    wrong += compare_counters(counters, told[2])
    anomalies = {name[10:]: value for name, value in counters.items()
                 if name.startswith("anomalies.") and value}
    ktap.note(f"{len(module)} tuples, {len(events)} events, "
              f"{counters['packets.seen']} segments, {meddled} meddled, "
              f"{anomalies}")
    if not conns or len(module) < count / 3:
        raise Failure("there was hardly anything to compare")
    if not meddle:
        wrong += violations(told[0])
    if wrong:
        raise Failure("\n".join([f"{len(wrong)} findings"] + wrong[:8]))


TESTS = {
    "good line, offloads": {"netem": "delay 1ms", "offload": True},
    "bad line": {"netem": BAD},
    "bad line, offloads, SYN cookies": {"netem": BAD, "offload": True,
                                        "cookies": True},
    "somebody meddles": {"netem": "delay 2ms", "meddle": 0.02},
    "captured by tcpdump": {"netem": "delay 1ms loss 1%", "offload": True,
                            "make": Tcpdump},
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=160)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require(need_tool=True)
    chosen = {name: options for name, options in TESTS.items()
              if not args.words or any(word in name for word in args.words)}
    ktap = Ktap(len(chosen))
    for name, options in chosen.items():
        if options.get("make") is Tcpdump and not shutil.which("tcpdump"):
            ktap.skip(name, "tcpdump")
            continue
        ktap.run(name, functools.partial(same, ktap, args.n, **options))
    ktap.leave()


if __name__ == "__main__":
    main()
