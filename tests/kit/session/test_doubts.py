"""After a sleep links are doubtful: a read decides, and no write goes before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.support.clocks import Machine
from tests.support.counterparts import TcpCounterpart, UdpCounterpart
from unitbench import Session
from unitbench.session import awake, rendering
from unitbench.session.items import Units
from unitbench.session.operations import Connect, Unlock
from unitbench.session.stream import Event

PASSWORD = "slept-long-77"
IDENT = b"DEVICEIDENT 02:00:00:00:00:31"


class Kramer(TcpCounterpart):
    """Remembers who is logged in, while it is ``there``; then it takes all and answers nothing, or hangs up."""

    def __init__(self) -> None:
        self.level = "NONE"
        self.there = True
        self.hangs_up = False
        super().__init__(self.say)

    def say(self, data: bytes) -> bytes | None:
        if not self.there:
            return None if self.hangs_up else b""
        word, _, rest = data.decode().removeprefix("#").rstrip("\r").partition(" ")
        if word == "LOGIN":
            self.level = rest.partition(",")[0]
            return f"~01@LOGIN {self.level} OK\r\n".encode()
        if word == "LOGOUT":
            return b"~01@LOGOUT OK\r\n"
        return f"~01@LOGIN {self.level}\r\n".encode() if word == "LOGIN?" else b"~01@ OK\r\n"

    @property
    def lines(self) -> list[str]:
        """What it was asked."""
        return b"".join(self.heard).decode().split("\r")[:-1]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awake, "LOOK_S", 0.01)


@contextmanager
def logged_in(machine: Machine) -> Iterator[tuple[Kramer, Session, list[Event]]]:
    with Kramer() as unit, machine.session() as session:
        told: list[Event] = []
        session.subscribe(told.append)
        assert session.ask(f"@kramer://127.0.0.1:{unit.port} LOGIN ADMIN,{PASSWORD}").ok
        assert session.units[0].login == "ADMIN" and not session.units[0].doubt
        yield unit, session, told


def until(true: Callable[[], bool], told: list[Event]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, [event.text for event in told]
        time.sleep(0.005)


def notices(told: list[Event]) -> str:
    return "\n".join(event.text for event in told if event.kind == "notice")


def test_a_sleep_is_told_and_a_read_clears_the_doubt() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, told):
        machine.sleep(62)
        until(lambda: "the doubt is over" in notices(told), told)
        assert "this machine slept for 62 s" in notices(told) and "k1 (ADMIN)" in notices(told)
        assert unit.lines == [f"#LOGIN ADMIN,{PASSWORD}", "#LOGIN?"] and unit.connections == 1
        (k1,) = session.units
        assert (k1.link, k1.login, k1.doubt) == ("open", "ADMIN", "")
        doubtful = next(e.unit for e in told if e.unit and e.unit.doubt)
        assert doubtful.doubt == "this machine slept for 62 s"
        shown = rendering.render(Units((doubtful,)))
        assert (
            "link open, in doubt" in shown and "k1 is in doubt, link and login: this machine slept" in shown
        )
        (read,) = [e for e in told if e.exchange and e.exchange.command == "LOGIN?"]
        assert read.origin == "session"


def test_a_login_is_gone_by_time_where_the_sleep_was_longer_than_the_unit_waits() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, told):
        machine.sleep(301)
        until(lambda: "the doubt is over" in notices(told), told)
        assert "no traffic for 300 s, so the unit has ended the login" in notices(told)
        assert session.units[0].login == "" and "(ADMIN)" not in notices(told)
        assert unit.lines[1:] == ["#"]


def test_time_asleep_counts_for_the_login_with_the_time_awake() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, _, told):
        unit.there = False
        machine.sleep(200)
        until(lambda: "this machine slept for 200 s" in notices(told), told)
        machine.sleep(200)
        until(lambda: "ended the login" in notices(told), told)


def test_the_unit_says_that_nobody_is_logged_in() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, told):
        unit.level = "NONE"
        machine.sleep(62)
        until(lambda: "the doubt is over" in notices(told), told)
        assert "the ADMIN login is gone" in notices(told)
        assert (session.units[0].link, session.units[0].login) == ("open", "")


def test_silence_closes_the_link_and_says_which_login_is_gone() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, told):
        unit.there = False
        machine.sleep(62)
        until(lambda: session.units[0].link == "closed", told)
        assert "LOGIN? was not answered" in notices(told) and "the ADMIN login on it is gone" in notices(told)
        assert (session.units[0].login, session.units[0].doubt) == ("", "")


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_write_waits_for_the_read_and_is_not_sent_where_that_fails(hangs_up: bool) -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, _):
        unit.there, unit.hangs_up = False, hangs_up
        machine.sleep(62)
        done = session.ask("LOGIN USER,never-out-999", "k1")
        assert done.outcome == "closed" and done.error and done.error.code == "LinkLost"
        assert "was not sent" in done.error.meaning and "slept for 62 s" in done.error.meaning
        assert unit.lines[1:] == ["#LOGIN?"] and unit.connections == 1
        unit.there = True
        assert session.ask("LOGIN USER,never-out-999", "k1").ok
        assert unit.lines[2:] == ["#LOGIN USER,never-out-999"] and unit.connections == 2


def test_a_write_is_sent_behind_the_read_that_was_answered() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, _):
        machine.sleep(62)
        assert session.ask("LOGIN USER,goes-behind-9", "k1").ok
        assert unit.lines[1:] == ["#LOGIN?", "#LOGIN USER,goes-behind-9"]


def test_a_write_that_waited_for_its_turn_is_kept_back_too() -> None:
    """The machine sleeps while a read without an answer holds the link, and a write stands behind it."""
    machine = Machine()
    with logged_in(machine) as (unit, session, _):
        unit.there = False

        async def both() -> tuple[str, str, str]:
            slow = asyncio.ensure_future(session._performed(session.operation("SECUR?", "k1", timeout_s=30)))
            while unit.lines[-1] != "#SECUR?":
                await asyncio.sleep(0.005)
            write = session.operation("LOGIN USER,stands-behind9", "k1")
            behind = asyncio.ensure_future(session._performed(write))
            await asyncio.sleep(0)
            machine.sleep(62)
            slow.cancel()
            await asyncio.wait([slow])
            done = await behind
            return done.outcome, done.error.code, done.error.meaning

        outcome, code, meaning = session._loop.run(both())
        assert (outcome, code) == ("closed", "LinkLost") and "slept for 62 s" in meaning
        assert not any("stands-behind9" in line for line in unit.lines)


def test_a_stepped_clock_is_no_sleep() -> None:
    machine = Machine()
    with logged_in(machine) as (unit, session, told):
        machine.step(-3600)
        until(lambda: "the wall clock was stepped by -3600" in notices(told), told)
        assert session.ask("LOGIN?", "k1").ok
        assert "slept" not in notices(told) and unit.lines[1:] == ["#LOGIN?"]
        assert not any(event.unit and event.unit.doubt for event in told)


def test_a_place_for_one_client_is_not_asked_until_it_is_used() -> None:
    machine = Machine()
    with TcpCounterpart(lambda data: b"MAKER,MODEL,1,2\r\n") as unit, machine.session() as session:
        told: list[Event] = []
        session.subscribe(told.append)
        session.perform(Connect(f"recorder://127.0.0.1:{unit.port}"))
        machine.sleep(62)
        until(lambda: bool(session.units[0].doubt), told)
        assert "this machine slept" in notices(told)
        assert session.ask("*IDN?", "r1").ok and unit.heard == [b"*IDN?\r\n"]
        assert session.units[0].link == "open" and not session.units[0].doubt


def test_another_unit_at_the_address_is_no_answer() -> None:
    macs = iter([b"02:00:00:00:00:31", b"02:00:00:00:00:32"])
    machine = Machine()
    with UdpCounterpart(lambda data: reply_of(next(macs))) as unit, machine.session() as session:
        told: list[Event] = []
        session.subscribe(told.append)
        assert session.discover(f"qstation://127.0.0.1:{unit.port}").units
        machine.sleep(62)
        until(lambda: "answers there" in notices(told), told)


def reply_of(mac: bytes) -> bytes:
    from tests.support.golden import frame

    return frame("E2").data.replace(frame("E2").fields["maa"].encode(), mac)


def test_rounds_across_a_sleep_do_not_count() -> None:
    machine = Machine()
    with machine.session(sim=True) as session:
        told: list[Event] = []

        def sleep_in_round(event: Event) -> None:
            told.append(event)
            if event.round and event.round.number == 2:
                machine.sleep(62)

        session.subscribe(sleep_in_round)
        rounds = session.timing(rounds=4, gap_s=0).result().rounds
        voided = [found.voided for found in rounds]
        assert len(rounds) == 4 and voided[0] == voided[1] == voided[3] == ""
        assert voided[2] in ("", "this machine slept for 62 s")


def test_hundreds_of_links_are_looked_at_one_by_one() -> None:
    machine = Machine()
    with machine.session(sim=True) as session:
        told: list[Event] = []
        session.subscribe(told.append)
        for name in ("k1", "t1", "q1", "q2", "q3"):
            assert session.ask({"k": "SECUR?", "t": "0Eh 19", "q": "DEVICEIDENT?"}[name[0]], name).ok
        machine.sleep(62)
        until(lambda: "the doubt is over" in notices(told), told)
        reads = [e.exchange for e in told if e.exchange and e.origin == "session"]
        assert sorted(read.unit for read in reads) == ["k1", "q1", "q2", "q3", "t1"]
        assert all(read.effect == "read" and read.ok for read in reads)
        assert not any(unit.doubt for unit in session.units)


def test_control_of_a_camera_is_asked_for_anew_and_reports_may_be_missing() -> None:
    machine = Machine()
    with machine.session(sim=True) as session:
        told: list[Event] = []
        session.subscribe(told.append)
        assert session.ask("@v1 SIMLOGIN bench").ok and session.ask("@v1 SIMCONTROL TAKE").ok
        listening = session.start_listening("v1", 0.5)
        until(lambda: any(unit.link == "open" for unit in session.units), told)
        machine.sleep(62)
        until(lambda: any(event.unit and event.unit.doubt for event in told), told)
        until(lambda: not any(unit.doubt for unit in session.units), told)
        (v1,) = [unit for unit in session.units if unit.name == "v1"]
        assert v1.login == "control" and "is closed" not in notices(told)
        assert any(
            "slept for 62 s meanwhile; reports may be missing" in s for s in listening.result().skipped
        )


def test_an_unlocked_unit_is_locked_when_the_time_is_over_asleep_or_not() -> None:
    machine = Machine()
    with logged_in(machine) as (_, session, told):
        session.perform(Unlock("k1", 600))
        shown = session.units[0].unlocked_until_ns
        machine.sleep(400)
        until(lambda: "slept for 400 s" in notices(told), told)
        assert abs(session.units[0].unlocked_until_ns - shown + 400 * 10**9) < 60 * 10**9
        bench = session._port._bench  # type: ignore[attr-defined]
        assert 0 < bench._policy.unlocked_s("k1") <= 200
        machine.sleep(201)
        assert bench._policy.unlocked_s("k1") == 0
