"""The rounds of an experiment in the form in which they are counted: which count, and who answered when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from unitbench.session.model import Round, Timing


@dataclass(frozen=True, slots=True)
class Answer:
    """The first answer of a unit in a round: seconds after the request, and how many octets it had (0: not known)."""

    unit: str
    rtt_s: float
    size: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A round that counts. ``answers`` are those in time, the quickest first; ``by_unit`` their times by unit."""

    number: int
    t_ns: int
    answers: tuple[Answer, ...]
    by_unit: dict[str, float]


class Observed:
    """The rounds that count, and the units that were to answer or did."""

    def __init__(self, units: Iterable[str], rounds: Iterable[Round]) -> None:
        rounds = tuple(rounds)
        self.voided = tuple(item for item in rounds if item.voided)
        self.rounds = tuple(counted(item) for item in rounds if not item.voided)
        others = (answer.unit for item in self.rounds for answer in item.answers)
        self.units = tuple(dict.fromkeys((*units, *others)))

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
        return item.answers[-1].rtt_s


def counted(item: Round) -> Counted:
    """A round, its first answers in time sorted."""
    first: dict[str, Answer] = {}
    for arrival in item.arrivals:
        if arrival.kind == "ok":
            first.setdefault(arrival.unit, Answer(arrival.unit, arrival.rtt_s, arrival.size))
    answers = tuple(sorted(first.values(), key=lambda answer: answer.rtt_s))
    return Counted(item.number, item.t_ns, answers, {answer.unit: answer.rtt_s for answer in answers})
