"""Monte Carlo over known worlds: what is told to be certain is never wrong, where its condition holds."""

from __future__ import annotations

import os
from itertools import combinations

import pytest

from tests.support.worlds import MODELS, World, four
from unitbench.lab.timing.results import results
from unitbench.lab.timing.rounds import Observed
from unitbench.lab.timing.skew import effect, pair, pair_estimate
from unitbench.session.results import Timing

ROUNDS = 4_200
"""Of each of the five models: more than 20,000 in all."""
MANY = int(os.environ.get("UNITBENCH_FUZZ", "0")) // 10 or 2_000
SEED = int(os.environ.get("UNITBENCH_SEED", "1"))


def broken(model: str, rounds: int, **more: object) -> tuple[int, int]:
    """How many certain statements were checked, and how many of them were wrong."""
    world = World(four(model, **more), SEED, common=0.01, forward=0.02, backward=0.02)
    checked = wrong = 0
    for _ in range(rounds):
        item, told = world.round()
        rtts_ns = {arrival.unit: round(arrival.rtt_s * 1e9) for arrival in item.arrivals}
        true_ns = {unit: told.effects_ns[unit] for unit in rtts_ns}
        for unit, rtt_ns in rtts_ns.items():
            found = effect(rtt_ns)
            checked += 1
            wrong += not found.low <= true_ns[unit] <= found.high
        for one, other in combinations(rtts_ns, 2):
            skew = true_ns[one] - true_ns[other]
            bounds = pair(rtts_ns[one], rtts_ns[other])
            guess = pair_estimate(rtts_ns[one], rtts_ns[other])
            checked += 2
            wrong += not bounds.low <= skew <= bounds.high
            wrong += abs(skew - guess.value) > guess.error
        seen = Observed(world.ways, [item])
        bound = seen.bound(seen.rounds[0])
        if bound is not None:
            checked += 1
            wrong += max(true_ns.values()) - min(true_ns.values()) > round(bound * 1e9)
    return checked, wrong


@pytest.mark.parametrize("model", MODELS)
def test_bounds_hold_in_every_round(model: str) -> None:
    checked, wrong = broken(model, ROUNDS)
    assert checked > 10 * ROUNDS
    assert wrong == 0


@pytest.mark.fuzz
@pytest.mark.parametrize("model", MODELS)
def test_bounds_hold_in_very_many_rounds(model: str) -> None:
    assert broken(model, MANY)[1] == 0


@pytest.mark.parametrize("model", ["uniform", "lognormal", "bursts"])
def test_an_answer_before_the_effect_breaks_them_and_it_is_said_that_this_cannot_be_seen(model: str) -> None:
    checked, wrong = broken(model, 1_000, ack="first")
    assert wrong > checked / 100
    timing, _ = World(four(model, ack="first"), SEED).timing(20)
    told = results(timing)
    assert any("before or after the effect" in item.what for item in told.unknown)
    bound = next(item for item in told.quantities if item.name == "skew bound")
    assert bound.known == "bound" and "each answer leaves after its effect" in bound.why.assumes


def test_somebody_missing_is_no_bound() -> None:
    world = World(four("uniform"), SEED, backward=0.5)
    timing, told = world.timing(1)
    while not told[-1].lost or len(told[-1].lost) == 4:
        timing, told = world.timing(1)
    bound = next(item for item in results(timing).quantities if item.name == "skew bound")
    assert bound.value is None and bound.high is None
    assert sorted(told[-1].lost)[0] in bound.how


def test_the_same_seed_gives_the_same_bit_for_bit() -> None:
    def run(seed: int) -> tuple[Timing, str]:
        timing, _ = World(four("bursts"), seed, common=0.01, forward=0.03, backward=0.03).timing(300)
        return timing, repr(results(timing).quantities)

    assert run(5) == run(5)
    assert run(5) != run(6)
