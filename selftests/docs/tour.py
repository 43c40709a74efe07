#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The connections of the tour, see tour.sh.

    tour.py one     opens and closes one, whose last ACK is lost
    tour.py few     a few, of which one was flushed and one cannot send its FIN
    tour.py many    fifty on a line that loses packets
"""
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
SERVER = ("10.1.0.2", 80)
libc = ctypes.CDLL(None, use_errno=True)


def socket_in(netns):
    """A TCP socket of the namespace; the process comes back to its own."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {netns}")
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return sock
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(there)
        os.close(home)


def keep(name, command):
    """What a command of the tour prints, in a file of its own."""
    path = pathlib.Path(os.environ["TCPFSM_OUT"], name)
    with path.open("w", encoding="utf-8") as out:
        subprocess.run(command, shell=True, check=False, stdout=out, stderr=out)


def lose(percent, *towards):
    """Of the packets that go to these hosts the line loses so many."""
    for device in towards:
        subprocess.run(["tc", "-n", "line", "qdisc", "change", "dev", device, "root",
                        "netem", "delay", "20ms", "loss", f"{percent}%"], check=True)


def listen():
    listener = socket_in("server")
    listener.bind(SERVER)
    listener.listen(100)
    return listener


def connect(listener, port):
    client = socket_in("client")
    client.bind(("10.1.0.1", port))
    client.connect(SERVER)
    return client, listener.accept()[0]


def talk(client, server):
    """A request and its answer; then the client will send no more."""
    client.sendall(b"hello")
    server.recv(5)
    server.sendall(bytes(8000))
    left = 8000
    while left:
        left -= len(client.recv(left))
    client.shutdown(socket.SHUT_WR)
    server.recv(1)


def one():
    with listen() as listener:
        client, server = connect(listener, 40000)
    talk(client, server)
    time.sleep(0.5)
    keep("show", "tcpfsm -N client show")
    lose(100, "server")
    server.close()
    time.sleep(0.15)
    lose(0, "server")
    time.sleep(1)
    client.close()


def talk_and_close(listener, port):
    client, server = connect(listener, port)
    talk(client, server)
    time.sleep(0.05)
    server.close()
    client.close()
    time.sleep(0.5)


def many():
    lose(6, "client", "server")
    with listen() as listener:
        for port in range(40100, 40140):
            talk_and_close(listener, port)
        for port in (40102, 40104):
            talk_and_close(listener, port)
        _client, _server = connect(listener, 40140)
        talk(_client, _server)      # and is not closed
        time.sleep(45)
        for port in range(40141, 40148):
            talk_and_close(listener, port)
        time.sleep(20)
        lose(0, "client", "server")
        keep("timewait", "tcpfsm -N client timewait")
        keep("stats", "tcpfsm -N client -s stats | sed -n '/^TIME IN STATE/,$p'")
        keep("anomalies", "tcpfsm -N client stats | sed -n '/^anomalies/,/^$/p'")
        keep("transitions", "tcpfsm -N client stats | sed -n '/^transition/,/^$/p'")
        keep("json", "tcpfsm -N client -j -p show sport 40141")
        keep("details", "tcpfsm -N client -s show sport 40140")


def fill(sock):
    """Send until nothing more is taken: the peer does not read."""
    sock.settimeout(1)
    try:
        while True:
            sock.send(bytes(10000))
    except TimeoutError:
        pass


def few():
    with listen() as listener:
        pairs = [connect(listener, port) for port in range(40200, 40206)]
        for client, server in pairs[4:]:
            talk(client, server)
            server.close()
            client.close()
        time.sleep(0.5)
        subprocess.run(["tcpfsm", "-N", "client", "flush", "sport", "40200"], check=True,
                       stdout=subprocess.DEVNULL)
        fill(pairs[1][0])
        pairs[1][0].close()
        time.sleep(1)
        keep("audit", "tcpfsm -N client audit")


{"one": one, "few": few, "many": many}[sys.argv[1]]()
