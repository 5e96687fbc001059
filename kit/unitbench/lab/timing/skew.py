"""What a round says about when its effects took place. Certain by causality alone, if a unit answers after the effect:
an effect lies between the request's leaving and its answer's arrival."""

from __future__ import annotations

from dataclasses import dataclass

CONDITION = "each answer leaves after its effect"
SYMMETRY = "the ways there and back take equally long"


@dataclass(frozen=True, slots=True)
class Bounds:
    """In seconds: it lies between ``low`` and ``high``."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """In seconds: the value, if the assumption holds, and by how much it can be off whatever holds."""

    value: float
    error: float


def effect(rtt_s: float) -> Bounds:
    """When an effect took place, after the request."""
    return Bounds(0.0, rtt_s)


def pair(one_s: float, other_s: float) -> Bounds:
    """By how much the effect of one unit came after that of the other, in the same round."""
    return Bounds(-other_s, one_s)


def effect_estimate(rtt_s: float) -> Estimate:
    """When an effect took place, if the ways are symmetric."""
    return Estimate(rtt_s / 2, rtt_s / 2)


def pair_estimate(one_s: float, other_s: float) -> Estimate:
    """By how much the effect of one unit came after that of the other, if the ways are symmetric."""
    return Estimate((one_s - other_s) / 2, (one_s + other_s) / 2)
