"""Reply times of a unit, and the spread of the replies of a round: least, median and upper quantiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from unitbench.lab.statistics.independence import SURE, spells
from unitbench.lab.statistics.quantiles import Ranks, between, quantile, ranks
from unitbench.lab.timing.model import SEEN, Quantity, Why
from unitbench.lab.timing.spelling import amount, ms

QUANTILES = {"median": 0.5, "p95": 0.95, "p99": 0.99}
INDEPENDENT = "rounds that tell nothing of each other"


@dataclass(frozen=True, slots=True)
class Figures:
    """Plain figures of one unit: how often asked and answered, and its reply times in seconds.

    ``p95`` is the smallest reply time with at least 95 % of all at or below it; None where nothing came.
    """

    asked: int
    answered: int
    least: float | None
    median: float | None
    p95: float | None


def figures(rtts: Sequence[float], asked: int) -> Figures:
    """The figures of one unit from its reply times, quickly: for what is drawn while rounds come in."""
    ordered = sorted(rtts)
    if not ordered:
        return Figures(asked, 0, None, None, None)
    rank = math.ceil(0.95 * len(ordered)) - 1
    return Figures(asked, len(ordered), ordered[0], median(ordered), ordered[rank])


def quantiles(name: str, of: str, values: Sequence[float], how: str, what: str) -> list[Quantity]:
    """Median, p95 and p99 of values in seconds, in the order in which they came."""
    ordered = sorted(values)
    alike = spells(values)
    independent = INDEPENDENT
    if alike > SURE:
        spell = f"neighbouring ones are alike by {alike:.1f} standard deviations"
        independent += f". They do: {spell}, so the interval is too narrow"
    return [
        _quantile(f"{name} {short}", of, ordered, share, how, what, independent)
        for short, share in QUANTILES.items()
    ]


def _quantile(
    name: str, of: str, ordered: Sequence[float], share: float, how: str, what: str, assumes: str
) -> Quantity:
    n = len(ordered)
    formula = f"the smallest value with at least {share:.0%} of all {what} at or below it"
    if share == 0.5:
        formula = f"the middle one of all {what}, sorted"
    if not n:
        return Quantity(
            name, of, None, None, None, 0, "s", SEEN, "nothing came", Why(formula, "no value", assumes)
        )
    found = ranks(n, share)
    low, high = between(ordered, found)
    value = quantile(ordered, share)
    why = Why(formula, f"{ms(value)}, of {n} values", assumes, _told(found, low, high, share))
    return Quantity(name, of, value, low, high, n, "s", SEEN, how, why, found.coverage)


def _told(found: Ranks, low: float | None, high: float | None, share: float) -> str:
    parts = []
    if found.low is not None:
        parts.append(f"value {found.low} of {found.n} in order is {amount(low, 's')}")
    if found.high is not None:
        parts.append(f"value {found.high} is {amount(high, 's')}")
    else:
        parts.append(f"no upper bound: that takes {least_n(share)} values")
    sure = f"this encloses the true one in {found.coverage:.2%} of such series, however the times are spread"
    return f"{'; '.join(parts)}; {sure}"


def least_n(share: float) -> int:
    """From how many values on there is an upper bound."""
    n = max(2, math.floor(math.log(0.025) / math.log(share)))
    while ranks(n, share).high is None:
        n += 1
    return n


def floor(of: str, values: Sequence[float], queued: int) -> Quantity:
    """The least reply time of a unit; answers that waited in a queue are not among ``values``."""
    aside = f", {queued} that were queued set aside" if queued else ""
    formula = f"least of all reply times{aside}"
    if not values:
        return Quantity(
            "latency floor", of, None, None, None, 0, "s", SEEN, "nothing came", Why(formula, "no value")
        )
    least = min(values)
    why = Why(
        formula,
        f"least of {len(values)} = {ms(least)}",
        "at least one reply that nothing delayed; without it the true floor is lower still",
        "the true floor is more than 0 and not above the least that was seen",
    )
    return Quantity(
        "latency floor", of, least, 0.0, least, len(values), "s", SEEN, f"least of {len(values)} rounds", why
    )
