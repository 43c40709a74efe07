# SPDX-License-Identifier: GPL-2.0
"""Functions that run in a child process: as somebody else, or in a loop."""

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
        except BaseException:  # all of it belongs into the report
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

    Errors are expected: what it uses is taken away while it runs.
    """

    def __init__(self, function):
        self.pid = os.fork()
        if self.pid:
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Not to outlive a test that dies: PR_SET_PDEATHSIG
        LIBC.prctl(1, ctypes.c_ulong(signal.SIGKILL))
        while True:
            try:
                function()
            except OSError:
                pass
            # A clock that stands still while code runs has to go on, too
            time.sleep(0.005)

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def become_userns_root():
    """Root of a user namespace of its own, with a network namespace."""
    become_nobody()
    # setuid() made the files below /proc/self root's
    LIBC.prctl(4, 1)     # PR_SET_DUMPABLE
    _check(LIBC.unshare(CLONE_NEWUSER))
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {NOBODY} 1"),
                       ("gid_map", f"0 {NOBODY} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    # After the maps: the kernel asks them who owns the files in /proc/net
    _check(LIBC.unshare(CLONE_NEWNET))
