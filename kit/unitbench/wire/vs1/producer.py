"""Reports on their way to any number of clients: a slow one stalls the producer, or misses some."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from unitbench.wire.host import Out, Peer

QUEUE_BYTES = 65536
"""What waits for a client that does not read."""
STALL_S = 5.0
"""So long a lossless client holds up the inspection before it is dropped (a reading)."""


class Delivery(Enum):
    """The two kinds of report connection that the manual names."""

    LOSSLESS = "lossless"
    LOSSY = "lossy"


@dataclass
class Client:
    """One connection. ``per_s`` limits a lossy one; ``skipped`` counts what it missed."""

    peer: Peer
    delivery: Delivery
    per_s: float | None = None
    sent: int = 0
    skipped: int = 0
    writable: bool = True
    queue: deque[bytes] = field(default_factory=deque)
    waiting: int = 0
    next_at: float = float("-inf")

    def full(self, size: int, room: int) -> bool:
        """Whether a report of ``size`` bytes finds no place; an empty queue has place for any."""
        return self.waiting > 0 and self.waiting + size > room


class Producer:
    """Offers each report to all clients, or, while a lossless one has no room, to nobody."""

    def __init__(self, *, room: int = QUEUE_BYTES, stall_s: float = STALL_S) -> None:
        self.clients: dict[Peer, Client] = {}
        self.stalls = 0
        self.dropped: list[Client] = []
        self._room = room
        self._stall_s = stall_s
        self._stalled_since: float | None = None
        self._cut: list[Peer] = []

    @property
    def stalled(self) -> bool:
        """Whether a lossless client holds everything up."""
        return self._stalled_since is not None

    def join(self, peer: Peer, delivery: Delivery, per_s: float | None = None) -> Client:
        """A client connects."""
        found = self.clients[peer] = Client(peer, delivery, per_s)
        return found

    def leave(self, peer: Peer) -> None:
        """A client is gone; what waited for it is forgotten."""
        self.clients.pop(peer, None)

    def offer(self, data: bytes, now: float) -> bool:
        """Hand a report to every client. False: the inspection waits; offer the same report again, at once
        where it is not ``stalled``: what is queued can then be sent."""
        slow = [
            client
            for client in self.clients.values()
            if client.delivery is Delivery.LOSSLESS and client.full(len(data), self._room)
        ]
        if slow:
            slow = [client for client in slow if not client.writable]
            if not slow:
                self._stalled_since = None
                return False
            if self._stalled_since is None:
                self._stalled_since = now
                self.stalls += 1
            if now - self._stalled_since < self._stall_s:
                return False
            for client in slow:
                self._drop(client)
        self._stalled_since = None
        for client in self.clients.values():
            self._give(client, data, now)
        return True

    def _drop(self, client: Client) -> None:
        self.leave(client.peer)
        self.dropped.append(client)
        self._cut.append(client.peer)

    def _give(self, client: Client, data: bytes, now: float) -> None:
        if client.delivery is Delivery.LOSSY and (now < client.next_at or client.full(len(data), self._room)):
            client.skipped += 1
            return
        if client.per_s:
            client.next_at = now + 1 / client.per_s
        client.sent += 1
        client.queue.append(data)
        client.waiting += len(data)

    def writable(self, peer: Peer, yes: bool) -> None:
        """Whether a client's connection takes more bytes."""
        if client := self.clients.get(peer):
            client.writable = yes

    def outgoing(self) -> list[Out]:
        """What can be sent now."""
        out = []
        for client in self.clients.values():
            if client.writable and client.queue:
                out.append(Out(b"".join(client.queue), client.peer))
                client.queue.clear()
                client.waiting = 0
        return out

    def cuts(self) -> list[Peer]:
        """The connections to be closed."""
        cut, self._cut = self._cut, []
        return cut
