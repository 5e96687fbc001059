"""Links that may have ended without a word: this machine slept, a cable was pulled, an address changed.

They are marked, and a harmless read decides: an answer clears the doubt, silence closes the link. Until then nothing
but reads goes to the unit. What was kept back is never sent later by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.errors import BenchError
from unitbench.lab.identification.steps import harmless
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Effect
from unitbench.session.awake import Awake
from unitbench.session.bus import Bus
from unitbench.session.links import Links
from unitbench.session.model import Exchange, Unit
from unitbench.session.operations import Ask
from unitbench.session.registry import Registry
from unitbench.session.slots import exclusive
from unitbench.transport.interfaces import Change, Interfaces

APART_S = 0.02
"""Between the beginnings of two checks, in seconds: 50 a second, to each unit one."""
NAMED = 5
"""So many units are named in a notice; the rest are counted."""
ORIGIN = "session"
"""Whose the reads are."""
LOOPBACK = "127."

Check = Callable[[Ask, str], Awaitable[Exchange]]


@dataclass
class _Doubt:
    """Why; whether nothing can be sent just now (``down``); and the check that runs or has been arranged."""

    why: str
    down: bool
    units: list[Unit] = field(default_factory=list)
    check: asyncio.Task[str] | None = None


class Doubts:
    """``check`` performs a read, as any other request. ``held`` asks a unit at once for what is held of it, and gives
    whether it still is; None where nothing is held."""

    def __init__(
        self,
        bus: Bus,
        registry: Registry,
        links: Links,
        awake: Awake,
        check: Check,
        held: Callable[[UnitAddress], Awaitable[bool | None]],
    ) -> None:
        self._bus = bus
        self._registry = registry
        self._links = links
        self._awake = awake
        self._check = check
        self._held = held
        self._doubts: dict[UnitAddress, _Doubt] = {}
        self._rounds: set[asyncio.Task[None]] = set()
        self._interfaces = Interfaces(self.changed, self._hosts)

    def watch(self) -> None:
        """There is a link: look at clocks and interfaces from now on."""
        self._awake.watch()
        self._interfaces.watch()

    def close(self) -> None:
        """Look no more, and check no more."""
        self._interfaces.close()
        checks = [doubt.check for doubt in self._doubts.values() if doubt.check is not None]
        for task in (*self._rounds, *checks):
            task.cancel()

    def _hosts(self) -> set[str]:
        """The addresses of this machine that links use."""
        return {link.local for link in self._links.all.values() if not _untouched(link.local)}

    # -- what happens

    def slept(self, seconds: float) -> None:
        """This machine slept: every link is in doubt."""
        self._mark(f"this machine slept for {seconds:.0f} s", self._links.open, down=False)

    def changed(self, change: Change) -> None:
        """Something has happened to the network interfaces."""
        self._awake.look()  # where both have happened, the sleep comes first
        hosts = None if change.all else change.gone
        if change.all or change.gone:
            self._awake.disturb(change.text, hosts)
        ways = [way for way, link in self._links.all.items() if self._concerned(way, link.local, hosts)]
        down = bool(change.gone - change.again)
        if ways:
            self._mark(change.text, ways, down=down)
        if change.again:
            back = [
                way for way, doubt in self._doubts.items() if doubt.down and self._local(way) in change.again
            ]
            for way in back:
                self._doubts[way].down = False
            if back:
                self._bus.emit(
                    "notice", ORIGIN, text=f"{change.text}: {self._names(back)} can be checked now"
                )
                self._arrange(back)

    @staticmethod
    def _concerned(way: UnitAddress, local: str, hosts: frozenset[str] | None) -> bool:
        if way.lasting or way.host.startswith(LOOPBACK) or _untouched(local):
            return False
        return hosts is None or local in hosts

    def _local(self, way: UnitAddress) -> str:
        link = self._links.get(way)
        return link.local if link else ""

    # -- marking

    def _mark(self, why: str, ways: Iterable[UnitAddress], *, down: bool) -> None:
        """Put ways in doubt, say so, and have them checked where that is possible now."""
        at: dict[UnitAddress, list[Unit]] = {way: [] for way in ways}
        for unit in self._registry.units:
            way = self._registry.address(unit).way
            if way in at:
                at[way].append(unit)
        for way, units in at.items():
            if (before := self._doubts.get(way)) and before.check:
                before.check.cancel()
            self._doubts[way] = _Doubt(why, down, units)
            for unit in units:
                self._registry.update(unit.name, doubt=why)
        shown = [way for way, units in at.items() if units]
        if shown:
            what = f"{why}: whether links and logins still stand is in doubt: {self._names(shown)}"
            then = "a read will tell when it is back" if down else "a read will tell"
            self._bus.emit("notice", ORIGIN, text=f"{what}; {then}")
        if not down:
            self._arrange(shown)

    def _names(self, ways: Iterable[UnitAddress]) -> str:
        units = [unit for way in ways for unit in self._doubts[way].units]
        words = [f"{unit.name} ({unit.login})" if unit.login else unit.name for unit in units[:NAMED]]
        more = len(units) - NAMED
        return ", ".join(words) + (f" and {more} more" if more > 0 else "")

    # -- checking

    def _arrange(self, ways: list[UnitAddress]) -> None:
        """Check them one after the other, without haste. A place for one client is looked at when it is used, since
        it is given back so soon."""
        task = asyncio.get_running_loop().create_task(
            self._round([way for way in ways if not exclusive(way)]), name="doubts"
        )
        self._rounds.add(task)
        task.add_done_callback(self._rounds.discard)

    async def _round(self, ways: list[UnitAddress]) -> None:
        checks = []
        stand: list[str] = []
        for index, way in enumerate(ways):
            if index:
                await asyncio.sleep(APART_S)
            doubt = self._doubts.get(way)
            if doubt is not None and not doubt.down:
                checks.append((doubt.units, self._begun(way, doubt)))
        for units, check in checks:
            await asyncio.wait([check])
            if not check.cancelled() and not check.result():
                stand += [unit.name for unit in units]
        if stand:
            more = f" and {len(stand) - NAMED} more" if len(stand) > NAMED else ""
            self._bus.emit(
                "notice",
                ORIGIN,
                text=f"a read was answered: {', '.join(stand[:NAMED])}{more} can be reached, the doubt is over",
            )

    def _begun(self, way: UnitAddress, doubt: _Doubt) -> asyncio.Task[str]:
        """The check of a way, begun if need be."""
        if doubt.check is None:
            doubt.check = asyncio.get_running_loop().create_task(self._checked(way, doubt), name="doubt")
        return doubt.check

    async def _checked(self, way: UnitAddress, doubt: _Doubt) -> str:
        """Read, and see; why the link does not stand, empty where it does."""
        asks = _reads(way, doubt.units)
        failed = "" if asks or await self._held(way) else "there is no harmless read that would tell"
        for ask, login in asks:
            if failed := await self._asked(way, ask, login):
                break
        if self._doubts.get(way) is doubt:
            if failed:
                self._bus.emit(
                    "notice",
                    ORIGIN,
                    text=f"{doubt.why}, and {failed}: the link to {self._names([way])} is closed",
                )
                self._links.close(way)
            else:
                self.over(way)
        return failed and f"{doubt.why}, and {failed}"

    async def _asked(self, way: UnitAddress, ask: Ask, login: str) -> str:
        """Send one read on a link, which is not opened for it; what is wrong, empty where nothing is."""
        if self._links.get(way) is None:
            return "the link has ended"
        try:
            done = await self._check(ask, ORIGIN)
        except BenchError as error:
            return error.message
        if not done.replies or done.outcome == "closed":
            return f"{done.command} was not answered"
        answered = done.replies[0].unit
        if not way.broadcast and answered != done.unit:
            return f"{answered} answers there"
        self._tell_login(done, login)
        return ""

    def _tell_login(self, done: Exchange, login: str) -> None:
        """Say where the unit holds another level than we thought."""
        now = self._registry.get(done.unit)
        if login and now is not None and now.login != login:
            said = f"it holds {now.login}" if now.login else "nobody is logged in"
            self._bus.emit(
                "notice", done.unit, text=f"{done.unit}: the {login} login is gone, the unit says: {said}"
            )

    def over(self, way: UnitAddress) -> None:
        """A link has ended, or stands: no doubt any longer. A check that runs comes to its own end, since a request
        may wait for what it says."""
        doubt = self._doubts.pop(way, None)
        for unit in doubt.units if doubt else ():
            self._registry.update(unit.name, doubt="")

    def answered(self, where: UnitAddress) -> None:
        """A unit has answered somebody's own request: so the link stands. What a login is worth only a read of it
        says, which is on its way."""
        doubt = self._doubts.get(where.way)
        if doubt is not None and doubt.check is None and not any(unit.login for unit in doubt.units):
            self.over(where.way)

    # -- before a request

    def why(self, where: UnitAddress, effect: str) -> str:
        """Why a request must not be sent now, empty where it may."""
        self._awake.look()
        doubt = self._doubts.get(where.way)
        return doubt.why if doubt is not None and effect != Effect.READ.value else ""

    async def before(self, where: UnitAddress, effect: str) -> str:
        """Have the link of a request looked at first where it is in doubt; why the request must not be sent, empty
        where it may. A read may always."""
        self._awake.look()
        way = where.way
        while effect != Effect.READ.value and (doubt := self._doubts.get(way)) is not None:
            link = self._links.get(way)
            if doubt.down and link is not None and not link.rerouted:
                return doubt.why
            check = self._begun(way, doubt)
            await asyncio.wait([check])
            if not check.cancelled() and check.result():
                return check.result()
        return ""


def _untouched(local: str) -> bool:
    """Whether no cable and no lease has to do with an address of this machine."""
    return local.startswith(LOOPBACK)


def _reads(way: UnitAddress, units: list[Unit]) -> list[tuple[Ask, str]]:
    """The harmless reads that decide, each with the login that it is about: who is logged in, of every unit with a
    login; else one that any unit takes."""
    record = catalogue.protocol(way.protocol)
    who = next((c for c in record.commands if c.grants and c.effect is Effect.READ and not c.args), None)
    held = [unit for unit in units if unit.login] if who else []
    if who and held:
        return [(_ask(way, who, unit.name), unit.login) for unit in held]
    probe = harmless(record, broadcast=way.broadcast)
    name = units[0].name if units else way.spelling(record)
    return [(_ask(way, probe, name), "")] if probe else []


def _ask(way: UnitAddress, command: Command, unit: str) -> Ask:
    return Ask(way.protocol, command.name, {}, unit)
