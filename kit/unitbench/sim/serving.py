"""What all servers of simulated units have in common: the line to the core, the ports, and the faults at work."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from unitbench.catalogue.faults import FAULTS
from unitbench.schema.records import Service
from unitbench.sim.faults import Faults
from unitbench.sim.gate import Gate
from unitbench.sim.line import Line
from unitbench.sim.units import SimUnit
from unitbench.wire.host import Peer

DATAGRAM_SIZE = 65536
PEERS = 1000
"""UDP clients that a unit can still answer; the one that has been silent longest is forgotten first."""


class Server(Protocol):
    """What serves a unit, as a set of units needs it."""

    unit: SimUnit
    served: list[tuple[Service, int]]
    faults: Faults
    line: Line
    on_moved: Callable[[], object]
    """Called when ``served`` has changed."""

    @property
    def faults_told(self) -> str:
        """The faults as people read them, and which of them some servers of the unit are spared."""

    @property
    def hears(self) -> bool:
        """Whether the unit answers broadcasts."""

    @property
    def udp_ports(self) -> set[int]:
        """The UDP ports that it has."""

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""

    async def start(self) -> None:
        """Begin to answer."""

    def datagram(self, data: bytes, sender: tuple[str, int]) -> None:
        """A datagram that was broadcast."""

    def pump(self) -> None:
        """Send what is due and wake again when more will be."""

    def fault(self, values: Mapping[str, object]) -> None:
        """Have these faults too; raises ``InvalidValue`` and changes nothing."""

    def no_faults(self) -> None:
        """Have none."""

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""

    def close(self) -> None:
        """Close every socket and connection."""


class Connection(Protocol):
    """A stream client, as faults need it."""

    def hold(self, yes: bool) -> None:
        """Read no more for now, or again."""


class Serving(ABC):
    """The base of all servers: ``pump`` moves what is due, ``fault`` and ``no_faults`` change the faults.

    A server calls ``line.receive`` with what comes in, and ``settle`` when a client has come or gone.
    """

    libraries: tuple[str, ...] = ()
    """Servers of the unit that are foreign code, to which few faults apply."""

    def __init__(self, unit: SimUnit) -> None:
        self.unit = unit
        self.core = unit.core
        self.clock = unit.clock
        self.faults = Faults(unit.core.codec, unit.core.refusal, unit.seed, unit.port)
        self.line = Line(self.core, self.clock, self.faults, self.send, self.moved)
        self.gates: list[Gate] = []
        self.on_moved: Callable[[], object] = bool
        self._return: asyncio.TimerHandle | None = None

    @property
    def faults_told(self) -> str:
        """The faults as people read them, and which of them some servers of the unit are spared."""
        spared = [s.name for s in FAULTS if s.name in self.faults.values and not s.libraries]
        if not (spared and self.libraries):
            return self.faults.text
        return f"{self.faults.text} (no {', '.join(spared)} at {' and '.join(self.libraries)})"

    # -- what a server does in its own way

    @abstractmethod
    def send(self, peer: Peer | None, data: bytes) -> None:
        """Let bytes leave."""

    def moved(self) -> None:  # noqa: B027 (most have nothing to follow)
        """Follow what else the core wants: ports that it opens, connections that it closes."""

    @abstractmethod
    def cut(self) -> None:
        """End every connection at once."""

    def connections(self) -> Iterable[Connection]:
        """The stream clients that are there."""
        return ()

    def returned(self) -> None:  # noqa: B027 (most have nothing to do)
        """Power is back after a crash: do what is done at a start."""

    @property
    def dead(self) -> bool:
        """Whether nothing listens at all."""
        return self.faults.down

    # -- what all have

    def pump(self) -> None:
        """Send what is due and wake again when more will be."""
        self.line.pump()

    def now(self) -> float:
        """The unit's time."""
        return self.clock.now()

    def settle(self) -> None:
        """Open and shut the ports as things stand now."""
        for gate in self.gates:
            gate.update()

    @property
    def reject(self) -> str:
        """What a client meets where there is no room, where a fault says it; else empty."""
        wanted = str(self.faults.values.get("second", ""))
        return "accept_close" if wanted == "close" else wanted

    def only_one(self, there: int) -> bool:
        """Whether a fault keeps further clients away, where so many are there."""
        return "second" in self.faults.values and there > 0

    # -- faults

    def fault(self, values: Mapping[str, object]) -> None:
        """Have these faults too; raises ``InvalidValue`` and changes nothing."""
        was_down = self.faults.down
        self.faults.set(values, self.clock.line())
        if self.faults.down and "crash" in values:
            self._crash(was_down)
        self._follow(was_down)

    def no_faults(self) -> None:
        """Have none; a unit that has crashed is back at once."""
        was_down = self.faults.down
        self.faults.clear()
        self._follow(was_down)

    def _crash(self, was_down: bool) -> None:
        self._stay()
        for_s = self.faults.values["crash"]
        assert isinstance(for_s, (int, float))
        self._return = asyncio.get_running_loop().call_later(for_s, self._back)
        if not was_down:
            self.line.stop()
            self.cut()
            self.faults.forget()
            self.core.switched_off(self.now())
            self.moved()

    def _back(self) -> None:
        self._return = None
        self.fault({"crash": 0})
        self.unit.told()

    def _follow(self, was_down: bool) -> None:
        if was_down and not self.faults.down:
            self._stay()
            self.core.switched_on(self.now())
            self.returned()
        for connection in self.connections():
            connection.hold("halfopen" in self.faults.values)
        self.settle()
        self.pump()

    def _stay(self) -> None:
        """Forget the return from a crash."""
        if self._return:
            self._return.cancel()
            self._return = None

    def stop(self) -> None:
        """End the timers and the ports."""
        self._stay()
        self.line.stop()
        for gate in self.gates:
            gate.close()
