"""Links to a place that a unit has for one client only: taken late, given back early, never silently."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable
from unitbench.session.bus import Bus
from unitbench.session.links import Links
from unitbench.session.model import Problem
from unitbench.session.registry import Registry

IDLE_S = 3.0
"""After so long without a command the place is given back, unless ``connect`` has asked for it."""


def exclusive(where: UnitAddress) -> bool:
    """Whether an endpoint has room for one client only."""
    return catalogue.protocol(where.protocol).service(where.carrier).exclusive


class Slots:
    """Watches the exclusive links of a session."""

    def __init__(self, links: Links, registry: Registry, bus: Bus) -> None:
        self._links = links
        self._registry = registry
        self._bus = bus
        self._timers: dict[UnitAddress, asyncio.TimerHandle] = {}
        self._held: dict[UnitAddress, str] = {}
        self._proven: set[UnitAddress] = set()

    def taken(self, where: UnitAddress) -> None:
        """A link was opened: where it is exclusive, say so."""
        if exclusive(where):
            held = where in self._held
            until = "held until disconnect" if held else f"given back after {IDLE_S:g} s without a command"
            self._say(where, f"the only place for a command client is taken; {until}")
            self._show(where)
            self.used(where)

    def _show(self, where: UnitAddress) -> None:
        """How long the place is held, and for whom, as people read it; nothing where it is free."""
        holder = self._held.get(where)
        how = (
            f"held by {printable(holder)} until disconnect"
            if holder
            else f"given back {IDLE_S:g} s after use"
        )
        for unit in self._registry.at(where):
            self._registry.update(unit.name, exclusive=how if self._links.get(where) is not None else "")

    def proven(self, where: UnitAddress) -> bool:
        """Whether a unit has answered on the link that is open: then the place is ours."""
        return where in self._proven

    def used(self, where: UnitAddress, *, answered: bool = False) -> None:
        """A command is through: the idle time begins anew."""
        if answered:
            self._proven.add(where)
        if exclusive(where) and self._links.get(where) is not None and where not in self._held:
            self._stop(where)
            self._timers[where] = asyncio.get_running_loop().call_later(IDLE_S, self._idle, where)

    def hold(self, where: UnitAddress, origin: str) -> None:
        """``origin`` wants the link to stay, or to be opened and stay."""
        if exclusive(where):
            self._stop(where)
            self._held[where] = origin
            self._show(where)

    def let_go(self, where: UnitAddress) -> None:
        """Nobody wants it to stay any more."""
        self._held.pop(where, None)

    def explained(self, where: UnitAddress, unit: str, problem: Problem) -> Problem:
        """Why a link failed; whatever the refusal of an exclusive place looks like, most likely another client
        has it."""
        if not exclusive(where):
            return problem
        maker = catalogue.protocol(where.protocol).maker
        udp = replace(where, carrier="udp").spelling(catalogue.protocol(where.protocol))
        self._registry.update(unit, link="busy")
        return replace(
            problem,
            meaning=f"{unit} is busy, or it is no {maker}: its only place for a command client was not given to "
            f"us ({problem.meaning})",
            hint=f"wait until the other client has left; by UDP it answers at any time: @{udp} COMMAND",
        )

    def _idle(self, where: UnitAddress) -> None:
        link = self._links.get(where)
        if link is not None and link.busy:
            self.used(where)
        else:
            self._links.close(where)

    def given_back(self, where: UnitAddress) -> bool:
        """A link is over; True where that was said."""
        self._stop(where)
        self._held.pop(where, None)
        self._proven.discard(where)
        if not exclusive(where):
            return False
        self._show(where)
        self._say(where, "the place for a command client is free again")
        return True

    def give_back(self) -> None:
        """Nobody watches any more: close every exclusive link."""
        for where in self._links.open:
            if exclusive(where):
                self._links.close(where)

    def _stop(self, where: UnitAddress) -> None:
        if timer := self._timers.pop(where, None):
            timer.cancel()

    def _say(self, where: UnitAddress, text: str) -> None:
        units = self._registry.at(where)
        name = units[0].name if units else where.spelling(catalogue.protocol(where.protocol))
        self._bus.emit("notice", name, text=f"{name}: {text}")
