"""The unit's end of every conversation: what a simulated unit is made of. No I/O, no clock."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush

from unitbench.schema.records import Role
from unitbench.wire.codec import Codec, Framer, Piece
from unitbench.wire.host import Out, Peer


@dataclass(frozen=True, slots=True)
class Decision:
    """What a unit made of some bytes, for the private channel of a simulated unit; ``now`` is its clock."""

    now: float
    peer: Peer
    data: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A datagram that nobody asked for: what, whereto, and from which of the unit's ports."""

    data: bytes
    to: tuple[str, int]
    port: int


class UnitCore(ABC):
    """Takes requests of any number of peers and answers them, each answer at its time."""

    log_size = 1000
    pace = 1.0
    """How many of the unit's seconds pass in one: reply delays are the line's and do not shrink with it."""
    effect_after_s = 0.0
    """How much later than its handling a request takes effect, by the unit's clock: it answers first."""

    def __init__(self, codec: Codec, *, reply_delay_s: float = 0.0) -> None:
        self.codec = codec
        self.reply_delay_s = reply_delay_s
        self.log: deque[Decision] = deque(maxlen=self.log_size)
        self._framers: dict[Peer, Framer] = {}
        self._due: dict[Peer, float] = {}
        self._queue: list[tuple[float, int, Out]] = []
        self._timers: list[tuple[float, int, Callable[[float], None]]] = []
        self._forgets: dict[Peer, tuple[float, float]] = {}
        self._count = 0
        self.casts: deque[Cast] = deque(maxlen=self.log_size)
        """Datagrams to send now, for the driver to take out; the oldest are lost where it does not."""

    @property
    def listens(self) -> frozenset[int]:
        """UDP ports on which the unit hears now, besides those of its protocol."""
        return frozenset()

    def overhear(self, data: bytes, port: int, now: float) -> None:
        """Take a datagram that came on one of the ports of ``listens``."""
        self.tick(now)

    def refusal(self, request: bytes) -> bytes | None:
        """What refuses a request whatever it asks: no bytes for silence, None for what cannot be refused."""
        return None

    def switched_off(self, now: float) -> None:
        """Power is gone: what is not stored is lost. Connections are over as well."""
        for kept in (self._framers, self._due, self._queue, self._timers, self.casts):
            kept.clear()
        self.note(now, "", b"", "power off")

    def switched_on(self, now: float) -> None:
        """Power is back."""
        self.note(now, "", b"", "power on")

    def dump(self) -> dict[str, object]:
        """What it keeps and counts now, for the private channel; no passwords."""
        return {}

    @abstractmethod
    def handle(self, piece: Piece, peer: Peer, now: float) -> None:
        """Answer one frame, or stay silent."""

    def receive(self, data: bytes, peer: Peer, now: float, *, datagram: bool) -> None:
        """Take bytes of a peer."""
        self.tick(now)
        framer = self._framers.get(peer)
        if framer is None:
            framer = self._framers[peer] = self.codec.framer(Role.HOST, datagrams=datagram)
        pieces = framer.feed(data)
        if datagram:
            pieces += framer.flush()
            del self._framers[peer]
        else:
            self._due.setdefault(peer, now)
        for piece in pieces:
            self.handle(piece, peer, now)
        if peer in self._forgets and framer.pending:
            self._begun(peer, now)

    def attached(self, peer: Peer, now: float, forgets_s: float | None) -> None:
        """A line on which a client may be at any time: no connection, so it never ends. What is begun there and
        not gone on with for ``forgets_s`` seconds is no frame any more; None: it is waited for."""
        self.connected(peer, now)
        if forgets_s is not None:
            self._forgets[peer] = forgets_s, now

    def _begun(self, peer: Peer, now: float) -> None:
        """A frame has begun on a line."""
        forgets_s, _ = self._forgets[peer]
        self._forgets[peer] = forgets_s, now
        self.later(now + forgets_s, partial(self._forget, peer))

    def _forget(self, peer: Peer, now: float) -> None:
        forgets_s, last = self._forgets[peer]
        framer = self._framers.get(peer)
        if framer is not None and now >= last + forgets_s:
            for piece in framer.flush():
                self.handle(piece, peer, now)

    def connected(self, peer: Peer, now: float) -> None:
        """A stream connection begins: nothing of an earlier one of that peer stays."""
        self.disconnected(peer, now)

    def disconnected(self, peer: Peer, now: float) -> None:
        """A stream connection is over; nothing of it stays."""
        self._framers.pop(peer, None)
        self._due.pop(peer, None)
        self._queue = [entry for entry in self._queue if entry[2].peer != peer]
        heapify(self._queue)

    def reply(self, data: bytes, peer: Peer, now: float, *, after_s: float = 0.0) -> None:
        """Send ``data`` to ``peer`` after the unit's reply delay plus ``after_s`` seconds.

        On a stream the answers keep the order of the requests.
        """
        self._count += 1
        due = now + self.reply_delay_s * self.pace + after_s
        if peer in self._due:
            due = self._due[peer] = max(due, self._due[peer])
        heappush(self._queue, (due, self._count, Out(data, peer)))

    def later(self, at: float, action: Callable[[float], None]) -> None:
        """Call ``action`` when the unit's clock reaches ``at``."""
        self._count += 1
        heappush(self._timers, (at, self._count, action))

    def note(self, now: float, peer: Peer, data: bytes, text: str) -> None:
        """Put a decision on the private channel."""
        self.log.append(Decision(now, peer, data, text))

    def tick(self, now: float) -> None:
        """The clock has moved."""
        while self._timers and self._timers[0][0] <= now:
            at, _, action = heappop(self._timers)
            action(at)

    def outgoing(self, now: float) -> list[Out]:
        """The answers whose time has come."""
        out = []
        while self._queue and self._queue[0][0] <= now:
            out.append(heappop(self._queue)[2])
        return out

    def deadline(self) -> float | None:
        """When ``tick`` and ``outgoing`` want to be called next."""
        times = [queue[0][0] for queue in (self._queue, self._timers) if queue]
        return min(times) if times else None
