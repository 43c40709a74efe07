# SPDX-License-Identifier: GPL-2.0
"""Runs the tool on a capture."""

import decimal
import json
import os
import pathlib
import subprocess
import tempfile

from netlib.ktap import Failure

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("TCPFSM_TOOL", str(HERE.parent.parent / "tools/tcpfsm"))


def check(condition, why):
    if not condition:
        raise Failure(why)


def equal(got, want, what):
    check(got == want, f"{what}: {got}, expected {want}")


def call(words, options=(), stdin=None):
    """Run: tcpfsm OPTIONS replay WORDS"""
    return subprocess.run([TOOL, *options, "replay", *map(str, words)],
                          input=stdin, capture_output=True, timeout=120,
                          check=False)


def replay(data, *words, options=(), status=0, complaint=None):
    """Output of the tool for a capture. Options among "words" go before the name of
    the file, others behind it."""
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(data)
        file.flush()
        split = next((at for at, word in enumerate(words)
                      if not word.startswith("-")), len(words))
        done = call([*words[:split], file.name, *words[split:]], options)
    said = done.stderr.decode()
    equal(done.returncode, status, f"status, which said {said!r}")
    if complaint is None:
        equal(said, "", "stderr")
    else:
        check(complaint in said, f"stderr {said!r} has no {complaint!r}")
        equal(said.count("\n"), 1, f"lines on stderr, {said!r}")
    return done.stdout.decode()


def parse(text):
    """Parse JSON with decimals: a double has too few digits for a time."""
    return json.loads(text, parse_float=decimal.Decimal)


def connections(data, *words, options=(), **expect):
    return parse(replay(data, *words, options=("-j", *options), **expect))


def events(data, *words, options=(), **expect):
    text = replay(data, "--events", *words, options=("-j", *options), **expect)
    return [parse(line) for line in text.splitlines()]


def stats(data, **expect):
    return parse(replay(data, "--stats", options=("-j",), **expect))


def states(connection):
    return connection["client"]["state"], connection["server"]["state"]
