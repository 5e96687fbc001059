"""Where a request goes, and what looks at it before the policy weighs its effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect, Request
from unitbench.session.model import Unit
from unitbench.session.policy import Reach


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a request goes: the unit's name as shown, its address, and whom it reaches."""

    name: str
    where: UnitAddress
    reach: Reach
    unit: Unit | None


Weigh = Callable[[Goal, Request, Effect, bool, str], Awaitable[Effect]]
"""What a request does, from whom it reaches, its effect by the catalogue, whether a simulated unit is asked for like a
real one, and who sends it."""


async def as_told(goal: Goal, request: Request, effect: Effect, always: bool, origin: str) -> Effect:
    """The effect that the catalogue tells."""
    return effect
