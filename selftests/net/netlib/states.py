# SPDX-License-Identifier: GPL-2.0
"""Real sockets that stay in a state, many in each.

An nftables rule before the input hooks drops the segments that would move them, so
that neither the socket nor tcpfsm sees those.
"""

import errno
import resource
import socket
import time

from .load import abort

BACKLOG = 1 << 15
FAMILIES = (socket.AF_INET, socket.AF_INET6)
FIRST_PORT = 7001
FIN_WAIT_2 = 5
# One setting for all namespaces
QUEUE = "/proc/sys/net/core/netdev_max_backlog"
PATIENCE = 30

# {name: (state of the client, of the server)}; None: it never received anything
STATES = {
    "listen": ("syn-sent", "listen"),
    "syn-sent": ("syn-sent", None),
    "syn-received": ("syn-sent", "syn-received"),
    "established": ("established", "established"),
    "fin-wait-1": ("fin-wait-1", "established"),
    "close-wait": ("fin-wait-2", "close-wait"),
    "closing": ("closing", "fin-wait-2"),
    "last-ack": ("fin-wait-2", "last-ack"),
    "time-wait": ("time-wait", "closed"),
    "closed": ("closed", "closed"),
}
PORTS = {name: FIRST_PORT + number for number, name in enumerate(STATES)}

# The segments to drop, by the host that would receive them
LOST = {
    "server": (f"tcp dport {PORTS['syn-sent']}",
               f"tcp dport {PORTS['fin-wait-1']} tcp flags & fin == fin",
               f"tcp dport {PORTS['closing']} tcp flags & fin == fin"),
    "client": (f"tcp sport {PORTS['syn-received']} "
               "tcp flags & (syn | ack) == syn | ack",
               f"tcp sport {PORTS['last-ack']} tcp flags & fin == fin"),
}

SYSCTLS = {
    "net.core.somaxconn": BACKLOG,
    "net.ipv4.tcp_max_syn_backlog": BACKLOG,
    "net.ipv4.tcp_max_tw_buckets": BACKLOG,
    "net.ipv4.tcp_syncookies": 0,
    # Closed flows are kept until they are compared
    "net.tcpfsm.timeout_closed": 600,
}


def lose(host, rules):
    """Drop the segments that match one of the rules."""
    text = "".join(f"\t\t{rule} drop\n" for rule in rules)
    host.run("nft", "-f", "-", input=f"""
table inet lost {{
	chain pre {{
		type filter hook prerouting priority raw;
{text}	}}
}}
""")


def find(host):
    """Remove the rules of lose()."""
    host.run("nft", "delete", "table", "inet", "lost")


def wait_state(sock, state):
    """Wait until the socket is in this state (of enum tcp_state)."""
    limit = time.monotonic() + PATIENCE
    while sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != state:
        if time.monotonic() > limit:
            raise TimeoutError(f"not in state {state}")
        time.sleep(0.01)


class States:
    """Connections from the client to the server of a netdev.Net."""

    def __init__(self, net):
        self.net = net
        self.client, self.server = net.hosts["client"], net.hosts["server"]
        resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 18, 1 << 18))
        # Retransmissions come all at once, and a SYN-ACK that is dropped for lack
        # of room ends its request, so make the queue longer.
        with open(QUEUE, "w", encoding="ascii") as knob:
            knob.write(str(BACKLOG))
        for host in (self.client, self.server):
            for name, value in SYSCTLS.items():
                host.sysctl(name, value)
        for name, rules in LOST.items():
            lose(net.hosts[name], rules)
        self.sockets = []
        self.listeners = {}
        for family in FAMILIES:
            for name, port in PORTS.items():
                self.listeners[family, name] = self._listener(
                    family, port, 0 if name == "listen" else BACKLOG)
            # The accept queue has room for one; further SYNs are ignored
            self.sockets += self._dial(family, "listen", 1)

    def close(self):
        for sock in [*self.sockets, *self.listeners.values()]:
            sock.close()

    def make(self, name, family, count):
        """Make count connections in a state, by the names of STATES."""
        waits = "syn-sent" in STATES[name][0]
        clients = self._dial(family, name, count, blocking=not waits)
        servers = [] if waits else [self.listeners[family, name].accept()[0]
                                    for _ in range(count)]
        getattr(self, "_" + name.replace("-", "_"), self._rest)(
            clients, servers)
        self.sockets += clients + servers

    def _listener(self, family, port, backlog):
        sock = self.server.socket(family)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self.net.address("server", family), port))
        sock.listen(backlog)
        return sock

    def _dial(self, family, name, count, blocking=True):
        where = (self.net.address("server", family), PORTS[name])
        socks = []
        with self.client.inside():
            for _ in range(count):
                sock = socket.socket(family)
                sock.setblocking(blocking)
                code = sock.connect_ex(where)
                if code not in (0, errno.EINPROGRESS):
                    raise OSError(code, f"connect to {where}")
                socks.append(sock)
        return socks

    def _rest(self, clients, servers):
        """Nothing to do: they are in their state."""

    @staticmethod
    def _fin_wait_1(clients, servers):
        del servers
        for sock in clients:
            sock.shutdown(socket.SHUT_WR)

    @staticmethod
    def _close_wait(clients, servers):
        for one, other in zip(clients, servers):
            one.shutdown(socket.SHUT_WR)
            other.recv(1)

    @staticmethod
    def _closing(clients, servers):
        """The FIN of the client is dropped, and the server sends its own."""
        for one, other in zip(clients, servers):
            one.shutdown(socket.SHUT_WR)
            other.shutdown(socket.SHUT_WR)

    @staticmethod
    def _last_ack(clients, servers):
        """The FIN of the server is dropped, but not its ACK of the client's FIN."""
        for sock in clients:
            sock.shutdown(socket.SHUT_WR)
        for sock in clients:
            wait_state(sock, FIN_WAIT_2)
        for sock in servers:
            sock.shutdown(socket.SHUT_WR)

    @staticmethod
    def _time_wait(clients, servers):
        for one, other in zip(clients, servers):
            one.close()
            other.recv(1)
            other.close()

    @staticmethod
    def _closed(clients, servers):
        for one, other in zip(clients, servers):
            abort(one)
            other.setblocking(True)
            try:
                other.recv(1)
            except ConnectionResetError:
                pass
            other.close()
