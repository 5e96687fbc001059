"""What a session can be asked about its simulated units: a part of its face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from unitbench.session import operations as op
from unitbench.session.insight import LAST, SimDump, SimLog
from unitbench.session.model import SimState


class SimulatedUnits(ABC):
    """Faults, speed, state and log of the session's own set. Each method is there with ``a`` in front, too."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    def sim_fault(self, unit: str, *, off: bool = False, **values: object) -> SimState:
        """Have faults of a simulated unit of this session's set, or of ``all``; every view hears of it.

        ``session.sim_fault("k1", loss=0.2, delay="50ms")``; 0 ends one, ``off`` those that it had before. Without
        any it only looks. The names are those of ``catalogue.faults``. Raises ``UsageError``.
        """
        state: SimState = self.perform(op.SimFault(unit, values, off))
        return state

    async def asim_fault(self, unit: str, *, off: bool = False, **values: object) -> SimState:
        """As ``sim_fault``, to be awaited."""
        state: SimState = await self.aperform(op.SimFault(unit, values, off))
        return state

    def sim_speed(self, speed: float) -> SimState:
        """Run the clocks of this session's simulated units so many times faster. Raises ``UsageError``."""
        state: SimState = self.perform(op.SimSpeed(speed))
        return state

    async def asim_speed(self, speed: float) -> SimState:
        """As ``sim_speed``, to be awaited."""
        state: SimState = await self.aperform(op.SimSpeed(speed))
        return state

    def sim_state(self) -> SimState:
        """The simulated set of this session: speed, units, faults. Raises ``UsageError`` where there is none."""
        state: SimState = self.perform(op.LookSim())
        return state

    async def asim_state(self) -> SimState:
        """As ``sim_state``, to be awaited."""
        state: SimState = await self.aperform(op.LookSim())
        return state

    def sim_dump(self, unit: str) -> SimDump:
        """What a simulated unit of this session's set keeps and counts now; no passwords. Raises ``UsageError``."""
        dump: SimDump = self.perform(op.LookUnit(unit))
        return dump

    async def asim_dump(self, unit: str) -> SimDump:
        """As ``sim_dump``, to be awaited."""
        dump: SimDump = await self.aperform(op.LookUnit(unit))
        return dump

    def sim_log(self, unit: str, count: int = LAST) -> SimLog:
        """What a simulated unit made of its last events, the oldest first. Raises ``UsageError``."""
        log: SimLog = self.perform(op.LookLog(unit, count))
        return log

    async def asim_log(self, unit: str, count: int = LAST) -> SimLog:
        """As ``sim_log``, to be awaited."""
        log: SimLog = await self.aperform(op.LookLog(unit, count))
        return log
