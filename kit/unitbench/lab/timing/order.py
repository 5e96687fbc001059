"""How often the order of the answers changed from one round to the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from unitbench.lab.timing.rounds import Counted, Observed


@dataclass(frozen=True, slots=True)
class Order:
    """Of ``compared`` rounds with their predecessor, in ``changed`` the units that answered both times did so in
    another order."""

    compared: int
    changed: int

    @property
    def independent(self) -> int:
        """How many of the comparisons have no round in common: no more may be counted upon for an interval."""
        return (self.compared + 1) // 2


def changes(seen: Observed) -> Order:
    """Rounds compared with the one before, where at least two units answered both."""
    compared = changed = 0
    for before, after in pairwise(seen.rounds):
        both = before.by_unit.keys() & after.by_unit.keys()
        if len(both) > 1:
            compared += 1
            changed += _order(before, both) != _order(after, both)
    return Order(compared, changed)


def _order(item: Counted, units: set[str]) -> list[str]:
    return [unit for _, unit, _ in item.answers if unit in units]
