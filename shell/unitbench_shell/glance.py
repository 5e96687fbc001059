"""What the prompt's organs look at while a key is pressed: snapshots only, nothing here waits."""

from __future__ import annotations

import time

from unitbench import catalogue
from unitbench.line.vocabulary import Vocabulary
from unitbench.session.console import Console
from unitbench.session.model import Exchange, Job, Unit
from unitbench.session.recent import Recent
from unitbench.session.stream import Event, State

SIM, SAFE, UNLOCKED = "sim", "safe", "unlocked"
"""The modes of the prompt: simulated, real and asking before a write, real and unlocked for a time."""


class Glance:
    """The session as its newest snapshot has it, and the unit in use of ``console``."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._seen: State | None = None
        self._current = ""
        self._answered: Exchange | None = None
        self._vocabulary = Vocabulary()
        self._answered_ns: dict[str, int] = {}
        self._recent = Recent(console.session)
        console.sent = lambda: self._recent.sent
        console.session.subscribe(self._event)

    def _event(self, event: Event) -> None:
        """Called from elsewhere: a unit that has answered starts the idle time of its login anew."""
        exchange = event.exchange
        if exchange is not None and exchange.outcome in ("ok", "refused"):
            self._answered_ns[exchange.unit] = exchange.t_ns

    def login_s(self, unit: Unit) -> int | None:
        """How long a login lasts if nothing more is sent, in whole seconds; None where it does not end, or where this
        view has not seen when the unit last answered."""
        idle_s = catalogue.protocol(unit.protocol).login_idle_s
        since_ns = self._answered_ns.get(unit.name)
        if not unit.login or idle_s is None or since_ns is None:
            return None
        speed = self.state.speed if unit.simulated else 1.0
        return left_s(since_ns + round(idle_s / speed * 1e9))

    @property
    def ticking(self) -> bool:
        """Whether something on the screen counts seconds."""
        unit = self.unit()
        return unit is not None and bool(unlocked_s(unit) or reserved_s(unit) or self.login_s(unit))

    @property
    def state(self) -> State:
        """The newest snapshot."""
        return self.console.session.state

    @property
    def gone(self) -> bool:
        """Whether the session has ended: nothing can be sent."""
        return bool(self.console.session.gone)

    def vocabulary(self) -> Vocabulary:
        """What a line can refer to; made anew only where something of it has changed."""
        state, current = self.state, self.console.current
        seen = self._seen
        if (
            seen is None
            or state.units is not seen.units
            or state.jobs is not seen.jobs
            or current != self._current
            or self.console.naming.answered is not self._answered
            or self.console.naming.macros is not self._vocabulary.macros
            or self._recent.sent is not self._vocabulary.sent
        ):
            fresh = self.console.vocabulary()
            if fresh != self._vocabulary:
                self._vocabulary = fresh
            self._current, self._answered = current, self.console.naming.answered
        self._seen = state
        return self._vocabulary

    def unit(self, name: str = "") -> Unit | None:
        """The unit of that name; without one, the unit in use."""
        wanted = name or self.console.current
        return next((unit for unit in self.state.units if unit.name == wanted), None)

    @property
    def mode(self) -> tuple[str, str]:
        """The mode of the unit in use, and how the prompt spells it."""
        return self.mode_of(self.unit())

    def mode_of(self, unit: Unit | None) -> tuple[str, str]:
        """The mode of a unit; without one, the session's."""
        if unit.simulated if unit is not None else self.state.sim:
            return SIM, "sim"
        until_s = unlocked_s(unit)
        if until_s:
            return UNLOCKED, f"real:UNLOCKED {clock(until_s)}"
        return SAFE, "real:safe"

    @property
    def elsewhere(self) -> list[Job]:
        """The running jobs that other views have begun, but for views that are muted here."""
        mine, muted = self.state.who, self.console.muted
        return [job for job in self.running if job.origin != mine and not muted.holds(job.origin)]

    @property
    def mine(self) -> list[Job]:
        """The running jobs that this view has begun."""
        return [job for job in self.running if job.origin == self.state.who]

    @property
    def running(self) -> list[Job]:
        """The jobs that run, anybody's."""
        return [job for job in self.state.jobs if job.state == "running"]


def unlocked_s(unit: Unit | None) -> int:
    """How long writes to a unit still pass without asking, in whole seconds."""
    return left_s(unit.unlocked_until_ns) if unit is not None else 0


def reserved_s(unit: Unit) -> int:
    """How long a unit is still reserved, in whole seconds."""
    return left_s(unit.reserved_until_ns) if unit.reserved_by else 0


def left_s(until_ns: int) -> int:
    """How long it is until then (wall clock), in whole seconds; 0 where it is over."""
    return max(0, -(-(until_ns - time.time_ns()) // 1_000_000_000))


def clock(seconds: int) -> str:
    """A time left, in minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
