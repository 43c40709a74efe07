# SPDX-License-Identifier: GPL-2.0
"""Plots ratios against the number of connections, one panel per operation, as SVG."""

import math

WIDTH, HEIGHT = 300, 200
LEFT, TOP = 50, 40
GAP = 70
COLOURS = {"input": "#1b6ca8", "output": "#c8553d", "forward": "#4a7c3a"}
DASHES = {4: "", 6: "5 3"}
BAR = 0.5


class Panel:
    """The panel of one operation, with its place on the page."""

    def __init__(self, x, y, rows):
        self.x, self.y, self.rows = x, y, rows
        sizes = [row["connections"] for row in rows]
        self.low, self.high = math.log10(min(sizes)), math.log10(max(sizes))
        self.top = max(1.2, max(row["ratio"] for row in rows) * 1.1)

    def place(self, connections, ratio):
        span = self.high - self.low or 1
        return (self.x + (math.log10(connections) - self.low) / span * WIDTH,
                self.y + HEIGHT - ratio / self.top * HEIGHT)

    def level(self, ratio, colour, dash=""):
        _, y = self.place(10 ** self.low, ratio)
        yield (f'<line x1="{self.x}" y1="{y:.1f}" x2="{self.x + WIDTH}" '
               f'y2="{y:.1f}" stroke="{colour}" stroke-dasharray="{dash}"/>')
        yield (f'<text x="{self.x - 6}" y="{y + 4:.1f}" '
               f'text-anchor="end">{ratio:g}</text>')

    def frame(self, title):
        yield (f'<text x="{self.x}" y="{self.y - 10}" '
               f'font-weight="bold">{title}</text>')
        yield from self.level(0, "#000")
        yield from self.level(1, "#999")
        yield from self.level(BAR, "#090", "4 4")
        for size in sorted({row["connections"] for row in self.rows}):
            x, _ = self.place(size, 0)
            label = f"{size // 1000}k" if size < 1000000 else "1M"
            yield (f'<text x="{x:.1f}" y="{self.y + HEIGHT + 16}" '
                   f'text-anchor="middle">{label}</text>')

    def line(self, path, family):
        rows = sorted((row for row in self.rows if (row["path"], row["family"])
                       == (path, family)), key=lambda row: row["connections"])
        colour = COLOURS[path]
        points = [self.place(row["connections"], row["ratio"]) for row in rows]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        yield (f'<polyline points="{joined}" fill="none" stroke="{colour}" '
               f'stroke-dasharray="{DASHES[family]}"/>')
        for row in rows:
            x, low = self.place(row["connections"],
                                row["ratio"] - row["ratio_mad"])
            _, high = self.place(row["connections"],
                                 row["ratio"] + row["ratio_mad"])
            yield (f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" '
                   f'y2="{high:.1f}" stroke="{colour}" stroke-width="3"/>')


def legend(lines, x, y):
    for path, family in lines:
        yield (f'<line x1="{x}" y1="{y - 4}" x2="{x + 30}" y2="{y - 4}" '
               f'stroke="{COLOURS[path]}" stroke-dasharray="{DASHES[family]}"/>')
        yield f'<text x="{x + 36}" y="{y}">{path}, IPv{family}</text>'
        x += 130


def draw(rows, guest):
    """The SVG, as text."""
    operations = list(dict.fromkeys(row["operation"] for row in rows))
    lines = sorted({(row["path"], row["family"]) for row in rows})
    columns = 3
    width = LEFT + columns * (WIDTH + GAP)
    height = TOP + -(-len(operations) // columns) * (HEIGHT + GAP) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" '
             f'viewBox="0 0 {width} {height}" font-family="sans-serif" '
             f'font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>',
             f'<text x="{LEFT}" y="16">time of tcpfsm to that of conntrack, '
             f'by connections ({guest}); green: the bar</text>']
    for number, operation in enumerate(operations):
        panel = Panel(LEFT + number % columns * (WIDTH + GAP),
                      TOP + 20 + number // columns * (HEIGHT + GAP),
                      [row for row in rows if row["operation"] == operation])
        parts += panel.frame(operation)
        for path, family in lines:
            parts += panel.line(path, family)
    parts += legend(lines, LEFT, height - 10)
    return "\n".join(parts + ["</svg>"]) + "\n"
