"""Faults asked for by a session: in a line, by a method, in-process and through a keeper; told to every view."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.support.commands import inside
from tests.support.logger import until
from unitbench import Session, Sim, UsageError
from unitbench.schema.address import SERIAL
from unitbench.session.console import Console
from unitbench.session.model import SimState
from unitbench.session.rendering import render
from unitbench.session.stream import Event


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local(sim=True) as made:
        yield made


def state_after(session: Session, line: str) -> SimState:
    (item,) = Console(session).run(line)
    assert isinstance(item, SimState)
    return item


def test_a_line_sets_shows_and_ends_faults(session: Session) -> None:
    (unit,) = state_after(session, "sim fault k1 loss=20% delay=50ms").units
    assert (unit.name, unit.faults) == ("k1", "loss 20 %, delay 50 ms")
    (unit,) = state_after(session, "sim fault k1 loss=0").units
    assert unit.faults == "delay 50 ms"
    assert state_after(session, "sim fault k1").units == (unit,)
    assert [u.faults for u in state_after(session, "sim fault all loss_ack=1").units][:2] == [
        "delay 50 ms, loss 100 %",
        "loss 100 %",
    ]
    (unit,) = state_after(session, "sim fault k1 off jitter=1s").units
    assert unit.faults == "jitter 1 s"
    assert not any(unit.faults for unit in state_after(session, "sim fault all off").units)
    assert state_after(session, "sim speed 60").speed == 60 == state_after(session, "sim").speed
    assert "the clocks of the simulated units run 60 times faster than real ones" in shown_units(session)


def test_every_view_hears_of_it_and_units_are_marked(session: Session) -> None:
    events: list[Event] = []
    session.subscribe(events.append)
    session.sim_fault("k1", loss=1)
    (unit,) = [unit for unit in session.units if unit.name == "k1"]
    assert unit.faults == "loss 100 %" and "k1 is simulated and has faults: loss 100 %" in shown_units(
        session
    )
    assert session.ask("SECUR?", timeout_s=0.05).outcome == "silent"
    assert session.sim_state().units[0].met == {"loss": 1}
    session.sim_fault("k1", off=True)
    texts = [(event.origin, event.text) for event in events if event.kind == "notice"]
    assert texts == [
        (session.who, "k1 (simulated) has faults: loss 100 %"),
        (session.who, "k1 (simulated) has no faults any more"),
    ]
    assert session.ask("LOGIN?").ok


def shown_units(session: Session) -> str:
    (item,) = Console(session).run("units")
    return render(item)


def test_a_crash_ends_by_itself_and_that_is_told(session: Session) -> None:
    events: list[Event] = []
    session.subscribe(events.append)
    session.sim_fault("k1", crash="100ms")
    assert until(lambda: any("no faults any more" in event.text for event in events))
    assert session.ask("SECUR?").ok


def test_to_be_awaited(session: Session) -> None:
    async def both() -> tuple[SimState, SimState, SimState]:
        return (
            await session.asim_fault("q1", dup=1),
            await session.asim_speed(2),
            await session.asim_state(),
        )

    faults, speed, now = asyncio.run(both())
    assert now == speed and now.speed == 2 and faults.units[2].faults == now.units[2].faults == "dup 100 %"


def test_what_a_program_does_with_its_own_set_is_told_as_well() -> None:
    with Sim({"qstation": 0}) as sim, Session.local(sim=sim) as session:
        events: list[Event] = []
        session.subscribe(events.append)
        sim.fault("t1", delay=0.01)
        assert until(lambda: bool(session.units[1].faults))
        assert [e.origin for e in events if e.kind == "notice"] == ["sim"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sim fault", "sim fault needs unit"),
        ("sim fault k9 loss=1", "no simulated unit 'k9' in this set"),
        ("sim fault k1 los=1", "no fault 'los'"),
        ("sim fault k1 loss", "what loss shall be is not said"),
        ("sim fault k1 loss=2", "loss: '2' is not a share 0..1, or 0..100%"),
        ("sim fault k1 crash=1d", "crash: '1d' is not 0..60 s"),
        ("sim fault q1 segment=1", "q1: a qstation unit has no fault 'segment'"),
        ("sim speed 0", "speed: '0' is not a number 1..3600"),
        ("sim nonsense", "sim takes no 'nonsense'"),
    ],
)
def test_what_cannot_be_meant(session: Session, line: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        list(Console(session).run(line))
    assert said in error.value.message and error.value.hint
    assert not any(unit.faults for unit in session.sim_state().units)


def test_a_unit_that_is_not_of_this_set_is_refused(session: Session) -> None:
    with Sim({"qstation": 0}) as other:
        other.fault("k1", delay=0.001)
        session.ask("SECUR?", f"kramer://{other.unit('k1').host}")
        foreign = session.units[-1]
        assert foreign.simulated and foreign.faults == "delay 1 ms"
        with pytest.raises(UsageError, match=f"{foreign.name} is another set's"):
            session.sim_fault(foreign.name, loss=1)
        session.ask("SECUR?", "kramer://127.0.0.1:9", timeout_s=0.05)
        with pytest.raises(UsageError, match=f"{session.units[-1].name} is a real unit"):
            session.sim_fault(session.units[-1].name, loss=1)


def test_through_a_keeper(runtime: object) -> None:
    with Session.attach("faulty", sim=True) as one, Session.attach("faulty") as other:
        one.sim_fault("k1", loss=1)
        one.sim_speed(60)
        assert until(lambda: other.units[0].faults == "loss 100 %" and other.state.speed == 60)
        with Session.attach("faulty") as late:
            assert late.state.speed == 60 and late.units[0].faults == "loss 100 %"
        with pytest.raises(UsageError, match="a dcol unit has no fault 'no_end'"):
            other.sim_fault("t1", no_end=1)


def test_a_serial_line_has_faults_too() -> None:
    with Sim({"qstation": 0}, serial=("k1",)) as sim, Session.local(sim=sim) as session:
        (device,) = [endpoint.host for endpoint in sim.endpoints if endpoint.carrier == SERIAL]
        where = f"kramer+serial://{device}"
        sim.fault("k1", delay="50ms", segment=3)
        found = session.ask("SECUR?", where)
        assert found.text == "~01@SECUR ON" and (found.rtt_s or 0) >= 0.05
        assert session.units[-1].faults == "delay 50 ms, segment 3"
        assert session.ask("LOGIN USER,1234", where).ok
        sim.fault("k1", crash=60)
        assert session.ask("SECUR?", where, timeout_s=0.05).outcome == "silent"
        sim.no_faults("k1")
        sim.fault("k1", babble=50)
        assert session.ask("LOGIN?", where).fields == {"auth": "NONE"}
        assert until(lambda: sim.server("k1").faults.met["babble"] > 0)


def test_one_shot_and_as_json() -> None:
    ran = inside(
        "-c", "sim fault k1 loss=1; SECUR?; sim fault k1 off", "--sim", "--json", "--timeout", "0.05"
    )
    kinds = [(item["type"], item.get("outcome")) for item in ran.objects]
    assert ran.code == 3 and kinds == [("sim", None), ("exchange", "silent"), ("sim", None)]
    assert ran.objects[0]["units"][0]["faults"] == "loss 100 %"
