# SPDX-License-Identifier: GPL-2.0
"""Summarises rounds: medians, spread and ratios; as a table."""

import statistics

import memory


def spread(values):
    """Median and median absolute deviation."""
    middle = statistics.median(values)
    return middle, statistics.median(abs(v - middle) for v in values)


def summarise(load, results):
    """A row for each operation, with the cost of the bench itself subtracted."""
    rows = []
    for operation, rounds in results.items():
        base = [found["nothing"] for found in rounds]
        net = {side: [found[side] - found["nothing"] for found in rounds]
               for side in ("conntrack", "tcpfsm")}
        ratios = [ours / theirs for ours, theirs
                  in zip(net["tcpfsm"], net["conntrack"])]
        row = {"family": load.family, "path": load.path,
               "connections": load.connections, "operation": operation,
               "rounds": len(rounds)}
        for name, values in (("nothing", base), *net.items(),
                             ("ratio", ratios)):
            row[name], row[name + "_mad"] = spread(values)
        row["ratio_min"], row["ratio_max"] = min(ratios), max(ratios)
        rows.append(row)
    return rows


def rows_table(rows):
    lines = [f"{'':4} {'path':8} {'conns':>8} {'operation':10} {'nothing':>8} "
             f"{'conntrack':>14} {'tcpfsm':>14} {'ratio':>12}  (min - max)"]
    for row in rows:
        lines.append(
            f"IPv{row['family']} {row['path']:8} {row['connections']:8} "
            f"{row['operation']:10} {row['nothing']:8.0f} "
            f"{row['conntrack']:8.0f} ±{row['conntrack_mad']:4.0f} "
            f"{row['tcpfsm']:8.0f} ±{row['tcpfsm_mad']:4.0f} "
            f"{row['ratio']:6.2f} ±{row['ratio_mad']:.2f}  "
            f"({row['ratio_min']:.2f} - {row['ratio_max']:.2f})")
    return "\n".join(lines)


def table(found):
    """A table: nanoseconds per segment of data or ACK, and per open and close."""
    text = rows_table(found["rows"])
    if "memory" in found:
        text += "\n\n" + memory.table(found["memory"])
    return text
