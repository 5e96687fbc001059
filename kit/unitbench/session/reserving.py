"""Units that one origin keeps writes to for itself: for a time, until it gives them up, or another takes them over.

What counts as a write says the catalogue: all but a read and what is only visible (LEDs). A login counts, since all
views share it: who logs out ends another's work.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from unitbench.errors import Reserved, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable
from unitbench.schema.records import Effect
from unitbench.session.awake import Awake, Timer
from unitbench.session.bus import Bus
from unitbench.session.handover import Handover
from unitbench.session.model import Unit
from unitbench.session.reaching import Reaching
from unitbench.session.registry import Registry
from unitbench.session.running import RunningJob
from unitbench.session.spans import clock, time_of
from unitbench.session.writing import Writing

KEPT = (Effect.SESSION, Effect.RECONFIGURES, Effect.DISRUPTS)
"""The effects that only the holder may have on a reserved unit."""
LONGEST_S = 86_400.0
"""A reservation may last so long, in seconds: one that was forgotten ends the day after."""
GRACE_S = 3.0
"""So long a numbered view (``shell-1``) that is gone may take to come back, in seconds; then its reservations end.
Nobody else is given its number meanwhile."""


@dataclass(slots=True)
class _Held:
    """``until_s`` is by a clock that sleep does not stop."""

    unit: str
    holder: str
    until_s: float
    timer: Timer


class Reservations:
    """Those of one session. ``running`` gives the jobs that run; a reservation of another ends those that write."""

    def __init__(self, bus: Bus, registry: Registry, reaching: Reaching, awake: Awake) -> None:
        self._bus = bus
        self._registry = registry
        self._reaching = reaching
        self._awake = awake
        self._held: dict[str, _Held] = {}
        self._queued: list[Writing] = []
        self._gone: dict[str, Timer] = {}
        self.running: Callable[[], Iterable[RunningJob]] = tuple

    # -- what views ask for

    async def look_up(self, name: str) -> None:
        """Learn at which addresses a unit is that is about to be reserved; raises ``UsageError``."""
        await self._reaching.look_up(self._registry.address(self._registry.find(name)))

    def reserve(self, name: str, seconds: float, origin: str, take: bool) -> Unit:
        """Keep writes to a unit to ``origin``; by the holder: from now on for so long.

        Raises ``Reserved`` where another holds it, or writes to it in a job, and ``take`` is not set.
        """
        unit = self._registry.find(name)
        if not 0 < seconds <= LONGEST_S:
            raise UsageError(
                f"a unit is reserved for more than 0 s and at most {LONGEST_S / 3600:g} h, not {seconds:g} s",
                hint="reserve UNIT 10m",
            )
        where = self._registry.address(unit)
        theirs = [held for held in self._of_others(origin) if self._same(held.unit, unit.name, where)]
        jobs = [
            job
            for job in self.running()
            if job.writes is not None and self._reached(job.writes, unit, origin)
        ]
        if not take:
            self._refuse(unit, theirs, jobs)
        waiting = [writing for writing in self._queued if self._reached(writing, unit, origin)]
        for held in theirs:
            self._drop(held)
        self._keep(unit, origin, seconds)
        for job in jobs:
            job.stop(origin)
        self._tell(unit.name, origin, seconds, theirs, jobs, waiting)
        return self._registry.find(unit.name)

    def release(self, name: str, origin: str) -> Unit:
        """Let everybody write to a unit again. Raises ``Reserved`` where another holds it."""
        unit = self._registry.find(name)
        held = self._held.get(unit.name)
        if held is None:
            raise UsageError(f"{unit.name} is not reserved", hint="units shows which are")
        if held.holder != origin:
            raise self._withheld(held)
        self._drop(held)
        self._bus.emit(
            "notice", origin, text=f"{unit.name} is free again: {printable(origin)} has released it"
        )
        return self._registry.find(unit.name)

    def _refuse(self, unit: Unit, theirs: list[_Held], jobs: list[RunningJob]) -> None:
        """Raise where somebody is in the way of a reservation that takes nothing over."""
        if theirs:
            raise self._withheld(theirs[0])
        if jobs:
            job = jobs[0].job
            raise Reserved(
                f"job {job.id} of {printable(job.origin)} ({job.title}) writes to {unit.name} now",
                holder=job.origin,
                hint=f"wait for its end, or reserve {unit.name} TIME take=yes, which ends it",
            )

    def _keep(self, unit: Unit, origin: str, seconds: float) -> None:
        if mine := self._held.get(unit.name):
            mine.timer.cancel()
        until_s = self._awake.elapsed_s() + seconds
        timer = self._awake.call_later(seconds, lambda: self._expired(unit.name))
        self._held[unit.name] = _Held(unit.name, origin, until_s, timer)
        until_ns = time.time_ns() + int(seconds * 1e9)
        self._registry.update(unit.name, reserved_by=origin, reserved_until_ns=until_ns)

    def _tell(
        self,
        unit: str,
        origin: str,
        seconds: float,
        theirs: list[_Held],
        jobs: list[RunningJob],
        waiting: list[Writing],
    ) -> None:
        """Tell every view, at once; whose reservation or job was ended is told so in person."""
        losers = dict.fromkeys([*(held.holder for held in theirs), *(job.job.origin for job in jobs)])
        if not losers:
            text = f"{unit} is reserved by {printable(origin)} for {clock(seconds)}"
            self._bus.emit("notice", origin, text=text)
        for loser in losers:
            ended = tuple(job.job.id for job in jobs if job.job.origin == loser)
            kept_back = sum(1 for writing in waiting if writing.origin == loser)
            handover = Handover(unit, loser, origin, seconds, ended, kept_back)
            self._bus.emit("notice", origin, text=handover.text(), handover=handover)

    # -- what is asked of everything that is sent

    def check(self, writing: Writing, target: str = "") -> None:
        """Pass, or raise ``Reserved``. ``target`` is the address that the link goes to, where there is one already."""
        if not self._held or writing.effect not in KEPT:
            return
        for held in self._of_others(writing.origin):
            unit = self._registry.find(held.unit)
            if self._reaches(writing, unit.name, self._registry.address(unit), target):
                raise self._withheld(held, writing)

    @contextmanager
    def queued(self, writing: Writing, target: Callable[[], str] = lambda: "") -> Iterator[Callable[[], str]]:
        """While a request is on its way; what is yielded is called when its turn has come, and raises as ``check``.
        It gives nothing. ``target`` tells where its link goes then."""
        waits = [writing]
        if writing.effect in KEPT:
            self._queued.append(writing)

        def turn() -> str:
            self._forget(waits)
            self.check(writing, target())
            return ""

        try:
            yield turn
        finally:
            self._forget(waits)

    def _forget(self, waits: list[Writing]) -> None:
        for writing in waits:
            self._queued = [other for other in self._queued if other is not writing]
        waits.clear()

    def _of_others(self, origin: str) -> list[_Held]:
        now_s = self._awake.elapsed_s()
        return [held for held in self._held.values() if held.holder != origin and held.until_s > now_s]

    def _reached(self, writing: Writing, unit: Unit, holder: str) -> bool:
        """Whether it is another's write to a unit."""
        kept = writing.effect in KEPT and writing.origin != holder
        return kept and self._reaches(writing, unit.name, self._registry.address(unit))

    def _reaches(self, writing: Writing, name: str, where: UnitAddress, target: str = "") -> bool:
        if name in writing.names:
            return True
        if writing.where.broadcast:
            return self._reaching.heard(writing.where, where, raw=writing.raw)
        return self._reaching.one(writing.where, where, raw=writing.raw, target=target)

    def _same(self, name: str, other: str, where: UnitAddress) -> bool:
        return name == other or self._reaching.one(self._registry.address(self._registry.find(name)), where)

    def _withheld(self, held: _Held, writing: Writing | None = None) -> Reserved:
        unit = self._registry.find(held.unit)
        left_s = held.until_s - self._awake.elapsed_s()
        holder = printable(held.holder)
        take = f"reserve {held.unit} 10m take=yes"
        hint = f"wait, ask {holder} to release {held.unit}, or take it over: {take}"
        if unit.holder_left_ns:
            hint = f"{holder} is not connected (since {time_of(unit.holder_left_ns)}); {take} takes it over"
        until = f"until {time_of(unit.reserved_until_ns)} ({clock(left_s)} left)"
        many = writing is not None and (len(writing.names) > 1 or writing.where.broadcast)
        what = f"this reaches {held.unit}, which is reserved by" if many else f"{held.unit} is reserved by"
        return Reserved(
            f"{what} {holder} {until}",
            holder=held.holder,
            until_ns=unit.reserved_until_ns,
            effect=writing.effect.value if writing is not None else "",
            hint=hint,
        )

    # -- the end of reservations

    def _drop(self, held: _Held) -> None:
        held.timer.cancel()
        if self._held.get(held.unit) is held:
            del self._held[held.unit]
            self._registry.update(held.unit, reserved_by="", reserved_until_ns=0, holder_left_ns=0)

    def _expired(self, name: str) -> None:
        if held := self._held.get(name):
            self._drop(held)
            text = f"{name} is free again: the time that {printable(held.holder)} had reserved it for is over"
            self._bus.emit("notice", "session", text=text)

    def left(self, who: str, *, numbered: bool) -> None:
        """The last view of that name is gone, and every view sees that. Where its name was a number that we gave it,
        what it has reserved is free unless it comes back soon."""
        units = [self._registry.find(held.unit) for held in self._held.values() if held.holder == who]
        for unit in units:
            self._registry.update(unit.name, holder_left_ns=unit.holder_left_ns or time.time_ns())
        if numbered and units and who not in self._gone:
            self._gone[who] = self._awake.call_later(GRACE_S, lambda: self._over(who))

    def joined(self, who: str) -> None:
        """A view is there, again or for the first time."""
        if timer := self._gone.pop(who, None):
            timer.cancel()
        for held in self._held.values():
            if held.holder == who:
                self._registry.update(held.unit, holder_left_ns=0)

    def _over(self, who: str) -> None:
        self._gone.pop(who, None)
        for held in [held for held in self._held.values() if held.holder == who]:
            self._drop(held)
            text = f"{held.unit} is free again: {printable(who)}, which had reserved it, has left"
            self._bus.emit("notice", "session", text=text)

    @property
    def awaited(self) -> tuple[str, ...]:
        """The names that are kept for views that may come back."""
        return tuple(self._gone)

    def tell_again(self) -> None:
        """The wall clock was stepped, or the machine slept: until when is told by it, what counts is what is left."""
        now_s, now_ns = self._awake.elapsed_s(), time.time_ns()
        for held in self._held.values():
            until_ns = now_ns + int((held.until_s - now_s) * 1e9)
            self._registry.update(held.unit, reserved_until_ns=until_ns)
