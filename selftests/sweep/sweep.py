#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sweeps over captures of genuine connections, see README.md. TAP.

sweep.py [OPTION]... [WORD]...

WORD	only the lines "SWEEP, KIND" that have one of the words
"""

import argparse
import collections
import multiprocessing
import os
import pathlib
import re
import sys
import time
import zlib

import fair
import files
import proof
import sweeps
from film import HERE, TOOL
from segments import connections

REACHED = HERE / "reached.txt"
HEAD = f"""# {files.LICENCE}
# What is still wrong, by line of the TAP: {{columns}}.
# No number may grow; "sweep.py --lower" writes those that were measured.
"""
COLUMNS = "ends", "violations", "refused", "unseen", "said"
BUILD = HERE / "build"
# Of the forged segments only one of so many is taken, unless all are wanted
SAMPLE = 41
# So many failing variants of a line are shown
SHOWN = 3


class Tally:
    """The numbers of one line, or of a sweep."""

    def __init__(self):
        self.runs = 0
        self.faults = sweeps.Faults()
        self.gone = collections.Counter()
        self.shown = []

    def add(self, other):
        self.runs += other.runs
        self.faults += other.faults
        self.gone += other.gone
        self.shown += other.shown

    def text(self):
        return f"{self.runs} runs, " + ", ".join(
            f"{number} {name}" for number, name in zip(self.faults.tuple(), COLUMNS)
            if number or name in ("ends", "violations"))


def _example(whole, name, film, number, variant, verdict):
    """A failing variant: how it looks, a file for it, and its content."""
    title = f"{whole.connection.name}, {variant.title}"
    words = re.sub(r"\W+", "-", f"{name}, {title}")
    return (f"{title}: {'; '.join(verdict.words)}" + (f" ({variant.gone})" if variant.gone
                                                      else ""),
            BUILD / f"{words}.pcap", film.octets(number))


def _write(examples):
    """The lines that show them; each is written to its file."""
    for text, path, content in examples:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        yield text
        yield f"  tools/tcpfsm replay --ladder {path.relative_to(HERE.parent.parent)}"


def _study(task):
    """(kind, {sweep: Tally}, what is wrong with it, looks) of one connection."""
    connection, names, sample, verbose = task
    whole = sweeps.Whole(connection)
    wrong = whole.faults()
    found, looks = {}, []
    for name in names if not wrong else ():
        step = sample if name.startswith("forgery") else 1
        offset = zlib.crc32(connection.name.encode())
        tally = found[name] = Tally()
        try:
            film, results = sweeps.sweep(whole, name,
                                         lambda place: not (place + offset) % step)
        except proof.Unexplained as why:
            wrong.append(str(why))
            continue
        for number, variant, verdict in results:
            tally.runs += 1
            tally.faults += verdict.faults
            tally.gone[variant.gone] += 1
            segments, expected = variant.plot()
            # The numbers of several connections cannot be compared
            if expected is not None and len(connection.acts) == 1:
                looks.append((*fair.look(segments, expected),
                              f"{name}, {connection.name}, {variant.title}"))
            if verbose and verdict.words and len(tally.shown) < SHOWN:
                tally.shown.append(_example(whole, name, film, number, variant,
                                            verdict))
    return connection.line.kind, found, wrong, looks


class Ratchet:
    """The numbers that were reached."""

    def __init__(self):
        self.reached = {}
        if REACHED.exists():
            for line in REACHED.read_text(encoding="ascii").splitlines():
                if not line.startswith("#"):
                    name, *numbers = line.split("\t")
                    self.reached[name] = tuple(map(int, numbers))

    def judge(self, name, faults):
        """Whether it is no worse, and remarks."""
        reached = self.reached.get(name, (0,) * len(COLUMNS))
        pairs = list(zip(COLUMNS, faults.tuple(), reached))
        worse = [f"{column}: {now}, was {before}" for column, now, before in pairs
                 if now > before]
        better = [f"{column} {now}, not {before}" for column, now, before in pairs
                  if now < before]
        return not worse, worse + (["reached: lower it: " + ", ".join(better)]
                                   if better else [])

    def lower(self, measured):
        self.reached.update({name: tally.faults.tuple() for name, tally in measured.items()})
        REACHED.write_text(HEAD.format(columns=", ".join(COLUMNS)) + "".join(
            "\t".join([name, *map(str, numbers)]) + "\n"
            for name, numbers in self.reached.items()), encoding="ascii")


class Report:
    """Lines of TAP."""

    def __init__(self, plan):
        self.number = self.failed = 0
        print(f"TAP version 13\n1..{plan}", flush=True)

    def line(self, good, name, remarks=(), numbers=""):
        self.number += 1
        self.failed += not good
        for remark in remarks:
            for text in remark.splitlines():
                print(f"# {text}")
        print(f"{'' if good else 'not '}ok {self.number} {name}"
              + (f" - {numbers}" if numbers else ""), flush=True)

    @staticmethod
    def note(text):
        print(f"# {text}", flush=True)


def _chosen(args, kinds):
    """{kind: sweeps}"""
    names = [f"{name}, {kind}" for name in sweeps.SWEEPS for kind in kinds]
    wanted = {name for name in names
              if not args.words or any(word in name for word in args.words)}
    return {kind: [name for name in sweeps.SWEEPS if f"{name}, {kind}" in wanted]
            for kind in kinds}


def _measure(args, found, chosen):
    """{(sweep, kind): Tally}, {kind: what is wrong with it as it was captured}, and
    whether the expectations are fair.
    """
    fairness = fair.Fairness()
    tallies = {(name, kind): Tally() for name in sweeps.SWEEPS for kind in chosen
               if name in chosen[kind]}
    wrong = {kind: [] for kind in chosen if chosen[kind]}
    tasks = [(connection, chosen[connection.line.kind], 1 if args.full else SAMPLE,
              args.verbose) for connection in found if chosen[connection.line.kind]]
    with multiprocessing.Pool(args.jobs) as pool:
        studies = zip(tasks, pool.imap(_study, tasks))
        for (connection, *_), (kind, parts, words, looks) in studies:
            wrong[kind] += [f"{connection.name}: {each}" for each in words]
            for name, tally in parts.items():
                tallies[name, kind].add(tally)
            for each in looks:
                fairness.add(*each)
    return tallies, wrong, fairness


def _name(args, name, kind):
    """Of a line; other numbers belong to all forged segments."""
    return f"{name}{' all' if args.full and name == 'forgery' else ''}, {kind}"


def _totals(report, tallies):
    for name in sweeps.SWEEPS:
        total = Tally()
        for (each, _), tally in tallies.items():
            if each == name:
                total.add(tally)
        if total.runs:
            report.note(f"all of {name}: {total.text()}")
            gone = ", ".join(f"{why}: {count}" for why, count in total.gone.most_common()
                             if why)
            report.note(f"  not as the whole: {gone or 'none'}")


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="show the first failing variants, and write them to build/")
    parser.add_argument("-j", "--jobs", type=int, default=1)
    parser.add_argument("--full", action="store_true", help="all forged segments")
    parser.add_argument("--captures", type=pathlib.Path, default=HERE,
                        help="the folder of the captures; others than those that are "
                        "committed have no numbers to compare with")
    parser.add_argument("--lower", action="store_true", help="write reached.txt")
    parser.add_argument("--table", action="store_true",
                        help="print why some variants are not compared with the whole")
    parser.add_argument("words", nargs="*")
    return parser.parse_args()


def main():
    args = _options()
    if args.table:
        for name, why in proof.GONE.items():
            print(f"{name}: {why}")
        return
    if not os.access(TOOL, os.X_OK):
        sys.exit(f"sweep.py: there is no {TOOL}: make tool")
    began = time.monotonic()
    found = connections(*files.read(args.captures))
    chosen = _chosen(args, dict.fromkeys(each.line.kind for each in found))
    ratchet = Ratchet()
    report = Report(1 + sum(1 + len(names) for names in chosen.values() if names))
    tallies, wrong, fairness = _measure(args, found, chosen)
    for kind, words in wrong.items():
        report.line(not words, f"whole, {kind}", words)
    report.line(not fairness.wrong, "what looks alike may end alike", fairness.wrong[:SHOWN],
                f"{len(fairness.known)} different")
    for (name, kind), tally in tallies.items():
        title = _name(args, name, kind)
        good, remarks = ratchet.judge(title, tally.faults)
        if args.captures != HERE:
            good, remarks = True, []
        report.line(good, title, [*_write(tally.shown[:SHOWN]), *remarks], tally.text())
    _totals(report, tallies)
    report.note(f"{len(found)} connections of {len(chosen)} kinds, "
                f"{sum(len(each.segments) for each in found)} segments, "
                f"{time.monotonic() - began:.0f} s")
    if args.lower:
        ratchet.lower({_name(args, *key): tally for key, tally in tallies.items()})
    sys.exit(report.failed != 0)


if __name__ == "__main__":
    main()
