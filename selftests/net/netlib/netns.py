# SPDX-License-Identifier: GPL-2.0
"""Named network namespaces, all used from this process."""

import contextlib
import ctypes
import os
import socket
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
MS_BIND = 0x1000
MNT_DETACH = 2
RUN = "/run/netns"


def _check(result):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def setns(fd):
    """setns(); os.setns() needs Python 3.12."""
    _check(LIBC.setns(fd, CLONE_NEWNET))


def unshare():
    _check(LIBC.unshare(CLONE_NEWNET))


class Namespace:
    """A network namespace, with a name for `ip -n` and `tcpfsm -N`."""

    def __init__(self, name):
        self.name = name
        self.path = os.path.join(RUN, name)
        os.makedirs(RUN, exist_ok=True)
        open(self.path, "w", encoding="ascii").close()
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            unshare()
            _check(LIBC.mount(b"/proc/thread-self/ns/net", self.path.encode(),
                              b"none", MS_BIND, None))
            self.fd = os.open(self.path, os.O_RDONLY)
        finally:
            setns(home)
            os.close(home)

    @contextlib.contextmanager
    def inside(self):
        """Context manager: sockets and files opened in it belong to the namespace."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        setns(self.fd)
        try:
            yield self
        finally:
            setns(home)
            os.close(home)

    def socket(self, family, kind=socket.SOCK_STREAM, proto=0):
        with self.inside():
            return socket.socket(family, kind, proto)

    def ip(self, *lines):
        subprocess.run(["ip", "-n", self.name, "-batch", "-"], check=True,
                       input="\n".join(lines) + "\n", text=True)

    def run(self, *command, **options):
        return subprocess.run(["ip", "netns", "exec", self.name, *command],
                              check=True, text=True, **options)

    def sysctl(self, name, value):
        with self.inside():
            path = "/proc/sys/" + name.replace(".", "/")
            with open(path, "w", encoding="ascii") as knob:
                knob.write(str(value))

    def read(self, path):
        """Content of a file under this namespace's /proc/net."""
        with self.inside():
            full = os.path.join("/proc/thread-self/net", path)
            with open(full, encoding="ascii") as file:
                return file.read()

    def delete(self):
        os.close(self.fd)
        _check(LIBC.umount2(self.path.encode(), MNT_DETACH))
        os.unlink(self.path)


def quick_ipv6(namespace):
    """Make addresses usable at once, and hosts send no packets of their own."""
    for scope in ("all", "default"):
        namespace.sysctl(f"net.ipv6.conf.{scope}.accept_dad", 0)
        namespace.sysctl(f"net.ipv6.conf.{scope}.router_solicitations", 0)
