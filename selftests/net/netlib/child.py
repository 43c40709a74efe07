# SPDX-License-Identifier: GPL-2.0
"""Runs functions in a child process: as another user, or in a loop."""

import ctypes
import json
import os
import signal
import time
import traceback

from .netns import CLONE_NEWNET, LIBC, _check

CLONE_NEWUSER = 0x10000000
NOBODY = 65534


def run(function):
    """Run function in a child and return its result."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            result = json.dumps(function())
            status = 0
        except BaseException:  # reported to the parent, whatever it is
            result = json.dumps(traceback.format_exc())
        os.write(write, result.encode())
        os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        result = json.load(pipe)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"the child failed: {result}")
    return result


class Loop:
    """A child that calls function again and again until it is stopped.

    Errors are expected: what the function uses is removed while it runs.
    """

    def __init__(self, function):
        self.pid = os.fork()
        if self.pid:
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # PR_SET_PDEATHSIG: the child must not outlive the test
        LIBC.prctl(1, ctypes.c_ulong(signal.SIGKILL))
        while True:
            try:
                function()
            except OSError:
                pass
            # With --time-travel the clock goes on only in a sleep
            time.sleep(0.005)

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def become_userns_root():
    """Become root of a new user namespace, with a new network namespace."""
    become_nobody()
    # After setuid() the files below /proc/self belong to root
    LIBC.prctl(4, 1)     # PR_SET_DUMPABLE
    _check(LIBC.unshare(CLONE_NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {NOBODY} 1"),
                       ("gid_map", f"0 {NOBODY} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    # After the maps, which say who owns the files in /proc/net
    _check(LIBC.unshare(CLONE_NEWNET))
