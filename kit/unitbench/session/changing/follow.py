"""A unit that was told to go elsewhere: looked for at its new address, and known again by what tells it from others."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from unitbench import catalogue
from unitbench.errors import TransportError
from unitbench.schema.address import SERIAL, UnitAddress
from unitbench.schema.record import record
from unitbench.schema.settable import Wanted
from unitbench.session.asking import Asking
from unitbench.session.changing.plan import Values, serves
from unitbench.session.links import Links
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Ask
from unitbench.session.places import Places
from unitbench.session.registry import Registry

MOVE_S = 10.0
"""How long a unit may take to be found at its new address, in seconds, unless the caller says otherwise."""
LOOK_S = 1.0
"""How long one look may take."""
PAUSE_S = 0.1
"""The pause between two looks: a unit that restarts its network must not be asked all the time."""


@record
class Way:
    """What a change does to the way to its unit. ``cuts``: the link ends; ``to``: where the unit is to be found
    afterwards, None where that cannot be known or nothing takes links there; ``why`` says so."""

    cuts: bool
    to: UnitAddress | None = None
    why: str = ""


@record
class Found:
    """Whether the unit was found again, what is to be said of that, and the exchanges that it took."""

    there: bool
    text: str
    hint: str = ""
    exchanges: tuple[Exchange, ...] = ()


STAYS = Way(False)


class Follower:
    """Used on the session's loop only."""

    def __init__(self, asking: Asking, registry: Registry, links: Links, places: Places) -> None:
        self._asking = asking
        self._registry = registry
        self._links = links
        self._places = places

    def way(self, unit: Unit, wanted: Wanted, now: Values, after: Values) -> Way:
        """What a change does to the way to the unit."""
        pair, where = wanted.settable.command.pair, self._registry.address(unit)
        if pair is None or now == after:
            return STAYS
        if pair.moves is not None and where.carrier != SERIAL:
            return self._moved(unit, where, str(after.get(pair.moves.host)), pair.moves.known.holds(after))
        if pair.carries is None or not self.ours(where, serves(pair.carries, now)):
            return STAYS
        then = serves(pair.carries, after)
        if then is None:
            return Way(True, None, "nothing takes commands there any more")
        carriers = {service.carrier for service in catalogue.protocol(unit.protocol).services}
        if then[0] not in carriers:
            return Way(True, None, f"{unit.protocol} is not spoken over {then[0]} here")
        offset = where.port - self._usual(where)
        return Way(True, replace(where, carrier=then[0], port=then[1] + offset))

    def ours(self, where: UnitAddress, place: tuple[str, int] | None) -> bool:
        """Whether the link to ``where`` is one to that carrier and port of the unit."""
        return place is not None and place == (where.carrier, self._usual(where))

    def _usual(self, where: UnitAddress) -> int:
        """The unit's own number of the port at which we reach it: simulated ones may be served elsewhere."""
        service = self._places.service(where)
        return service.port if service is not None and service.port else where.port

    def _moved(self, unit: Unit, where: UnitAddress, host: str, known: bool) -> Way:
        if not known:
            return Way(True, where, "where it is then is not known beforehand; it is looked for here")
        if unit.simulated and not host.startswith("127."):
            return Way(True, where, "a simulated unit keeps the address at which it is served")
        return Way(True, replace(where, host=host))

    async def who(self, unit: Unit, origin: str, timeout_s: float | None) -> tuple[str, tuple[Exchange, ...]]:
        """What tells the unit from others of its kind, and the exchange that it took; empty where it does not say."""
        identity = catalogue.protocol(unit.protocol).identity
        if identity is None:
            return "", ()
        exchange = await self._asking.ask(
            Ask(unit.protocol, identity.command, {}, unit.name, timeout_s=timeout_s), origin
        )
        said = (str(exchange.fields.get(name, "")).strip() for name in identity.fields)
        return (next(filter(None, said), "") if exchange.ok else ""), (exchange,)

    async def follow(
        self, unit: Unit, to: UnitAddress, who: str, origin: str, window_s: float | None
    ) -> Found:
        """Find a unit again that was known as ``who``. Its address in the registry is the one where it was found."""
        window_s = MOVE_S if window_s is None else window_s
        old = self._registry.address(unit)
        self._links.close(old)
        spelling = to.spelling(catalogue.protocol(unit.protocol))
        found = await self._look(unit, spelling, who, origin, window_s)
        if found.there or spelling == unit.address:
            return found
        stayed = await self._look(unit, unit.address, who, origin, 0.0)
        exchanges = (*found.exchanges, *stayed.exchanges)
        if stayed.there:
            text = f"{found.text}; it is still at {unit.address}: the change has not taken effect"
            return Found(
                False, text, f"read it again; restart {unit.name} if its manual wants that", exchanges
            )
        hint = (
            f"look whether this machine reaches {to.host}; discover looks round; "
            f"@{spelling} asks there again; a restart of the unit may be needed"
        )
        return Found(False, f"{found.text}, nor at {unit.address}", hint, exchanges)

    async def _look(self, unit: Unit, spelling: str, who: str, origin: str, window_s: float) -> Found:
        """Ask at one address until somebody answers; another one than ``who`` is not taken for it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + window_s
        moved = self._registry.update(unit.name, address=spelling, link="closed") or unit
        looks = 0
        try:
            while True:
                looks += 1
                said, exchanges = await self._tried(self._registry.fresh(moved), origin)
                answered = any(exchange.replies for exchange in exchanges)
                if answered or loop.time() >= end:
                    break
                await asyncio.sleep(PAUSE_S)
        except asyncio.CancelledError:  # nobody waits for it: it is called where it was last seen
            self._registry.update(unit.name, address=unit.address, link="closed")
            raise
        if answered and (not who or said == who):
            how = (
                f"it is {who}"
                if who
                else "it says no serial number, so only its settings tell that it is the same"
            )
            return Found(True, f"{unit.name} answers at {spelling}: {how}", exchanges=exchanges)
        self._links.close(self._registry.address(spelling))
        self._registry.update(unit.name, address=unit.address, link="closed")
        other = f"another unit answers at {spelling}: {said or 'it does not say which'}, not {who}"
        times = f"{looks} times" if looks > 1 else "once"
        silent = f"{unit.name} was not found at {spelling}, asked {times} in {window_s:g} s"
        return Found(False, other if answered else silent, exchanges=exchanges)

    async def _tried(self, unit: Unit, origin: str) -> tuple[str, tuple[Exchange, ...]]:
        try:
            return await self.who(unit, origin, LOOK_S)
        except TransportError:
            return "", ()
