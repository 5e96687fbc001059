"""Intervals for a quantile by order statistics: which two of the sorted values enclose it, and how surely.

Of n independent values, the number that lie below the quantile of share p is binomial (n, p), however the values are
spread. So the values of rank r and s enclose it with exactly the chance of r to s - 1 successes (David and Nagaraja,
Order Statistics, 7.1). Equal values only make that surer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from statistics import median

from unitbench.lab.statistics.binomial import Binomial

LEVEL = 0.95
"""How sure an interval is meant to be; how sure it is, ``coverage`` says."""
LEAST = 0.94
"""Of few values no two enclose the quantile with about ``LEVEL``: then rather more surely than less than this."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks from 1, of ``n``; None: there is no value of such a rank, so there is no bound on that side."""

    n: int
    low: int | None
    high: int | None
    coverage: float


@lru_cache(maxsize=512)
def ranks(n: int, share: float) -> Ranks:
    """The ranks whose interval comes nearest to ``LEVEL``: the same chance is aimed at on both sides, all of it on
    one side where the other has no rank."""
    below = Binomial(n, share)
    half = (1 - LEVEL) / 2
    top_missing = below.above(n - 1) > half
    bottom_missing = below.below(1) > half
    lows = _lows(below, n, 1 - LEVEL if top_missing else half) if not bottom_missing else (None,)
    highs = _highs(below, n, 1 - LEVEL if bottom_missing else half) if not top_missing else (None,)
    found = [
        Ranks(n, low, high, below.within(low or 0, n if high is None else high - 1))
        for low in lows
        for high in highs
    ]
    good = [item for item in found if item.coverage >= LEAST]
    if not good:
        return max(found, key=lambda item: item.coverage)
    return min(good, key=lambda item: abs(item.coverage - LEVEL))


def _lows(below: Binomial, n: int, tail: float) -> tuple[int | None, ...]:
    """The rank that leaves at most ``tail`` below, and the next one."""
    first, last = 0, n
    while first < last:
        middle = (first + last + 1) // 2
        if below.below(middle) <= tail:
            first = middle
        else:
            last = middle - 1
    return tuple(rank for rank in (first, first + 1) if 1 <= rank <= n) or (None,)


def _highs(below: Binomial, n: int, tail: float) -> tuple[int | None, ...]:
    """The rank that leaves at most ``tail`` above, and the one before."""
    first, last = 1, n + 1
    while first < last:
        middle = (first + last) // 2
        if below.above(middle - 1) <= tail:
            last = middle
        else:
            first = middle + 1
    return tuple(rank for rank in (first - 1, first) if 1 <= rank <= n) or (None,)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value with at least ``share`` of all at or below it; for one half the median."""
    if share == 0.5:
        return median(ordered)
    return ordered[max(0, ceil(round(share * len(ordered), 9)) - 1)]


def between(ordered: Sequence[float], found: Ranks) -> tuple[float | None, float | None]:
    """The values of those ranks."""
    return (
        None if found.low is None else ordered[found.low - 1],
        None if found.high is None else ordered[found.high - 1],
    )
