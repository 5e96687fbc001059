"""The bookkeeping of timing rounds: which answer belongs to which round, and plain figures. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

STEP_NS = 10_000_000
"""A round in which wall and monotonic clock drift apart by more is voided: the clock was stepped."""


@dataclass(frozen=True, slots=True)
class Came:
    """An answer as it came: from which unit, and its receive stamp on the wall clock in nanoseconds."""

    unit: str
    wall_ns: int


@dataclass(frozen=True, slots=True)
class Booked:
    """An answer as it counts. ``rtt_s`` is against the request of its round."""

    unit: str
    rtt_s: float
    kind: str


def book(came: Iterable[Came], sent_ns: int) -> list[Booked]:
    """The answers of one round: the first of each unit counts, a further one is a duplicate."""
    seen: set[str] = set()
    booked = []
    for answer in came:
        kind = "duplicate" if answer.unit in seen else "ok"
        seen.add(answer.unit)
        booked.append(Booked(answer.unit, (answer.wall_ns - sent_ns) / 1e9, kind))
    return booked


def stepped(wall_ns: tuple[int, int], mono_ns: tuple[int, int]) -> bool:
    """Whether the wall clock was stepped between two pairs of readings."""
    return abs((wall_ns[1] - wall_ns[0]) - (mono_ns[1] - mono_ns[0])) > STEP_NS


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
    """The figures of one unit from its reply times."""
    ordered = sorted(rtts)
    if not ordered:
        return Figures(asked, 0, None, None, None)
    rank = math.ceil(0.95 * len(ordered)) - 1
    return Figures(asked, len(ordered), ordered[0], median(ordered), ordered[rank])
