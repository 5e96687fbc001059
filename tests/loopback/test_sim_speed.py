"""The units' clocks run faster: time-outs pass sooner, by units and session alike, and nothing is lost on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.support.foreign import RawTcp, RawUdp, kramer_line
from tests.support.logger import until
from unitbench import InvalidValue, Session, Sim, UsageError
from unitbench.session.stream import Event
from unitbench.sim.serve import UnitServer
from unitbench.wire.kramer.unit import SESSION_SILENCE_S
from unitbench.wire.qstation.unit import LED_S

FAST = 3600
"""Five minutes pass in a twelfth of a second."""


@pytest.fixture
def units() -> Iterator[Sim]:
    with Sim({"qstation": 1}) as sim:
        yield sim


def line(came: bytes) -> bool:
    return came.endswith(b"\r\n")


def test_a_kramer_login_ends_sooner(units: Sim) -> None:
    units.speed = FAST
    with RawTcp(units.unit("k1").host, 5000) as client:
        assert client.ask(kramer_line("LOGIN USER,1234"), line) == b"~01@LOGIN USER OK\r\n"
        client.read(lambda came: False, 1.1 * SESSION_SILENCE_S / FAST)
        assert client.ask(kramer_line("LOGIN?"), line) == b"~01@LOGIN NONE\r\n"


def test_timers_keep_their_place_where_the_speed_is_changed(units: Sim) -> None:
    server = units.server("q1")
    assert isinstance(server, UnitServer)
    fired: list[tuple[float, float]] = []

    def arm() -> None:
        now = server.now()
        for due in (now + 100.0, now + 200.0, now + 300.0):
            server.core.later(due, partial(note, due))
        server.pump()

    def note(due: float, at: float) -> None:
        fired.append((due, server.now()))

    units._do(arm)
    for speed in (1, 60, 1, 600, FAST):
        units.speed = speed
    assert until(lambda: len(fired) == 3)
    assert all(now >= due for due, now in fired) and fired == sorted(fired)


def test_reply_delays_stay_real_and_the_units_own_times_do_not(units: Sim) -> None:
    units.speed = FAST
    units.unit("q1").core.reply_delay_s = 0.05
    with RawUdp(units.unit("q1").host, 5565) as client:
        began = time.monotonic()
        client.ask(b"DEVICEIDENT?\r", bool)
        assert time.monotonic() - began >= 0.05
        began = time.monotonic()
        client.ask(b"GETLIFESIGNAL\t02:00:00:00:00:31?\r", bool)
        assert 0.05 <= time.monotonic() - began < LED_S


def test_the_camera_announces_and_a_recorder_restarts_sooner() -> None:
    with Sim({"recorder": 1, "vs1": 1}, speed=60) as sim:
        camera = sim.unit("v1").core
        seen = camera.inspected  # type: ignore[attr-defined]
        assert until(lambda: camera.inspected >= seen + 60)  # type: ignore[attr-defined]
        recorder = sim.unit("r1")
        with RawUdp(recorder.host, 8023) as client:
            client.send(b"SIMNETRESTART " + recorder.mac.encode() + b"\r\n")
            assert until(lambda: any("network back" in entry.text for entry in recorder.core.log))
        gone, back = (
            next(e.now for e in recorder.core.log if f"network {word}" in e.text)
            for word in ("restart", "back")
        )
        assert back - gone == pytest.approx(3.0, abs=1e-6)


def test_the_session_follows_and_tells_every_view() -> None:
    events: list[Event] = []
    with Session.local(sim=True) as session:
        session.subscribe(events.append)
        assert session.ask("LOGIN USER,1234").ok
        assert session.sim_speed(FAST).speed == FAST and session.state.speed == FAST
        assert until(lambda: any("ended the login" in event.text for event in events))
        (text,) = [event.text for event in events if "ended the login" in event.text]
        assert text == (
            "k1: no traffic for 300 s of its clock, which runs 3600 times faster, "
            "so the unit has ended the login by now"
        )
        assert session.ask("LOGIN?").fields == {"auth": "NONE"}
        session.sim_speed(1)
        notices = [event.text for event in events if event.speed is not None]
        assert notices == [
            "the clocks of the simulated units run 3600 times faster than real ones",
            "the clocks of the simulated units run in real time",
        ]


def test_a_login_at_a_set_of_somebody_else_follows_too() -> None:
    with Sim({"qstation": 0}, speed=FAST) as sim, Session.local() as session:
        events: list[Event] = []
        session.subscribe(events.append)
        where = f"kramer://{sim.unit('k1').host}"
        assert session.ask("LOGIN USER,1234", where).ok
        assert until(lambda: any("ended the login" in event.text for event in events))
        with pytest.raises(UsageError, match="no simulated units"):
            session.sim_speed(1)


@pytest.mark.parametrize("speed", [0, -1, "x", 3601, True])
def test_speeds_that_are_none(units: Sim, speed: object) -> None:
    with pytest.raises(InvalidValue, match="speed"):
        units.speed = speed  # type: ignore[assignment]
    with pytest.raises(InvalidValue, match="speed"):
        Sim(speed=speed)  # type: ignore[arg-type]
    assert units.speed == 1
