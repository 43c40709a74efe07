# SPDX-License-Identifier: GPL-2.0
"""Runs `tcpfsm audit` on a host, and makes sockets for it to compare."""

import contextlib
import json
import socket
import subprocess

from . import guest
from .ktap import Failure
from .netns import Namespace, quick_ipv6

PORT = 9000


def check(condition, why):
    if not condition:
        raise Failure(why)


def run_tool(host, *options):
    return subprocess.run([guest.tool(), "-N", host.name, *options, "audit"],
                          text=True, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def audit(host, *options, status=0):
    """The output of the tool as an object; its exit status must be "status"."""
    done = run_tool(host, "-j", *options)
    check(done.returncode == status,
          f"{host.name}: exit status {done.returncode}, expected {status}\n"
          f"{done.stderr}{unexplained(done.stdout)}")
    found = json.loads(done.stdout)
    check(found["compared"] == found["equal"] + found["explained"]
          + found["unexplained"], f"it does not add up: {totals(found)}")
    return found


def unexplained(text):
    """The first rows that are unexplained, a line each."""
    rows = json.loads(text)["endpoints"] if text else []
    return "\n".join(json.dumps(row) for row in rows
                     if row["difference"] != "equal"
                     and not row.get("reason"))[:3000]


def totals(found):
    return ", ".join(f"{value} {name}" for name, value in found.items()
                     if name != "endpoints")


def reasons(found):
    return [row.get("reason") for row in found["endpoints"]]


def differ(host, kernel, ours, difference, reason=None):
    """The audit must find this difference and no other."""
    rows = audit(host, status=0 if reason else 1)["endpoints"]
    check(len(rows) == 1, f"{len(rows)} differences: {rows[:3]}")
    found = (rows[0].get("socket", {}).get("state"), rows[0].get("state"),
             rows[0]["difference"], rows[0].get("reason"))
    want = kernel, ours, difference, reason
    check(found == want, f"found {found}, expected {want}")


def alone():
    host = Namespace("audit-lo")
    quick_ipv6(host)
    host.ip("link set lo up")
    return host


@contextlib.contextmanager
def pair(host):
    """A connection over loopback: the sockets of both ends."""
    with (host.socket(socket.AF_INET) as listener,
          host.socket(socket.AF_INET) as client):
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client.connect(listener.getsockname())
        with listener.accept()[0] as server:
            yield client, server


@contextlib.contextmanager
def listening(host, option=None, value=0):
    """A listener on PORT, with a TCP socket option."""
    with host.socket(socket.AF_INET) as listener:
        if option:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)
        listener.bind(("127.0.0.1", PORT))
        listener.listen(16)
        yield listener
