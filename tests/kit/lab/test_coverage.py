"""Intervals hold the truth as often as they say."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import pairwise
from math import exp, sqrt
from statistics import NormalDist

import pytest

from tests.support.worlds import MODELS, World
from unitbench.lab.statistics import shares
from unitbench.lab.statistics.binomial import Binomial
from unitbench.lab.statistics.quantiles import LEVEL, between, quantile, ranks
from unitbench.lab.timing.latency import least_n

LEAST, MOST = 0.94, 0.965
MANY = int(os.environ.get("UNITBENCH_FUZZ", "0")) // 250
REFERENCE = 1_000_000 if MANY else 40_000
SEED = int(os.environ.get("UNITBENCH_SEED", "1"))
LEGS: dict[str, tuple[str, Callable[[float], float]]] = {
    "uniform": ("1ms..3ms", lambda share: 0.001 + 0.002 * share),
    "lognormal": ("lognormal:2ms:0.8", lambda share: 0.002 * exp(0.8 * NormalDist().inv_cdf(share))),
}


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("n", [300, 301, 333, 500, 999, 1000, 4321, 10_000, 100_000])
def test_the_exact_coverage_of_median_and_p95(n: int, share: float) -> None:
    found = ranks(n, share)
    assert found.low is not None and found.high is not None
    below = Binomial(n, share)
    assert found.coverage == pytest.approx(below.within(found.low, found.high - 1))
    assert LEAST <= found.coverage <= MOST


def test_a_rank_that_does_not_exist_is_no_bound() -> None:
    assert ranks(1, 0.5).high is None and ranks(1, 0.5).low is None
    assert ranks(300, 0.99).high is None and ranks(300, 0.99).low is not None
    assert least_n(0.99) == 368 and ranks(368, 0.99).high == 368 and ranks(367, 0.99).high is None
    assert least_n(0.95) == 72
    for n in range(1, 300):
        for share in (0.5, 0.95, 0.99):
            assert ranks(n, share).coverage >= LEAST


def enclosed(n: int, share: float, values: Callable[[], float], truth: float) -> bool:
    low, high = between(sorted(values() for _ in range(n)), ranks(n, share))
    return (low is None or low <= truth) and (high is None or truth <= high)


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("leg", LEGS)
def test_by_trial(leg: str, share: float) -> None:
    """600 series of 300 rounds of a delay model whose true quantiles are known."""
    spelt, truth = LEGS[leg]
    world = World({"q1": {"forward": spelt}}, SEED)
    way, tries = world.ways["q1"], 600
    hits = sum(enclosed(300, share, lambda: way.takes("forward"), truth(share)) for _ in range(tries))
    expected = ranks(300, share).coverage
    assert abs(hits / tries - expected) < 4 * sqrt(expected * (1 - expected) / tries)


@pytest.mark.fuzz
@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("model", [name for name in MODELS if name not in ("fixed", "queueing")])
def test_by_very_many_trials_of_whole_replies(model: str, share: float) -> None:
    """The true quantile of a sum of delays is taken from very many rounds of another seed."""
    legs = ("forward", "processing", "backward")

    def replies(seed: int) -> Callable[[], float]:
        way = World({"q1": MODELS[model]}, seed).ways["q1"]
        return lambda: sum(way.takes(leg) for leg in legs)

    other = replies(SEED + 1)
    truth = quantile(sorted(other() for _ in range(REFERENCE)), share)
    reply, tries = replies(SEED), max(MANY, 100)
    hits = sum(enclosed(300, share, reply, truth) for _ in range(tries))
    slack = 3 * sqrt(LEVEL * (1 - LEVEL) / tries)
    assert LEAST - slack < hits / tries < MOST + slack
    if tries >= 4_000:
        assert LEAST <= hits / tries <= MOST


def expected_counts(n: int) -> list[float]:
    """Expected counts from 5 to n - 5, dense at the ends."""
    few = [5 + 0.0713 * step for step in range(800)]
    low = [count for count in few if count <= n / 2]
    middle = [n * step / 97 for step in range(1, 97) if 62 < n * step / 97 < n - 62]
    return [*low, *middle, *(n - count for count in low)]


@pytest.mark.parametrize("n", [300, 1000, 5000])
def test_the_exact_coverage_of_a_share(n: int) -> None:
    for count in expected_counts(n):
        assert LEAST <= shares.coverage(n, count / n) <= MOST, count


def test_wilson_alone_would_not_do() -> None:
    """Why its ends are moved."""
    n, outside = 300, 0
    for count in expected_counts(n)[:400]:
        counts, share = Binomial(n, count / n), count / n
        inside = [k for k in range(n + 1) if shares.wilson(k, n)[0] <= share <= shares.wilson(k, n)[1]]
        outside += not LEAST <= counts.within(inside[0], inside[-1]) <= MOST
    assert outside > 10


@pytest.mark.parametrize("n", [1, 2, 7, 20, 96, 300, 2000])
def test_intervals_of_shares_are_in_order_and_mirrored(n: int) -> None:
    found = [shares.limits(count, n) for count in range(n + 1)]
    assert found[0][0] == 0 and found[n][1] == 1
    for count, (low, high) in enumerate(found):
        assert low <= count / n <= high
        mirrored = found[n - count]
        assert (low, high) == pytest.approx((1 - mirrored[1], 1 - mirrored[0]))
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(found))


def test_many_are_wilsons() -> None:
    assert shares.limits(500, 1000) == pytest.approx(shares.wilson(500, 1000))


def test_no_loss_seen_is_three_in_n_at_most() -> None:
    assert shares.interval(0, 300).high == pytest.approx(3 / 300, rel=0.05)
    assert shares.interval(0, 0).high == 1.0


@pytest.mark.parametrize(("n", "share"), [(300, 0.02), (1000, 0.005), (300, 0.5)])
def test_a_share_by_trial(n: int, share: float) -> None:
    chance, tries = random.Random(SEED), 1500
    hits = 0
    for _ in range(tries):
        low, high = shares.limits(sum(chance.random() < share for _ in range(n)), n)
        hits += low <= share <= high
    expected = shares.coverage(n, share)
    assert abs(hits / tries - expected) < 4 * sqrt(expected * (1 - expected) / tries)
