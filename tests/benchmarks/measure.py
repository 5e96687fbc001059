"""Two things timed in turns, so that a machine that changes its pace changes both."""

from __future__ import annotations

import compileall
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

from tests.support.imports import ROOT


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
    size: int = 0

    def line(self) -> str:
        """One line of the report: both times (or MB/s, where a ``size`` in bytes is given), and the ratio of the
        times."""
        ours, theirs = self._shown(self.ours_s), self._shown(self.theirs_s)
        return (
            f"{self.name:<52} {ours:>10} {theirs:>10}"
            f"  x{self.ratio:7.3f} ({self.low:.3f} .. {self.high:.3f})  against {self.floor}"
        )

    def _shown(self, seconds: float) -> str:
        return f"{self.size / seconds / 1e6:.1f} MB/s" if self.size else _time(seconds)


@dataclass(frozen=True)
class Amount:
    """Something that is counted and not timed."""

    name: str
    ours: float
    theirs: float
    unit: str
    floor: str

    def line(self) -> str:
        """One line of the report."""
        ours, theirs = f"{self.ours:,.5g} {self.unit}", f"{self.theirs:,.5g} {self.unit}"
        ratio = f"x{self.ours / self.theirs:7.3f}" if self.theirs else " " * 8
        return f"{self.name:<52} {ours:>10} {theirs:>10}  {ratio}  against {self.floor}"


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
    return replace(ratio, ours_s=ratio.ours_s / count, theirs_s=ratio.theirs_s / count)


def flow(size: int, ratio: Ratio) -> Ratio:
    """The same ratio of two that go through ``size`` bytes."""
    return replace(ratio, size=size)


def compiled() -> None:
    """See to it that our bytecode is there, as it is for everything that pip has installed. Python writes none where
    PYTHONDONTWRITEBYTECODE says so, and then half of our start would be the compiler's."""
    for part in ("kit", "shell"):
        assert compileall.compile_dir(ROOT / part, quiet=1)


def command(*words: str) -> Callable[[], None]:
    """A whole process, its output thrown away."""
    return lambda: subprocess.run(words, check=True, capture_output=True) and None
