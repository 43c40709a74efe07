#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Profiles the cost of a segment by function, in a UML guest.

    profile.py time|instructions [SCRIPT [CONNECTIONS [SIDE]]]

time: nanoseconds, by samples that perf takes of the process of the guest. For open
and close they include what the guest does to begin again.
instructions: counted by single-stepping; for open and close use 100000 connections,
so that they go on for long enough.
SCRIPT is data (default) or another one of device.py, CONNECTIONS is 1000 by default,
SIDE tcpfsm. Uses the modules in build/uml/ and build/bench/uml/.
"""

import collections
import os
import signal
import subprocess
import sys
import tempfile
import time

from stepper import addresses
from symbols import Symbols

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SECONDS = 6
STEPS = 400000
PROBE, TRIES = 5000, 50
FREQUENCY = 9973
# The function that is called once for each segment
EACH = "packet_send"
SHOWN = 60


def start(out, side, script, connections, seconds):
    build = os.path.join(TOP, "build")
    ko = os.environ.get("TCPFSM_KO", f"{build}/uml/tcpfsm.ko")
    tool = os.environ.get("TCPFSM_TOOL", f"{TOP}/tools/tcpfsm")
    return subprocess.Popen(
        [f"{TOP}/selftests/vm/run.sh", "uml", "-t", "600", "-m", "1G",
         "-o", out, "-e", f"TCPFSM_KO={ko}", "-e", f"TCPFSM_TOOL={tool}",
         "-e", f"TCPFSM_BENCH_KO={build}/bench/uml/tcpfsm_bench.ko",
         "-e", "PYTHONDONTWRITEBYTECODE=1", "--", f"{HERE}/spin.py", side,
         script, connections, str(seconds)],
        stdout=subprocess.PIPE, text=True)


def kernel_of(run):
    """The process of the guest: the child of run.sh that is named linux."""
    path = f"/proc/{run.pid}/task/{run.pid}/children"
    with open(path, encoding="ascii") as file:
        for pid in file.read().split():
            if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "linux":
                return int(pid)
    raise RuntimeError("there is no guest")


def sampled(pid, out):
    """The addresses that perf has sampled."""
    data = os.path.join(out, "perf.data")
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock:u", "-F",
                    str(FREQUENCY), "-p", str(pid), "-o", data, "--", "sleep",
                    str(SECONDS / 2)], check=True, stderr=subprocess.DEVNULL)
    text = subprocess.run(["perf", "script", "-i", data, "-F", "ip"],
                          check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    return [int(word, 16) for word in text.split()]


def whole_segments(names):
    """The part from the first to the last beginning of a segment, and their number."""
    entries = [i for i, (name, first) in enumerate(names)
               if name[0] == EACH and first]
    if len(entries) < 2:
        raise RuntimeError("too few steps for a segment")
    return names[entries[0]:entries[-1]], len(entries) - 1


def show(counts, total, unit):
    print(f"{sum(counts.values()):9.1f}  {unit} per segment in all")
    for (name, module), value in counts.most_common(SHOWN):
        print(f"{value:9.1f}  {value / total * 100:5.1f} %  {name}"
              f"{' [' + module + ']' if module else ''}")


def cpu_time(pid):
    """CPU time of the process of the guest, in nanoseconds."""
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def by_time(pid, out, run, _):
    begin = cpu_time(pid)
    found = sampled(pid, out)
    for line in run.stdout:
        if line.startswith("spent"):
            took = cpu_time(pid) - begin
            spent, segments = map(float, line.split()[1:])
    run.wait()
    print(f"{spent:9.1f}  ns per segment by the bench's own clock")
    symbols = Symbols(os.path.join(out, "kallsyms"))
    counts = collections.Counter(symbols.find(ip) for ip in found)
    scale = took / segments / len(found)
    show(collections.Counter({name: count * scale
                              for name, count in counts.items()}),
         len(found) * scale, "ns")


def stepped(pid, segment):
    """The addresses of single steps, beginning while segments are sent."""
    for _ in range(TRIES):
        if segment in addresses(pid, PROBE):
            return list(addresses(pid, STEPS))
        time.sleep(0.1)
    raise RuntimeError("no segment is ever sent")


def by_instructions(pid, out, run, segment):
    found = stepped(pid, segment)
    run.communicate()
    symbols = Symbols(os.path.join(out, "kallsyms"))
    starts = set(symbols.starts)
    names = [(symbols.find(ip), ip in starts) for ip in found]
    names, segments = whole_segments(names)
    counts = collections.Counter(name for name, _ in names)
    show(collections.Counter({name: count / segments
                              for name, count in counts.items()}),
         len(names) / segments, f"instructions ({segments} segments)")


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    what, script, connections, side = (sys.argv[1:] + [
        "data", "1000", "tcpfsm"][len(sys.argv) - 2:])
    seconds = SECONDS if what == "time" else 3 * SECONDS
    with tempfile.TemporaryDirectory() as out:
        run = start(out, side, script, connections, seconds)
        for line in run.stdout:
            if line.startswith("spinning"):
                segment = int(line.split()[1], 16)
                break
        else:
            raise RuntimeError("the guest did not begin")
        look = {"time": by_time, "instructions": by_instructions}[what]
        look(kernel_of(run), out, run, segment)


if __name__ == "__main__":
    main()
