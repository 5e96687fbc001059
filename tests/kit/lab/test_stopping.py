"""Rounds are repeated until one is good enough, or until there is no hope; and numbers that cannot be are refused."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue
from unitbench.lab.timing.rounds import Observed
from unitbench.lab.timing.stopping import (
    ACCEPTED,
    GIVE_UP,
    GO_ON,
    PILOT,
    Repeated,
    Verdict,
    check,
    check_floors,
)
from unitbench.session.results import Arrival, Round


def asked(number: int, voided: str = "", **rtts_s: float) -> Round:
    return Round(1, number, number, tuple(Arrival(unit, rtt_s) for unit, rtt_s in rtts_s.items()), voided)


def after(*rounds: Round, threshold_s: float = 0.005, left: int = 100) -> Verdict:
    repeated = Repeated(("q1", "q2"), threshold_s)
    for item in rounds:
        repeated.add(item)
    return repeated.judged(left, 0.5)


def test_a_round_with_all_bounds_under_the_threshold_is_accepted_with_its_cost() -> None:
    found = after(asked(1, q1=0.002, q2=0.009), asked(2, q1=0.002, q2=0.0045))
    assert found.state == ACCEPTED
    assert "round 2" in found.text and "4.50 ms" in found.text and "2 rounds, 1 s" in found.text


@pytest.mark.parametrize(
    "last",
    [asked(1, q1=0.001), asked(1, "the clock was stepped", q1=0.001, q2=0.001), asked(1, q1=0.001, q2=0.005)],
    ids=["somebody is missing", "the round is void", "not under"],
)
def test_what_is_not_accepted(last: Round) -> None:
    assert after(last).state == GO_ON


def test_the_estimate_says_how_likely_it_is_and_what_it_costs() -> None:
    rounds = [asked(n, q1=0.001 if n % 2 else 0.02, q2=0.02 if n % 2 else 0.001) for n in range(1, 11)]
    found = after(*rounds)
    assert found.state == GO_ON and found.chance == pytest.approx(0.25)
    assert found.at_most == pytest.approx(1 - 0.05**0.1)
    assert "about 4 rounds" in found.text and "2 s" in found.text


def test_a_threshold_below_a_floor_is_given_up_with_the_number() -> None:
    rounds = [asked(n, q1=0.001, q2=0.009) for n in range(1, PILOT + 1)]
    assert after(*rounds[:-1]).state == GO_ON
    found = after(*rounds)
    assert found.state == GIVE_UP and "below the floor of q2, 9.00 ms in 20 answers" in found.text


def test_it_is_given_up_where_the_rest_is_not_worth_it() -> None:
    rounds = [asked(n, q1=0.001, q2=0.001 if n % 2 else 0.02) for n in range(2, 102, 2)]
    rounds[0] = asked(1, q1=0.02, q2=0.001)
    assert after(*rounds, left=100).state == GO_ON
    found = after(*rounds, left=0)
    assert found.state == GIVE_UP and "all rounds were used" in found.text
    many = [asked(n, q1=0.02 if n % 2 else 0.001, q2=0.001 if n % 2 else 0.02) for n in range(1, 301)]
    found = after(*many, left=4)
    assert found.state == GIVE_UP and "4 more rounds" in found.text


@pytest.mark.parametrize(
    ("threshold_s", "gap_s", "window_s", "field", "number"),
    [
        (1e-7, 2.0, 1.0, "accept", "1e-07"),
        (0.0, 2.0, 1.0, "accept", "accept=0 "),
        (float("nan"), 2.0, 1.0, "accept", "nan"),
        (1.5, 2.0, 1.0, "accept", "1.5"),
        (0.01, 0.05, 1.0, "gap_s", "gap_s=0.05"),
        (0.01, 1.99, 1.0, "gap_s", "2 s"),
    ],
)
def test_what_cannot_be_is_refused_with_its_number(
    threshold_s: float, gap_s: float, window_s: float, field: str, number: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        check(threshold_s, gap_s, window_s)
    assert caught.value.field == field and number in caught.value.message


def test_what_can_be_is_taken() -> None:
    check(0.01, 2.0, 1.0)


def test_floors_of_before_refuse_as_well() -> None:
    seen = Observed(("q1", "q2"), [asked(n, q1=0.001, q2=0.009) for n in range(1, PILOT + 1)])
    check_floors(0.005, seen, ("q1",))
    with pytest.raises(InvalidValue, match=r"floor of q2: 9\.00 ms"):
        check_floors(0.005, seen, ("q1", "q2"))
    few = Observed(("q2",), [asked(1, q2=0.009)])
    check_floors(0.005, few, ("q2",))
