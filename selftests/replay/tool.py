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


def replay(data, *words, options=(), status=0, complaint=None, lines=1):
    """Output of the tool for a capture. Options among "words" go before the name of
    the file, others behind it. "complaint" is on stderr, which has so many lines."""
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
        equal(said.count("\n"), lines, f"lines on stderr, {said!r}")
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


def whole(one, family="inet"):
    """The connection must be one of all lines of talk.ALL."""
    equal(one["family"], family, "family")
    equal(states(one), ("time-wait", "closed"), "states")
    equal((one["opened"], one["closed"]), ("handshake", "fin"), "opened, closed")
    equal((one["conn_state"], one["history"]), ("SF", "ShADaFf"), "Zeek")
    equal((one["client"]["bytes"], one["server"]["bytes"]), (100, 0), "bytes")
    equal((one["client"]["packets"], one["server"]["packets"]), (5, 4), "packets")
    check("anomalies" not in one, f"anomalies {one.get('anomalies')}")


def alone(got, family="inet"):
    """There must be this connection, and no other one."""
    equal(len(got), 1, "connections")
    whole(got[0], family)
