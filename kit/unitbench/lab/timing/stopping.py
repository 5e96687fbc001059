"""When to stop repeating: a round is accepted if all its bounds are under a threshold; or it is time to give up."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from unitbench.errors import InvalidValue
from unitbench.lab.timing.queueing import wire_s
from unitbench.lab.timing.rounds import Counted, Observed, counted
from unitbench.lab.timing.spelling import ms, percent
from unitbench.session.results import Round

SURE = 0.95
WORTH = 0.05
"""Further rounds are not worth their cost where they succeed with a smaller chance than this."""
PILOT = 20
"""After so many rounds a unit's least reply time says which thresholds are out of reach."""
FASTEST = 1000
"""Mbit/s: no quicker line is reckoned with."""
GUARD = 2
"""So many answer windows must pass between rounds that are repeated until one is good."""
ACCEPTED, GO_ON, GIVE_UP = "accepted", "go on", "give up"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do after a round. ``chance`` is that of a round to be accepted, estimated from the reply times of each
    unit as if they told nothing of each other; ``at_most`` its upper bound from the rounds alone, 95 % sure. ``left``:
    rounds that may still be asked, ``cost_s`` what one takes, in seconds. ``text`` says it all."""

    state: str
    rounds: int
    chance: float
    at_most: float
    left: int
    cost_s: float
    text: str


class Repeated:
    """Rounds as they come in, and what they say of a threshold in seconds; none but the last may be under it."""

    def __init__(self, units: Iterable[str], threshold_s: float) -> None:
        self._threshold_s = threshold_s
        self._units = tuple(units)
        self._rounds = 0
        self._last: Counted | None = None
        self._answered = dict.fromkeys(self._units, 0)
        self._under = dict.fromkeys(self._units, 0)
        self._least = dict.fromkeys(self._units, math.inf)

    def add(self, item: Round) -> None:
        """Take in a round; one that is void tells nothing."""
        if item.voided:
            self._last = None
            return
        self._rounds += 1
        last = self._last = counted(item)
        for unit in self._units:
            if (rtt_s := last.by_unit.get(unit)) is not None:
                self._answered[unit] += 1
                self._under[unit] += rtt_s < self._threshold_s
                self._least[unit] = min(self._least[unit], rtt_s)

    def judged(self, left: int, cost_s: float) -> Verdict:
        """What to do after the last round, where so many may still be asked and one takes so long."""
        n, limit = self._rounds, ms(self._threshold_s)
        greatest = self._greatest()
        if greatest is not None and greatest < self._threshold_s:
            assert self._last is not None
            text = (
                f"accepted: all bounds of round {self._last.number} are under {limit}, the greatest is {ms(greatest)}; "
                f"{n} rounds, {n * cost_s:.3g} s"
            )
            return Verdict(ACCEPTED, n, 1 / n, 1.0, left, cost_s, text)
        chance = math.prod(count / n for count in self._under.values()) if n else 0.0
        at_most = 1 - (1 - SURE) ** (1 / n) if n else 1.0
        told = f"no round under {limit} in {n}; at most {percent(at_most)} of rounds would be (95 % sure)"
        why = self._hopeless() or _not_worth(left, at_most)
        if why:
            return Verdict(GIVE_UP, n, chance, at_most, left, cost_s, f"given up: {why}; {told}")
        return Verdict(GO_ON, n, chance, at_most, left, cost_s, f"{told}; {_expected(chance, left, cost_s)}")

    def _greatest(self) -> float | None:
        """How far apart the effects of the last round are at most; None where it is void or somebody is missing."""
        if self._last is None or any(unit not in self._last.by_unit for unit in self._units):
            return None
        return self._last.greatest_s

    def _hopeless(self) -> str:
        """Why no further round can do, as far as can be seen; empty where one can."""
        for unit, least in self._least.items():
            if self._answered[unit] >= PILOT and least >= self._threshold_s:
                limit, floor = ms(self._threshold_s), ms(least)
                return f"{limit} is below the floor of {unit}, {floor} in {self._answered[unit]} answers"
        return ""


def _not_worth(left: int, at_most: float) -> str:
    if not left:
        return "all rounds were used"
    hope = 1 - (1 - at_most) ** left
    return f"{left} more rounds would do with a chance of {percent(hope)} at most" if hope < WORTH else ""


def _expected(chance: float, left: int, cost_s: float) -> str:
    if not chance:
        return f"no estimate yet; {left} rounds left, {left * cost_s:.3g} s"
    return (
        f"estimate {percent(chance)} a round if units do not depend on each other, so about {1 / chance:.3g} rounds, "
        f"{cost_s / chance:.3g} s; {left} left"
    )


def check(threshold_s: float, gap_s: float, window_s: float) -> None:
    """Whether rounds can be repeated until all bounds are under a threshold, by its numbers alone; raises
    ``InvalidValue`` with the one that is wrong."""
    least = 2 * wire_s(0, FASTEST)
    if not threshold_s > least:
        raise InvalidValue(
            f"accept={threshold_s:g} s is below the floor: {ms(least)} is what request and answer take on a line of "
            f"{FASTEST} Mbit/s alone",
            field="accept",
            rule=f"more than {least:.2g} s",
        )
    if threshold_s > window_s:
        raise InvalidValue(
            f"accept={threshold_s:g} is more than the answer window, window_s={window_s:g}: that tells nothing",
            field="accept",
            rule=f"at most {window_s:g} s",
        )
    if gap_s < GUARD * window_s:
        raise InvalidValue(
            f"gap_s={gap_s:g} is too short for the answer window: with accept it must be {GUARD} × window_s = "
            f"{GUARD * window_s:g} s or more, that a straggler cannot meet the next round",
            field="gap_s",
            rule=f"{GUARD * window_s:g} s or more",
            hint=f"gap_s={GUARD * window_s:g}, or a shorter window_s",
        )


def check_floors(threshold_s: float, before: Observed, units: Iterable[str]) -> None:
    """Whether a threshold is within the reach of units, by rounds that were asked before; raises ``InvalidValue``."""
    for unit in units:
        times = before.times[unit]
        if len(times) >= PILOT and min(times) >= threshold_s:
            raise InvalidValue(
                f"accept={threshold_s:g} s is below the floor of {unit}: {ms(min(times))}, "
                f"its quickest of {len(times)} answers before",
                field="accept",
                rule=f"more than {min(times):.3g} s",
                hint=f"name a greater one, or leave {unit} out by units=",
            )
