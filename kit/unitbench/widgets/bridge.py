"""The one thread that writes for all views: the session's thread only leaves a note, and no cell is waited for.

A view can be written while a cell sleeps or computes, because this is not the kernel's main thread; it is one
long-lived thread, because traits promise nothing to several writers and every new thread costs the kernel a
socket. Notes coalesce: however many come, a view is written 25 times a second at most, and the last one wins.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from functools import cache

Chore = Callable[[], None]
PACE_S = 0.04
SWITCH_S = 0.0005
"""How long a cell that computes may go on when the writer wants its turn. With Python's own 5 ms, which it waits for
each of the many times that it gives way itself, a view follows such a cell five times more slowly."""
SHARE = 10
"""A chore that costs much is done less often: at most one part in ``SHARE`` of a processor goes into it. What
counts is the thread's own time; while a cell computes, most of what passes is the cell's."""

_log = logging.getLogger(__name__)


class Writer:
    """Does chores, each at its own pace. Chores are told apart by equality; bound methods are good ones."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._due: dict[Chore, tuple[float, float]] = {}
        self._free: dict[Chore, float] = {}
        self._busy: Chore | None = None
        self._thread: threading.Thread | None = None

    def touch(self, chore: Chore, pace_s: float = PACE_S) -> None:
        """Have ``chore`` done soon, and not more often than every ``pace_s`` seconds. Any thread; never waits long."""
        with self._wake:
            if chore not in self._due:
                self._due[chore] = (max(time.monotonic(), self._free.get(chore, 0.0)), pace_s)
                self._wake.notify_all()
            if self._thread is None:
                sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
                self._thread = threading.Thread(target=self._run, name="unitbench views", daemon=True)
                self._thread.start()

    def forget(self, chore: Chore) -> None:
        """Do ``chore`` no more. If it is being done right now, wait for its end."""
        with self._wake:
            self._due.pop(chore, None)
            if threading.current_thread() is not self._thread:
                self._wake.wait_for(lambda: self._busy != chore, timeout=5)
            self._free.pop(chore, None)

    def settle(self, timeout_s: float = 5.0) -> bool:
        """Wait until nothing is left to do; whether that came about."""
        with self._wake:
            return self._wake.wait_for(lambda: not self._due and self._busy is None, timeout_s)

    def _next(self) -> tuple[Chore, float]:
        """The next chore and its pace, when its time has come."""
        with self._wake:
            while True:
                if not self._due:
                    self._wake.wait()
                    continue
                chore, (at, pace_s) = min(self._due.items(), key=lambda item: item[1][0])
                left = at - time.monotonic()
                if left > 0:
                    self._wake.wait(left)
                    continue
                del self._due[chore]
                self._busy = chore
                return chore, pace_s

    def _run(self) -> None:
        while True:
            chore, pace_s = self._next()
            began, spent = time.monotonic(), time.thread_time()
            try:
                chore()
            except Exception:  # a closed comm or a fault of one view must not stop the others
                _log.debug("a view could not be written", exc_info=True)
            spent = time.thread_time() - spent
            with self._wake:
                self._free[chore] = began + max(pace_s, spent * SHARE)
                self._busy = None
                del chore
                self._wake.notify_all()


@cache
def writer() -> Writer:
    """The writer of this process."""
    return Writer()
