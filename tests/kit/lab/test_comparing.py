"""Two experiments side by side: differences are found, and none where there is none, as often as is said."""

from __future__ import annotations

import random
from math import comb, sqrt

import pytest

from tests.support.worlds import World
from unitbench.errors import InvalidValue
from unitbench.lab.statistics.comparison import holm, series, shares
from unitbench.lab.timing.comparing import compared

IDLE = {"q1": {"processing": "lognormal:1ms:0.4"}, "q2": {"processing": "1ms..3ms"}}
LOADED = {"q1": {"processing": "lognormal:1ms:0.4"}, "q2": {"processing": "1.3ms..3.3ms"}}


def test_a_difference_is_found_where_it_is_and_only_there() -> None:
    idle, _ = World(IDLE, 1).timing(300)
    loaded, _ = World(LOADED, 2, backward=0.1).timing(300)
    found = {(item.unit, item.what): item for item in compared(idle, loaded)}
    assert {key for key, item in found.items() if item.differs} == {
        ("q2", "reply time"),
        ("q1", "loss"),
        ("q2", "loss"),
    }
    assert "no difference can be told" in found["q1", "reply time"].text
    assert not any(item.differs for item in compared(idle, World(IDLE, 3).timing(300)[0]))


def test_nothing_in_common_is_refused() -> None:
    with pytest.raises(InvalidValue, match="no unit in common"):
        compared(World({"q1": {}}, 1).timing(3)[0], World({"q9": {}}, 1).timing(3)[0])


def test_series_that_do_not_differ_are_told_to_as_often_as_is_said() -> None:
    chance, tries = random.Random(4), 2000
    wrong = sum(
        series([chance.random() for _ in range(30)], [chance.random() for _ in range(40)]).chance < 0.05
        for _ in range(tries)
    )
    assert abs(wrong / tries - 0.05) < 4 * sqrt(0.05 * 0.95 / tries)


def test_series() -> None:
    assert series([], [1.0]).chance == 1 and series([1.0] * 9, [1.0] * 9).chance == 1
    assert series([1.0, 2.0], [3.0, 4.0]).slower == 1 and series([1.0], [1.0]).slower == 0.5
    # Mann and Whitney's statistic by hand: 2 of the 6 pairs are won
    assert series([2.0, 3.0, 5.0], [1.0, 4.0]).slower == pytest.approx(2 / 6)


@pytest.mark.parametrize(
    ("one", "n", "other", "m"), [(3, 10, 9, 12), (0, 300, 7, 300), (5, 5, 0, 4), (2, 9, 2, 9)]
)
def test_shares_by_counting(one: int, n: int, other: int, m: int) -> None:
    both = one + other
    tables = {
        k: comb(n, k) * comb(m, both - k) / comb(n + m, both)
        for k in range(max(0, both - m), min(n, both) + 1)
    }
    expected = sum(chance for chance in tables.values() if chance <= tables[one] * (1 + 1e-7))
    assert shares(one, n, other, m) == pytest.approx(expected)


def test_shares_without_anything() -> None:
    assert shares(0, 10, 0, 10) == 1 and shares(10, 10, 5, 5) == 1 and shares(0, 0, 1, 2) == 1
    assert shares(50_000, 100_000, 51_000, 100_000) < 0.001


def test_many_looks_are_paid_for() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
