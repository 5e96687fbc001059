"""The set of simulated units of a session: its faults and its speed, asked for by any view and told to all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.session import operations as op
from unitbench.session.bus import Bus
from unitbench.session.insight import SimDump, SimLog, dump_of, log_of
from unitbench.session.model import SimState, SimUnitState
from unitbench.session.registry import Registry

if TYPE_CHECKING:
    from unitbench.sim import Sim

Paced = Callable[[Callable[[UnitAddress], bool], float], None]
BY_ITSELF = "sim"
"""The origin of what no view has asked for: a unit is back, or a program has changed its own set."""


class Simulated:
    """``paced`` is called when the clocks of our own units change their speed: with what says of an address
    whether it is theirs, and how many times faster they run than before."""

    def __init__(self, bus: Bus, registry: Registry, paced: Paced) -> None:
        self._bus = bus
        self._registry = registry
        self._paced = paced
        self._sim: Sim | None = None
        self._faults: dict[str, str] = {}
        self._leave: Callable[[], None] = lambda: None
        self.speed = 1.0

    def adopt(self, sim: Sim) -> None:
        """Follow a set from now on; call this on the session's loop."""
        loop = asyncio.get_running_loop()
        self._sim = sim
        self._leave = sim.watch(lambda: _call(loop, self._tell))
        self._tell()

    def leave(self) -> None:
        """Follow it no more."""
        self._leave()

    def perform(self, operation: op.SimFault | op.SimSpeed | op.LookSim, origin: str) -> SimState:
        """Change faults or speed, or only look; raises ``UsageError``."""
        sim = self._whole()
        match operation:
            case op.SimFault(unit, values, off):
                self._known(sim, unit, "its faults are set where that runs")
                if off:
                    sim.no_faults(unit)
                if values:
                    sim.fault(unit, **values)
            case op.SimSpeed(speed):
                sim.speed = speed
        self._tell(origin)
        return self.state(sim)

    def look(self, operation: op.LookUnit | op.LookLog) -> SimDump | SimLog:
        """What a unit tells on its private channel; raises ``UsageError``."""
        sim = self._whole()
        self._known(sim, operation.unit, "it tells its state where that runs")
        if isinstance(operation, op.LookUnit):
            return dump_of(sim, operation.unit)
        return log_of(sim, operation.unit, operation.count)

    def _whole(self) -> Sim:
        if self._sim is None:
            raise UsageError(
                "this session has no simulated units",
                hint="unitbench --sim starts some; those of 'unitbench sim' are changed where that runs",
            )
        return self._sim

    def _known(self, sim: Sim, name: str, elsewhere: str) -> None:
        """Raise ``UsageError`` for a unit that is not of this set, saying whose it is."""
        names = [unit.name for unit in sim.units]
        other = self._registry.get(name)
        if name == "all" or name in names or other is None:
            return
        whose = f"another set's: {elsewhere}" if other.simulated else "a real unit"
        raise UsageError(
            f"{name} is {whose}; nothing was changed",
            expected=names,
            hint=f"this session's set has {', '.join(names)}",
        )

    def state(self, sim: Sim) -> SimState:
        """The set as it is now."""
        units = tuple(
            SimUnitState(
                unit.name,
                unit.protocol,
                unit.host,
                sim.faults.get(unit.name, ""),
                dict(sim.server(unit.name).faults.met),
            )
            for unit in sim.units
        )
        return SimState(str(sim.block), sim.speed, units)

    def _ours(self, where: UnitAddress) -> bool:
        """Whether a unit of this set is there."""
        return self._sim is not None and any(where.host == e.host for e in self._sim.endpoints)

    def _tell(self, origin: str = BY_ITSELF) -> None:
        """Tell every view what has changed since it was last told."""
        if self._sim is None or not self._sim.running:
            return
        faults, speed = self._sim.faults, self._sim.speed
        before, self._faults = self._faults, faults
        if speed != self.speed:
            self._paced(self._ours, speed / self.speed)
            self.speed = speed
            text = f"the clocks of the simulated units run {speed:g} times faster than real ones"
            real = "the clocks of the simulated units run in real time"
            self._bus.emit("notice", origin, text=text if speed != 1 else real, speed=speed)
        if faults == before:
            return
        for unit in self._registry.units:
            if unit.simulated:
                self._registry.fresh(unit)
        for name in dict.fromkeys((*before, *faults)):
            if before.get(name) != faults.get(name):
                now = f"has faults: {faults[name]}" if name in faults else "has no faults any more"
                self._bus.emit("notice", origin, text=f"{name} (simulated) {now}")


def _call(loop: asyncio.AbstractEventLoop, action: Callable[[], object]) -> None:
    """Call something on a loop, unless that has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(action)


def is_simulated(where: UnitAddress) -> bool:
    """Whether a running set of this user says so."""
    from unitbench.sim import book

    return book.has(_place(where))


def noted(where: UnitAddress) -> tuple[float, str]:
    """How fast the clock of a simulated unit runs, and its faults: whoever's set it is."""
    from unitbench.sim import book

    found = book.notes(_place(where))
    return found.speed, found.faults


def owner(where: UnitAddress) -> str:
    """Which simulated unit of this user has an endpoint, its set in front; empty where none has."""
    from unitbench.sim import book

    return book.owner(_place(where))


def _place(where: UnitAddress) -> tuple[str, str, int]:
    """Where a unit is, as the address book has it."""
    return where.carrier, os.path.realpath(where.host) if where.lasting else where.host, where.port
