"""How many of n tries come out well, each with the same chance: exact sums, without a normal approximation."""

from __future__ import annotations

from itertools import accumulate
from math import exp, lgamma, log, log1p, sqrt

FAR = 9.0
"""Beyond so many standard deviations (and a few counts more) nothing is summed: less than 1e-15 lies there."""


class Binomial:
    """The number of successes in ``n`` tries with chance ``p`` each."""

    def __init__(self, n: int, p: float) -> None:
        self.n = n
        if p <= 0 or p >= 1:
            self._first, masses = (0 if p <= 0 else n), [1.0]
        else:
            spread = FAR * sqrt(n * p * (1 - p)) + 25
            self._first = max(0, int(n * p - spread))
            last = min(n, int(n * p + spread))
            all_ways, yes, no = lgamma(n + 1), log(p), log1p(-p)
            masses = [
                exp(all_ways - lgamma(k + 1) - lgamma(n - k + 1) + k * yes + (n - k) * no)
                for k in range(self._first, last + 1)
            ]
        self._sums = list(accumulate(masses, initial=0.0))

    def below(self, k: int) -> float:
        """The chance of fewer than ``k``."""
        return self._sums[min(max(0, k - self._first), len(self._sums) - 1)]

    def above(self, k: int) -> float:
        """The chance of more than ``k``."""
        return max(0.0, self._sums[-1] - self.below(k + 1))

    def within(self, low: int, high: int) -> float:
        """The chance of ``low`` to ``high``, both included."""
        return max(0.0, self.below(high + 1) - self.below(low))
