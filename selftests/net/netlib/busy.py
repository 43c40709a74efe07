# SPDX-License-Identifier: GPL-2.0
"""A process that holds the lock of its socket: it waits for a page inside recv().

The page belongs to a userfaultfd, which provides it only in release().
"""

import ctypes
import fcntl
import mmap
import os
import struct
import threading

from .netns import LIBC

SYS_USERFAULTFD = 323
UFFD_API, UFFDIO_API = 0xaa, 0xc018aa3f
UFFDIO_REGISTER, UFFDIO_ZEROPAGE = 0xc020aa00, 0xc020aa04
MODE_MISSING = 1


def _open():
    return LIBC.syscall(SYS_USERFAULTFD, os.O_CLOEXEC | os.O_NONBLOCK)


def available():
    fd = _open()
    if fd >= 0:
        os.close(fd)
    return fd >= 0


class Busy:
    """A process that hangs in recv(), with the socket locked."""

    def __init__(self, sock):
        self.fd = _open()
        fcntl.ioctl(self.fd, UFFDIO_API,
                    bytearray(struct.pack("=QQQ", UFFD_API, 0, 0)))
        self.page = mmap.mmap(-1, mmap.PAGESIZE,
                              mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(self.page))
        fcntl.ioctl(self.fd, UFFDIO_REGISTER, bytearray(struct.pack(
            "=QQQQ", self.start, mmap.PAGESIZE, MODE_MISSING, 0)))
        self.thread = threading.Thread(target=sock.recv_into,
                                       args=(memoryview(self.page),))
        self.thread.start()

    def release(self):
        fcntl.ioctl(self.fd, UFFDIO_ZEROPAGE, bytearray(struct.pack(
            "=QQQq", self.start, mmap.PAGESIZE, 0, 0)))
        self.thread.join()
        os.close(self.fd)
