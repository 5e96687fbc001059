"""Spans of time as people read them."""

from __future__ import annotations

import time


def clock(seconds: float) -> str:
    """A countdown: ``9:59`` minutes, or ``1:02:03`` hours; what has begun counts."""
    whole = max(0, -int(-seconds // 1))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(seconds: float) -> str:
    """An age or a rest in the unit that suits it: ``12 s``, ``3 min``, ``5 h``, ``2 d``."""
    seconds = max(0.0, seconds)
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} d"


def time_of(t_ns: int) -> str:
    """The time of day of a wall clock's stamp, here."""
    return time.strftime("%H:%M:%S", time.localtime(t_ns / 1e9))


def left_s(until_ns: int) -> float:
    """How long it is from now on, in seconds; 0 where it has passed."""
    return max(0.0, (until_ns - time.time_ns()) / 1e9)
