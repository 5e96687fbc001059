"""A simulated recorder on real sockets, in a loop of its own, with the options that a set does not ask for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from types import TracebackType
from typing import Any, Self

from tests.support.commands import free_block
from tests.support.foreign import RawTcp
from tests.support.namespaces import Namespace
from unitbench import catalogue
from unitbench.sim.recorder.server import RecorderServer
from unitbench.sim.units import SimUnit
from unitbench.wire.recorder.ledger import Use
from unitbench.wire.recorder.unit import RecorderState, RecorderUnit

MAC = "02:00:00:00:00:41"
IDN = b"GRAPHTEC,GL840-SIM,0,01.00\r\n"
ACCOUNT = "recorder:logger"


def line(came: bytes) -> bool:
    """Whether a whole line is there."""
    return came.endswith(b"\r\n")


def until(true: Callable[[], bool], deadline: float = 5.0) -> bool:
    """Look again and again until something holds; False once the deadline has come."""
    end = time.monotonic() + deadline
    pause = threading.Event()
    while not true():
        if time.monotonic() > end:
            return False
        pause.wait(0.005)
    return True


class Recorder:
    """Runs while the block lasts; ``options`` are those of ``RecorderState``. With a ``network`` it is there."""

    def __init__(
        self, *, port_offset: int = 0, network: Namespace | None = None, host: str = "", **options: Any
    ) -> None:
        self._network = network
        host = host or free_block().replace(".0/24", ".41")
        self.state = RecorderState(ip_address=host, mac=MAC, **options)
        self.core = RecorderUnit(self.state)
        services = catalogue.protocol("recorder").services
        unit = SimUnit("r1", "recorder", host, MAC, self.core, services, 1)
        self.server = RecorderServer(unit, port_offset)
        self.clients = self.server.clients
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def host(self) -> str:
        """Its address now."""
        return self.state.ip_address

    @property
    def said(self) -> list[str]:
        """What its log has, in its order."""
        return [decision.text for decision in list(self.core.log)]

    def port(self, number: int) -> int:
        """Where a port of the manual is served; that of the command server is 8023 there."""
        return next(port for service, port in self.server.served if service.port == number)

    def __enter__(self) -> Self:
        # Threads and sockets belong to the network in which they are made.
        with self._network.inside() if self._network else nullcontext():
            self.server.bind()
            self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async def end() -> None:
            self.server.close()
            for _ in range(3):
                await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def call(self, action: Callable[[], object]) -> None:
        """Do something in the units' own thread."""

        async def done() -> None:
            action()

        asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    def used(self, count: int) -> bool:
        """Whether the ledger comes to show ``count``."""
        return until(lambda: self.state.ledger.used == count)

    def open(self, use: Use) -> int:
        """How many connections of a kind are open."""
        return self.state.ledger.open[use]

    def command(self) -> RawTcp:
        """A command client that has been answered."""
        client = RawTcp(self.host, self.port(8023))
        assert client.ask(b"*IDN?\r\n", line) == IDN
        return client

    def web(self) -> RawTcp:
        """An HTTP session that has been answered and stays."""
        client = RawTcp(self.host, self.port(80))
        came = client.ask(b"HEAD / HTTP/1.1\r\nHost: r1\r\n\r\n", lambda came: b"\r\n\r\n" in came)
        assert came.startswith(b"HTTP/1.1 200 ")
        return client
