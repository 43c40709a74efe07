# SPDX-License-Identifier: GPL-2.0
"""How fast the connections are read, compared with conntrack and ss."""

import subprocess
import time

from device import Load
from netlib import guest

ROWS = 100000
ROUNDS = 7
PROC_SIZES = (16384, 65536, 262144)
PROC_CHUNK = 1 << 16
# Sockets for ss: both ends of connections over loopback
SOCKETS = 8000


def timed(function):
    begin = time.monotonic()
    function()
    return time.monotonic() - begin


def command(side, *words, count=None):
    """Run a command in the namespace of a side; count a word in its output if asked."""
    done = side.ns.run(*words, stderr=subprocess.DEVNULL,
                       stdout=subprocess.PIPE if count
                       else subprocess.DEVNULL)
    return done.stdout.count(count) if count else None


def commands(conntrack, tcpfsm, short):
    """The commands: (side, words, a text that each row has once)."""
    tool = guest.tool()
    them = {
        "conntrack -L": (conntrack, ("conntrack", "-L"), "[ASSURED]"),
        "tcpfsm show": (tcpfsm, (tool, "-n", "show"), "192.0.2.1:443"),
    }
    if not short:
        them["conntrack -L -o xml"] = (
            conntrack, ("conntrack", "-L", "-o", "xml"), "</flow>")
        them["tcpfsm -j show"] = tcpfsm, (tool, "-j", "show"), '"id":'
    return them


def dump(sides, short):
    """Rows a second: the best run, because other load only makes it slower."""
    _, conntrack, tcpfsm = sides
    load = Load(4, "input", ROWS)
    for side in (conntrack, tcpfsm):
        side.flush()
        side.send(load, "open")
    them = commands(conntrack, tcpfsm, short)
    for name, (side, words, row) in them.items():
        side.expect(f"rows of {name}", command(side, *words, count=row), ROWS)
    times = {name: [] for name in them}
    for _ in range(ROUNDS):
        for name, (side, words, _) in them.items():
            times[name].append(timed(lambda s=side, w=words: command(s, *w)))
    found = {name: ROWS / min(spent) for name, spent in times.items()}
    found["ratio"] = found["tcpfsm show"] / found["conntrack -L"]
    if not short:
        found["tcpfsm show, one row of all"] = filtered(tcpfsm)
        found["ss -tan"] = sockets(sides[0])
    for side in (conntrack, tcpfsm):
        side.flush()
    return found


def filtered(tcpfsm):
    """Rows a second that the kernel filters."""
    words = guest.tool(), "-n", "show", "port", "40000", "src", "10.0.0.1"
    tcpfsm.expect("rows of a filtered dump",
                  command(tcpfsm, *words, count="192.0.2.1:443"), 1)
    return ROWS / min(timed(lambda: command(tcpfsm, *words))
                      for _ in range(ROUNDS))


def sockets(side):
    """Rows a second of ss, with real sockets."""
    held = subprocess.Popen(
        ["ip", "netns", "exec", side.ns.name, "python3", "-c",
         "import resource, socket, sys\n"
         "resource.setrlimit(resource.RLIMIT_NOFILE, (65536, 65536))\n"
         "listener = socket.create_server(('127.0.0.1', 0), backlog=4096)\n"
         "held = []\n"
         f"for _ in range({SOCKETS} // 2):\n"
         "    held.append(socket.create_connection(listener.getsockname()))\n"
         "    held.append(listener.accept()[0])\n"
         "print('ready', flush=True)\n"
         "sys.stdin.read()\n"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        held.stdout.readline()
        rows = command(side, "ss", "-Htan", count="\n")
        side.expect("rows of ss", rows, SOCKETS + 1)
        return rows / min(timed(lambda: command(side, "ss", "-Htan"))
                          for _ in range(ROUNDS))
    finally:
        held.communicate("")


def read_all(path):
    lines = 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(PROC_CHUNK):
            lines += chunk.count(b"\n")
    return lines


def proc(sides, short):
    """{rows: seconds to read the proc file, the best run}."""
    tcpfsm = sides[2]
    found = {}
    sizes = PROC_SIZES[:2] if short else PROC_SIZES
    for size in sizes:
        tcpfsm.flush()
        tcpfsm.send(Load(4, "input", size), "open")
        with tcpfsm.ns.inside():
            path = "/proc/thread-self/net/tcpfsm/connections"
            tcpfsm.expect("lines of the file", read_all(path), size + 1)
            found[size] = min(timed(lambda: read_all(path))
                              for _ in range(ROUNDS))
    tcpfsm.flush()
    found["ratio"] = found[sizes[1]] / found[sizes[0]]
    return found
