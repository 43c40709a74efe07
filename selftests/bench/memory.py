# SPDX-License-Identifier: GPL-2.0
"""Octets per connection; and the latency of a load in as much memory."""

import re

from device import Load

PAGE = 4096
LINE = re.compile(r"(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) ")
CHASE_STEPS = 1 << 21


def slabs():
    """Octets by slab cache, with their share of the unusable part of the slabs."""
    found = {}
    with open("/proc/slabinfo", encoding="ascii") as file:
        for line in file:
            match = LINE.match(line)
            if match:
                active, _, _, per_slab, pages = map(int, match.groups()[1:])
                found[match[1]] = active * pages * PAGE / per_slab
    return found


def object_size(cache):
    """The size of an object of a cache, or None."""
    with open("/proc/slabinfo", encoding="ascii") as file:
        for line in file:
            match = LINE.match(line)
            if match and match[1] == cache:
                return int(match[4])
    return None


def free():
    """Free memory in octets, with the per-CPU lists."""
    with open("/proc/zoneinfo", encoding="ascii") as file:
        lines = [line.split() for line in file]
    return PAGE * sum(int(words[-1]) for words in lines
                      if words[:2] == ["pages", "free"]
                      or words[:1] == ["count:"])


def settle(nothing):
    """Wait until RCU has freed the objects of earlier runs."""
    nothing.device.send(Load(4, "input", 1), "syn")


def of_side(side, load, nothing):
    """Octets per connection: by slab cache, of the table, and in total."""
    settle(nothing)
    slabs_before, free_before = slabs(), free()
    side.send(load, "open", watch=True)
    side.check(load, "open")
    total = (free_before - free()) / load.connections
    grown = {name: (size - slabs_before.get(name, 0)) / load.connections
             for name, size in slabs().items()}
    # Less than an octet per connection is somebody else's
    grown = {name: size for name, size in grown.items() if size >= 1}
    side.flush()
    return {"slabs": grown, "slab": sum(grown.values()), "total": total,
            "worst": side.device.worst}


def measure(sides, load):
    """Measure all sides; must run first, before slabs have objects of other runs."""
    nothing, *others = sides
    found = {side.name: of_side(side, load, nothing) for side in others}
    found["connections"] = load.connections
    found["entry"] = object_size("tcpfsm_flow")
    # Chase pointers over as much memory as the connections use
    size = int(found["tcpfsm"]["total"] * load.connections)
    found["miss"] = nothing.device.chase(max(size, PAGE), CHASE_STEPS)
    found["miss_memory"] = size
    return found


def table(found):
    lines = [f"octets per connection, {found['connections']} of them"]
    for side in ("conntrack", "tcpfsm"):
        parts = ", ".join(f"{name} {size:.0f}" for name, size
                          in sorted(found[side]["slabs"].items(),
                                    key=lambda part: -part[1]))
        lines.append(f"{side:10} {found[side]['slab']:6.0f} in slabs ({parts}); "
                     f"{found[side]['total']:.0f} in all")
        lines.append(f"{'':10} {found[side]['worst'] / 1000:6.0f} us at most for 32 "
                     f"segments while they opened")
    lines.append(f"a load that waits for the one before it, over "
                 f"{found['miss_memory'] / 1e6:.0f} MB: {found['miss']:.1f} ns")
    return "\n".join(lines)
