"""Intervals for a share, such as that of lost replies: Wilson's, with its ends moved where successes are few.

Wilson's interval (1927) swings between 93 % and 98 % coverage where only some 5 to 40 successes are expected: counts
are whole numbers. There the ends are chosen jointly instead: for each share that could be true the counts that are
taken for usual are a range whose exact chance is as near to the aim as whole numbers allow, and both ends of the range
only ever move up with the share (as in Crow, 1956, but around the level instead of above it). The interval of a count
is then all shares for which it is usual. Its coverage is 94 to 96.5 % wherever at least 5 successes and 5 failures are
expected in 300 tries or more; fewer tries can be too coarse for that, which is why ``coverage`` is told as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt
from statistics import NormalDist

from unitbench.lab.statistics.binomial import Binomial

LEVEL = 0.95
Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
WANTED = (0.943, 0.962)
"""The chance of the usual counts is kept in here where it can be."""
AIM = 0.9525
TAILS = (0.008, 0.05)
"""What one side may leave out: not more than the second, and no further count below the first."""
EXPECTED = 50
"""Wilson's interval does by itself where more successes, and failures, are expected."""
FINE, COARSE, FINE_TO = 0.03, 0.1, 10
"""The steps of the expected count in which the ranges are chosen, and up to where they are fine."""


@dataclass(frozen=True, slots=True)
class ShareInterval:
    """``coverage``: the exact chance that such an interval holds the true share, if that is what was seen."""

    low: float
    high: float
    coverage: float


def interval(count: int, n: int) -> ShareInterval:
    """The 95 % interval for the share of which ``count`` in ``n`` independent tries were seen."""
    if not n:
        return ShareInterval(0.0, 1.0, 1.0)
    low, high = limits(count, n)
    return ShareInterval(low, high, coverage(n, count / n))


def coverage(n: int, share: float) -> float:
    """The exact chance that the interval of ``n`` tries holds a true share; of a share of 0 or 1 it is 1."""
    counts = Binomial(n, share)
    inside = [k for k in _near(n, share) if limits(k, n)[0] <= share <= limits(k, n)[1]]
    return counts.within(inside[0], inside[-1]) if inside else 0.0


def _near(n: int, share: float) -> range:
    reach = 5 * sqrt(n * share * (1 - share)) + 8
    return range(max(0, int(n * share - reach)), min(n, int(n * share + reach)) + 1)


def wilson(count: int, n: int) -> tuple[float, float]:
    """Wilson's interval as it is."""
    seen = count / n
    middle = seen + Z * Z / (2 * n)
    half = Z * sqrt(seen * (1 - seen) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def limits(count: int, n: int) -> tuple[float, float]:
    """Both ends of the interval, without its coverage."""
    return _low(count, n), 1 - _low(n - count, n)


def _low(count: int, n: int) -> float:
    """From which share on a count is usual; the upper end is that of the failures, seen from the other side."""
    if count == 0:
        return 0.0
    lows, highs, end = _ranges(n)
    if count in lows:
        return lows[count]
    if n - count in highs:
        return 1 - highs[n - count]
    if end >= 0.5:
        return 0.5
    return min(max(wilson(count, n)[0], end), 1 - end)


Tracks = tuple[dict[int, float], dict[int, float], float]
Range = tuple[int, int]


@lru_cache(maxsize=64)
def _ranges(n: int) -> Tracks:
    """From which share on each count is usual, up to which share it is, and the share up to which this was found.

    The ranges are the cheapest way through all those that could be chosen, step by step (Viterbi).
    """
    costs: dict[Range, float] = {(0, 0): 0.0}
    steps: list[tuple[float, dict[Range, Range]]] = []
    expected = 0.0
    while True:
        expected = round(expected + (FINE if expected < FINE_TO else COARSE), 6)
        if expected > min(EXPECTED, n / 2):
            break
        came: dict[Range, Range] = {}
        fresh: dict[Range, float] = {}
        for ends, cost in _possible(n, expected / n):
            before = min(
                (
                    (paid, known)
                    for known, paid in costs.items()
                    if known[0] <= ends[0] and known[1] <= ends[1]
                ),
                default=None,
            )
            if before is not None:
                fresh[ends], came[ends] = before[0] + cost, before[1]
        if not fresh:
            break
        costs = fresh
        steps.append((expected / n, came))
    return _followed(costs, steps)


def _possible(n: int, share: float) -> list[tuple[Range, float]]:
    """The ranges of counts that may be taken for usual, and how far each is from what is wanted."""
    reach = 5 * sqrt(n * share * (1 - share))
    first, last = max(0, int(n * share - reach - 2)), min(n, int(n * share + reach + 3))
    all_ways, yes, no = lgamma(n + 1), log(share), log1p(-share)
    sums = [0.0]
    for k in range(first, last + 1):
        ways = all_ways - lgamma(k + 1) - lgamma(n - k + 1)
        sums.append(sums[-1] + exp(ways + k * yes + (n - k) * no))
    least, most = TAILS
    total = sums[-1]
    lows = [
        (k, sums[k - first])
        for k in range(first, last + 1)
        if sums[k - first] <= most and (k == 0 or sums[k - first + 1] > least)
    ]
    highs = [
        (k, total - sums[k - first + 1])
        for k in range(first, last + 1)
        if total - sums[k - first + 1] <= most and (k == n or total - sums[k - first] > least)
    ]
    return [((low, high), _cost(below, above)) for low, below in lows for high, above in highs]


def _cost(below: float, above: float) -> float:
    chance = 1 - below - above
    outside = max(0.0, WANTED[0] - chance, chance - WANTED[1])
    return (outside * 1000) ** 2 + 100 * ((chance - AIM) ** 2 + (below - above) ** 2)


def _followed(costs: dict[Range, float], steps: list[tuple[float, dict[Range, Range]]]) -> Tracks:
    at = min(costs, key=lambda ends: costs[ends])
    lows: dict[int, float] = {}
    highs: dict[int, float] = {}
    for number in range(len(steps) - 1, -1, -1):
        share, came = steps[number]
        before = came[at] if number else (0, 0)
        highs |= dict.fromkeys(range(before[0], at[0]), share)
        lows |= dict.fromkeys(range(before[1] + 1, at[1] + 1), share)
        at = before
    return lows, highs, steps[-1][0] if steps else 0.0
