"""An event loop whose clock jumps to the next timer, unless something real is awaited."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from selectors import SelectorKey

from unitbench.session.awake import Clocks


class Warp(asyncio.SelectorEventLoop):
    """Timers come due at once while ``awaits`` says that no answer is on its way. ``clocks`` are a machine's that
    lives by this time; it can ``doze``."""

    def __init__(self) -> None:
        self.skipped_s = 0.0
        self.dozed_s = 0.0
        self.awaits: Callable[[], bool] = lambda: True
        super().__init__(_Selector(self))
        self.clocks = Clocks(
            lambda: time.time_ns() + int((self.skipped_s + self.dozed_s) * 1e9),
            lambda: int(self.time() * 1e9),
            lambda: int((self.time() + self.dozed_s) * 1e9),
        )

    def time(self) -> float:
        """Seconds, real ones and skipped ones."""
        return time.monotonic() + self.skipped_s

    def doze(self, seconds: float) -> None:
        """The machine sleeps for so long, now."""
        self.dozed_s += seconds


class _Selector(selectors.DefaultSelector):
    def __init__(self, loop: Warp) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        found = super().select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if timeout is None or self._loop.awaits():
            return super().select(timeout)
        self._loop.skipped_s += timeout
        return found
