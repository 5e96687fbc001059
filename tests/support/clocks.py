"""A machine that sleeps and whose wall clock is stepped, when a test says so."""

from __future__ import annotations

import time

from unitbench import Session
from unitbench.session.awake import Clocks
from unitbench.session.local import local
from unitbench.sim import Sim


class Machine:
    """Real clocks, moved apart. ``tells``: it has a clock that counts on while asleep."""

    def __init__(self, *, tells: bool = True) -> None:
        self._asleep_ns = 0
        self._stepped_ns = 0
        self._stood_ns = 0
        self.clocks = Clocks(self._wall, self._awake, self._always if tells else None)

    def _awake(self) -> int:
        return time.monotonic_ns() + self._stood_ns

    def _wall(self) -> int:
        return time.time_ns() + self._stood_ns + self._asleep_ns + self._stepped_ns

    def _always(self) -> int:
        return self._awake() + self._asleep_ns

    def sleep(self, seconds: float) -> None:
        """It sleeps for so long, now."""
        self._asleep_ns += int(seconds * 1e9)

    def step(self, seconds: float) -> None:
        """Its wall clock is moved."""
        self._stepped_ns += int(seconds * 1e9)

    def stand(self, seconds: float) -> None:
        """Nothing runs for so long, while every clock does."""
        self._stood_ns += int(seconds * 1e9)

    def session(self, sim: bool | Sim = False) -> Session:
        """A session in this process that lives by these clocks."""
        return Session._made(local("local", sim, "test", self.clocks))
