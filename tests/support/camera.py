"""A simulated camera on real sockets, in a loop of its own, with a clock that only the test moves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self

from tests.support.commands import free_block
from tests.support.namespaces import Namespace
from unitbench.catalogue.vs1 import PROTOCOL
from unitbench.errors import OpenFailed
from unitbench.sim.clock import Clock
from unitbench.sim.units import SimUnit
from unitbench.sim.vs1.server import Vs1Server
from unitbench.wire.vs1.job import Job
from unitbench.wire.vs1.unit import SERIAL, Vs1State, Vs1Unit


class Camera:
    """Runs while the block lasts; with ``real_time`` the clock is the loop's. Its serial ports are quiet unless
    ``jobs`` says what they print. With a ``network`` it is there; ``options`` are those of ``Vs1State``."""

    def __init__(
        self,
        jobs: dict[int, Job] | None = None,
        *,
        port_offset: int = 0,
        real_time: bool = False,
        network: Namespace | None = None,
        **options: Any,
    ) -> None:
        self._network = network
        self._options = options
        self._jobs = {port: Job(rate_hz=0) for port in SERIAL} | (jobs or {})
        self._offset = port_offset
        self._real_time = real_time
        self.now = 1000.0
        self._place()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def _place(self) -> None:
        self.host = free_block().replace(".0/24", ".51")
        self.core = Vs1Unit(Vs1State("cam-07", self.host, jobs=dict(self._jobs), **self._options))
        clock = Clock() if self._real_time else Clock(source=lambda: self.now)
        unit = SimUnit("v1", "vs1", self.host, "", self.core, PROTOCOL.services, 0, clock)
        self.server = Vs1Server(unit, self._offset)

    def port(self, number: int) -> int:
        """Where a row of the table is served."""
        return next(port for service, port in self.server.served if service.port == number)

    def call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run something in the unit's loop."""

        async def run() -> Any:
            return function(*args)

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    def advance(self, seconds: float) -> None:
        """Let the unit's clock go on."""
        self.now += seconds
        self.call(self.server.pump)

    def wait(self, until: Callable[[], bool]) -> None:
        """Look into the unit after each of its events, until something holds."""
        for _ in range(200_000):
            if self.call(until):
                return
        raise AssertionError("the unit never got there")

    def __enter__(self) -> Self:
        # Threads and sockets belong to the network in which they are made.
        with self._network.inside() if self._network else nullcontext():
            self._bind()
            self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(10)
        return self

    def _bind(self) -> None:
        while True:
            try:
                self.server.bind()
                return
            except OpenFailed:  # another run of the tests was faster
                self.server.release()
                if self._network:
                    raise
                self._place()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call(self.server.close)
        self.call(lambda: None)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
