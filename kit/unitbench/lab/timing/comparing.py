"""Two experiments side by side, such as idle and loaded: by how much the units differ, and whether that is chance."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from unitbench.errors import InvalidValue
from unitbench.lab.statistics.comparison import holm, series, shares
from unitbench.lab.timing.rounds import Observed
from unitbench.lab.timing.spelling import ms, percent
from unitbench.session.results import Timing

RARE = 0.05
"""Differences that chance alone brings less often are told to be some."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one unit: what it is about (``reply time`` or ``loss``), the value in both experiments (seconds, or a share;
    None: there is none), the chance of a difference like this where there is none, and the same where all that were
    looked at are taken together."""

    unit: str
    what: str
    one: float | None
    other: float | None
    chance: float
    together: float

    @property
    def differs(self) -> bool:
        """Whether it is told to be a difference."""
        return self.together < RARE

    @property
    def text(self) -> str:
        """In one line."""
        spelt = ms if self.what == "reply time" else percent
        said = "differs" if self.differs else "no difference can be told"
        middle = "median " if self.what == "reply time" else ""
        return (
            f"{self.unit} {self.what}: {middle}{spelt(self.one)} and {spelt(self.other)}: {said} "
            f"(p = {self.chance:.2g}, {self.together:.2g} with all that were looked at)"
        )


def compared(one: Timing, other: Timing) -> tuple[Difference, ...]:
    """The units that both experiments asked; raises ``InvalidValue`` where there is none."""
    first, second = Observed.of(one), Observed.of(other)
    units = [unit for unit in first.units if unit in second.times]
    if not units:
        raise InvalidValue(
            f"jobs {one.job} and {other.job} have no unit in common",
            field="job",
            rule="two experiments with the same units",
        )
    found: list[tuple[str, str, float | None, float | None, float]] = []
    n, m = len(first.rounds), len(second.rounds)
    for unit in units:
        here, there = first.times[unit], second.times[unit]
        middles = (median(here) if here else None, median(there) if there else None)
        found.append((unit, "reply time", *middles, series(here, there).chance))
        missed = (n - len(here), m - len(there))
        lost = (missed[0] / n if n else None, missed[1] / m if m else None)
        found.append((unit, "loss", *lost, shares(missed[0], n, missed[1], m)))
    together = holm([item[-1] for item in found])
    return tuple(Difference(*item, all_of) for item, all_of in zip(found, together, strict=True))
