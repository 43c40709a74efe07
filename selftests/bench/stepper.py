# SPDX-License-Identifier: GPL-2.0
"""Single-steps User Mode Linux, which is a process, with ptrace().

Its signals are its interrupts. They are held back: for a process that slow they would
come so often that it did nothing else.
"""

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                        ctypes.c_void_p]
LIBC.ptrace.restype = ctypes.c_long

PEEKUSER, SINGLESTEP, DETACH = 3, 9, 17
SEIZE, INTERRUPT = 0x4206, 0x4207
# Offset in struct user_regs_struct on x86-64
RIP = 16 * 8


def _ptrace(request, pid, address=0, data=0):
    ctypes.set_errno(0)
    result = LIBC.ptrace(request, pid, address, data)
    if result == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), f"ptrace {request}")
    return result


def addresses(pid, count):
    """The address of each of the next "count" instructions."""
    _ptrace(SEIZE, pid)
    try:
        _ptrace(INTERRUPT, pid)
        os.waitpid(pid, 0x40000000)
        for _ in range(count):
            _ptrace(SINGLESTEP, pid)
            _, status = os.waitpid(pid, 0x40000000)
            if not os.WIFSTOPPED(status):
                raise RuntimeError("the process is gone")
            if os.WSTOPSIG(status) == signal.SIGTRAP:
                yield _ptrace(PEEKUSER, pid, RIP) & (1 << 64) - 1
    finally:
        _ptrace(DETACH, pid)
