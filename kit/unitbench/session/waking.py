"""What a session does when this machine has slept, or its wall clock was stepped."""

from __future__ import annotations

import time

from unitbench.session.awake import Awake
from unitbench.session.bus import Bus
from unitbench.session.doubts import Doubts
from unitbench.session.policy import Policy
from unitbench.session.registry import Registry
from unitbench.session.reserving import Reservations
from unitbench.session.vs1.listening import Listener


class Waking:
    """Hears from ``awake`` and tells the parts of a session."""

    def __init__(
        self,
        awake: Awake,
        bus: Bus,
        registry: Registry,
        policy: Policy,
        reservations: Reservations,
        listener: Listener,
        doubts: Doubts,
    ) -> None:
        self._bus = bus
        self._registry = registry
        self._policy = policy
        self._reservations = reservations
        self._listener = listener
        self._doubts = doubts
        awake.slept, awake.stepped = self._slept, self._stepped

    def _slept(self, seconds: float) -> None:
        self._listener.disturbed(f"this machine slept for {seconds:.0f} s meanwhile")
        self._doubts.slept(seconds)
        self._tell_times()

    def _stepped(self, seconds: float) -> None:
        text = (
            f"the wall clock was stepped by {seconds:+.3f} s: times told before and after do not fit together"
        )
        self._bus.emit("notice", "session", text=text)
        self._tell_times()

    def _tell_times(self) -> None:
        """Until when something holds is told by the wall clock; what counts is how much is left."""
        self._reservations.tell_again()
        for name, left_s in self._policy.unlocked.items():
            self._registry.update(name, unlocked_until_ns=time.time_ns() + int(left_s * 1e9))
