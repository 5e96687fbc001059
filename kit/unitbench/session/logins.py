"""The logins that a session holds on its links, and the passwords it must never show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Request
from unitbench.session.awake import Timer

MOST_SECRETS = 256
"""So many of the newest secrets of an endpoint are looked for in what it says: who tries passwords without end must
not fill the memory."""


class Logins:
    """``changed`` is called with a unit's name and its access level, empty for none; ``expired`` when a unit
    is known to have logged us out for idleness: after how many seconds by its own clock, and how fast that runs.
    ``speed_of`` says how much faster than real the clock of a simulated unit runs. ``later`` calls something after so
    many seconds of the unit's clock: one that sleeps with this machine, or one that does not."""

    def __init__(
        self,
        changed: Callable[[str, str], None],
        expired: Callable[[str, float, float], None],
        later: Callable[[UnitAddress, float, Callable[[], None]], Timer],
        speed_of: Callable[[UnitAddress], float] = lambda where: 1.0,
    ) -> None:
        self._changed = changed
        self._expired = expired
        self._later = later
        self._speed_of = speed_of
        self._secrets: dict[UnitAddress, dict[str, None]] = {}
        self._held: dict[UnitAddress, str] = {}
        self._timers: dict[UnitAddress, Timer] = {}
        self._ends: dict[UnitAddress, tuple[str, float]] = {}

    def asked(self, where: UnitAddress, request: Request, command: Command | None) -> None:
        """A request is about to be sent: remember its secret for masking, in memory only."""
        secret = command.secret if command else None
        if secret is not None:
            self.remember(where, str(request.fields.get(secret.name, "")))

    def remember(self, where: UnitAddress, secret: str) -> None:
        """What must not be shown of this endpoint's replies from now on."""
        known = self._secrets.setdefault(where, {})
        known.pop(secret, None)
        known[secret] = None
        if len(known) > MOST_SECRETS:
            del known[next(iter(known))]

    def secrets(self, where: UnitAddress) -> set[str]:
        """What must not be shown of this endpoint's replies."""
        return set(self._secrets.get(where, ()))

    def answered(
        self, where: UnitAddress, unit: str, command: Command, fields: dict[str, Any], outcome: str
    ) -> None:
        """An answer has come: follow what it says of the login, and start the idle time anew."""
        if command.ends_login and outcome == "ok":
            self._hold(where, unit, "")
        elif command.grants and outcome == "ok":
            field, nobody = command.grants
            level = str(fields.get(field, ""))
            self._hold(where, unit, "" if level.upper() == nobody else level)
        elif where in self._held and outcome in ("ok", "refused"):
            self._rearm(where, unit)

    def _hold(self, where: UnitAddress, unit: str, level: str) -> None:
        if level:
            self._held[where] = level
            self._rearm(where, unit)
        else:
            self.dropped(where)
        self._changed(unit, level)

    def _rearm(self, where: UnitAddress, unit: str) -> None:
        idle_s = catalogue.protocol(where.protocol).login_idle_s
        if timer := self._timers.pop(where, None):
            timer.cancel()
        if idle_s is not None:
            self._expire_in(idle_s / self._speed_of(where), where, unit, idle_s)

    def _expire_in(self, wait_s: float, where: UnitAddress, unit: str, idle_s: float) -> None:
        self._ends[where] = unit, idle_s
        self._timers[where] = self._later(where, wait_s, lambda: self._idle(where, unit, idle_s))

    def paced(self, theirs: Callable[[UnitAddress], bool], faster: float) -> None:
        """The clocks of some units run so many times faster than before: what is left of their logins passes
        as much faster."""
        for where, timer in list(self._timers.items()):
            if theirs(where):
                timer.cancel()
                self._expire_in(timer.left_s / faster, where, *self._ends[where])

    def _idle(self, where: UnitAddress, unit: str, idle_s: float) -> None:
        speed = self._speed_of(where)
        self.dropped(where)
        self._changed(unit, "")
        self._expired(unit, idle_s, speed)

    def dropped(self, where: UnitAddress) -> None:
        """The login is gone: the link ended, or the unit has ended it."""
        self._held.pop(where, None)
        self._ends.pop(where, None)
        if timer := self._timers.pop(where, None):
            timer.cancel()

    @property
    def held(self) -> dict[UnitAddress, str]:
        """Access levels held, by endpoint."""
        return dict(self._held)
