"""A unit's link as a person handles it: opened, closed, looked along; and the farewell at a session's end."""

from __future__ import annotations

import contextlib

from unitbench import catalogue
from unitbench.errors import OpenFailed, TransportError, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect, Request
from unitbench.session.exchanges import problem_of_error
from unitbench.session.holds import Holds
from unitbench.session.keepalive import KeepAlives
from unitbench.session.links import Links
from unitbench.session.model import Place, Unit
from unitbench.session.places import Places
from unitbench.session.policy import Policy
from unitbench.session.registry import Registry
from unitbench.session.reserving import Reservations
from unitbench.session.slots import Slots
from unitbench.session.writing import Writing

FAREWELL_S = 1.0
"""How long a unit may take to answer what nobody has typed, such as the LOGOUT when a session ends, in seconds."""


class Linking:
    """Used on the session's loop only."""

    def __init__(
        self,
        registry: Registry,
        places: Places,
        links: Links,
        slots: Slots,
        policy: Policy,
        reservations: Reservations,
    ) -> None:
        self._registry = registry
        self._places = places
        self._links = links
        self._slots = slots
        self._policy = policy
        self._reservations = reservations

    def services(self, name: str) -> tuple[Place, ...]:
        """Where a unit has what the catalogue names."""
        unit = self._registry.fresh(self._registry.find(name))
        return self._places.all(self._registry.address(unit), simulated=unit.simulated)

    async def connect(self, name: str, origin: str) -> Unit:
        """Open a unit's link; raises ``OpenFailed``, and ``Withheld`` for a port that is left alone."""
        unit = self._registry.find(name)
        where = self._registry.address(unit)
        self._policy.check_service(self._places.service(where), unit.name)
        self._slots.hold(where, origin)
        try:
            await self._links.to(where)
        except OpenFailed as error:
            self._slots.let_go(where)
            problem = self._slots.explained(where, unit.name, problem_of_error(error))
            raise OpenFailed(problem.meaning, endpoint=where.endpoint, hint=problem.hint) from None
        return self._registry.update(unit.name, link="open") or unit

    async def disconnect(self, name: str, origin: str, holds: Holds, keepalives: KeepAlives) -> Unit:
        """Close a unit's link, and give back first what is held by it; raises ``UsageError`` where none is open."""
        unit = self._registry.find(name)
        where = self._registry.address(unit)
        # A login on the link would end, another's among them.
        self._reservations.check(Writing(origin, Effect.SESSION, (unit.name,), where))
        keepalives.ended(unit.name)
        await holds.give_back(where)
        if not self._links.close(where):
            raise UsageError(f"no link to {unit.name} is open", hint="units shows the links")
        return self._registry.find(unit.name)

    async def ask_quietly(self, where: UnitAddress, request: Request) -> str:
        """Send a request that nobody has typed; raises ``TransportError``."""
        link = await self._links.to(where, FAREWELL_S)
        return (await link.ask(request, window_s=FAREWELL_S)).outcome

    async def log_out(self, where: UnitAddress) -> None:
        """End a login, where its link is still there."""
        farewell = next((c for c in catalogue.protocol(where.protocol).commands if c.ends_login), None)
        if farewell is None or not (where.lasting or self._links.get(where)):
            return
        with contextlib.suppress(TransportError):
            await self.ask_quietly(where, Request(where.protocol, farewell.name, to=where.unit_id))
