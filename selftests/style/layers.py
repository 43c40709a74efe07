#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check that includes point downwards, and in no circle.

    layers.py [-d]

Prints each include that breaks a rule; with -d also the graph of the nouns, for
dot. A noun is a .c file and its .h file. The rooms of each tree are listed here
from the bottom up, and nowhere else: a folder is a room, and so is a single
noun at the top of the tree.
"""
import collections
import graphlib
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]

# A room may include from itself and from the rooms before it
ROOMS = {
    "module": ["uapi", "core", "compat", "track", "edge", "main"],
    "tools": ["base", "nl", "engine", "print", "ladder", "audit", "cmd", "main"],
    "selftests/oracle": ["."],
}
# Folders of integers and algorithms, the same in the kernel and in user space:
# no header of the kernel but those that types.h needs
PURE = {"module": "core"}
# The only reader of the kernel's version
VERSION = "module/compat.h"

INCLUDE = re.compile(r'#include ([<"])([^>"]+)')


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, *found.groups()


def sources(tree):
    found = [path for path in sorted((TOP / tree).rglob("*.[ch]"))
             if "build" not in path.parts]
    if not found:
        sys.exit(f"layers.py: no sources in {tree}")
    return found


def resolve(tree, path, header):
    """The file that is meant, if it is one of the same tree."""
    for place in (path.parent, TOP / tree, TOP / tree / "uapi"):
        if (place / header.removeprefix("uapi/")).exists():
            return place / header.removeprefix("uapi/")
    return None


def room_of(tree, path):
    parts = path.relative_to(TOP / tree).with_suffix("").parts
    return parts[0] if ROOMS[tree] != ["."] else "."


def noun_of(tree, path):
    return str(path.relative_to(TOP / tree).with_suffix(""))


def check_header(tree, path, kind, header):
    """What is wrong with an include of a header that is not of the tree."""
    if header == "linux/version.h" and path != TOP / VERSION:
        return f"is for {VERSION} alone"
    if (kind == "<" and PURE.get(tree) == room_of(tree, path) and path.stem != "types" and
            not header.startswith("uapi/")):
        return "in a pure file"
    return None


def check_tree(tree):
    """The problems, and the graph of the nouns."""
    graph = collections.defaultdict(set)
    problems = []
    rank = {room: i for i, room in enumerate(ROOMS[tree])}
    for path in sources(tree):
        room = room_of(tree, path)
        if room not in rank:
            problems.append(f"{path.relative_to(TOP)}: in no room, see layers.py")
            continue
        for number, kind, header in includes(path):
            where = f"{path.relative_to(TOP)}:{number}: {header}"
            target = resolve(tree, path, header)
            wrong = check_header(tree, path, kind, header)
            if wrong:
                problems.append(f"{where} {wrong}")
            if not target:
                continue
            if rank[room_of(tree, target)] > rank[room]:
                problems.append(f"{where} is above it")
            if noun_of(tree, target) != noun_of(tree, path):
                graph[noun_of(tree, path)].add(noun_of(tree, target))
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        problems.append(f"{tree}: a circle: {' -> '.join(reversed(error.args[1]))}")
    return problems, graph


def draw(graphs):
    print("digraph includes {")
    for tree, graph in graphs.items():
        for noun in sorted(graph):
            for other in sorted(graph[noun]):
                print(f'\t"{tree}/{noun}" -> "{tree}/{other}";')
    print("}")


def main():
    graphs = {}
    bad = False
    for tree in ROOMS:
        problems, graphs[tree] = check_tree(tree)
        for problem in problems:
            print(problem, file=sys.stderr)
        bad |= bool(problems)
    if sys.argv[1:] == ["-d"]:
        draw(graphs)
    return bad


sys.exit(main())
