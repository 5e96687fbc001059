"""What simulated units know to be true against what is told from here: real sockets, real stamps."""

from __future__ import annotations

import pytest

from unitbench import InvalidValue, Session, Sim, UsageError
from unitbench.catalogue.verbs import TOLD
from unitbench.lab.timing.explaining import ALSO, explained
from unitbench.session.console import Console
from unitbench.session.rendering import render
from unitbench.session.results import Timing
from unitbench.session.tables import table_of

SIX = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0, "qstation": 4}
WAYS = {
    "q1": {"forward": "lognormal:1ms:0.5", "processing": "1ms", "backward": "0.5ms..2ms"},
    "q2": {"forward": "1ms..3ms", "processing": "0.1ms..1ms", "backward": "bursts:0.2ms:5ms:20%"},
    "q3": {"forward": "2ms", "backward": "lognormal:1ms:0.8"},
    "q4": {"processing": "2ms..4ms", "port": 10},
}


def compared(timing: Timing, sim: Sim) -> tuple[int, int]:
    """How many effects there were, and how many of them outside request and answer."""
    checked = outside = 0
    for unit in timing.units:
        effects = [item for item in sim.truth(unit) if item.data.startswith(timing.command.encode())]
        for asked in timing.rounds:
            rtts = [arrival.rtt_s for arrival in asked.arrivals if arrival.unit == unit]
            after = [item.wall_ns - asked.t_ns for item in effects if item.wall_ns >= asked.t_ns]
            if rtts and after:
                checked += 1
                outside += not 0 <= min(after) <= round(rtts[0] * 1e9)
    return checked, outside


def test_every_true_effect_lies_within_its_bounds() -> None:
    with Sim(SIX, seed=3, faults=WAYS) as sim, Session.local(sim=sim) as session:
        timing = session.timing("DEVICESYNC", rounds=40, gap_s=0.005, allow="4").result()
        assert [len(asked.arrivals) for asked in timing.rounds] == [4] * 40
        assert compared(timing, sim) == (160, 0)
        resets = sim.state("q1")["time stamp resets"]
        assert resets == 40 and sim.state("q1")["true effects"]["kept"] >= 40
        skew = explained(timing, "skew", "q1 q4")
        last = {unit: sim.truth(unit)[-1].wall_ns for unit in ("q1", "q4")}
        assert skew.low is not None and skew.high is not None
        assert skew.low <= (last["q1"] - last["q4"]) / 1e9 <= skew.high


def test_an_answer_before_the_effect_is_outside_and_nothing_here_shows_it() -> None:
    faults = {"all": {"ack": "first", "processing": "20ms"}}
    with Sim(SIX, faults=faults) as sim, Session.local(sim=sim) as session:
        timing = session.timing("DEVICESYNC", rounds=5, gap_s=0.05, allow="4").result()
        checked, outside = compared(timing, sim)
        assert checked == 20 and outside > 15
        assert all(item.answered_first for item in sim.truth("q2"))
        assert sim.unit("q2").core.dump()["last reset"] is not None


def test_the_units_own_clocks_go_their_own_way() -> None:
    with Sim(SIX, faults={"q1": {"clock_offset": 5, "clock_drift": 1000}}) as sim:
        with Session.local(sim=sim) as session:
            session.timing(rounds=1).result()
        own, plain = sim.truth("q1")[-1].unit_s, sim.truth("q2")[-1].unit_s
        assert own - plain > 5


def test_a_request_heard_twice_is_answered_twice() -> None:
    with Sim(SIX, faults={"q1": {"dup_req": 1}}) as sim, Session.local(sim=sim) as session:
        timing = session.timing(rounds=3).result()
        assert len(sim.truth("q1")) >= 6
        twice = [a.unit for asked in timing.rounds for a in asked.arrivals if a.kind == "duplicate"]
        assert set(twice) == {"q1"}


def test_rounds_are_repeated_until_one_is_good_and_the_verdict_travels() -> None:
    with Session.local(sim=True) as session:
        job = session.timing(rounds=50, accept=0.1, window_s=0.2)
        timing = job.result()
        assert timing.accept_s == 0.1 and timing.verdict.startswith("accepted")
        assert timing.gap_s == 0.4 and len(timing.rounds) < 50
        assert next(item for item in session.jobs if item.id == job.id).message == timing.verdict
        session.timing(rounds=20, gap_s=0).result()
        with pytest.raises(InvalidValue, match=r"below the floor of q1") as caught:
            session.timing(accept=0.001, window_s=0.05)
        assert caught.value.field == "accept"


def test_what_is_out_of_reach_is_given_up() -> None:
    with Session.local(sim=True) as session:
        timing = session.timing(rounds=100, accept=0.004, window_s=0.02, gap_s=0.04, units="q2").result()
        assert "given up" in timing.verdict and "below the floor of q2" in timing.verdict
        assert len(timing.rounds) < 100


def test_why_gives_a_number_with_its_formula() -> None:
    with Sim(SIX) as sim, Session.local(sim=sim) as session:
        console = Console(session)
        list(console.run("timing rounds=3 gap_s=0"))

        def why(line: str) -> str:
            (page,) = console.run(line)
            return render(page)

        told = why("why job 1 median q1")
        assert told.startswith("latency median of q1: ") and "of 3 values" in told
        assert "/ 2 =" in why("why job 1 skew q1 q3")
        assert "greatest reply time" in why("why job 1 bound")
        for line, message in (("why job 1 zap", "no 'zap'"), ("why job 9 p95 q1", "no job 9")):
            with pytest.raises(UsageError, match=message):
                why(line)
        list(console.run("timing rounds=3 gap_s=0 units=q1"))
        told = why("why job 1 against 2")
        assert told.startswith("jobs 1 and 2: none of 2 comparisons") and "q1 reply time: median" in told
        list(console.run("discover"))
        with pytest.raises(UsageError, match="is no timing"):
            why("why job 3 p95 q1")


def test_what_why_offers_is_what_there_is() -> None:
    assert {word.text for word in TOLD} == {*ALSO, "loss", "effect", "skew"}


def test_a_notebook_has_the_figures_as_tables_and_the_rest_below() -> None:
    with Session.local(sim=True) as session:
        html = table_of(session.timing(rounds=3, gap_s=0).result())
        assert html.count("<table>") == 2 and "skew bound (bound)" in html
        first = html.partition("</caption>")[0]
        assert "DEVICEIDENT" in first and "cannot be known" not in first
        assert "<pre>cannot be known from here:" in html


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        ({"rounds": 0}, "rounds=0"),
        ({"gap_s": 0.05, "accept": 0.01}, "gap_s=0.05"),
        ({"accept": 1e-7}, "1e-07"),
        ({"window_s": 0}, "window_s=0"),
        ({"gap_s": -1}, "gap_s=-1"),
        ({"gap_s": float("inf")}, "gap_s=inf"),
    ],
)
def test_numbers_that_cannot_be_are_named(wanted: dict[str, float], number: str) -> None:
    with Session.local(sim=True) as session:
        with pytest.raises(UsageError, match=number):
            session.timing(**wanted)  # type: ignore[arg-type]
        assert not session.jobs
