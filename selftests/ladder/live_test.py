#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The command 'ladder' in a guest: it must draw what 'show' says.

selftests/vm/run.sh uml -- selftests/ladder/live_test.py
"""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
# pylint: disable=wrong-import-position
from netlib import guest  # noqa: E402
from netlib.ktap import Failure, Ktap  # noqa: E402
from netlib.netdev import Net  # noqa: E402

PORT = 80
PATIENCE = 20
TO_SERVER = re.compile(r"^([0-9.]+) .*\|- (\S+ seq=.*?) -*>\|")
TO_CLIENT = re.compile(r"^([0-9.]+) .*\|<-* (\S+ seq=.*?) -\|")


def check(condition, why):
    if not condition:
        raise Failure(why)


def equal(is_, want, what):
    check(is_ == want, f"{what}:\n{is_}\nbut expected:\n{want}")


class Followed:
    """A connection that 'ladder --follow' watches."""

    def __init__(self, net, host="client"):
        self.net = net
        self.host = net.hosts[host]
        self.file = tempfile.TemporaryFile("w+")
        self.follow = subprocess.Popen(
            self.command("ladder", "--follow", "--ascii"),
            stdout=self.file, stderr=subprocess.STDOUT)
        time.sleep(1)

    def command(self, *words):
        return [guest.tool(), "-n", "-N", self.host.name, *words]

    def tool(self, *words, status=0):
        done = subprocess.run(self.command(*words), text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        equal(done.returncode, status, f"{words}: {done.stdout} status")
        return done.stdout

    def said(self, until):
        """Wait until the output contains "until"; return all of it."""
        limit = time.monotonic() + PATIENCE
        said = ""
        while until not in said:
            check(time.monotonic() < limit, f"no\n{until}\nin:\n{said}")
            time.sleep(0.01)
            self.file.seek(0)
            said = self.file.read()
        return said

    def leave(self):
        self.follow.terminate()
        self.follow.wait()
        self.file.close()
        self.tool("flush")


def segments_of(lines):
    """The arrows of a picture: (sender, flags, seq, ack, len)."""
    for line in lines:
        for sender, arrow in (("client", TO_SERVER), ("server", TO_CLIENT)):
            found = arrow.match(line)
            if not found:
                continue
            flags, *words = found[2].split()
            numbers = dict(word.split("=") for word in words if "=" in word)
            yield (sender, "".join(sorted(flag[0] for flag in flags.split(","))),
                   *(int(numbers.get(name, 0)) for name in ("seq", "ack", "len")))


def segments_told(conn):
    for segment in conn["segments"]:
        if "flags" in segment:
            yield (segment["endpoint"], "".join(sorted(segment["flags"])),
                   segment["seq"], segment.get("ack", 0), segment["len"])


def states_of(lines, role):
    """The states beside the lifeline of a role, in their order."""
    part = slice(9, 24) if role == "client" else slice(65, None)
    for line in lines:
        if "|" in line and line[part].strip():
            yield line[part].split()[0].lower()


def states_told(conn, role):
    last = "closed" if role == "client" else "listen"
    yield last
    for segment in conn["segments"]:
        if segment[role] != last:
            yield segment[role]
        last = segment[role]


def rows(text):
    """The text between the two lifelines, by row."""
    return [line for line in text.splitlines()
            if line[24:25] and line[64:65] and line[24] in "|:" and line[64] in "|:"]


def compare(followed):
    """'ladder', 'ladder --follow' and 'show' must agree."""
    conn = json.loads(followed.tool("-s", "-j", "show"))[0]
    whole = followed.tool("ladder", "--ascii", "id", str(conn["id"]))
    lines = whole.splitlines()
    equal(list(segments_of(lines)), list(segments_told(conn)), "segments")
    for role in ("client", "server"):
        equal(list(states_of(lines, role)), list(states_told(conn, role)), role)
        check(conn[role]["address"] in lines[0] + lines[1], lines[0])
    equal(rows(followed.said(rows(whole)[-1])), rows(whole), "the diagram that grew")


def listen(followed, family):
    where = followed.net.hosts["server"]
    server = where.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((followed.net.address("server", family), PORT))
    server.listen()
    return server


def establish(followed, family=socket.AF_INET):
    client = followed.host.socket(family)
    with listen(followed, family) as server:
        client.connect(server.getsockname()[:2])
        accepted = server.accept()[0]
    followed.said("| ESTABLISHED")
    return client, accepted


def server_closed(followed):
    """The last segment is the last ACK."""
    limit = time.monotonic() + PATIENCE
    while "time-wait" not in (shown := followed.tool("-j", "show", "server", "closed")):
        check(time.monotonic() < limit, shown)
        time.sleep(0.01)


def close_both(followed, family):
    client, server = establish(followed, family)
    with server:
        client.sendall(b"x" * 100)
        client.close()
        while server.recv(100):
            pass
    server_closed(followed)
    compare(followed)
    followed.tool("flush")
    said = followed.said("opened: handshake, closed: fin, conn_state: SF")
    check(re.search("CLOSED +TIME-WAIT held [0-9.]+ s, flushed\n", said), said)


def half_close(followed):
    client, server = establish(followed)
    with client, server:
        client.shutdown(socket.SHUT_WR)
        check(not server.recv(1), "no end of file")
        for _ in range(100):
            server.sendall(b"x" * 10000)
            left = 10000
            while left:
                left -= len(client.recv(left))
    server_closed(followed)
    compare(followed)
    whole = followed.tool("ladder", "--ascii")
    check("half-close" in whole and "kB <-" in whole, whole)


def reset(followed):
    client, server = establish(followed)
    with server:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    followed.said("closed: reset, conn_state: RSTO")
    compare(followed)


def refused(followed):
    with followed.host.socket(socket.AF_INET) as client:
        try:
            client.connect((followed.net.address("server", socket.AF_INET), PORT))
        except ConnectionRefusedError:
            pass
    followed.said("closed: refused, conn_state: REJ")
    compare(followed)


def several(followed):
    """With two connections rows are tagged with the id."""
    first = establish(followed)
    second = establish(followed)
    followed.said("\n#2 0.000000 SYN-SENT")
    for sock in first + second:
        sock.close()
    followed.said("\n#1 ")
    whole = followed.tool("ladder")
    equal(whole.count("(client, here)"), 2, "diagrams")
    equal(whole.count("\n\n"), 1, "empty lines")


def formats(followed):
    with establish(followed)[0]:
        check(followed.tool("ladder", "--format", "svg").startswith("<svg "), "no SVG")
        check(followed.tool("ladder", "--format=mermaid").startswith("sequenceDiagram\n"),
              "no Mermaid")
        with establish(followed)[0]:
            for name in ("svg", "mermaid"):
                said = followed.tool("ladder", "--format", name, status=1)
                check("add 'id N'" in said, said)
                followed.tool("ladder", "--format", name, "id", "2")


def complaints(followed):
    for words, said in (
            (("ladder", "id", "1"), "no connection"), (("ladder", "--format", "x"), "svg"),
            (("ladder", "--format"), "value"), (("ladder", "--ascii", "--format=svg"), "text"),
            (("ladder", "--follow", "--format=svg"), "text"), (("ladder", "-x"), "option"),
            (("-j", "ladder"), "'-j'"), (("ladder", "state", "x"), "not a state")):
        out = followed.tool(*words, status=1)
        check(said in out and out.count("\n") == 1, out)


def reader_leaves(followed):
    with establish(followed)[0]:
        reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
        reader.wait()
        done = subprocess.run(followed.command("ladder"), check=False, stdout=reader.stdin,
                              stderr=subprocess.PIPE)
        equal((done.returncode, done.stderr), (0, b""), "status")


def run(net, test, *args):
    guest.insmod()
    try:
        followed = Followed(net)
        try:
            test(followed, *args)
        finally:
            followed.leave()
    finally:
        guest.rmmod()


def main():
    guest.require(module=False, need_tool=True)
    if guest.loaded():
        guest.rmmod()
    tests = [("a close, IPv4", close_both, socket.AF_INET),
             ("a close, IPv6", close_both, socket.AF_INET6),
             ("a half-close", half_close), ("a reset", reset), ("refused", refused),
             ("several at once", several), ("formats", formats),
             ("complaints", complaints), ("the reader leaves", reader_leaves)]
    ktap = Ktap(len(tests))
    net = Net(prefix="ladder")
    for name, *test in tests:
        ktap.run(name, run, net, *test)
    net.close()
    ktap.leave()


main()
