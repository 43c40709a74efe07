#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares notifications with the counters of the kernel; see scenarios/counted.py.

counted.py [WORD]...: only the scenarios with a WORD in their name
"""

import importlib
import socket
import sys

import scenarios
from netlib import guest, sockevents, tally
from netlib.ktap import Failure, Ktap, Late

NAMES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


def play(function, family, trace, used):
    talk = tally.Counted(family, trace)
    try:
        function(talk)
        talk.judge(used)
    except Failure as why:
        kind = Late if talk.wire.is_late() else Failure
        raise kind("\n".join([*talk.faults, str(why)])) from None
    finally:
        talk.close()


def all_used(used):
    idle = [law.name for law in tally.LAWS if not used.get(law.name)]
    if idle and not guest.dry():
        raise Failure(f"nothing was counted under {', '.join(idle)}")


def main(words):
    guest.require()
    if not sockevents.available():
        guest.skip("tracefs")
    importlib.import_module("scenarios.counted")
    chosen = [(f"{name}, {NAMES[family]}", family, function)
              for name, families, function in scenarios.TABLE
              for family in families
              if not words or any(word in name for word in words)]
    ktap = Ktap(len(chosen) + (not words))
    trace = sockevents.SockEvents(kilobytes=256)
    used = {}
    for name, family, function in chosen:
        ktap.run(name, play, function, family, trace, used)
    if not words:
        ktap.run("every law was put to the test", all_used, used)
    ktap.note(used)
    trace.close()
    ktap.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
