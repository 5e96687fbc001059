"""What a timing experiment tells: quantities with their interval, how they are known, and their formula."""

from __future__ import annotations

from dataclasses import dataclass

HARD, SOFT, SEEN = "bound", "estimate", "observed"
"""How a quantity is known: certain under the condition that is named, under an assumption, or seen as it is."""


@dataclass(frozen=True, slots=True)
class Why:
    """Where a number comes from: its formula, the same with the numbers put in, what it takes for granted, and how its
    interval was made."""

    formula: str
    put_in: str
    assumes: str = ""
    interval: str = ""

    @property
    def text(self) -> str:
        """All of it, a line each."""
        lines = [self.formula, f"= {self.put_in}"]
        lines += [f"interval: {self.interval}"] if self.interval else []
        lines += [f"assumes: {self.assumes}"] if self.assumes else []
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number that the rounds tell.

    ``of`` is the unit, two units with a blank between, or empty for all of them. ``value``, ``low`` and ``high`` are
    in ``unit``: ``s``, or ``share`` (0..1); None: there is no such value or bound. ``coverage`` is the exact chance
    that such an interval holds the truth; None for a bound that always does. ``n``: from how many values.
    """

    name: str
    of: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: str
    known: str
    how: str
    why: Why
    coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the rounds cannot tell, why, and what would."""

    what: str
    because: str
    tells: str
