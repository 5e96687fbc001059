"""The rounds of a timing experiment by unit: what each did in each round, and plain figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from unitbench.lab.timing.latency import figures
from unitbench.session.results import Round
from unitbench.widgets.raster import Mark


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The figures of one unit over the rounds that count; times in seconds, None where nothing came.

    ``late`` counts answers that came after their round had ended, ``lost`` the rounds without any answer.
    """

    unit: str
    rounds: int
    answered: int
    lost: int
    late: int
    duplicates: int
    least_s: float | None
    median_s: float | None
    p95_s: float | None


@dataclass(slots=True)
class _Heard:
    ok: dict[int, float] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    duplicates: dict[int, list[float]] = field(default_factory=dict)


class Rounds:
    """Rounds as they come in. A late answer belongs to the round before the one in which it came."""

    def __init__(self) -> None:
        self._rounds: dict[int, Round] = {}
        self._heard: dict[str, _Heard] = {}

    def __len__(self) -> int:
        return len(self._rounds)

    @property
    def last(self) -> int:
        """The highest number, 0 before the first."""
        return max(self._rounds, default=0)

    @property
    def units(self) -> tuple[str, ...]:
        """Those expected and those heard, in the order in which they were named first."""
        return tuple(self._heard)

    @property
    def voided(self) -> tuple[Round, ...]:
        """The rounds that do not count."""
        return tuple(each for each in self._rounds.values() if each.voided)

    def expect(self, units: Iterable[str]) -> None:
        """These are to answer, so that one that never does is seen."""
        for unit in units:
            self._heard.setdefault(unit, _Heard())

    def add(self, each: Round) -> None:
        """Take in a round; one that is there already is not counted twice."""
        if each.number in self._rounds:
            return
        self._rounds[each.number] = each
        for arrival in each.arrivals:
            heard = self._heard.setdefault(arrival.unit, _Heard())
            if arrival.kind == "late":
                heard.late.add(each.number - 1)
            elif arrival.kind == "duplicate":
                heard.duplicates.setdefault(each.number, []).append(arrival.rtt_s)
            else:
                heard.ok[each.number] = arrival.rtt_s

    def mark(self, unit: str, number: int) -> Mark:
        """What one unit did in one round."""
        heard = self._heard[unit]
        return Mark(
            number,
            heard.ok.get(number),
            tuple(heard.duplicates.get(number, ())),
            number in heard.late,
            bool(self._rounds[number].voided),
        )

    def marks(self, unit: str, numbers: Iterable[int]) -> list[Mark]:
        """What one unit did in those of ``numbers`` that have been asked."""
        return [self.mark(unit, number) for number in numbers if number in self._rounds]

    def figures(self) -> list[UnitFigures]:
        """The figures of each unit."""
        counting = [number for number, each in self._rounds.items() if not each.voided]
        return [self._of(unit, heard, counting) for unit, heard in self._heard.items()]

    def _of(self, unit: str, heard: _Heard, counting: list[int]) -> UnitFigures:
        times = figures([heard.ok[number] for number in counting if number in heard.ok], len(counting))
        return UnitFigures(
            unit,
            len(counting),
            times.answered,
            sum(number not in heard.ok and number not in heard.late for number in counting),
            sum(number in heard.late for number in counting),
            sum(len(heard.duplicates.get(number, ())) for number in counting),
            times.least,
            times.median,
            times.p95,
        )
