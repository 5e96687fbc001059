"""The bookkeeping of timing rounds: which answer belongs to which round, and whether a round counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STEP_NS = 10_000_000
"""A round in which wall and monotonic clock drift apart by more is voided: the clock was stepped."""


@dataclass(frozen=True, slots=True)
class Came:
    """An answer as it came: from which unit, its receive stamp on the wall clock in nanoseconds, its octets."""

    unit: str
    wall_ns: int
    size: int = 0


@dataclass(frozen=True, slots=True)
class Booked:
    """An answer as it counts. ``rtt_s`` is against the request of its round."""

    unit: str
    rtt_s: float
    kind: str
    size: int


def book(came: Iterable[Came], sent_ns: int) -> list[Booked]:
    """The answers of one round: the first of each unit counts, a further one is a duplicate."""
    seen: set[str] = set()
    booked = []
    for answer in came:
        kind = "duplicate" if answer.unit in seen else "ok"
        seen.add(answer.unit)
        booked.append(Booked(answer.unit, (answer.wall_ns - sent_ns) / 1e9, kind, answer.size))
    return booked


def stepped(wall_ns: tuple[int, int], mono_ns: tuple[int, int]) -> bool:
    """Whether the wall clock was stepped between two pairs of readings."""
    return abs((wall_ns[1] - wall_ns[0]) - (mono_ns[1] - mono_ns[0])) > STEP_NS
