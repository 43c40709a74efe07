#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The SVG and Mermaid pictures of a directory: well-formed, and equal. KTAP."""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "style", "defs", "marker", "pattern", "rect", "path", "text"}

# The statements of Mermaid's sequence diagrams that the tool uses. A text ends with
# the line, at ';', or at a '#' that does not begin an entity.
TEXT = r"(?:[^;#]|#[a-z0-9]+;)+"
STATEMENTS = [re.compile(pattern) for pattern in (
    rf"    participant [CS] as {TEXT}",
    rf"    Note over (?:C|S|C,S): {TEXT}",
    rf"    (?:C->>S|S->>C|C-xS|S-xC): {TEXT}",
    r"    rect rgba\(\d+, \d+, \d+, 0\.\d+\)",
    r"    end",
)]
ARROW = re.compile(r"    [CS]-(?:>>|x)[CS]: ")
STATE = re.compile(r"    Note over [CS]: [A-Z]+(?:-[A-Z0-9]+)*"
                   r"(?: [↺↻])?$")


def check_mermaid(text):
    lines = text.splitlines()
    depth = 0
    if not text.endswith("\n") or lines[0] != "sequenceDiagram":
        yield "does not begin or end as a sequence diagram"
    for line in lines[1:]:
        if not any(statement.fullmatch(line) for statement in STATEMENTS):
            yield f"not a statement: {line}"
        depth += line.startswith("    rect ")
        depth -= line == "    end"
        if depth < 0:
            yield "an 'end' too many"
    if depth:
        yield "an 'end' too few"


def check_place(element, width, height):
    x, y = (float(element.get(name, 0)) for name in "xy")
    if not (0 <= x <= width and 0 <= y <= height):
        yield f"<{element.tag}> at {x},{y} is outside"


def check_svg(text):
    root = ET.fromstring(text)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    left, top, width, height = map(float, root.get("viewBox").split())
    if (left, top) != (0, 0) or len(ids) != len(set(ids)):
        yield "viewBox or ids are wrong"
    for used in re.findall(r"url\(([^)]*)\)", text):
        if used.lstrip("#") not in ids or not used.startswith("#"):
            yield f"{used} is not in the picture"
    for element in root.iter():
        if element.tag.removeprefix(SVG) not in ELEMENTS:
            yield f"<{element.tag}> is not for a picture that stands alone"
        if any("href" in name or name.startswith("on") for name in element.keys()):
            yield f"<{element.tag}> refers to something"
        yield from check_place(element, width, height)
    if "@import" in text or text.count("://") != 1:
        yield "something is not in the picture"


def classes(root, name):
    return [element for element in root.iter() if name in element.get("class", "").split()]


def check_same(svg, mermaid):
    """Both pictures must have the same segments and states."""
    root = ET.fromstring(svg)
    lines = mermaid.splitlines()
    arrows = sum(bool(ARROW.match(line)) for line in lines)
    states = sorted(line.split(": ")[1] for line in lines if STATE.match(line))
    if len(classes(root, "arrow")) != arrows:
        yield f"{len(classes(root, 'arrow'))} arrows in SVG, {arrows} in Mermaid"
    if sorted(element.text for element in classes(root, "state")) != states:
        yield "not the same states in SVG and Mermaid"


def check(svg_path):
    mermaid_path = svg_path.with_suffix(".mmd")
    try:
        svg, mermaid = svg_path.read_text(), mermaid_path.read_text()
        yield from check_svg(svg)
        yield from check_mermaid(mermaid)
        yield from check_same(svg, mermaid)
    except (OSError, ET.ParseError) as error:
        yield str(error)


def main(directory):
    pictures = sorted(pathlib.Path(directory).glob("*.svg"))
    failed = 0
    print(f"KTAP version 1\n1..{len(pictures)}")
    for number, path in enumerate(pictures, 1):
        faults = list(check(path))
        for fault in faults:
            print(f"# {path.name}: {fault}")
        print(f"{'not ' if faults else ''}ok {number} pictures of {path.stem}")
        failed += bool(faults)
    return failed != 0 or not pictures


sys.exit(main(sys.argv[1]))
