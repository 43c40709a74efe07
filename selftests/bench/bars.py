# SPDX-License-Identifier: GPL-2.0
"""What was found against what is promised: a line of KTAP for each bar.

A figure may pass its bar by a fifth: the guard is against regressions, and a
machine that does other things as well is not exact.
"""

TOLERANCE = 0.2


def _ratio(operation, connections, path, family=4):
    """Our nanoseconds to conntrack's."""
    def find(found):
        for row in found["rows"]:
            if (row["operation"], row["connections"], row["path"],
                    row["family"]) == (operation, connections, path, family):
                return row["ratio"]
        return None
    return find


def _ratios():
    for operation in ("data cold", "data hot", "open", "close"):
        for connections in (10000, 100000):
            for path in ("input", "output"):
                yield (f"{operation}, {connections} connections, {path}: "
                       f"time to conntrack's", "<=", 0.5,
                       _ratio(operation, connections, path))


def _entry(found):
    return found.get("memory", {}).get("entry")


def _history(found):
    """What a connection has besides its entry and its place in the index."""
    slabs = found.get("memory", {}).get("tcpfsm", {}).get("slabs")
    if slabs is None:
        return None
    return sum(size for name, size in slabs.items()
               if name not in ("tcpfsm_flow", "radix_tree_node"))


def _misses(found):
    """A cold data segment among a million connections, in cache misses."""
    memory = found.get("memory", {})
    if memory.get("connections", 0) < 1000000:
        return None
    for row in found["rows"]:
        if (row["operation"], row["connections"],
                row["path"]) == ("data cold", 1000000, "input"):
            return row["tcpfsm"] / memory["miss"]
    return None


def _felt(*keys):
    """A figure of feel.py."""
    def find(found):
        value = found.get("feel", {})
        for key in keys:
            value = value.get(key) if value else None
        return value
    return find


# What, how it has to compare, with what, where it is found
BARS = (
    *_ratios(),
    ("entry, octets", "<=", 256, _entry),
    ("history, octets per connection", "<=", 192, _history),
    ("rows a second of tcpfsm show to conntrack -L", ">=", 3,
     _felt("dump", "ratio")),
    ("/proc/net/tcpfsm/connections, time of 65536 rows to 16384", "<=", 6,
     _felt("proc", "ratio")),
)
# Those that take a run over a million connections
FULL_BARS = (
    ("cold data segment of 1000000, in dependent cache misses", "<=", 3,
     _misses),
)

# How far we are where a bar is not kept yet. Instructions are the same on each
# machine, whatever else it does: a step back shows.
REACHED = {"open": 1.36, "data cold": 0.5, "data hot": 0.5, "close": 1.4}
REACHED_BARS = tuple(
    (f"{operation}, {path}: instructions to conntrack's", "<=", ratio,
     _ratio(operation, 1000, path))
    for operation, ratio in REACHED.items()
    for path in ("input", "output", "forward"))


def _holds(value, how, bar):
    if how == "<=":
        return value <= bar * (1 + TOLERANCE)
    return value >= bar / (1 + TOLERANCE)


def judge(found, bars):
    """Print a line for each bar; the number of those that are not kept."""
    failed = 0
    print(f"TAP version 13\n1..{len(bars)}")
    for number, (what, how, bar, find) in enumerate(bars, 1):
        value = find(found)
        good = value is not None and _holds(value, how, bar)
        failed += not good
        shown = "not measured" if value is None else f"{value:.3g}"
        print(f"{'ok' if good else 'not ok'} {number} bench {what}: "
              f"{shown}, bar {how} {bar}")
    return failed
