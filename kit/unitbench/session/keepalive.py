"""Logins that are kept from ending for idleness: a harmless read in time, as long as the login stands.

It counts by the session's clock, in which sleep of the machine has passed too; the clock of a simulated unit may run
faster. No read is sent for a login that no view watches: the unit may end it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from unitbench import catalogue
from unitbench.errors import BenchError, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Effect
from unitbench.session.awake import Timer
from unitbench.session.bus import Bus
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Ask
from unitbench.session.origin import OURS
from unitbench.session.registry import Registry

SHARE = 0.8
"""Of the idle time, what passes before the read: so that one that is lost can be told apart from a login's end."""


@dataclass
class _Kept:
    where: UnitAddress
    every_s: float
    timer: Timer | None = None
    task: asyncio.Task[None] | None = None


class KeepAlives:
    """``ask`` performs a request for an origin; ``watched`` says whether a view is there; ``later`` calls something
    after so many seconds of a unit's clock, ``speed_of`` says how much faster than real that runs."""

    def __init__(
        self,
        bus: Bus,
        registry: Registry,
        ask: Callable[[Ask, str], Awaitable[Exchange]],
        watched: Callable[[], bool],
        later: Callable[[UnitAddress, float, Callable[[], None]], Timer],
        speed_of: Callable[[UnitAddress], float],
    ) -> None:
        self._bus = bus
        self._registry = registry
        self._ask = ask
        self._watched = watched
        self._later = later
        self._speed_of = speed_of
        self._kept: dict[str, _Kept] = {}

    def keep(self, name: str, every_s: float | None) -> Unit:
        """Keep the login on a unit every so many seconds of its clock: None as is best, 0 no more. Raises
        ``UsageError``."""
        unit = self._registry.find(name)
        if every_s == 0:
            self._forget(unit.name)
            return self._registry.find(unit.name)
        idle_s = catalogue.protocol(unit.protocol).login_idle_s
        if idle_s is None:
            raise UsageError(f"a login on {unit.name} does not end for idleness: there is nothing to keep")
        if not unit.login:
            raise UsageError(f"no login on {unit.name} is held", hint=f"@{unit.name} LOGIN ... first")
        every_s = SHARE * idle_s if every_s is None else every_s
        if every_s >= idle_s:
            raise UsageError(
                f"{unit.name} ends a login after {idle_s:g} s without traffic, so {every_s:g} s is too long",
                hint=f"keepalive {unit.name} on is every {SHARE * idle_s:g} s",
            )
        self._forget(unit.name)
        self._kept[unit.name] = kept = _Kept(self._registry.address(unit), every_s)
        self._arm(unit.name, kept)
        return self._registry.update(unit.name, keepalive_s=every_s) or unit

    def _arm(self, name: str, kept: _Kept) -> None:
        kept.timer = self._later(
            kept.where, kept.every_s / self._speed_of(kept.where), lambda: self._ring(name, kept)
        )

    def _ring(self, name: str, kept: _Kept) -> None:
        kept.timer = None
        kept.task = asyncio.get_running_loop().create_task(self._read(name, kept))

    async def _read(self, name: str, kept: _Kept) -> None:
        try:
            if self._watched():
                protocol = kept.where.protocol
                await self._ask(Ask(protocol, harmless(protocol).name, {}, name), OURS)
        except BenchError as error:
            self._bus.emit("notice", name, text=f"the login on {name} could not be kept: {error.message}")
        finally:
            kept.task = None
        if self._kept.get(name) is kept:
            self._arm(name, kept)

    def paced(self, theirs: Callable[[UnitAddress], bool], faster: float) -> None:
        """The clocks of some units run so many times faster than before."""
        for name, kept in self._kept.items():
            if kept.timer is not None and theirs(kept.where):
                kept.timer.cancel()
                kept.timer = self._later(
                    kept.where,
                    kept.timer.left_s / faster,
                    lambda n=name, k=kept: self._ring(n, k),  # type: ignore[misc]
                )

    def ended(self, name: str) -> None:
        """The login on a unit is over, and with it its keeping."""
        if name in self._kept:
            self._forget(name)
            self._bus.emit("notice", name, text=f"{name}: the login has ended, so nothing keeps it any more")

    def _forget(self, name: str) -> None:
        kept = self._kept.pop(name, None)
        if kept is None:
            return
        if kept.timer is not None:
            kept.timer.cancel()
        if kept.task is not None and kept.task is not asyncio.current_task():
            kept.task.cancel()
        self._registry.update(name, keepalive_s=0.0)

    def close(self) -> None:
        """Keep nothing any more."""
        for name in list(self._kept):
            self._forget(name)


def harmless(protocol: str) -> Command:
    """The read that tells least and does nothing: the one that is asked first to know the protocol."""
    reads = [
        command
        for command in catalogue.protocol(protocol).commands
        if command.effect is Effect.READ and not command.args and not command.broadcast
    ]
    return max(reads, key=lambda command: command.probe)
