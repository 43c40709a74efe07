#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The history of a connection: segments, anomalies, round-trip times, Zeek's fields."""

import errno
import json
import os
import re
import socket
import time

from netlib import guest
from netlib.fsm import ToolView, View
from netlib.host import Host, check, equal, wait
from netlib.ktap import Ktap
from netlib.netns import Namespace
from netlib.segment import ACK, FIN, RST, SYN, Segment

# endpoint, flags, seq, ack, then the states of client and server
WHOLE = [
    ("client", "S", 0, None, "syn-sent", "listen"),
    ("server", "SA", 0, 1, "established", "syn-received"),
    ("client", "A", 1, 1, "established", "established"),
    ("client", "FA", 1, 1, "fin-wait-1", "close-wait"),
    ("server", "FA", 1, 2, "time-wait", "last-ack"),
    ("client", "A", 2, 2, "time-wait", "closed"),
]
# The same with an ACK of its own for the client's FIN, as in a slow guest
FOUR = [*WHOLE[:4], ("server", "A", 1, 2, "fin-wait-2", "close-wait"),
        *WHOLE[4:]]


def textbook(found, what, size=len(FOUR)):
    """Expect the whole history or the last part of it; three or four segments close."""
    expected = [rows[-size:] if size else [] for rows in (WHOLE, FOUR)]
    check(found in expected, f"{what}: {found}, expected {expected[0]}")


def brief(conn):
    return [tuple(item.get(key) for key in ("endpoint", "flags", "seq", "ack",
                                            "client", "server"))
            for item in conn.get("segments", [])]


def closed_pair(host):
    """Open and close a connection over loopback; returns its id."""
    pairs = host.live(1)
    pairs.close_all()
    pairs.close()
    return max(conn["id"] for conn in host.view.conns())


def whole(host):
    """Every segment with its numbers, and both states after it."""
    number = closed_pair(host)
    conn = host.view.conn(number, segments=True)
    textbook(brief(conn), "segments")
    times = [item["time"] for item in conn["segments"]]
    equal(times, sorted(times), "times")
    equal(conn["conn_state"], "SF", "conn_state")
    check(conn["history"] in ("ShAFf", "ShAFaf"),
          f"history is {conn['history']}")
    check(set(conn["rtt"]) == {"client", "server"}, f"rtt is {conn['rtt']}")
    check("segments" not in host.view.conn(number), "segments without asking")


def from_the_tool(host):
    """The JSON of the tool has the same, and so has the notification of the end."""
    host.view.events()
    number = closed_pair(host)
    host.view.flush()
    closed = [event for event in host.view.events()
              if event["event"] == "closed" and event["id"] == number]
    # The last record is that of the flush
    textbook(brief(closed[0])[:-1], "segments of the event")
    number = closed_pair(host)
    tool = ToolView(host.ns)
    rows = json.loads(tool.run("-s", "show", "id", str(number)))
    tool.close()
    textbook(brief(rows[0]), "segments of the tool")


def sizes(host):
    """New connections keep as many segments as the setting says, with 0 none."""
    for size in (0, 1, 4, 64):
        host.view.set("history", size)
        conn = host.view.conn(closed_pair(host), segments=True)
        textbook(brief(conn), f"history={size}", size)
    try:
        host.view.set("history", 65)
    except OSError as why:
        equal(why.errno, errno.ERANGE, "errno")
    else:
        check(False, "65 was accepted")


def syn(host, **changes):
    return Segment(host.wire.ends["A"].address, host.end.address, 4000, 80,
                   seq=1000, flags=SYN).change(**changes)


def by_port(host, port=4000):
    found = [conn for conn in host.view.conns(segments=True)
             if conn["client"]["port"] == port]
    return found[-1]


def counted(host):
    """Anomalies of connections, counters and notifications agree."""
    host.view.flush()
    before = host.view.counters("ANOMALIES_GET")
    host.view.events()
    for _ in range(2):
        host.end.receive(syn(host).packet())
    host.end.receive(syn(host, flags=ACK, seq=1001, ack=0).packet())
    host.end.receive(syn(host, flags=SYN | FIN).packet())
    host.wire.pump()
    isn = by_port(host)["server"]["isn"]
    wrong = (isn + 1 + (1 << 30)) % (1 << 32)
    host.end.receive(syn(host, flags=RST, seq=1001 + (1 << 30)).packet())
    host.end.receive(syn(host, flags=ACK, seq=1001, ack=wrong).packet())
    conn = by_port(host)
    want = {"syn-rexmit": 1, "synack-rexmit": 1, "ack3-bad-ack": 2,
            "bad-flags": 1, "rst-out-of-window": 1}
    got = dict(conn["anomalies"])
    equal(got, want, "of the connection")
    after = host.view.counters("ANOMALIES_GET")
    equal({name: after[name] - before[name] for name in after
           if after[name] != before[name]}, want, "of the namespace")
    events = [event for event in host.view.events()
              if event["event"] == "anomaly"]
    equal({name: sum(event["name"] == name for event in events)
           for name in want}, want, "of the events")
    last = [event for event in events if event["name"] == "ack3-bad-ack"][-1]
    equal([last[key] for key in ("kind", "endpoint", "seq", "ack",
                                 "expected")],
          ["violation", "client", 1001, wrong, (isn + 1) % (1 << 32)],
          "the event")
    marked = [item["anomaly"] for item in conn["segments"]
              if "anomaly" in item]
    equal(len(marked), sum(want.values()), "marked segments")


def filtered(host):
    """The filter 'anomaly NAME' finds the connections that had it."""
    host.view.flush()
    for port in (4001, 4002, 4002, 4003):
        host.end.receive(syn(host, sport=port).packet())
    tool = ToolView(host.ns)
    rows = json.loads(tool.run("show", "anomaly", "syn-rexmit"))
    none = json.loads(tool.run("show", "anomaly", "fin-moved"))
    equal(tool.run("flush", "anomaly", "syn-rexmit") != "", True, "flushed")
    left = json.loads(tool.run("show"))
    tool.close()
    equal([row["client"]["port"] for row in rows], [4002], "found")
    equal(none, [], "found of another anomaly")
    equal(sorted(row["client"]["port"] for row in left), [4001, 4003], "left")


def anomaly_events(host):
    return [event for event in host.view.events()
            if event["event"] == "anomaly"]


def long_close_wait(host):
    """Reported once, after its time, and not if it ends before."""
    host.view.set("close_wait_long", 1)
    pairs = host.live(2)
    (leaks, leaked), (leaves, left) = pairs.open
    host.view.events()
    leaks.shutdown(socket.SHUT_WR)
    leaves.shutdown(socket.SHUT_WR)
    left.close()
    time.sleep(2.5)
    found = [(event["name"], event["endpoint"], event["client"]["port"])
             for event in anomaly_events(host)]
    equal(found, [("close-wait-long", "server", leaks.getsockname()[1])],
          "told")
    pairs.open = []
    for sock in (leaks, leaked, leaves):
        sock.close()
    pairs.close()


def no_long_close_wait(host):
    host.view.set("close_wait_long", 0)
    pairs = host.live(1)
    host.view.events()
    pairs.open[0][0].shutdown(socket.SHUT_WR)
    time.sleep(1.5)
    equal(anomaly_events(host), [], "told")
    pairs.close()


def handshake_timeout(host):
    host.view.set("timeout_half_open", 1)
    host.view.flush()
    host.view.events()
    host.end.receive(syn(host, sport=4010).packet())
    found = []

    def told():
        found.extend(event["name"] for event in anomaly_events(host))
        return found

    wait(told, "nothing is reported")
    equal(found, ["handshake-timeout"], "told")


def rtt(host):
    """The round-trip time of the client is the time from SYN-ACK to ACK."""
    host.end.receive(syn(host, sport=4020).packet())
    host.wire.pump()
    synack = [seg for seg in host.end.queue if seg.dport == 4020][-1]
    time.sleep(0.2)
    host.end.receive(syn(host, sport=4020, flags=ACK, seq=1001,
                         ack=synack.end).packet())
    found = by_port(host, 4020)["rtt"]
    check(found["client"] >= 200_000_000, f"the client's rtt is {found}")
    check(found["server"] < found["client"], f"the server's rtt is {found}")


def traced(host):
    """The tracepoint has what the notifications have."""
    instance = "/sys/kernel/tracing/instances/tcpfsm"
    os.makedirs(instance, exist_ok=True)
    try:
        with open(instance + "/events/tcpfsm/tcpfsm_anomaly/enable", "w",
                  encoding="ascii") as knob:
            knob.write("1")
        host.view.events()
        for _ in range(2):
            host.end.receive(syn(host, sport=4030).packet())
        host.end.receive(syn(host, sport=4030, flags=ACK, seq=1001,
                             ack=5).packet())
        told = [tuple(str(event.get(key, 0)) for key in
                      ("endpoint", "name", "kind", "seq", "ack", "expected"))
                for event in anomaly_events(host)]
        with open(instance + "/trace", encoding="ascii") as trace:
            found = re.findall(r"client=\S+:4030 .*endpoint=(\S+) name=(\S+) "
                               r"kind=(\S+) seq=(\d+) ack=(\d+) expects=\d "
                               r"expected=(\d+)", trace.read())
    finally:
        os.rmdir(instance)
    equal([item[1] for item in told],
          ["syn-rexmit", "synack-rexmit", "ack3-bad-ack"], "told")
    equal(found, told, "traced")


def forwarded(host):
    """The next connection on the tuple has a new history."""
    del host
    router = Namespace("history-new")
    view = View(router)
    try:
        router.ip("link set lo up")
        listener = router.socket(socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 80))
        listener.listen(5)
        for _ in range(2):
            client = router.socket(socket.AF_INET)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              b"\1\0\0\0\0\0\0\0")
            client.bind(("127.0.0.1", 4040))
            client.connect(("127.0.0.1", 80))
            listener.accept()[0].close()
            client.recv(1)
            client.close()
        conns = view.conns(segments=True)
        equal(len(conns), 1, "connections")
        equal(brief(conns[0])[:3], WHOLE[:3], "segments")
    finally:
        view.close()
        router.delete()


TESTS = {
    "a whole connection": whole,
    "over netlink, in the event, from the tool": from_the_tool,
    "sizes": sizes,
    "anomalies are counted": counted,
    "filter by anomaly": filtered,
    "a long CLOSE-WAIT": long_close_wait,
    "a long CLOSE-WAIT that nobody asks about": no_long_close_wait,
    "a handshake that is never done": handshake_timeout,
    "round-trip time": rtt,
    "the tracepoint of anomalies": traced,
    "the next connection on the tuple": forwarded,
}


def main():
    guest.require(need_tool=True)
    families = {"IPv4": socket.AF_INET, "IPv6": socket.AF_INET6}
    ktap = Ktap(len(TESTS) * len(families))
    for word, family in families.items():
        for name, function in TESTS.items():
            host = Host(family)
            ktap.run(f"{name}, {word}", function, host)
            host.close()
    ktap.leave()


if __name__ == "__main__":
    main()
