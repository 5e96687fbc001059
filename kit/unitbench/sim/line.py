"""What every server of a simulated unit has between its sockets and its core: the faults, the clock, the timer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from unitbench.sim.clock import Clock
from unitbench.sim.faults import Faults
from unitbench.wire.host import Peer
from unitbench.wire.unit import UnitCore

Send = Callable[[Peer | None, bytes], object]


class Line:
    """Bytes of clients go in by ``receive``; what leaves is given to ``send``. After whatever has happened,
    ``moved`` is called: the server then follows what else the core wants. Used on one event loop only."""

    def __init__(
        self, core: UnitCore, clock: Clock, faults: Faults, send: Send, moved: Callable[[], object]
    ) -> None:
        self.core = core
        self.clock = clock
        self.faults = faults
        self._send = send
        self._moved = moved
        self._timer: asyncio.TimerHandle | None = None

    def receive(self, data: bytes, peer: Peer, *, datagram: bool) -> None:
        """Bytes of a client, or a datagram."""
        for part in self.faults.heard(data, peer, self.clock.line(), datagram=datagram):
            self.core.receive(part, peer, self.clock.now(), datagram=datagram)
        self.pump()

    def pump(self) -> None:
        """Send what is due and wake again when more will be."""
        self.stop()
        if self.faults.down:
            return
        now, line = self.clock.now(), self.clock.line()
        self.core.pace = self.clock.speed
        self.core.tick(now)
        for out in self.core.outgoing(now):
            self.faults.say(out.data, out.peer, line)
        for out in self.faults.outgoing(line):
            self._send(out.peer, out.data)
        self._moved()
        waits = []
        if (at := self.core.deadline()) is not None:
            waits.append(self.clock.until(at))
        if (at := self.faults.deadline()) is not None:
            waits.append(max(0.0, at - line))
        if waits:
            self._timer = asyncio.get_running_loop().call_later(min(waits), self.pump)

    def stop(self) -> None:
        """Wake no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
