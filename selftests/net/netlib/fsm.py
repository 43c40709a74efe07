# SPDX-License-Identifier: GPL-2.0
"""Reads tcpfsm's view of a namespace: connections, notifications, counters.

View uses netlink itself, without starting the tool; ToolView uses the tool. Both
return the objects of the tool's JSON.
"""

import functools
import json
import re
import socket
import struct
import subprocess
import tempfile
import time

from . import guest, netlink
from .netlink import attribute, attribute_list, attributes

NETLINK_GENERIC = 16
CTRL = 16
FAMILY_VERSION = 1


@functools.lru_cache(maxsize=1)
def constants():
    """The enumerators of the uapi header, {name: number}."""
    found = {}
    with open(guest.UAPI, encoding="ascii") as header:
        text = re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)
    for body in re.findall(r"enum\s*\w*\s*{(.*?)}", text, flags=re.S):
        number = 0
        for item in filter(None, (i.strip() for i in body.split(","))):
            name, _, value = (part.strip() for part in item.partition("="))
            if value and not value.isdigit():
                continue    # _MAX is not a value
            number = int(value) if value else number
            found[name] = number
            number += 1
    return found


@functools.lru_cache(maxsize=None)
def names(prefix):
    """{number: name} of an enum, with the names of the JSON."""
    start = f"TCPFSM_{prefix}_"
    return {number: name[len(start):].lower().replace("_", "-")
            for name, number in constants().items() if name.startswith(start)}


@functools.lru_cache(maxsize=1)
def kinds():
    """The catalogue: {name: "VIOLATION", "NOTABLE" or "BOTH"}."""
    with open(guest.DEFS, encoding="ascii") as defs:
        text = defs.read().replace("\\\n", " ")
    return dict(re.findall(r'X\(\w+,\s*"([\w-]+)",\s*([A-Z]+),', text))


def _number(data):
    return int.from_bytes(data, "little")


def _endpoint(data):
    text = {}
    for kind, value in attribute_list(data):
        name = names("A_ENDPOINT")[kind]
        if name in ("address4", "address6"):
            family = socket.AF_INET if len(value) == 4 else socket.AF_INET6
            text["address"] = socket.inet_ntop(family, value)
        elif name == "port":
            text["port"] = int.from_bytes(value, "big")
        elif name in ("state", "socket-state"):
            text[name.replace("-", "_")] = names("STATE")[value[0]]
        elif name in ("confirmed", "local"):
            text[name] = True
        elif name == "stay":
            state, duration = _stay(value)
            text.setdefault("time_in_state", {})[state] = duration
        elif name != "pad":
            text[name] = _number(value)
    return text


def _stay(data):
    found = {names("A_STAY")[kind]: value
             for kind, value in attributes(data).items()}
    return names("STATE")[found["state"][0]], _number(found["duration"])


def _time_wait(data):
    text = {}
    for kind, value in attributes(data).items():
        name = names("A_TIME_WAIT")[kind].replace("-", "_")
        if name == "endpoint":
            text[name] = names("ROLE")[value[0]]
        elif name == "source":
            text[name] = names("TW_SOURCE")[value[0]]
        elif name == "end":
            text[name] = names("TW_END")[value[0]]
        elif name != "pad":
            text[name] = int.from_bytes(value, "little",
                                        signed=name == "isn_delta")
    if "duration" in text:
        text["ended"] = text["entered"] + text["duration"]
    return text


def _histogram(data):
    text = {"buckets": []}
    for kind, value in attribute_list(data):
        name = names("A_HISTOGRAM")[kind]
        if name == "name":
            text[name] = value.rstrip(b"\0").decode()
        elif name == "bucket":
            text["buckets"].append(_number(value))
        elif name != "pad":
            text[name] = _number(value)
    return text


ENUMS = {"opened": "OPENED", "closed": "CLOSED", "endpoint": "ROLE",
         "old": "STATE", "new": "STATE", "cause": "CAUSE",
         "anomaly": "ANOMALY", "kind": "KIND"}
FLAGS = "FSRPA"


def _segment(data):
    text = {}
    for kind, value in attributes(data).items():
        name = names("A_SEGMENT")[kind]
        if name in ("client-state", "server-state"):
            text[name.removesuffix("-state")] = names("STATE")[value[0]]
        elif name == "flags":
            text[name] = "".join(letter for bit, letter in enumerate(FLAGS)
                                 if value[0] & 1 << bit)
        elif name in ENUMS:
            text[name] = names(ENUMS[name])[value[0]]
        elif name != "pad":
            text[name] = _number(value)
    return text


def _anomaly_count(data):
    found = {names("A_ANOMALY_COUNT")[kind]: value
             for kind, value in attributes(data).items()}
    return names("ANOMALY")[found["anomaly"][0]], _number(found["count"])


def _message(data):
    """One message as the object of the JSON."""
    text, waits = {}, []
    for kind, value in attribute_list(data):
        name = names("A")[kind]
        if name == "anomalies":
            anomaly, count = _anomaly_count(value)
            text.setdefault(name, {})[anomaly] = count
        elif name == "segment":
            text.setdefault("segments", []).append(_segment(value))
        elif name.startswith("rtt-"):
            text.setdefault("rtt", {})[name[4:]] = _number(value)
        elif name in ("client", "server"):
            text[name] = _endpoint(value)
        elif name == "time-wait":
            waits.append(_time_wait(value))
        elif name == "histogram":
            text[name] = _histogram(value)
        elif name in ENUMS:
            text[name] = names(ENUMS[name])[value[0]]
        elif name in ("name", "conn-state", "history"):
            text[name.replace("-", "_")] = value.rstrip(b"\0").decode()
        elif name == "confirmed":
            text[name] = True
        elif name == "family":
            text[name] = "inet6" if value[0] == socket.AF_INET6 else "inet"
        elif name not in ("doc", "pad"):
            text[name] = _number(value)
    if "anomaly" in text:
        text["name"] = text.pop("anomaly")     # the name of the member in JSON
    waits.sort(key=lambda wait: wait["entered"])
    text.update(zip(("time_wait", "time_wait_other"), waits))
    return text


class Family:
    """The number and the groups of the generic netlink family."""

    def __init__(self, sock):
        request = struct.pack("=BBH", 3, 1, 0) + attribute(2, b"tcpfsm\0")
        found = attributes(sock.request(CTRL, request)[0][4:])
        self.number = _number(found[1])
        self.groups = {}
        for group in attributes(found[7]).values():
            fields = attributes(group)
            name = fields[1].rstrip(b"\0").decode()
            self.groups[name] = _number(fields[2])


class View:
    def __init__(self, namespace, groups=None):
        """groups: the multicast groups to join; all by default."""
        self.asked = netlink.Socket(namespace, NETLINK_GENERIC)
        self.family = Family(self.asked)
        self.told = netlink.Socket(namespace, NETLINK_GENERIC)
        for name, group in self.family.groups.items():
            if groups is None or name in groups:
                self.told.join(group)

    def close(self):
        self.asked.close()
        self.told.close()

    def conns(self, segments=False, brief=False):
        return self._dump("CONN_GET", self._flag("WITH_SEGMENTS", segments)
                          + self._flag("BRIEF", brief))

    def conn(self, number, segments=False):
        """The connection with this id."""
        return _message(self._do("CONN_GET", attribute(
            constants()["TCPFSM_A_ID"], struct.pack("=Q", number))
            + self._flag("WITH_SEGMENTS", segments))[0][4:])

    @staticmethod
    def _flag(name, wanted):
        return (attribute(constants()["TCPFSM_A_" + name], b"") if wanted
                else b"")

    def anomalies(self):
        """{name: count} of the anomalies that occurred."""
        return {name: count for name, count
                in self.counters("ANOMALIES_GET").items() if count}

    def violations(self):
        """The violations of RFC 9293 by their counters, as text; empty if there are none."""
        count = self.counters()["anomalies.violation"]
        found = [f"{name} {times}" for name, times in self.anomalies().items()
                 if kinds()[name] != "NOTABLE"]
        return f"{count} violations: {', '.join(found)}" if count else ""

    def conns_while(self, disturb):
        """A dump during which disturb() is called.

        Returns the connections, and whether the dump was marked as inconsistent.
        """
        rows = self.asked.dump(self.family.number, self._head("CONN_GET"),
                               disturb)
        return ([_message(payload[4:]) for payload in rows],
                self.asked.interrupted)

    def counters(self, command="STATS_GET"):
        return {item["name"]: item["value"] for item in self._dump(command)}

    def histograms(self):
        """{name: histogram} of durations, in microseconds."""
        return {item["name"]: item for item in
                (row["histogram"] for row in self._dump("HISTOGRAM_GET"))}

    def flush(self):
        return _message(self._do("CONN_DEL")[0][4:]).get("count", 0)

    def set(self, name, value):
        self._do("SETTINGS_SET",
                 attribute(constants()["TCPFSM_A_NAME"],
                           name.encode() + b"\0")
                 + attribute(constants()["TCPFSM_A_VALUE"],
                             struct.pack("=Q", value)))

    def events(self):
        """The notifications since the last call."""
        found = []
        for payload in self.told.pending():
            event = _message(payload[4:])
            event["event"] = names("CMD")[payload[0]].replace("-ntf", "")
            found.append(event)
        return found

    def _do(self, command, payload=b""):
        return self.asked.request(self.family.number,
                                  self._head(command) + payload)

    def _dump(self, command, payload=b""):
        return [_message(row[4:]) for row in
                self.asked.dump(self.family.number,
                                self._head(command) + payload)]

    @staticmethod
    def _head(command):
        return struct.pack("=BBH", constants()["TCPFSM_CMD_" + command],
                           FAMILY_VERSION, 0)


class ToolView:
    """The same with the tool; `tcpfsm monitor` runs from the start."""

    def __init__(self, namespace):
        self.name = namespace.name
        # Opened twice: the monitor writes where its own offset is, which a
        # reader of the same open file would move
        self.output = tempfile.NamedTemporaryFile("w", encoding="utf-8")
        self.spool = open(self.output.name, encoding="utf-8")
        self.seen = 0
        self.monitor = subprocess.Popen(
            [guest.tool(), "-j", "-N", self.name, "monitor"],
            stdout=self.output)
        self._wait_joined(namespace)

    def _wait_joined(self, namespace):
        """Wait until the socket of the monitor is in a multicast group."""
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            for line in namespace.read("netlink").splitlines()[1:]:
                _, protocol, owner, groups = line.split()[:4]
                if (int(protocol) == NETLINK_GENERIC and int(groups, 16)
                        and int(owner) == self.monitor.pid):
                    return
            time.sleep(0.01)
        raise TimeoutError("the tool's monitor does not listen")

    def close(self):
        self.monitor.terminate()
        self.monitor.wait()
        self.spool.close()
        self.output.close()

    def conns(self):
        return json.loads(self.run("show") or "[]")

    def flush(self):
        self.run("flush")

    def events(self):
        """The notifications since the last call. An incomplete last line is kept back."""
        self.spool.seek(self.seen)
        text = self.spool.read()
        whole = text[:text.rfind("\n") + 1]
        self.seen += len(whole.encode())
        return [json.loads(line) for line in whole.splitlines()]

    def run(self, *command):
        return subprocess.run([guest.tool(), "-j", "-N", self.name, *command],
                              check=True, text=True,
                              stdout=subprocess.PIPE).stdout
