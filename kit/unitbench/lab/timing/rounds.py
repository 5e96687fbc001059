"""The rounds of an experiment in the form in which they are counted: which count, and who answered when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from unitbench.session.results import Round, Timing

Answer = tuple[float, str, int]
"""The first answer of a unit in a round: seconds after the request, the unit, and how many octets (0: not known).
A plain tuple: there may be a million of them."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A round that counts. ``answers`` are those in time, the quickest first; ``by_unit`` their times by unit."""

    number: int
    answers: list[Answer]
    by_unit: dict[str, float]

    @property
    def least_s(self) -> float:
        """The least reply time; there is one."""
        return self.answers[0][0]

    @property
    def greatest_s(self) -> float:
        """The greatest reply time; there is one."""
        return self.answers[-1][0]


class Observed:
    """The rounds that count, and the units that were to answer or did."""

    def __init__(self, units: Iterable[str], rounds: Iterable[Round]) -> None:
        rounds = tuple(rounds)
        self.voided = tuple(item for item in rounds if item.voided)
        self.rounds = tuple(counted(item) for item in rounds if not item.voided)
        known = dict.fromkeys(units)
        for item in self.rounds:
            known.update(dict.fromkeys(item.by_unit))
        self.units = tuple(known)

    @classmethod
    def of(cls, timing: Timing) -> Observed:
        """Those of a result."""
        return cls(timing.units, timing.rounds)

    @cached_property
    def times(self) -> dict[str, list[float]]:
        """The reply times of each unit, in the order of the rounds."""
        found: dict[str, list[float]] = {unit: [] for unit in self.units}
        for item in self.rounds:
            for unit, rtt_s in item.by_unit.items():
                found[unit].append(rtt_s)
        return found

    def bound(self, item: Counted) -> float | None:
        """How far apart the effects of a round can be at most; None where somebody did not answer."""
        if len(item.by_unit) < len(self.units) or not item.by_unit:
            return None
        return item.greatest_s


def counted(item: Round) -> Counted:
    """A round, its first answers in time sorted."""
    by_unit: dict[str, float] = {}
    answers: list[Answer] = []
    for arrival in item.arrivals:
        if arrival.kind == "ok" and arrival.unit not in by_unit:
            by_unit[arrival.unit] = arrival.rtt_s
            answers.append((arrival.rtt_s, arrival.unit, arrival.size))
    answers.sort()
    return Counted(item.number, answers, by_unit)
