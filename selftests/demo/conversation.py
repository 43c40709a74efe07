#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A connection from namespace "client" to "server", slowly enough to watch."""
import ctypes
import os
import socket
import subprocess
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def socket_in(netns):
    """Make a TCP socket in the namespace, and return to the own one."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{netns}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {netns}")
        return socket.socket()
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(there)
        os.close(home)


def step(text, tool):
    """Wait for the output of the monitor, then show the connection."""
    time.sleep(0.5)
    print(f"\n\033[1m{text}\033[0m\n# tcpfsm -N client show", flush=True)
    subprocess.run([tool, "-N", "client", "show"], check=True)
    print(flush=True)
    time.sleep(0.5)


def main(tool):
    listener = socket_in("server")
    listener.bind(("10.1.0.2", 80))
    listener.listen()

    client = socket_in("client")
    client.bind(("10.1.0.1", 40000))
    client.connect(("10.1.0.2", 80))
    server, _ = listener.accept()
    step("Three segments have opened it: SYN, SYN-ACK, ACK", tool)

    client.sendall(b"GET / HTTP/1.0\r\n\r\n")
    server.recv(100)
    client.shutdown(socket.SHUT_WR)
    step("The client has said FIN and got its ACK: half closed", tool)

    server.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello\n")
    client.recv(100)
    server.close()
    step("The server has said FIN, the client ACK: now it waits 2MSL, because"
         " that ACK may be lost", tool)


main(sys.argv[1])
