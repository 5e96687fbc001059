"""Rounds of timing and discoveries: each answer counts for the request that it answers, and for no other."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.counterparts import UdpCounterpart
from unitbench import Session, Sim, UsageError
from unitbench.session.model import Timing

LEAST_S = {"q1": 0.002, "q2": 0.005, "q3": 0.009}


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local(sim=True) as session:
        yield session


def assert_true(timing: Timing) -> None:
    """Nobody answers sooner than its delay, or twice."""
    for found in timing.rounds:
        names = [arrival.unit for arrival in found.arrivals]
        assert len(names) == len(set(names))
        for arrival in found.arrivals:
            assert arrival.kind == "ok" and LEAST_S[arrival.unit] <= arrival.rtt_s < 1


def test_everybody_in_every_round(session: Session) -> None:
    timing = session.timing(rounds=8, gap_s=0).result()
    assert_true(timing)
    assert [len(found.arrivals) for found in timing.rounds] == [3] * 8
    assert timing.stamp == "kernel" and timing.units == ("q1", "q2", "q3")


@pytest.mark.parametrize("units", ["q1", "q3", "q1,q3", "q[12]"])
def test_only_those_that_were_named(session: Session, units: str) -> None:
    timing = session.timing(rounds=8, gap_s=0, units=units).result()
    assert_true(timing)
    for found in timing.rounds:
        assert tuple(arrival.unit for arrival in found.arrivals) == timing.units


def test_stragglers_are_not_booked_to_the_next_round(session: Session) -> None:
    timing = session.timing(rounds=8, gap_s=0, window_s=0.004).result()
    assert_true(timing)
    assert {arrival.unit for found in timing.rounds for arrival in found.arrivals} <= {"q1"}
    timing = session.timing(rounds=3, gap_s=0).result()
    assert_true(timing)
    assert [len(found.arrivals) for found in timing.rounds] == [3] * 3


def test_a_unit_that_answers_twice_counts_once() -> None:
    with Sim({"kramer": 0, "dcol": 0, "qstation": 2}) as sim, Session.local(sim=sim) as session:
        core = sim.unit("q1").core
        reply = core.reply

        def twice(data: bytes, peer: object, now: float, *, after_s: float = 0.0) -> None:
            reply(data, peer, now, after_s=after_s)
            reply(data, peer, now, after_s=after_s)

        core.reply = twice  # type: ignore[assignment,method-assign]
        timing = session.timing(rounds=5, gap_s=0).result()
        for found in timing.rounds:
            assert [a.unit for a in found.arrivals if a.kind == "ok"] == ["q1", "q2"]
            assert [a.unit for a in found.arrivals if a.kind == "duplicate"] == ["q1"]


def test_a_discovery_gives_each_its_own_time(session: Session) -> None:
    for _ in range(2):
        found = session.discover("q1", "q2", "q3", "k1", "t1")
        after = {sighting.unit.name: sighting.rtt_s for sighting in found.sightings}
        assert set(after) == {"k1", "t1", "q1", "q2", "q3"}
        assert all(LEAST_S.get(name, 0) <= rtt_s < 1 for name, rtt_s in after.items())


def test_requests_given_up_do_not_gather_ports() -> None:
    with UdpCounterpart() as unit, Session.local() as session:
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(30):
            assert (
                session.ask(f"@qstation://127.0.0.1:{unit.port} DEVICEIDENT?", timeout_s=0.01).outcome
                == "silent"
            )
        assert len(os.listdir("/proc/self/fd")) <= before + 10


def test_without_a_command_it_is_the_rehearsal_that_changes_nothing(session: Session) -> None:
    assert session.timing(rounds=1).result().command == "DEVICEIDENT?"


def test_what_needs_arguments_cannot_be_timed(session: Session) -> None:
    with pytest.raises(UsageError, match="cannot be timed") as caught:
        session.timing("SETDISTRIBUTORPORTPROPERTIESALL", rounds=1)
    assert "DEVICESYNC" in caught.value.expected
    assert not session.jobs
