# SPDX-License-Identifier: GPL-2.0
"""Compares the kernel's sockets with tcpfsm's states of the local ends."""

import dataclasses

# Equal on both sides: no socket, and no connection known.
NOTHING = {None, "closed", "listen"}


@dataclasses.dataclass(frozen=True)
class Difference:
    key: tuple
    kernel: object
    ours: object

    def __str__(self):
        address, port, peer, peer_port = self.key
        return (f"{address}:{port} to {peer}:{peer_port}: "
                f"kernel {self.kernel}, tcpfsm {self.ours}")


def endpoint_key(conn, role):
    here = conn[role]
    there = conn["server" if role == "client" else "client"]
    return (here["address"], here["port"], there["address"], there["port"])


def local_states(conns):
    """{key: state} of the local ends, of the newest incarnation."""
    found = {}
    for conn in sorted(conns, key=lambda conn: conn["id"]):
        for role in ("client", "server"):
            if conn[role].get("local"):
                found[endpoint_key(conn, role)] = conn[role]["state"]
    return found


def same(kernel, ours):
    return kernel == ours or (kernel in NOTHING and ours in NOTHING)


def differences(kernel, conns):
    """The local ends whose state is not that of their socket."""
    ours = local_states(conns)
    return [Difference(key, kernel.get(key), ours.get(key))
            for key in sorted(set(kernel) | set(ours))
            if not same(kernel.get(key), ours.get(key))]


class Chain:
    """The sequence of states of one local end, by the notifications."""

    def __init__(self):
        self.states = []
        self.broken = []     # transitions that begin in another state
        self.rollbacks = 0

    def add(self, event):
        old, new = event["old"], event["new"]
        if not self.states:
            self.states.append(old)
        elif self.states[-1] != old:
            self.broken.append(f"{self.states[-1]}, then {old} to {new}")
        if event["cause"] == "rollback":
            # A rollback: the assumed state is removed
            self.rollbacks += 1
            del self.states[-1]
            if new in self.states:
                del self.states[self.states.index(new) + 1:]
                return
        self.states.append(new)


def chains(events, is_local):
    """{key: [Chain, ...]} of the local ends, one for each incarnation."""
    found = {}
    for event in events:
        if event["event"] != "transition":
            continue
        key = endpoint_key(event, event["endpoint"])
        if not is_local(key[0]):
            continue
        by_id = found.setdefault(key, {})
        by_id.setdefault(event["id"], Chain()).add(event)
    return {key: [by_id[number] for number in sorted(by_id)]
            for key, by_id in found.items()}


def comparable(states):
    """A sequence of states in the form that is compared.

    The trace of the kernel has no TIME_WAIT: the socket is reported closed when a
    timewait socket takes its place. That also happens when an orphan waits in
    FIN_WAIT2 as a timewait socket, so after fin-wait-2 the end is left out.
    """
    plain = list(states)
    while plain and plain[0] in ("closed", "listen"):
        del plain[0]
    for at, state in enumerate(plain):
        if state in ("time-wait", "closed"):
            plain[at:] = ["end"]
            break
    if plain[-2:] == ["fin-wait-2", "end"]:
        del plain[-1]
    return tuple(plain)


def fold_backlog(states):
    """Allow for a FIN that arrives while the process sends its own.

    The socket is locked, so the peer's FIN waits in the backlog and is processed
    after the own FIN has left: FIN-WAIT-1, CLOSING. The own FIN does not acknowledge
    the peer's, so tcpfsm rolls CLOSE-WAIT back; if the ACK of the own FIN is the next
    to arrive, tcpfsm has FIN-WAIT-1, FIN-WAIT-2 instead.
    """
    for tail in (("fin-wait-1", "fin-wait-2"),
                 ("fin-wait-1", "closing", "end")):
        if states[-len(tail):] == tail:
            return states[:-len(tail)] + ("fin-wait-1", "backlog")
    return states


QUEUED = ("fin-wait-1", "closing", "end"), ("close-wait", "last-ack", "end")


def fin_was_queued(theirs, mine):
    """Was the socket closed first, while its FIN waited behind data?

    If the peer's FIN came meanwhile, it is the first one on the wire.
    """
    kernel, ours = QUEUED
    return (theirs[-len(kernel):] == kernel and mine[-len(ours):] == ours
            and theirs[:-len(kernel)] == mine[:-len(ours)])


def agree(theirs, mine, rollbacks, queued):
    """True if the two lists of sequences agree."""
    if len(theirs) != len(mine):
        return False
    return all(one == other
               or rollbacks and fold_backlog(one) == fold_backlog(other)
               or queued and fin_was_queued(one, other)
               for one, other in zip(theirs, mine))


def never_a_socket(chain):
    """True for a passive open that never got beyond the request socket."""
    return set(chain) <= {"syn-received", "end"}


def compare_sequences(kernel, ours, queued=False):
    """The differences between the sequences of the kernel and of tcpfsm, as lines.

    kernel: {key: [states, ...]}, ours: {key: [Chain, ...]}; queued: a FIN can have
    waited behind data, see fin_was_queued().
    """
    wrong = []
    for key in sorted(set(kernel) | set(ours)):
        theirs = [comparable(run) for run in kernel.get(key, [])]
        chain = ours.get(key, [])
        mine = [comparable(item.states) for item in chain]
        theirs = [run for run in theirs if not never_a_socket(run)]
        mine = [run for run in mine if not never_a_socket(run)]
        if not agree(theirs, mine, sum(item.rollbacks for item in chain),
                     queued):
            wrong.append(f"{key}:\n  kernel {_text(theirs)}\n"
                         f"  tcpfsm {_text(mine)}")
        wrong += [f"{key}: transition out of order: {text}"
                  for item in chain for text in item.broken]
    return wrong


def _text(runs):
    return " | ".join(" > ".join(run) for run in runs) or "nothing"
