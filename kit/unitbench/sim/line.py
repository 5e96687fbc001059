"""What every server of a simulated unit has between its sockets and its core: the faults, the clock, the timer."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from unitbench.sim.clock import Clock
from unitbench.sim.faults import Faults
from unitbench.sim.truth import KEPT, Effect
from unitbench.sim.ways import Request
from unitbench.wire.host import Peer
from unitbench.wire.unit import UnitCore

Send = Callable[[Peer | None, bytes], object]


class Line:
    """Bytes of clients go in by ``receive``; what leaves is given to ``send``. After whatever has happened,
    ``moved`` is called: the server then follows what else the core wants. Used on one event loop only. ``effects``
    are the true instants at which the newest requests took effect."""

    def __init__(
        self, core: UnitCore, clock: Clock, faults: Faults, send: Send, moved: Callable[[], object]
    ) -> None:
        self.core = core
        self.clock = clock
        self.faults = faults
        self.effects: deque[Effect] = deque(maxlen=KEPT)
        self._send = send
        self._moved = moved
        self._timer: asyncio.TimerHandle | None = None

    def receive(self, data: bytes, peer: Peer, *, datagram: bool) -> None:
        """Bytes of a client, or a datagram."""
        line = self.clock.line()
        for part in self.faults.heard(data, peer, line, datagram=datagram):
            self.faults.way.enter(part, peer, line, datagram=datagram)
        self.pump()

    def _handle(self, request: Request) -> None:
        """Have the core handle a request, and note when it takes effect."""
        core, speed = self.core, self.clock.speed
        first = request.effect_after_s > 0
        after_s = core.reply_delay_s + request.effect_after_s if first else 0.0
        now, wall_ns = self.clock.now(), time.time_ns()
        effect = now + after_s * speed
        self.effects.append(
            Effect(
                wall_ns + round(after_s * 1e9),
                self.faults.way.clock(effect),
                request.data,
                request.peer,
                first,
            )
        )
        core.effect_after_s = after_s * speed
        core.receive(request.data, request.peer, now, datagram=request.datagram)
        core.effect_after_s = 0.0

    def pump(self) -> None:
        """Send what is due and wake again when more will be."""
        self.stop()
        if self.faults.down:
            return
        # Taken first: whatever holds this thread up from here on makes the next waking early, and none late.
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.core.pace = self.clock.speed
        for request in self.faults.way.arrived(self.clock.line()):
            self._handle(request)
        now, line = self.clock.now(), self.clock.line()
        self.core.tick(now)
        for out in self.core.outgoing(now):
            self.faults.say(out.data, out.peer, line)
        for out in self.faults.outgoing(line):
            self._send(out.peer, out.data)
        self._moved()
        waits = []
        if (at := self.core.deadline()) is not None:
            waits.append(self.clock.until(at))
        ways = (self.faults.way.deadline(), self.faults.deadline())
        waits += [max(0.0, at - line) for at in ways if at is not None]
        if waits:
            self._timer = loop.call_at(began + min(waits), self.pump)

    def stop(self) -> None:
        """Wake no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
