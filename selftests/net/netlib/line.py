# SPDX-License-Identifier: GPL-2.0
"""Runs several loads between two hosts, and attributes violations to loads."""

import asyncio
import collections
import contextlib
import random
import socket

from . import guest
from .diag import Diag
from .fsm import View

FAMILIES = (socket.AF_INET, socket.AF_INET6)
ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}
FIRST_PORT = 7000
ENDED = {"time-wait", "fin-wait-2", "closed"}


class Watch:
    """Collects the violations in the view of one host."""

    def __init__(self, name, host):
        self.name = name
        self.view = None if guest.dry() else View(host, ("anomalies",
                                                         "lifecycle"))
        self.notes = collections.Counter()
        self.violations = []
        self.closed = {}

    def close(self):
        if self.view:
            self.view.close()

    def look(self):
        for event in self.view.events() if self.view else ():
            if event["event"] == "closed":
                self.closed[event["id"]] = event
            elif event["event"] == "anomaly":
                self.notes[event["name"]] += 1
                if event["kind"] == "violation":
                    self.violations.append(event)

    def story(self, event):
        """A violation as text, with the history of its connection."""
        conn = self.closed.get(event["id"])
        if not conn:
            with contextlib.suppress(OSError):
                conn = self.view.conn(event["id"], segments=True)
        pair = " ".join(f"{event[role]['address']}:{event[role]['port']}"
                        for role in ("client", "server"))
        lines = [f"{self.name}: {event['name']} of the {event['endpoint']}, "
                 f"{pair}, seq {event.get('seq')} ack {event.get('ack')} "
                 f"expected {event.get('expected')}"]
        for key in ("client", "server"):
            lines.append(f"  {key}: {(conn or {}).get(key)}")
        lines += [f"  {segment}" for segment in (conn or {}).get("segments",
                                                                ())]
        return "\n".join(lines)


class Line:
    """A net with several loads, each with its own ports."""

    # Seconds for the last connections to end
    settle = 15

    def __init__(self, net, ends, loads, watched=None):
        """ends: names of client and server; loads: {name: function}.

        The function makes a Load, given the two hosts and a seed. watched: names of
        the hosts whose violations count; all by default.
        """
        self.net = net
        self.ends = ends
        hosts = [net.hosts[name] for name in ends]
        self.loads = {name: make(hosts, seed)
                      for seed, (name, make) in enumerate(loads.items())}
        self.watches = [Watch(name, host) for name, host in net.hosts.items()
                        if watched is None or name in watched]
        self.diags = [Diag(host) for host in hosts]
        self.random = random.Random(len(loads))
        self.port = {name: FIRST_PORT + 2 * number
                     for number, name in enumerate(self.loads)}

    def close(self):
        for item in self.watches + self.diags:
            item.close()

    async def run(self, count, gate, disturb=None):
        """Run count connections of each load; gate is the limit of all together.

        disturb(random) is called at random moments.
        """
        self.listen()
        watcher = asyncio.create_task(self._watch(disturb))
        await asyncio.gather(*(self._play(name, count, gate)
                               for name in self.loads))
        await self._settle()
        await asyncio.gather(*(load.stop() for load in self.loads.values()))
        watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watcher

    def listen(self):
        for name, load in self.loads.items():
            load.near = {family: self.net.address(self.ends[0], family)
                         for family in FAMILIES}
            for number, family in enumerate(FAMILIES):
                load.listen(family, ANY[family], self.port[name] + number)

    async def _play(self, name, count, gate):
        load = self.loads[name]
        styles = load.names + load.refuse
        own_gate = asyncio.Semaphore(load.at_once or count)

        async def one(number):
            which = number % len(FAMILIES)
            async with own_gate, gate:
                await load.connect(
                    FAMILIES[which],
                    self.net.address(self.ends[1], FAMILIES[which]),
                    self.port[name] + which,
                    styles[number // len(FAMILIES) % len(styles)])
        await asyncio.gather(*(one(number) for number in range(count)))

    async def _watch(self, disturb):
        while True:
            await asyncio.sleep(0.02 + self.random.random() * 0.2)
            if disturb:
                disturb(self.random)
            for watch in self.watches:
                watch.look()

    async def _settle(self):
        loop = asyncio.get_running_loop()
        limit = loop.time() + self.settle
        while loop.time() < limit and not all(
                set(diag.states().values()) <= ENDED for diag in self.diags):
            await asyncio.sleep(0.2)

    # --- the verdict -----------------------------------------------------

    def look(self):
        """Read the last notifications; call it before any of the functions below."""
        for watch in self.watches:
            watch.look()

    def blame(self, event):
        """The name of the load that a violation belongs to."""
        ports = {event[role]["port"] for role in ("client", "server")}
        for name, port in self.port.items():
            if ports & {port, port + 1}:
                return name
        return None

    def faults(self, name):
        """The violations of a load; name None: those that belong to no load."""
        return [watch.story(event) for watch in self.watches
                for event in watch.violations if self.blame(event) == name]

    def broken(self):
        """The connections that did not do what their style says."""
        return [f"{name}: {why}" for name, load in self.loads.items()
                for why in load.broken]

    def totals(self):
        """The violations by the counters of the module, in every view."""
        return [f"{watch.name}: {found}" for watch in self.watches
                if watch.view and (found := watch.view.violations())]
