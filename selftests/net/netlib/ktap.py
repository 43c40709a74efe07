# SPDX-License-Identifier: GPL-2.0
"""Prints results in KTAP, each as soon as it is known."""

import sys
import time
import traceback


class Failure(Exception):
    """A test has failed; the text is the diagnosis."""


class Late(Failure):
    """A test has failed, but perhaps only because the machine is too slow."""


TRIES = 5


class Ktap:
    def __init__(self, plan):
        self.count = self.failed = self.skipped = 0
        self.plan = plan
        print("KTAP version 1", flush=True)
        print(f"1..{plan}", flush=True)

    def note(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def ok(self, name):
        self._line("ok", name)

    def fail(self, name, why):
        self.failed += 1
        self.note(why)
        self._line("not ok", name)

    def skip(self, name, why):
        self.skipped += 1
        self._line("ok", f"{name} # SKIP {why}")

    def run(self, name, function, *args):
        """Run one test, which fails by raising any exception.

        After Late it is run again.
        """
        began = time.monotonic()
        for left in reversed(range(TRIES)):
            try:
                function(*args)
            except Failure as why:
                if left and isinstance(why, Late):
                    self.note(f"{why}\n{name}: again, the machine may have "
                              "been too slow")
                    continue
                self.fail(name, why)
            except Exception:  # also an error of the test itself
                self.fail(name, traceback.format_exc())
            else:
                self.ok(name)
            break
        took = time.monotonic() - began
        if took > 5:
            self.note(f"{name} took {took:.1f} s")

    def leave(self):
        passed = self.count - self.failed - self.skipped
        if self.count != self.plan:
            self.note(f"planned {self.plan}, ran {self.count}")
            self.failed += 1
        self.note(f"{passed} passed, {self.failed} failed, "
                  f"{self.skipped} skipped")
        if self.failed:
            sys.exit(1)
        sys.exit(4 if self.count and self.skipped == self.count else 0)

    def _line(self, word, name):
        self.count += 1
        print(f"{word} {self.count} {name}", flush=True)
