"""The clock of a set of simulated units: that of this computer, or faster."""

from __future__ import annotations

import time
from collections.abc import Callable

from unitbench.catalogue.faults import SPEED
from unitbench.schema.settings import check


def checked_speed(speed: object) -> float:
    """A speed that units can run at; raises ``InvalidValue``."""
    value = check(SPEED, speed)
    assert isinstance(value, (int, float))
    return float(value)


class Clock:
    """``now`` is a unit's time in seconds; it never jumps, also not where the speed is changed.

    ``line`` is the time outside, in which delays of the line are counted.
    """

    def __init__(self, speed: float = 1.0, *, source: Callable[[], float] = time.monotonic) -> None:
        self.line = source
        self._since = self._from = source()
        self._speed = checked_speed(speed)

    def now(self) -> float:
        """The unit's time."""
        return self._from + (self.line() - self._since) * self._speed

    @property
    def speed(self) -> float:
        """How many of the unit's seconds pass in one."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        speed = checked_speed(speed)
        line = self.line()
        self._from += (line - self._since) * self._speed
        self._since, self._speed = line, speed

    def until(self, at: float) -> float:
        """How many real seconds are left until the unit's time is ``at``; 0 where it has come."""
        return max(0.0, (at - self.now()) / self._speed)
