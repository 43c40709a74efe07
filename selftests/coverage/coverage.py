#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Coverage of module/core by the unit tests: a table, and a line of KTAP.

Builds selftests/unit with gcc --coverage in a directory of its own, runs it, and
reads the counts with gcov. A line or branch of an inline function counts once,
however many objects have a copy.
"""
import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
CORE = TOP / "module/core"      # all files of the folder are tested in user space


def build_and_run(build):
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    done = subprocess.run(
        ["make", "-s", "-C", TOP / "selftests/unit", f"O={build}", "CC=gcc",
         "CFLAGS=-O0 -g", "SANITIZE=--coverage", "run"],
        stdout=(build / "log").open("w"), stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"coverage: the unit tests fail, see {build}/log")


def gcov(build):
    """{file: {line: (count, [count of each branch])}}"""
    lines = collections.defaultdict(dict)
    for data in sorted((build / "module/core").glob("*.gcda")):
        text = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities", data],
            cwd=build, capture_output=True, text=True, check=True).stdout
        for part in text.splitlines():
            for entry in json.loads(part)["files"]:
                path = (TOP / "selftests/unit" / entry["file"]).resolve()
                if path.parent == CORE:
                    merge(lines[path], entry["lines"])
    return lines


def merge(known, more):
    for line in more:
        count, branches = known.get(line["line_number"], (0, []))
        new = [branch["count"] for branch in line["branches"]]
        if len(new) == len(branches):
            new = [a + b for a, b in zip(new, branches)]
        elif len(new) < len(branches):
            new = branches
        known[line["line_number"]] = (count + line["count"], new)


def measure(lines):
    """Lines reached, all lines, branches taken, all branches."""
    branches = [taken for _, line in lines.values() for taken in line]
    return (sum(count > 0 for count, _ in lines.values()), len(lines),
            sum(taken > 0 for taken in branches), len(branches))


def percent(part, whole):
    return 100 * part / whole if whole else 100


def show_row(name, numbers):
    reached, lines, taken, branches = numbers
    print(f"# {name:<16} {reached:5} of {lines:5} {percent(reached, lines):6.1f} %"
          f"   {taken:5} of {branches:5} {percent(taken, branches):6.1f} %")


def show_missing(path, lines):
    text = path.read_text().splitlines()
    for number, (count, branches) in sorted(lines.items()):
        missing = [str(i) for i, taken in enumerate(branches) if not taken]
        if count and not missing:
            continue
        what = f"branches {','.join(missing)} of {len(branches)}" if count else "never"
        print(f"# {path.name}:{number}: {what}: {text[number - 1].strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-p", "--percent", type=float, default=95,
                        help="of lines, and of branches, at least (95)")
    parser.add_argument("-m", "--missing", action="store_true",
                        help="list what is not reached")
    parser.add_argument("build", nargs="?", type=pathlib.Path,
                        default=TOP / "build/coverage", help="where to build")
    args = parser.parse_args()
    build = args.build.resolve()

    build_and_run(build)
    found = gcov(build)
    pure = sorted(CORE.glob("*.c"))
    if not pure:
        sys.exit(f"coverage: no sources in {CORE}")
    untested = [path.name for path in pure
                if not (build / "module/core" / path.with_suffix(".gcno").name).exists()]
    print("KTAP version 1\n1..1")
    print(f"# {'file':<16} {'lines':>21}   {'branches':>23}")
    for path in sorted(found):
        show_row(path.name, measure(found[path]))
    total = tuple(map(sum, zip(*map(measure, found.values()))))
    show_row("total", total)
    if args.missing:
        for path in sorted(found):
            show_missing(path, found[path])
    for name in untested:
        print(f"# {name}: no unit test has it")
    share = percent(*total[:2]), percent(*total[2:])
    good = min(share) >= args.percent and not untested
    print(f"{'ok' if good else 'not ok'} 1 coverage: {share[0]:.1f} % of lines, "
          f"{share[1]:.1f} % of branches, {args.percent:g} % asked for")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
