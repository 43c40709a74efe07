#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Loading and unloading, namespaces, notifications, and permissions.

lifecycle.py [-c CYCLES] [-n NAMESPACES] [WORD]...
"""

import argparse
import errno
import os
import socket
import subprocess
import time

from netlib import child, guest
from netlib.fsm import View
from netlib.ktap import Failure, Ktap
from netlib.loop import Pairs
from netlib.netns import Namespace, quick_ipv6

PROC = "/proc/thread-self/net/tcpfsm"
SYSCTL = "/proc/sys/net/tcpfsm"
# Seconds that unloading may take under load; checked in stock kernels
UNLOAD = 30


def check(condition, why):
    if not condition:
        raise Failure(why)


def host(name):
    found = Namespace(name)
    quick_ipv6(found)
    found.ip("link set lo up")
    return found


def nothing_left():
    left = [path for path in (PROC, SYSCTL, "/sys/module/tcpfsm")
            if os.path.exists(path)]
    with open("/proc/slabinfo", encoding="ascii") as slabs:
        left += [line.split()[0] for line in slabs if "tcpfsm" in line]
    check(not left, f"after rmmod there are still {left}")


def rmmod():
    """rmmod, repeated while the module is in use (EBUSY)."""
    limit = time.monotonic() + UNLOAD
    while True:
        done = subprocess.run(["rmmod", "tcpfsm"], text=True, check=False,
                              stderr=subprocess.PIPE)
        if not done.returncode:
            return
        check("in use" in done.stderr, done.stderr)
        check(time.monotonic() < limit, f"in use for {UNLOAD} s")
        time.sleep(0.05)


def load_and_unload(_args):
    rmmod()
    nothing_left()
    guest.insmod()
    check(os.path.isdir(PROC) and os.path.isdir(SYSCTL), "no files")
    before = host("life-1")
    rmmod()
    nothing_left()
    with before.inside():
        check(not os.path.exists(PROC), "files left in another namespace")
    guest.insmod()
    with before.inside():
        check(os.path.isdir(PROC), "no files in a namespace that was there")
    after = host("life-2")
    with after.inside():
        check(os.path.isdir(PROC), "no files in a new namespace")
    for namespace in (before, after):
        namespace.delete()


def picked_up(_args):
    """Connections from before the module was loaded are picked up."""
    ns = host("life-early")
    rmmod()
    pairs = Pairs(ns)
    client, server = pairs.connect()
    guest.insmod()
    view = View(ns)
    check(view.conns() == [], "a connection before the first segment")
    client.send(b"x")
    server.recv(1)
    found = [conn for conn in view.conns()
             if client.getsockname()[1] in (conn["client"]["port"],
                                            conn["server"]["port"])]
    check(len(found) == 1 and found[0]["opened"] == "midstream",
          f"found {found}")
    view.close()
    pairs.close()
    ns.delete()


class Trouble:
    """Traffic, dumps, monitors, flushes and open files in the background."""

    def __init__(self, ns):
        self.ns = ns
        self.loops = [child.Loop(work) for work in
                      (self.traffic, self.dumps, self.files, self.flushes)]
        with ns.inside():
            # Opened before the module is unloaded, and read after
            self.held = open(PROC + "/connections", encoding="ascii")
        self.held.read(10)

    def stop(self):
        for loop in self.loops:
            loop.stop()
        try:
            self.held.read()
        except OSError:
            pass
        self.held.close()

    def traffic(self):
        for family in (socket.AF_INET, socket.AF_INET6):
            pairs = Pairs(self.ns, family)
            pairs.connect(20)
            for client, _ in pairs.open:
                client.send(b"x")
            pairs.close_all(abort=family == socket.AF_INET6)
            pairs.refuse()
            pairs.close()

    def dumps(self):
        view = View(self.ns)
        try:
            for _ in range(20):
                view.conns()
                view.counters()
                view.events()
        finally:
            view.close()

    def flushes(self):
        view = View(self.ns)
        try:
            view.flush()
        finally:
            view.close()
        time.sleep(0.01)

    def files(self):
        for name in ("stats", "timewait", "anomalies", "connections"):
            self.ns.read("tcpfsm/" + name)


def unload_under_load(args):
    ns = host("life-busy")
    for _ in range(args.cycles):
        trouble = Trouble(ns)
        try:
            time.sleep(0.1)
            rmmod()
            nothing_left()
        finally:
            trouble.stop()
            guest.insmod()
    ns.delete()


def churn(args):
    """Namespaces with connections and monitors are created and deleted."""
    watcher = host("churn-watch")
    loop = child.Loop(lambda: watcher.read("tcpfsm/connections"))
    try:
        for number in range(args.namespaces):
            ns = host(f"churn-{number % 4}")
            pairs = Pairs(ns, (socket.AF_INET, socket.AF_INET6)[number % 2])
            client, _ = pairs.connect(5)
            view = View(ns)
            check(len(view.conns()) == 5, f"{len(view.conns())} connections")
            client.close()
            ns.delete()          # its sockets still keep it alive
            for one, other in pairs.open:
                one.close()
                other.close()
            pairs.listener.close()
            view.close()
    finally:
        loop.stop()
    watcher.delete()


def exactly_once(_args):
    """Every listener is notified of each transition once."""
    ns = host("once")
    first, second = View(ns), View(ns)
    pairs = Pairs(ns)
    pairs.connect(50)
    pairs.close_all()
    pairs.connect(20)
    pairs.close_all(abort=True)
    pairs.refuse()
    told = first.events()
    check(told == second.events(), "two listeners were told different things")
    keys = [(e["event"], e["id"], e.get("endpoint"), e.get("old"),
             e.get("new")) for e in told]
    check(len(keys) == len(set(keys)), "something was told twice")
    transitions = sum(e["event"] == "transition" for e in told)
    counted = sum(value for name, value in first.counters().items()
                  if name.startswith("transition."))
    check(transitions == counted,
          f"{transitions} transitions told, {counted} counted")
    for kind in ("opened", "closed"):
        ids = {e["id"] for e in told if e["event"] == kind}
        want = 71 if kind == "opened" else 21
        # 50 are in TIME-WAIT, so not closed yet
        check(len(ids) == want, f"{len(ids)} {kind}, expected {want}")
    first.close()
    second.close()
    pairs.close()
    ns.delete()


# --- permissions ------------------------------------------------------------

def attempt(function):
    """The name of the errno with which function fails, or None."""
    try:
        function()
    except OSError as why:
        return errno.errorcode[why.errno]
    return None


class Here:
    """The current namespace of the process, with the interface of Namespace."""

    @staticmethod
    def socket(*args):
        return socket.socket(*args)


class Bare(View):
    """A View that is in no multicast group."""

    def __init__(self):
        from netlib import fsm, netlink
        self.asked = netlink.Socket(Here, fsm.NETLINK_GENERIC)
        self.family = fsm.Family(self.asked)
        self.told = netlink.Socket(Here, fsm.NETLINK_GENERIC)


def read_file(name):
    with open(f"{PROC}/{name}", encoding="ascii") as file:
        file.read()


def write_setting():
    with open(f"{SYSCTL}/limit", "w", encoding="ascii") as file:
        file.write("1000")


def attempts():
    """{use: errno or None} for the current process."""
    view = Bare()
    uses = {
        "show": view.conns,
        "stats": view.counters,
        "timewait": lambda: view.counters("TIMEWAIT_GET"),
        "anomalies": lambda: view.counters("ANOMALIES_GET"),
        "settings": lambda: view.counters("SETTINGS_GET"),
        "set": lambda: view.set("limit", 1000),
        "flush": view.flush,
        "/stats": lambda: read_file("stats"),
        "/timewait": lambda: read_file("timewait"),
        "/anomalies": lambda: read_file("anomalies"),
        "/connections": lambda: read_file("connections"),
        "sysctl": write_setting,
    }
    for name, number in view.family.groups.items():
        uses["group " + name] = (
            lambda number=number: view.told.join(number))
    return {name: attempt(use) for name, use in uses.items()}


def expect_errors(found, want):
    wrong = {name: (found[name], want.get(name)) for name in found
             if found[name] != want.get(name)}
    check(not wrong, f"use: (errno, expected): {wrong}")


def unprivileged(_args):
    def work():
        child.become_nobody()
        return attempts()
    want = dict.fromkeys(("show", "stats", "timewait", "anomalies",
                          "settings", "set", "flush", "group transitions",
                          "group lifecycle", "group anomalies"), "EPERM")
    expect_errors(child.run(work), {**want, "/connections": "EACCES",
                                    "sysctl": "EACCES"})


def root(_args):
    ns = host("life-root")

    def work():
        with ns.inside():
            return attempts()
    expect_errors(child.run(work), {})
    ns.delete()


def userns_root(_args):
    """Root of a user namespace, in a network namespace of that."""
    def work():
        child.become_userns_root()
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return attempts()
    expect_errors(child.run(work), {})


def userns_root_elsewhere(_args):
    """Root of a user namespace, in the initial network namespace."""
    def work():
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        sock = Bare()                      # in the initial namespace
        os.close(home)
        child.become_userns_root()
        found = {"show": attempt(sock.conns), "flush": attempt(sock.flush)}
        for name, number in sock.family.groups.items():
            found["group " + name] = attempt(
                lambda number=number: sock.told.join(number))
        return found
    found = child.run(work)
    expect_errors(found, dict.fromkeys(found, "EPERM"))


TESTS = {
    "load and unload": load_and_unload,
    "connections that were there before": picked_up,
    "unload under load": unload_under_load,
    "namespaces come and go": churn,
    "every transition is told once": exactly_once,
    "root": root,
    "unprivileged user": unprivileged,
    "root of a user namespace": userns_root,
    "root of a user namespace, elsewhere": userns_root_elsewhere,
}

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-c", "--cycles", type=int, default=5)
    parser.add_argument("-n", "--namespaces", type=int, default=20)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    guest.require()
    if not os.path.exists(guest.ko()):
        guest.skip(f"the module ({guest.ko()})")
    chosen = {name: test for name, test in TESTS.items() if not args.words
              or any(word in name for word in args.words)}
    ktap = Ktap(len(chosen))
    for name, test in chosen.items():
        ktap.run(name, test, args)
    ktap.leave()


if __name__ == "__main__":
    main()
