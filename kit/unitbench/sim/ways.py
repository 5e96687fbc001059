"""The ways between a client and one simulated unit, and the unit's work between them: how long each takes. Pure.

A request enters at its arrival here and comes out when the unit is to handle it. Times are those of the line, in
seconds; those that differ each time are drawn from the seed, a series of its own for each kind.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from unitbench.schema import delays
from unitbench.schema.delays import Spread
from unitbench.schema.values import Value
from unitbench.wire.host import Peer

OVERHEAD, LEAST, APART = 46, 64, 20
"""Octets of an Ethernet frame around a UDP payload (MAC 14, IPv4 20, UDP 8, FCS 4), in the shortest one, and between
two (preamble and gap)."""
LEGS = ("forward", "processing", "backward")
WAITING = 10_000
"""Requests on their way at most; further ones are lost."""


class Drawn:
    """Times of one kind, one after the other."""

    def __init__(self, spread: Spread, seed: str) -> None:
        self._spread = spread
        self._chance = random.Random(seed)
        self._bursting = False
        if spread.kind == "bursts":
            self._bursting = self._chance.random() < spread.share

    def next(self) -> float:
        """The next one, in seconds."""
        spread, chance = self._spread, self._chance
        match spread.kind:
            case "uniform":
                return chance.uniform(spread.low_s, spread.high_s)
            case "lognormal":
                return spread.low_s * chance.lognormvariate(0.0, spread.share)
            case "bursts":
                found = spread.high_s if self._bursting else spread.low_s
                # Two states: a burst ends with 1 / length, and begins as often as keeps its share.
                leave = 1 / spread.length
                enter = leave * spread.share / (1 - spread.share)
                turns = chance.random() < (leave if self._bursting else enter)
                self._bursting ^= turns
                return found
        return spread.low_s


class Port:
    """A switch port to the client, which sends one frame after the other."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def leaves(self, at: float, payload: int, rate: float) -> float:
        """When a datagram that comes to the port at ``at`` has left it, at ``rate`` Mbit/s."""
        octets = max(LEAST, payload + OVERHEAD) + APART
        self._free_at = max(at, self._free_at) + octets * 8 / (rate * 1e6)
        return self._free_at


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the unit is to handle: when it had come to the unit at the earliest, and how much later than its
    handling it takes effect where the unit answers first (0 where it does not), both in seconds."""

    data: bytes
    peer: Peer
    datagram: bool
    due: float
    effect_after_s: float


class Way:
    """``values`` are the settings in force, by their names in ``catalogue.ways``; without any nothing takes time."""

    def __init__(self, seed: str = "", port: Port | None = None) -> None:
        self._seed = seed
        self._port = port or Port()
        self._legs: dict[str, Drawn] = {}
        self._rate = self.offset_s = self.drift_ppm = 0.0
        self._first = False
        self._queue: list[tuple[float, int, Request]] = []
        self._count = 0
        self._last: dict[Peer, float] = {}

    def set(self, values: Mapping[str, Value]) -> None:
        """Have these from now on; chance begins anew."""
        self._legs = {
            name: Drawn(delays.parse(str(values[name])), f"{self._seed}/{name}")
            for name in LEGS
            if name in values
        }
        self._first = values.get("ack") == "first"
        self._rate = _number(values, "port")
        self.offset_s, self.drift_ppm = _number(values, "clock_offset"), _number(values, "clock_drift")

    def takes(self, leg: str) -> float:
        """How long it takes this time, in seconds."""
        drawn = self._legs.get(leg)
        return drawn.next() if drawn else 0.0

    def enter(self, data: bytes, peer: Peer, now: float, *, datagram: bool) -> None:
        """A request that begins its way to the unit. Those of a stream keep their order."""
        if len(self._queue) >= WAITING:
            return
        forward, processing = self.takes("forward"), self.takes("processing")
        due = now + forward + (0.0 if self._first else processing)
        if not datagram:
            due = self._last[peer] = max(due, self._last.get(peer, due))
        after = processing if self._first else 0.0
        self._count += 1
        heappush(self._queue, (due, self._count, Request(data, peer, datagram, due, after)))

    def arrived(self, now: float) -> list[Request]:
        """The requests that are to be handled now."""
        found = []
        while self._queue and self._queue[0][0] <= now:
            found.append(heappop(self._queue)[2])
        return found

    @property
    def queues(self) -> bool:
        """Whether answers pass a switch port."""
        return self._rate > 0

    def leaves_port(self, at: float, payload: int) -> float:
        """When an answer of so many octets that comes to the switch port at ``at`` has left it."""
        return self._port.leaves(at, payload, self._rate)

    def clock(self, now: float) -> float:
        """What the unit's own clock says when that of its set is at ``now``."""
        return self.offset_s + now * (1 + self.drift_ppm * 1e-6)

    def deadline(self) -> float | None:
        """When ``arrived`` wants to be asked next."""
        return self._queue[0][0] if self._queue else None

    def left(self, peer: Peer) -> None:
        """A stream client is gone."""
        self._last.pop(peer, None)
        self._queue = sorted(entry for entry in self._queue if entry[2].peer != peer)

    def forget(self) -> None:
        """Power is off: nothing is on its way."""
        self._queue.clear()
        self._last.clear()


def _number(values: Mapping[str, Value], name: str) -> float:
    value = values.get(name, 0)
    assert isinstance(value, (int, float))
    return float(value)
