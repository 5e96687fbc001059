"""What rounds tell, by name: values, intervals, grounds, formulas with the numbers put in."""

from __future__ import annotations

import json
from math import sqrt

import pytest

from tests.support.worlds import World, four
from unitbench.errors import InvalidValue
from unitbench.lab.statistics.independence import SURE, spells
from unitbench.lab.timing.explaining import ALSO, explained
from unitbench.lab.timing.queueing import recognised, wire_s
from unitbench.lab.timing.results import results
from unitbench.lab.timing.rounds import Observed
from unitbench.session.jsonform import timing_json
from unitbench.session.rendering import render
from unitbench.session.results import Arrival, Round, Timing


def timing(*rounds: dict[str, float], units: tuple[str, ...] = ("q1", "q2"), effect: str = "read") -> Timing:
    asked = tuple(
        Round(1, number, number, tuple(Arrival(unit, rtt_s) for unit, rtt_s in found.items()))
        for number, found in enumerate(rounds, 1)
    )
    return Timing(7, "DEVICEIDENT?", units, asked, len(asked), 1.0, 0.05, "kernel", effect=effect)


PLAIN = timing(
    {"q1": 0.002, "q2": 0.005}, {"q1": 0.003, "q2": 0.001}, {"q1": 0.001}, {"q1": 0.004, "q2": 0.009}
)


def test_the_bounds_of_the_last_round() -> None:
    bound = explained(PLAIN, "bound")
    assert (bound.value, bound.low, bound.high, bound.known) == (0.009, 0.0, 0.009, "bound")
    assert "that of q2 in round 4" in bound.why.put_in
    skew = explained(PLAIN, "skew", "q1 q2")
    assert (skew.low, skew.high) == (-0.009, 0.004)
    assert skew.value == pytest.approx(-0.0025)
    assert "(4.00 ms - 9.00 ms) / 2 = -2.50 ms ± 6.50 ms" in skew.why.put_in
    estimate = explained(PLAIN, "estimate")
    assert estimate.value == pytest.approx(0.0025) and estimate.known == "estimate"
    effect = explained(PLAIN, "effect", "q2")
    assert (effect.low, effect.value, effect.high) == (0.0, 0.0045, 0.009)


def test_losses_and_order() -> None:
    assert explained(PLAIN, "loss", "q2").value == 0.25
    assert "1 / 4 = 25 %" in explained(PLAIN, "loss", "q2").why.put_in
    assert "Wilson's as it is: 4.56 % .. 69.9 %" in explained(PLAIN, "loss", "q2").why.interval
    order = explained(PLAIN, "order")
    assert order.value == 1.0 and order.n == 1 and "1 / 1" in order.why.put_in
    assert explained(PLAIN, "common loss").value == 0


def test_every_number_has_its_formula_with_numbers_in_it() -> None:
    told = results(PLAIN)
    names = {item.name for item in told.quantities}
    assert set(ALSO.values()) - {"queued replies"} <= names
    for item in told.quantities:
        assert item.why.formula and item.why.put_in and item.how, item
        assert item.why.text.count("\n") >= 1
        assert item.value is None or any(letter.isdigit() for letter in item.why.put_in), item
        if item.value is not None and item.low is not None and item.high is not None:
            assert item.low <= item.value <= item.high


def test_names_that_are_not_there_are_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidValue, match="no 'p42' of q1") as caught:
        explained(PLAIN, "p42", "q1")
    assert "latency p95" in caught.value.expected
    with pytest.raises(InvalidValue, match="'k9' was not in this experiment"):
        explained(PLAIN, "p95", "k9")
    with pytest.raises(InvalidValue, match="no skew of 'q1'"):
        explained(PLAIN, "skew", "q1")


def test_nothing_came() -> None:
    for empty in (timing(), timing({}, {}), timing(units=())):
        told = results(empty)
        assert all(item.value is None or item.unit == "share" for item in told.quantities)
        assert render(empty) and json.dumps(timing_json(empty))


def test_what_cannot_be_known_depends_on_what_was_asked() -> None:
    reads = " ".join(item.what for item in results(PLAIN).unknown)
    writes = results(timing({"q1": 0.002}, {}, units=("q1",), effect="reconfigures"))
    writes_said = " ".join(item.what for item in writes.unknown)
    assert "command that changes something" in reads and "refused" not in reads
    assert "lost or refused" in writes_said and "common to all units" in writes_said
    assert all(item.because and item.tells for item in writes.unknown)


def test_a_void_round_counts_for_nothing() -> None:
    asked = (*PLAIN.rounds, Round(1, 5, 5, (Arrival("q1", 9.0),), "the clock was stepped"))
    made = Timing(7, "DEVICEIDENT?", ("q1", "q2"), asked, 5, 1.0, 0.05, "kernel")
    assert results(made).quantities == results(PLAIN).quantities
    assert timing_json(made)["bounds"] == [0.005, 0.003, None, 0.009, None]


def test_json_has_figures_bounds_and_what_is_unknown() -> None:
    told = timing_json(PLAIN)
    figure = next(item for item in told["figures"] if item["name"] == "latency p95" and item["of"] == "q1")
    assert figure["value"] == 0.004 and figure["high"] is None and figure["n"] == 4
    assert set(figure["why"]) == {"formula", "put_in", "assumes", "interval"}
    assert any(item["name"] == "skew" and item["of"] == "q1 q2" for item in told["figures"])
    assert told["unknown"][0]["tells"]
    assert json.loads(json.dumps(told))


def test_the_text_has_intervals_and_what_would_tell() -> None:
    text = render(PLAIN)
    assert "no upper bound" in text and "what would tell" in text and "skew bound (bound)" in text
    assert "it is not skew" in text and "why job 7 p95 q1" in text
    assert max(map(len, text.splitlines()[:12])) <= 130


# -- common and single losses


@pytest.mark.parametrize(("common", "single"), [(0.05, 0.0), (0.0, 0.1), (0.03, 0.05)])
def test_common_and_single_losses_are_told_apart(common: float, single: float) -> None:
    """Their error: what all miss by themselves at the same time is counted as common, and how much that is, is told."""
    n = 3000
    made, _ = World(four("uniform"), 11, common=common, backward=single).timing(n)
    found = results(made).losses
    coincidence = n * (1 - common) * single**4
    assert abs(found.common - n * common - coincidence) < 4 * sqrt(n * (common + single**4) + 1)
    assert found.by_chance == pytest.approx(coincidence, rel=0.5, abs=0.5)
    for unit in found.missed:
        share = found.single(unit) / (n - found.common)
        assert abs(share - single) < 4 * sqrt(single * (1 - single) / n) + 1e-9


# -- queueing


def test_the_time_on_the_wire() -> None:
    assert wire_s(27, 100) == pytest.approx(7.44e-6)
    assert wire_s(11, 100) == pytest.approx(6.72e-6)
    assert wire_s(27, 1000) == pytest.approx(0.744e-6)


@pytest.mark.parametrize("rate", [10, 100])
def test_queueing_is_recognised_with_its_rate_and_error(rate: int) -> None:
    world = World(four("queueing", port=rate), 3)
    asked = [world.round() for _ in range(2000)]
    found = recognised(Observed(world.ways, [item for item, _ in asked]).rounds)
    truly = {(item.number, unit) for item, told in asked for unit in told.waited}
    assert found.rate == rate
    missed, wrong = len(truly - found.queued), len(found.queued - truly)
    assert missed == 0
    assert wrong <= found.by_chance + 4 * sqrt(found.by_chance + 1)


def test_stamps_that_jitter_hide_some_of_it() -> None:
    world = World(four("queueing"), 3, jitter_s=0.3e-6)
    asked = [world.round() for _ in range(2000)]
    found = recognised(Observed(world.ways, [item for item, _ in asked]).rounds)
    truly = {(item.number, unit) for item, told in asked for unit in told.waited}
    assert found.rate == 100
    assert len(found.queued & truly) > 0.9 * len(truly)


@pytest.mark.parametrize("model", ["uniform", "lognormal", "bursts", "fixed"])
def test_where_nothing_queues_none_is_told(model: str) -> None:
    models = {
        unit: {**values, "processing": f"{number}ms"}
        for number, (unit, values) in enumerate(four(model).items())
    }
    made, _ = World(models if model == "fixed" else four(model), 4).timing(2000)
    told = results(made)
    assert told.queueing.rate == 0 and not told.queueing.queued
    assert "queued replies" not in {item.name for item in told.quantities}


def test_queued_replies_are_no_floor() -> None:
    made, _ = World(four("queueing", port=10), 3).timing(1000)
    told = results(made)
    floor = explained(made, "floor", "q1")
    assert (
        floor.n == 1000 - sum(unit == "q1" for _, unit in told.queueing.queued)
        and "set aside" in floor.why.formula
    )
    assert explained(made, "queued").value == len(told.queueing.queued) / told.queueing.gaps


# -- spells


def test_replies_that_come_in_spells_are_said_to() -> None:
    made, _ = World({"q1": {"backward": "bursts:1ms:20ms:30%:20"}}, 1).timing(400)
    assert "the interval is too narrow" in explained(made, "median", "q1").why.assumes
    apart, _ = World({"q1": {"backward": "lognormal:1ms:0.5"}}, 1).timing(400)
    assert "too narrow" not in explained(apart, "median", "q1").why.assumes


def test_spells() -> None:
    assert spells([1.0] * 100) == 0 and spells([1.0, 2.0]) == 0
    assert spells([float(n) for n in range(100)]) > SURE
    assert spells([float(n % 2) for n in range(100)]) < 0
