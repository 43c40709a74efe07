#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Times and sockets in the output of the tool, compared with clocks and sockets."""

import contextlib
import decimal
import fcntl
import json
import os
import pty
import re
import socket
import struct
import subprocess
import tempfile
import termios
import time

from netlib import guest
from netlib.fsm import View
from netlib.host import check, equal
from netlib.ktap import Failure, Ktap
from netlib.loop import Pairs
from netlib.netns import Namespace
from netlib.sockets import travels

NSEC = 10 ** 9
TWO_MSL = 60
OWNER = 4711
PORT = 40000
# Factor by which the kernel's timers can be late: an eighth
TIMERS = decimal.Decimal("1.13")
# Relative error of a time in the history
EXACT = decimal.Decimal(1) / 2 ** 21
BLOCKS = "▏▎▍▌▋▊▉█▁▂▃▄▅▆▇"


def now():
    return decimal.Decimal(time.clock_gettime_ns(time.CLOCK_BOOTTIME)) / NSEC


class Between:
    """Bounds of a point in time: not before, not after."""

    def __init__(self, action, *args):
        self.before = now()
        self.result = action(*args)
        self.after = now()


class Host:
    """A namespace with loopback, view and tool."""

    def __init__(self, name):
        self.ns = Namespace(name)
        self.ns.ip("link set lo up")
        self.pairs = Pairs(self.ns)
        self.view = View(self.ns, groups=())

    def close(self):
        self.pairs.close()
        self.view.close()
        self.ns.delete()

    def text(self, *words, locale="C.UTF-8", **options):
        return subprocess.run(
            [guest.tool(), "-N", self.ns.name, *words], check=True, text=True,
            encoding="utf-8", stdout=subprocess.PIPE,
            env={**os.environ, "LC_ALL": locale}, **options).stdout

    def json(self, *words):
        return json.loads(self.text("-j", *words), parse_float=decimal.Decimal)

    def connections(self, *words):
        return self.json("-s", "show", *words)


@contextlib.contextmanager
def host(name):
    made = Host(name)
    try:
        yield made
    finally:
        made.close()


def within(value, low, high, what):
    check(low - low * EXACT <= value <= high + high * EXACT,
          f"{what}: {value}, expected {low} to {high}")


# --- owners of sockets ----------------------------------------------------


@contextlib.contextmanager
def own_cgroup():
    """Put this process into a cgroup of its own; the id is the inode of its directory."""
    with open("/proc/filesystems", encoding="ascii") as known:
        if not re.search(r"\bcgroup2$", known.read(), re.M):
            yield None
            return
    with tempfile.TemporaryDirectory() as top:
        subprocess.run(["mount", "-t", "cgroup2", "none", top], check=True)
        own = os.path.join(top, "times")
        os.mkdir(own)
        try:
            enter(own)
            yield os.stat(own).st_ino
        finally:
            enter(top)
            os.rmdir(own)
            subprocess.run(["umount", top], check=True)


def enter(directory):
    with open(directory + "/cgroup.procs", "w", encoding="ascii") as procs:
        procs.write(str(os.getpid()))


def whose_socket():
    """State, owner, inode and cgroup of sockets are those of this process."""
    with own_cgroup() as cgroup, host("times-socket") as here:
        ends = dict(zip(("client", "server"), here.pairs.connect()))
        os.fchown(ends["client"].fileno(), OWNER, -1)
        [conn] = here.connections()
        for role, sock in ends.items():
            file = os.fstat(sock.fileno())
            want = {"socket_state": "established", "uid": file.st_uid,
                    "inode": file.st_ino, "cgroup": cgroup, "local": True}
            equal({key: conn[role].get(key) for key in want}, want, role)
        equal(conn["client"]["uid"], OWNER, "owner")
        said = here.text("-s", "show")
        for word in (f"uid:{OWNER}", "socket:ESTABLISHED",
                     f"ino:{conn['client']['inode']}",
                     "cgroup:/times\n" if cgroup else "ino:"):
            check(word in said, f"no {word} in {said}")
        here.pairs.close_all()
        [conn] = here.connections()
        equal(conn["client"].get("socket_state"), "time-wait", "afterwards")
        equal([key for role in ("client", "server")
               for key in ("uid", "inode") if key in conn[role]], [],
              "owners of ends without a socket")


# --- time in state --------------------------------------------------------


class Life:
    """A connection, opened and closed with pauses, with the times of its steps."""

    def __init__(self, pairs):
        self.opened = Between(pairs.connect)
        client, server = self.opened.result
        time.sleep(0.2)
        self.half = Between(client.shutdown, socket.SHUT_WR)
        check(server.recv(1) == b"", "no FIN")
        time.sleep(0.15)
        self.closed = Between(server.close)
        client.recv(1)
        client.close()
        pairs.open.remove((client, server))
        time.sleep(0.1)

    def bounds(self, seen):
        """{(role, states): (low, high)}; seen: when the tool was run."""
        def span(begin, end):
            return end.before - begin.after, end.after - begin.before
        return {
            ("client", ("syn-sent", "established")):
                (self.half.before - self.opened.after,
                 self.half.after - self.opened.before),
            ("client", ("fin-wait-1", "fin-wait-2")):
                span(self.half, self.closed),
            ("client", ("time-wait",)): span(self.closed, seen),
            ("server", ("close-wait",)): span(self.half, self.closed),
        }


def time_in_state():
    """Each stay is within the bounds by the clock."""
    with host("times-state") as here:
        life = Life(here.pairs)
        seen = Between(here.connections)
        [conn] = seen.result
        for (role, states), (low, high) in life.bounds(seen).items():
            stays = conn[role]["time_in_state"]
            within(sum(stays.get(state, 0) for state in states), low, high,
                   f"{role} in {' '.join(states)}")
        since = conn["start"] + conn["client"]["since"]
        within(since, life.closed.before, life.closed.after, "since")
        equal(conn["time_wait"]["entered"], conn["client"]["since"], "entered")
        equal({"since", "socket_state"} & set(conn["server"]), set(),
              "since and socket_state of a closed end")
        check("forgotten" not in conn, f"forgotten: {conn}")


def forgotten():
    """Overwritten records are counted, and the ladder says so."""
    with host("times-forgotten") as here:
        here.view.set("history", 3)
        Life(here.pairs)
        [conn] = here.connections()
        records = len(conn["segments"]) + conn["forgotten"]
        equal(len(conn["segments"]), 3, "segments kept")
        check(records in (6, 7), f"{records} segments of a whole connection")
        said = here.text("ladder")
        check(f"{conn['forgotten']} segments are forgotten" in said, said)


# --- compared with netlink ------------------------------------------------

TIMES = ("start", "duration", "since", "entered", "restarted", "ended", "gap",
         "time")
PARENTS = ("rtt", "time_in_state")


def scaled(value, key=None, parent=None):
    """Nanoseconds of netlink as the seconds of the JSON."""
    if isinstance(value, dict):
        return {name: scaled(item, name, key) for name, item in value.items()}
    if isinstance(value, list):
        return [scaled(item, key) for item in value]
    if key in TIMES or parent in PARENTS:
        return decimal.Decimal(value) / NSEC
    return value


def same_as_netlink():
    """All members are equal, except for times that go on."""
    with host("times-netlink") as here:
        for _ in range(3):
            Life(here.pairs)
        here.pairs.connect(2)
        ours, tools = here.view.conns(segments=True), here.connections()
        for one in ours:
            for role in ("client", "server"):
                for flag in ("confirmed", "local"):
                    one[role].setdefault(flag, False)
        ours = scaled(ours)
        for one in (*ours, *tools):
            for role in ("client", "server"):
                one[role]["time_in_state"].pop(one[role]["state"], None)
        for our, tool in zip(ours, tools, strict=True):
            for name in {*our, *tool}:
                equal(tool.get(name), our.get(name), name)


# --- stats ----------------------------------------------------------------


def histogram_of(found):
    """A histogram in the form of the tool, without empty buckets."""
    buckets = [{"below": decimal.Decimal(1 << i) / 10 ** 6, "count": count}
               for i, count in enumerate(found["buckets"]) if count]
    return {"count": found["count"], "buckets": buckets,
            "sum": decimal.Decimal(found["sum"]) / 10 ** 6,
            "max": decimal.Decimal(found["maximum"]) / 10 ** 6}


def durations():
    """Histograms agree with netlink and with the clock."""
    with host("times-stats") as here:
        lives = [Life(here.pairs) for _ in range(3)]
        told = here.json("-s", "stats")["durations"]
        flat = {name: told[name] for name in ("handshake", "close")}
        for role in ("client", "server"):
            flat.update({f"{role}.{state}": one
                         for state, one in told[role].items()})
        equal(flat, {name: histogram_of(one) for name, one
                     in here.view.histograms().items()}, "histograms")
        for name in ("handshake", "close", "client.established",
                     "server.close-wait", "server.last-ack"):
            equal(flat[name]["count"], len(lives), name)
        equal(flat["client.time-wait"]["count"], 0, "TIME-WAITs that are over")
        spans = [life.bounds(life.closed)["server", ("close-wait",)]
                 for life in lives]
        micro = decimal.Decimal(len(lives)) / 10 ** 6    # each is rounded down
        within(flat["server.close-wait"]["sum"], sum(low for low, _ in spans)
               - micro, sum(high for _, high in spans), "CLOSE-WAITs")
        check("durations" not in here.json("stats"), "durations without -s")


def oldest_close_wait():
    """stats shows the oldest CLOSE-WAIT, and its age."""
    with host("times-oldest") as here:
        check("oldest_close_wait" not in here.json("-s", "stats"), "none is")
        first = here.pairs.connect()
        half = Between(first[0].shutdown, socket.SHUT_WR)
        first[1].recv(1)
        time.sleep(0.3)
        later = here.pairs.connect()
        later[1].shutdown(socket.SHUT_WR)         # then the client is in CLOSE-WAIT
        seen = Between(here.json, "-s", "stats")
        oldest = seen.result["oldest_close_wait"]
        equal((oldest["endpoint"], oldest["client"]["port"]),
              ("server", first[0].getsockname()[1]), "the oldest")
        within(oldest["age"], seen.before - half.after,
               seen.after - half.before, "its age")
        said = here.text("-s", "-n", "stats")
        name = "127.0.0.1:%d > 127.0.0.1:%d" % (first[0].getsockname()[1],
                                                 here.pairs.port)
        check(re.search(r"oldest now in CLOSE-WAIT: [\d.]+ m?s, the server of\n"
                        rf"  #\d+ {re.escape(name)}\n", said), said)
        first[1].shutdown(socket.SHUT_WR)
        found = here.json("-s", "stats")["oldest_close_wait"]
        equal(found["endpoint"], "client", "endpoint of the next oldest")


# --- TIME-WAIT ------------------------------------------------------------


def close_client_first(here, pair):
    client, server = pair
    # Not closed: the socket still has an owner in TIME-WAIT
    client.shutdown(socket.SHUT_WR)
    server.recv(1)
    server.close()
    client.recv(1)
    client.close()
    here.pairs.open.remove(pair)


def from_port(here, port):
    client = here.ns.socket(socket.AF_INET)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind(("127.0.0.1", port))
    client.connect(("127.0.0.1", here.pairs.port))
    here.pairs.open.append((client, here.pairs.listener.accept()[0]))
    return here.pairs.open[-1]


def reopen(here):
    """End a TIME-WAIT by using its port again."""
    here.ns.sysctl("net.ipv4.tcp_tw_reuse", 1)
    # tcp_tw_reuse needs timestamps that are a second after the boot
    time.sleep(max(0, 2 - float(now())))
    pair = from_port(here, PORT)
    closed = Between(close_client_first, here, pair)
    time.sleep(1.3)                # RFC 6191: the timestamp must be newer
    opened = Between(from_port, here, PORT)
    close_client_first(here, opened.result)
    return opened.before - closed.after, opened.after - closed.before


def skip(here):
    """Skip TIME-WAIT, with tcp_max_tw_buckets=0."""
    here.ns.sysctl("net.ipv4.tcp_max_tw_buckets", 0)
    close_client_first(here, here.pairs.connect())
    time.sleep(0.1)


def timewait():
    """Counts and ends agree with what was done, and with the proc file."""
    with host("times-wait") as here:
        low, high = reopen(here)
        skip(here)
        told = here.json("timewait")
        ends = {name: count for name, count in told["end"].items() if count}
        equal(ends, {"reopened": 1, "skipped": 1}, "ends")
        equal((told["now"], told["entered"]), (1, 3), "now, entered")
        equal(told["duration"]["count"], 1, "measured")
        within(told["duration"]["sum"], low - decimal.Decimal(1) / 10 ** 6,
               high, "it took")
        file = dict(line.split() for line
                    in here.ns.read("tcpfsm/timewait").splitlines())
        for name in ("now", "entered", "restarts", "absorbed"):
            equal(told[name], int(file[name]), name)
        for name, count in told["end"].items():
            equal(count, int(file["end." + name]), name)
        for bucket in told["duration"]["buckets"]:
            bound = int(bucket["below"] * 10 ** 6)
            equal(bucket["count"], int(file[f"duration.us.{bound}"]), "bucket")
        waits = [conn["time_wait"] for conn in here.connections()]
        equal([wait.get("end") for wait in waits], [None, "skipped"],
              "ends of the TIME-WAITs")
        said = here.text("-s", "show")
        check("skipped, no socket was kept for it (socket)" in said, said)


def reopened():
    """The notification of the end has the gap and the ISN."""
    with host("times-reopened") as here:
        monitor = subprocess.Popen(
            ["timeout", "60", guest.tool(), "-j", "-N", here.ns.name,
             "monitor"], stdout=subprocess.PIPE, text=True)
        time.sleep(0.3)
        low, high = reopen(here)
        for line in monitor.stdout:
            event = json.loads(line, parse_float=decimal.Decimal)
            if event["event"] == "closed":
                break
        else:
            raise Failure("no notification of the end")
        monitor.terminate()
        monitor.wait()
        monitor.stdout.close()
        wait = event["time_wait"]
        equal(wait["end"], "reopened", "end")
        for name in ("duration", "gap"):
            within(wait[name], low, high, name)
        check(wait["isn_delta"] > 0, f"ISN {wait['isn_delta']} further on")
        equal(wait["ended"], wait["entered"] + wait["duration"], "ended")
        within(event["client"]["time_in_state"]["time-wait"], low, high,
               "time in state")


def expired():
    """Expired after 2MSL; only with --time-travel."""
    with host("times-expired") as here:
        began = Between(close_client_first, here, here.pairs.connect())
        time.sleep(TWO_MSL * 1.2)
        told = here.json("timewait")
        equal((told["now"], told["end"]["expired"]), (0, 1), "now, expired")
        within(told["duration"]["max"], TWO_MSL, TWO_MSL * TIMERS, "it took")
        equal(told["duration"]["buckets"],
              [{"below": decimal.Decimal(1 << 26) / 10 ** 6, "count": 1}],
              "buckets")
        said = here.text("timewait")
        check(re.search(r"mean (6\d[.]. s), longest \1\n", said), said)
        check(re.search("33.6 s +67.1 s +1 █+\n", said), said)
        check(now() - began.after > TWO_MSL, "nobody waited")


# --- appearance -----------------------------------------------------------


def on_terminal(here, words, width=80, locale="C.UTF-8"):
    """The output on a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    done = subprocess.Popen([guest.tool(), "-n", "-N", here.ns.name, *words],
                            stdout=theirs,
                            env={**os.environ, "LC_ALL": locale})
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):        # the tool has closed the terminal
        while part := os.read(ours, 65536):
            said += part
    os.close(ours)
    equal(done.wait(), 0, "status")
    return said.decode().replace("\r\n", "\n")


def pictures():
    """No line is too long, bars use the width, and ASCII output is ASCII."""
    with host("times-pictures") as here:
        reopen(here)
        here.pairs.connect()[0].shutdown(socket.SHUT_WR)
        for words in (("timewait",), ("-s", "stats"), ("-s", "show")):
            said = on_terminal(here, words)
            long = [line for line in said.splitlines() if len(line) > 80
                    and (words[-1] != "show" or line.startswith(" "))]
            equal(long, [], f"long lines of {words}")
            ascii_said = on_terminal(here, words, locale="C")
            check(ascii_said.isascii(), f"no ASCII: {ascii_said}")
            check(words[-1] == "show" or set(said) & set(BLOCKS), said)
        for width in (80, 132):
            bars = re.findall("█+", on_terminal(here, ("timewait",), width))
            equal(max(map(len, bars)), width - 28, "columns of the bar")
        bars = re.findall("#+", on_terminal(here, ("timewait",), locale="C"))
        equal(max(map(len, bars)), 80 - 28, "columns of the plain bar")


TESTS = {
    "whose socket it is": whose_socket,
    "time in state": time_in_state,
    "segments that are forgotten": forgotten,
    "the same as over netlink": same_as_netlink,
    "stats: durations": durations,
    "stats: the oldest in CLOSE-WAIT": oldest_close_wait,
    "timewait": timewait,
    "reopened": reopened,
    "expired": expired,
    "pictures": pictures,
}


def main():
    guest.require(need_tool=True)
    tests = {name: test for name, test in TESTS.items()
             if test is not expired or travels()}
    ktap = Ktap(len(tests))
    for name, test in tests.items():
        ktap.run(name, test)
    ktap.leave()


if __name__ == "__main__":
    main()
