"""Who speaks with a DCOL receiver through which of its virtual ports."""

from __future__ import annotations

from unitbench.wire.dcol.state import DcolState
from unitbench.wire.host import Peer

MOST = 1000
"""Clients that an output-only port takes; the manual says only that there may be many."""


class Clients:
    """The clients by virtual port, and when each was last heard."""

    def __init__(self, state: DcolState) -> None:
        self._state = state
        self._port: dict[Peer, int] = {}
        self._heard: dict[Peer, float] = {}

    def of(self, number: int) -> list[Peer]:
        """The clients of a virtual port."""
        return [peer for peer, port in self._port.items() if port == number]

    def port(self, peer: Peer) -> int | None:
        """The virtual port that a client came through; None for one that came through none."""
        return self._port.get(peer)

    def add(self, peer: Peer, number: int, now: float) -> None:
        """A client is there, or was heard again."""
        self._port[peer] = number
        self._heard[peer] = now

    def remove(self, peer: Peer) -> int | None:
        """A client is gone; the port that it came through."""
        self._heard.pop(peer, None)
        return self._port.pop(peer, None)

    def room(self, number: int, most: int, *, many: bool) -> bool:
        """Whether a port takes one more."""
        return len(self.of(number)) < (MOST if many else most)

    def silent_at(self, peer: Peer) -> float | None:
        """When a UDP client will be forgotten if nothing comes of it; None: never, or there is no such client."""
        number = self._port.get(peer)
        timeout = self._state.ports[number]["udp_timeout"] if number is not None else 0
        assert isinstance(timeout, int)
        return self._heard[peer] + timeout if timeout else None
