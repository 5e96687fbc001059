"""Whether values come in spells: intervals count every value as if it told something new."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

FEW = 20
"""Fewer values tell nothing of that."""
SURE = 3.3
"""Standard deviations: by chance alone one series in 2000 is told to come in spells."""


def spells(values: Sequence[float]) -> float:
    """By how many standard deviations neighbouring values are more alike than by chance: the serial correlation of
    their ranks (Wald and Wolfowitz, 1943). 0 where there are too few values or no differences."""
    n = len(values)
    if n < FEW:
        return 0.0
    placed = _ranks(values)
    mean = (n + 1) / 2
    spread = sum((rank - mean) ** 2 for rank in placed)
    if not spread:
        return 0.0
    serial = sum((placed[k] - mean) * (placed[k + 1] - mean) for k in range(n - 1)) / spread
    return (serial + 1 / n) * sqrt(n)


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, equal ones sharing theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for place in order[at : end + 1]:
            placed[place] = (at + end) / 2 + 1
        at = end + 1
    return placed
