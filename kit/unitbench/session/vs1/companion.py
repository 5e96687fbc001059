"""The heartbeat connection that stands beside every other TCP connection to a camera."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from unitbench.errors import LinkLost
from unitbench.schema.address import UnitAddress
from unitbench.transport.base import Address, Stamp
from unitbench.transport.tcp import TcpTransport
from unitbench.wire.vs1.heartbeat import INTERVAL_S, HeartbeatClient


class Companion:
    """One connection to a heartbeat port. ``gone`` is called once, with the reason, when the camera is.

    A simulated camera's beats are echoed. To a real one nothing is sent but the system's own keep-alive, and
    nothing but the connection's end is known of it.
    """

    def __init__(self, where: UnitAddress, *, simulated: bool, gone: Callable[[str], None]) -> None:
        self._client = HeartbeatClient(simulated=simulated)
        self._transport = TcpTransport((where.host, where.port), self._received, self._lost)
        self._gone: Callable[[str], None] | None = gone
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, timeout_s: float) -> None:
        """Connect; raises ``OpenFailed``."""
        await self._transport.open(timeout_s)
        self._transport.keep_alive(INTERVAL_S)
        self._watch()

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._client.alive(loop.time()):
            self._end(f"no heartbeat for {self._client.missed(loop.time())} s")
        else:
            self._timer = loop.call_later(INTERVAL_S, self._watch)

    def _received(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        echo = self._client.receive(data, asyncio.get_running_loop().time())
        if echo:
            try:
                self._transport.send(echo)
            except LinkLost as error:
                self._end(error.message)

    def _lost(self, error: OSError | None) -> None:
        self._client.closed()
        self._end(f"its heartbeat connection broke: {error.strerror}" if error else self.told)

    @property
    def told(self) -> str:
        """What is known, in a line for people."""
        return f"heartbeat {self._client.told(asyncio.get_running_loop().time())}"

    def _end(self, reason: str) -> None:
        gone, self._gone = self._gone, None
        self.close()
        if gone is not None:
            gone(reason)

    def close(self) -> None:
        """Close the connection; nothing is called afterwards."""
        self._gone = None
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._transport.close()
