"""Two things timed in turns, so that a machine that changes its pace changes both."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Ratio:
    """Medians of both sides in seconds, and the median of the ratios of each turn with its range."""

    name: str
    ours_s: float
    theirs_s: float
    ratio: float
    low: float
    high: float
    floor: str

    def line(self) -> str:
        """One line of the report."""
        return (
            f"{self.name:<52} {_time(self.ours_s):>10} {_time(self.theirs_s):>10}"
            f"  x{self.ratio:6.2f} ({self.low:.2f} .. {self.high:.2f})  against {self.floor}"
        )


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.2f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def compare(
    name: str, ours: Callable[[], None], theirs: Callable[[], None], floor: str, turns: int = 11
) -> Ratio:
    """Time two calls in turns after one warm-up each."""
    ours()
    theirs()
    pairs = [(_timed(ours), _timed(theirs)) for _ in range(turns)]
    ratios = sorted(a / b for a, b in pairs)
    return Ratio(
        name,
        median(a for a, _ in pairs),
        median(b for _, b in pairs),
        median(ratios),
        ratios[0],
        ratios[-1],
        floor,
    )


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def each(count: int, ratio: Ratio) -> Ratio:
    """The same ratio with the times of one of ``count`` repetitions."""
    return Ratio(
        ratio.name,
        ratio.ours_s / count,
        ratio.theirs_s / count,
        ratio.ratio,
        ratio.low,
        ratio.high,
        ratio.floor,
    )


def command(*words: str) -> Callable[[], None]:
    """A whole process, its output thrown away."""
    return lambda: subprocess.run(words, check=True, capture_output=True) and None
