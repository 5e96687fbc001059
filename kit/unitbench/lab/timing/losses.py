"""Which answers were missed, and where: all of a round at once, or those of single units."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from unitbench.lab.timing.rounds import Observed


@dataclass(frozen=True, slots=True)
class Losses:
    """``n`` rounds were asked; ``missed`` says in how many each unit did not answer in time, ``common`` in how many
    nobody did. ``by_chance``: in how many nobody would have, had each unit missed by itself."""

    n: int
    missed: dict[str, int]
    common: int
    by_chance: float

    @property
    def separable(self) -> bool:
        """Whether a common loss can be told from a single one at all."""
        return len(self.missed) > 1

    def single(self, unit: str) -> int:
        """In how many rounds a unit was missed while others answered."""
        return self.missed[unit] - self.common


def attributed(seen: Observed) -> Losses:
    """The losses of the rounds that count."""
    n = len(seen.rounds)
    missed = {unit: n - len(times) for unit, times in seen.times.items()}
    common = sum(not item.by_unit for item in seen.rounds)
    alone = n - common
    by_chance = n * prod((count - common) / alone for count in missed.values()) if alone and missed else 0.0
    return Losses(n, missed, common, by_chance)
