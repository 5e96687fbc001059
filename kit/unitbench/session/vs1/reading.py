"""One port of formatted output, read and cut into reports. Nothing is ever sent there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from unitbench.schema.address import UnitAddress
from unitbench.transport.base import Address, Stamp
from unitbench.transport.tcp import TcpTransport
from unitbench.wire.vs1.formatted import Cut, Cutter, Mode

Took = Callable[[Cut, Stamp], None]


class Reading:
    """``took`` gets each report, with the stamp of its last byte; ``ended`` is called once when the unit closes."""

    def __init__(
        self, where: UnitAddress, mode: Mode, *, took: Took, ended: Callable[[OSError | None], None]
    ) -> None:
        self.where = where
        self._cutter = Cutter(mode)
        self._transport = TcpTransport((where.host, where.port), self._received, self._lost)
        self._took = took
        self._ended = ended
        self._stamp = Stamp.now()
        self.over = False
        self._timer: asyncio.TimerHandle | None = None

    async def open(self, timeout_s: float) -> None:
        """Connect; raises ``OpenFailed``."""
        await self._transport.open(timeout_s)

    def _received(self, data: bytes, peer: Address, stamp: Stamp) -> None:
        now = asyncio.get_running_loop().time()
        self._tell(self._cutter.tick(now))
        self._stamp = stamp
        self._tell(self._cutter.feed(data, now))
        self._arm()

    def _tell(self, cuts: list[Cut]) -> None:
        for cut in cuts:
            self._took(cut, self._stamp)

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self._cutter.deadline()
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        # The loop may wake a little early by its clock's resolution.
        deadline = self._cutter.deadline()
        now = asyncio.get_running_loop().time()
        self._tell(self._cutter.tick(max(now, deadline) if deadline is not None else now))
        self._arm()

    def _lost(self, error: OSError | None) -> None:
        self.close()
        self._ended(error)

    def close(self) -> None:
        """Close the connection; what has no end yet is given as it is. Closing twice is fine."""
        self.over = True
        if self._timer:
            self._timer.cancel()
            self._timer = None
        self._transport.close()
        self._tell(self._cutter.close())
