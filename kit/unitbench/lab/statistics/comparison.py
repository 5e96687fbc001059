"""Whether two series of values differ, and whether two shares do, by tests that assume nothing about their spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, sqrt
from statistics import NormalDist

FAR = 40.0
"""Terms of a sum that are smaller than the greatest by this exponent are left out."""


@dataclass(frozen=True, slots=True)
class Compared:
    """``slower`` is the chance that a value of the other series is greater than one of the first, equal ones counted
    half; ``chance``: how often series that do not differ look at least as different."""

    slower: float
    chance: float


def series(one: Sequence[float], other: Sequence[float]) -> Compared:
    """Two series of independent values, by their ranks (Mann and Whitney, 1947, corrected for equal values)."""
    n, m = len(one), len(other)
    if not n or not m:
        return Compared(0.5, 1.0)
    both = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, ties, at = 0.0, 0.0, 0
    while at < n + m:
        end = at
        while end + 1 < n + m and both[end + 1][0] == both[at][0]:
            end += 1
        alike = end - at + 1
        ties += alike**3 - alike
        ranks += sum(which for _, which in both[at : end + 1]) * ((at + end) / 2 + 1)
        at = end + 1
    wins = ranks - m * (m + 1) / 2
    total = n + m
    spread = sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    if not spread:
        return Compared(0.5, 1.0)
    off = max(0.0, abs(wins - n * m / 2) - 0.5) / spread
    return Compared(wins / (n * m), min(1.0, 2 * NormalDist().cdf(-off)))


def shares(one: int, n: int, other: int, m: int) -> float:
    """How often shares that do not differ look at least as different as ``one`` in ``n`` and ``other`` in ``m``:
    Fisher's exact test, both sides."""
    both = one + other
    if not n or not m or both in (0, n + m):
        return 1.0

    def ways(k: int) -> float:
        return _choose(n, k) + _choose(m, both - k)

    whole, seen = _choose(n + m, both), ways(one)
    first, last = max(0, both - m), min(n, both)
    middle = min(max(both * n // (n + m), first), last)
    found = 0.0
    for counts in (range(middle, first - 1, -1), range(middle + 1, last + 1)):
        for k in counts:
            now = ways(k)
            if now <= seen + 1e-9:
                found += exp(now - whole)
            if now < whole - FAR:
                break
    return min(1.0, found)


def _choose(n: int, k: int) -> float:
    """The logarithm of in how many ways ``k`` of ``n`` can be taken."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def holm(chances: Sequence[float]) -> list[float]:
    """The same chances where so many were looked at together (Holm, 1979): none is told by the number of looks."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    found, least = [1.0] * len(chances), 0.0
    for done, place in enumerate(order):
        least = max(least, min(1.0, chances[place] * (len(chances) - done)))
        found[place] = least
    return found
