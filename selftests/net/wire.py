#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Scenarios with a pause after every segment; see scenarios/.

wire.py [WORD]...: only the scenarios with a WORD in their name
"""

import importlib
import socket
import sys

import scenarios
from netlib import guest, sockevents
from netlib.ktap import Failure, Ktap, Late
from netlib.talk import Talk

MODULES = ("open", "close", "rst", "again", "stray", "rawpeer", "odd",
           "malformed")
NAMES = {socket.AF_INET: "IPv4", socket.AF_INET6: "IPv6"}


# In these all segments are the kernels' own, if lost, late or doubled.
GENUINE = ("scenarios.open", "scenarios.close")


def play(function, family, trace):
    talk = Talk(family, trace)
    try:
        function(talk)
        if function.__module__ in GENUINE:
            talk.no_violations()
        talk.finish()
    except Failure as why:
        # What was found before tells more than the step that then failed.
        kind = Late if talk.wire.is_late() else Failure
        raise kind("\n".join([*talk.faults, str(why)])) from None
    finally:
        talk.close()


def main(words):
    guest.require()
    if not sockevents.available():
        guest.skip("tracefs")
    for module in MODULES:
        importlib.import_module("scenarios." + module)
    chosen = [(f"{name}, {NAMES[family]}", family, function)
              for name, families, function in scenarios.TABLE
              for family in families
              if not words or any(word in name for word in words)]
    ktap = Ktap(len(chosen))
    trace = sockevents.SockEvents(kilobytes=256)
    for name, family, function in chosen:
        ktap.run(name, play, function, family, trace)
    trace.close()
    ktap.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
