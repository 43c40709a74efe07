# SPDX-License-Identifier: GPL-2.0
"""One scenario: two hosts on a Wire, their sockets, and what is expected.

After every step the states of all local sockets, as inet_diag gives them,
are compared with the states that tcpfsm gives the local ends. see() adds
the textbook states of both ends as each of the two hosts sees them.
"""

import errno
import socket
import struct


from . import diag, guest, link, oracle
from .fsm import View
from .ktap import Failure

TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
TCP_SEND_QUEUE = 2
NOT_KNOWN = "-"
ANY = "?"
FIRST_PORT = 2000


class Talk:
    ports = iter(range(FIRST_PORT, 1 << 15))  # tuples of two scenarios differ

    def __init__(self, family, trace):
        self.wire = link.Wire(family)
        self.family = family
        self.trace = trace
        self.diag = {}
        self.view = {}
        for name, end in self.wire.ends.items():
            self.diag[name] = diag.Diag(end.ns)
            if not guest.dry():
                self.view[name] = View(end.ns)
        self.port = next(self.ports)         # the server's
        self.cport = 32768 + self.port
        self.client = {"A": "A", "B": "A"}   # who is it, in whose view
        self.sockets = []
        self.listener = self.sa = self.sb = None
        self.faults = []
        self.allowed = {}    # (view, kernel state, our state): [why, uses]
        self.events = {"A": [], "B": []}
        self.midstream = False   # what was before is not known
        self.once = False        # see flow()
        self.explained = {}      # by host: the sequences, and why they differ
        trace.clear()

    def close(self):
        for sock in self.sockets:
            self.rst_on_close(sock)
            sock.close()
        for reader in [*self.diag.values(), *self.view.values()]:
            reader.close()
        self.wire.close()

    # --- sockets ---------------------------------------------------------

    def address(self, name):
        return self.wire.ends[name].address

    def socket(self, name, port=0):
        sock = self.wire.ends[name].ns.socket(self.family)
        self.sockets.append(sock)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        if port:
            sock.bind((self.address(name), port))
        return sock

    def listen(self, backlog=5):
        self.listener = self.socket("B", self.port)
        self.listener.listen(backlog)
        return self.listener

    def connect(self, isn=None, port=None):
        """A's connect(), from a port of its own; its SYN waits on the wire."""
        self.cport = port or self.cport
        self.sa = self.socket("A", self.cport)
        if isn is not None:
            choose_isn(self.sa, isn)
        self.start(self.sa, "B", self.port)
        return self.sa

    def start(self, sock, name, port):
        code = sock.connect_ex((self.address(name), port))
        if code not in (0, errno.EINPROGRESS):
            raise OSError(code, "connect")
        self.step("connect")

    def accept(self):
        self.sb = self.listener.accept()[0]
        self.sb.setblocking(False)
        self.sb.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.append(self.sb)
        return self.sb

    def establish(self, **options):
        """Everything up to the accepted socket."""
        if not self.listener:
            self.listen()
        self.connect(**options)
        self.carry("A", "S")
        self.carry("B", "SA")
        self.carry("A", "A")
        self.accept()
        self.see(A="established established", B="established established")

    def shut(self, sock):
        """Close the sending side; the socket stays."""
        sock.shutdown(socket.SHUT_WR)
        self.step("shutdown")

    def end(self, sock):
        """close()."""
        self.sockets.remove(sock)
        sock.close()
        self.step("close")

    @staticmethod
    def rst_on_close(sock):
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("=ii", 1, 0))
        except OSError:
            pass

    def abort(self, sock):
        """close() that sends a RST."""
        self.rst_on_close(sock)
        self.end(sock)

    def vanish(self, sock):
        """The socket is gone and no segment told of it: a power failure."""
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
        self.sockets.remove(sock)
        sock.close()

    def send(self, sock, data=b"x"):
        sock.send(data)
        self.step(f"send {len(data)}")

    def receive(self, sock, size=1 << 16):
        return sock.recv(size)

    # --- the wire --------------------------------------------------------

    def carry(self, name, kind=None, **changes):
        """Deliver the oldest segment of NAME to the other host."""
        seg = self.wire.take(name, kind)
        peer = self.wire.other(name).name
        self.wire.give(peer, seg.change(**changes) if changes else seg)
        self.step()
        return seg

    def lose(self, name, kind=None):
        seg = self.wire.take(name, kind)
        self.wire.note(f"x {name}'s {self.wire.pretty(seg)} is lost")
        self.step()
        return seg

    def hold(self, name, kind=None):
        """Take a segment off the wire, to be given later or twice."""
        return self.wire.take(name, kind)

    def give(self, name, seg, **options):
        self.wire.give(name, seg, **options)
        self.step()

    def wait(self, name, kind=None):
        seg = self.wire.wait(name, kind)
        self.step()
        return seg

    def arrive(self, name, kind=None, **changes):
        """Wait for a segment of NAME and deliver it."""
        self.wire.wait(name, kind)
        return self.carry(name, kind, **changes)

    def flow(self, seconds=0.12):
        """Deliver all, until nothing is sent for that long.

        With `once` not what has arrived already: in a slow guest timers run
        out while a scenario is busy with something else.
        """
        while True:
            moved = False
            for name, end in self.wire.ends.items():
                end.pump()
                while end.queue:
                    if self.once and self.wire.was_given(end.queue[0]):
                        self.lose(name)
                        continue
                    self.carry(name)
                    moved = True
            if not moved and not self.wire.quiet(seconds):
                return

    def empty(self, *names):
        """Nothing may be waiting."""
        self.wire.pump()
        for name in names or "AB":
            if self.wire.ends[name].queue:
                self.fault(f"{name} should not have sent anything")

    # --- expectations ----------------------------------------------------

    def fault(self, text):
        self.faults.append(text + "\n" + self.wire.story())

    def allow(self, view, kernel, ours, why):
        """A difference from the kernel that is right, and must occur."""
        self.allowed[view, kernel, ours] = [why, 0]

    def explain(self, name, kernel, ours, why):
        """The sequences of NAME's socket must differ, in just this way."""
        self.explained[name] = (f"  kernel {kernel}\n  tcpfsm {ours}", why)

    def forbid(self, view, kernel, ours):
        """The end of allow(); it was needed, or it should not be there."""
        why, uses = self.allowed.pop((view, kernel, ours))
        if not uses and not guest.dry():
            self.fault(f"{view}: kernel {kernel}, tcpfsm {ours} did not "
                       f"occur: {why}")

    def step(self, what=None):
        """Compare everything local; called after each action."""
        if what:
            self.wire.note(f"  {what}")
        self.wire.pump()
        for name in self.view:
            self.agree(name)

    def agree(self, name):
        self.events[name] += self.view[name].events()
        for found in oracle.differences(self.diag[name].states(),
                                        self.view[name].conns()):
            entry = self.allowed.get((name, found.kernel, found.ours))
            if entry:
                entry[1] += 1
            else:
                self.fault(f"{name}: {found}")

    def ours(self, *ports):
        return set(ports) == {self.port, self.cport}

    def conn(self, name, number=-1):
        """The connection of this scenario in NAME's view (its newest)."""
        found = sorted((conn for conn in self.view[name].conns()
                        if self.ours(conn["client"]["port"],
                                     conn["server"]["port"])),
                       key=lambda conn: conn["id"])
        return found[number] if found else None

    def see(self, A=None, B=None):
        """States of A's and of B's end as A and as B see them.

        "-": no entry; "?": not fixed by the model; "x|y": one of them. The
        host's own end must be in that state in the kernel, too.
        """
        for name, text in (("A", A), ("B", B)):
            if text is None:
                continue
            want = text.split()
            self._see_kernel(name, want[name == "B"] if len(want) > 1
                             else NOT_KNOWN)
            if self.view:
                self._see_ours(name, want)

    def _see_kernel(self, name, want):
        keys = self.diag[name].states()
        found = {state for key, state in keys.items()
                 if self.ours(key[1], key[3])}
        accepted = {None if word in ("closed", "listen", NOT_KNOWN) else word
                    for word in want.split("|")}
        accepted |= {kernel for view, kernel, ours in self.allowed
                     if view == name and ours in want.split("|")}
        got = found or {None}
        if want != ANY and not got <= accepted:
            self.fault(f"{name}'s kernel socket is {got}, expected {want}")

    def _see_ours(self, name, want):
        conn = self.conn(name)
        if conn is None:
            if want != [NOT_KNOWN]:
                self.fault(f"{name} knows no connection, expected {want}")
            return
        role = "client" if self.client[name] == "A" else "server"
        ends = {"A": role, "B": "server" if role == "client" else "client"}
        got = [conn[ends[end]]["state"] for end in "AB"]
        if (want == [NOT_KNOWN] or
                any(w != ANY and g not in w.split("|")
                    for w, g in zip(want, got))):
            self.fault(f"{name} sees {' '.join(got)}, "
                       f"expected {' '.join(want)}")
        for end in "AB":
            address = conn[ends[end]]["address"]
            if self.client[name] and address != self.address(end):
                self.fault(f"{name} takes {address} for the {ends[end]}")

    def finish(self):
        """The sequences of both hosts, and what was allowed in vain."""
        for view, kernel, ours in list(self.allowed):
            self.forbid(view, kernel, ours)
        if self.view:
            traced = self.trace.sequences()
            for name in "AB":
                self.events[name] += self.view[name].events()
                self._sequences(name, traced)
        if self.faults:
            raise Failure(f"{len(self.faults)} findings")

    def _is_past(self, key):
        """Of an earlier scenario: its orphans may outlive it by minutes."""
        return any(FIRST_PORT <= port < self.port for port in (key[1], key[3]))

    def _sequences(self, name, traced):
        local = self.address(name)
        ours = oracle.chains(self.events[name], lambda a: a == local)
        mine = {key: runs for key, runs in traced.items()
                if key[0] == local and not self._is_past(key)}
        if self.midstream:       # the pickup is no transition of the kernel
            ours = {key: runs for key, runs in ours.items()
                    if key in mine or len(runs) > 1
                    or runs[0].states[-1] != "established"}
        found = oracle.compare_sequences(mine, ours)
        if name in self.explained:
            text, why = self.explained[name]
            if not any(item.endswith(text) for item in found):
                self.fault(f"{name}'s sequences do not differ: {why}")
            found = [item for item in found if not item.endswith(text)]
        for text in found:
            self.fault(f"{name}'s sequence of {text}")

    # --- what only tcpfsm knows (nothing when the kernel is tested alone) ---

    def expect(self, name, path, want, number=-1):
        """A member of the connection object, as "client.isn", is want."""
        if not self.view:
            return
        value = self.conn(name, number)
        for member in path.split("."):
            value = (value or {}).get(member)
        if value != want:
            self.fault(f"{name}: {path} is {value}, expected {want}")

    def flush(self, name):
        if self.view:
            self.view[name].flush()

    def counter(self, name, counter):
        return self.view[name].counters().get(counter) if self.view else None

    def no_violations(self):
        """Genuine traffic must not make any."""
        for name, view in self.view.items():
            found = view.violations()
            if found:
                self.fault(f"{name}: {found}")

    def happened(self, name, **fields):
        """The events of NAME until now that have these members."""
        self.events[name] += self.view[name].events() if self.view else []
        return [event for event in self.events[name]
                if all(event.get(k) == v for k, v in fields.items())]


def choose_isn(sock, isn):
    """The next SYN of the socket has this sequence number."""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ,
                    struct.pack("=I", isn))
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 0)


