"""Whether this machine has slept, or its wall clock was stepped; and timers for which time asleep has passed too.

An event loop's clock stands still while the machine sleeps (Linux, macOS), and with it every timer of the loop.

- Linux: ``CLOCK_BOOTTIME`` counts on while asleep, ``CLOCK_MONOTONIC`` does not; by how much they move apart is how
  long the machine slept, exactly. What the wall clock moves apart from ``CLOCK_BOOTTIME`` is a step.
- macOS: the same, where the clock that counts on is called ``CLOCK_MONOTONIC`` and Python's ``time.monotonic`` is the
  one that stands still (clock_gettime(3): ``mach_continuous_time`` and ``mach_absolute_time``).
- Elsewhere only wall and monotonic clock can be compared. A wall clock that moved forward by itself is taken for
  sleep, since a doubt costs only a read; one that moved back was stepped. Where the monotonic clock counts sleeping
  time (Windows), a look that comes much too late is taken for sleep: the process stood still, whatever the reason.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from unitbench.lab.timing import booking as lab

LOOK_S = 1.0
"""How often the clocks are compared, in seconds; besides that before every request."""
SLEPT_S = 0.5
"""A shorter sleep is none: no unit takes notice of it."""
STEP_S = 1.0
"""A step of the wall clock that people are told of; by how little a round is voided says ``lab.timing.booking``."""
LATE_S = 10.0
"""A look that comes so much too late means sleep, where no clock tells."""
REMEMBERED = 64
"""Disturbances that are kept, for what began before them."""


COUNTS_ON: int | None = getattr(
    time, {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC"}.get(sys.platform, ""), None
)
"""The clock of this system that counts on while it sleeps, beside one that does not; None: there is none."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """All in nanoseconds. ``awake`` stands still while the machine sleeps, ``always`` counts on; None: there is no
    such pair."""

    wall: Callable[[], int] = time.time_ns
    awake: Callable[[], int] = time.monotonic_ns
    always: Callable[[], int] | None = None


SYSTEM = Clocks(always=partial(time.clock_gettime_ns, COUNTS_ON) if COUNTS_ON is not None else None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: what the clocks said, and how many disturbances there had been."""

    wall_ns: int
    always_ns: int
    count: int


class Timer:
    """Calls once, after so many seconds by ``clock``."""

    def __init__(
        self, owner: Awake, clock: Callable[[], float], seconds: float, call: Callable[[], object]
    ) -> None:
        self._owner = owner
        self._clock = clock
        self._at_s = clock() + seconds
        self._call = call
        self._handle: asyncio.TimerHandle | None = None
        self.arm()

    @property
    def left_s(self) -> float:
        """How long it still has, in seconds."""
        return max(0.0, -self.late_s)

    @property
    def late_s(self) -> float:
        """For how long it is overdue, in seconds; negative where it is not."""
        return self._clock() - self._at_s

    def arm(self) -> None:
        """Set it anew by the clock."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_later(self.left_s, self._ring)

    def _ring(self) -> None:
        # A loop may wake a little early by its clock's resolution.
        self._owner.forget(self)
        self._call()

    def ring_if_due(self) -> None:
        """Call now if its time came while asleep; else go on with what is left."""
        if self.left_s:
            self.arm()
        else:
            self.cancel()
            self._call()

    def cancel(self) -> None:
        """It calls no more. Cancelling twice is fine."""
        self._owner.forget(self)
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class Awake:
    """``slept`` is called with the seconds slept, behind the timers whose time has come; ``stepped`` with the
    seconds by which the wall clock was moved. Used on the session's loop only."""

    def __init__(self, clocks: Clocks = SYSTEM) -> None:
        self._clocks = clocks
        self.slept: Callable[[float], None] = lambda seconds: None
        self.stepped: Callable[[float], None] = lambda seconds: None
        self._asleep_ns = 0
        self._timers: set[Timer] = set()
        self._tick: asyncio.TimerHandle | None = None
        self._disturbed: deque[tuple[int, str, frozenset[str] | None]] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._read()

    def _read(self) -> None:
        self._wall, self._awake = self._clocks.wall(), self._clocks.awake()
        self._always = self._clocks.always() if self._clocks.always else 0

    def elapsed_s(self) -> float:
        """A clock that counts sleeping time, in seconds; where it begins means nothing."""
        if self._clocks.always is not None:
            return self._clocks.always() / 1e9
        return (self._clocks.awake() + self._asleep_ns) / 1e9

    # -- looking

    def watch(self) -> None:
        """Look at the clocks from now on."""
        if self._tick is None:
            self._tick = asyncio.get_running_loop().call_later(LOOK_S, self._look_again)

    def close(self) -> None:
        """Look no more; no timer rings any more."""
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        for timer in list(self._timers):
            timer.cancel()

    def _look_again(self) -> None:
        self._tick = None
        self.look(due_s=LOOK_S)
        self.watch()

    def look(self, *, due_s: float | None = None) -> None:
        """Compare the clocks with what they said at the last look. ``due_s``: so long after it this one was due."""
        wall, awake, always = self._wall, self._awake, self._always
        self._read()
        passed = self._awake - awake
        if self._clocks.always is not None:
            asleep = self._always - always - passed
            step = self._wall - wall - passed - asleep
        else:
            apart = self._wall - wall - passed
            asleep, step = (apart, 0) if apart > STEP_S * 1e9 else (0, apart)
            self._asleep_ns += asleep
            if due_s is not None and passed > (due_s + LATE_S) * 1e9:
                asleep += passed - int(due_s * 1e9)
        if abs(step) > STEP_S * 1e9:
            self.disturb(f"the wall clock was stepped by {step / 1e9:+.3f} s")
            self.stepped(step / 1e9)
        if asleep > SLEPT_S * 1e9:
            self.disturb(f"this machine slept for {asleep / 1e9:.0f} s")
            for timer in sorted(self._timers, key=lambda timer: timer.late_s, reverse=True):
                timer.ring_if_due()
            self.slept(asleep / 1e9)

    # -- timers

    def call_later(self, seconds: float, call: Callable[[], object], *, sleeps: bool = False) -> Timer:
        """Call something after so many seconds, awake or asleep; ``sleeps``: only those awake count, as for a unit that
        is simulated on this machine."""
        self.watch()
        timer = Timer(self, self._awake_s if sleeps else self.elapsed_s, seconds, call)
        self._timers.add(timer)
        return timer

    def _awake_s(self) -> float:
        return self._clocks.awake() / 1e9

    def forget(self, timer: Timer) -> None:
        """A timer has rung or was cancelled."""
        self._timers.discard(timer)

    # -- what lies across a disturbance

    def disturb(self, text: str, hosts: frozenset[str] | None = None) -> None:
        """Something has happened that no measurement may lie across: on ways from these addresses of this machine, or
        on all."""
        self._count += 1
        self._disturbed.append((self._count, text, hosts))

    def mark(self) -> Mark:
        """This moment."""
        self.look()
        always = self._always if self._clocks.always else self._awake + self._asleep_ns
        return Mark(self._wall, always, self._count)

    def disturbed(self, since: Mark, host: str) -> str:
        """Why what began at ``since`` on a way from the address ``host`` of this machine does not count; empty
        where it does."""
        now = self.mark()
        for count, text, hosts in self._disturbed:
            if count > since.count and (hosts is None or not host or host in hosts):
                return text
        if lab.stepped((since.wall_ns, now.wall_ns), (since.always_ns, now.always_ns)):
            return "the clock was stepped"
        return ""
