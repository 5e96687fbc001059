"""The pace of a discovery: so that no unit, no switch and no firewall takes it for an attack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

PER_UNIT, DATAGRAMS, CONNECTIONS = 5.0, 200.0, 20.0
"""Probes a second: to one unit, datagrams to all together, connections to all together."""


@dataclass
class Rates:
    """When the next probe may go: pure, ``now`` in seconds by any clock that only runs forwards."""

    _next: dict[str, float] = field(default_factory=dict)

    def reserve(self, kind: str, rate: float, host: str, now: float) -> float:
        """Take the next place for a probe to ``host``; how long it must wait, in seconds."""
        at = max(now, self._next.get(kind, now), self._next.get(f"to {host}", now))
        self._next[kind] = at + 1 / rate
        self._next[f"to {host}"] = at + 1 / PER_UNIT
        if len(self._next) > MOST_HOSTS:
            self._next = {key: when for key, when in self._next.items() if when > now}
        return at - now


MOST_HOSTS = 10_000
"""Hosts whose last probe is remembered; those whose time is over are forgotten first."""


class Pacer:
    """Holds probes back until it is their turn. ``free`` says which hosts have no limit: simulated units.

    ``clock`` is in seconds; ``sleep`` waits for some.
    """

    def __init__(
        self,
        free: Callable[[str], bool],
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._free = free
        self._clock = clock or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._rates = Rates()
        self._connected: dict[str, asyncio.Lock] = {}

    async def datagram(self, host: str) -> None:
        """Wait until a datagram may go to a host."""
        await self._turn("datagrams", DATAGRAMS, host)

    async def connection(self, host: str) -> None:
        """Wait until a connection may be made to a host."""
        await self._turn("connections", CONNECTIONS, host)

    async def _turn(self, kind: str, rate: float, host: str) -> None:
        if self._free(host):
            return
        wait_s = self._rates.reserve(kind, rate, host, self._clock())
        if wait_s > 0:
            await self._sleep(wait_s)

    def alone(self, host: str) -> asyncio.Lock:
        """What is held while a host is connected to: never more than one connection at once."""
        if len(self._connected) > MOST_HOSTS:
            self._connected = {name: lock for name, lock in self._connected.items() if lock.locked()}
        return self._connected.setdefault(host, asyncio.Lock())
