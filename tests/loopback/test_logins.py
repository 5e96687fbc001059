"""Logins as the session holds them: bound to their connection, followed by what the unit says, ended with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer
from unitbench import Session, UnitRefused
from unitbench.session.operations import Connect, Disconnect
from unitbench.session.stream import Event


def login_of(session: Session) -> str:
    (unit,) = [unit for unit in session.units if unit.protocol == "kramer"]
    return unit.login


def test_what_the_unit_says_is_followed() -> None:
    with Session.local(sim=True) as session:
        for line, held in (
            ("LOGIN ADMIN,nonsense", ""),
            ("LOGIN USER,1234", "USER"),
            ("LOGIN?", "USER"),
            ("LOGIN ADMIN,nonsense", "USER"),
            ("LOGIN ADMIN,4321", "ADMIN"),
            ("LOGOUT", ""),
            ("LOGIN?", ""),
        ):
            session.ask(line)
            assert login_of(session) == held, line
        assert session.ask("LOGIN?").fields == {"auth": "NONE"}


def test_a_refusal_is_an_answer_until_its_value_is_wanted() -> None:
    with Session.local(sim=True) as session:
        exchange = session.ask("LOGIN ADMIN,nonsense")
        assert not exchange.ok and exchange.error and exchange.error.code == "ERR004"
        with pytest.raises(UnitRefused) as caught:
            exchange.value()
        assert caught.value.code == "ERR004" and caught.value.hint


def test_a_lost_connection_takes_the_login_along_and_says_so() -> None:
    replies = iter([b"~01@LOGIN ADMIN OK\r\n", None, b"~01@SECUR ON\r\n"])
    with TcpCounterpart(lambda data: next(replies)) as unit, Session.local() as session:
        told: list[Event] = []
        session.subscribe(told.append)
        where = f"@kramer://127.0.0.1:{unit.port}"
        session.ask(f"{where} LOGIN ADMIN,letmein-1234")
        assert login_of(session) == "ADMIN"
        assert session.ask(f"{where} LOGIN?").outcome == "closed"
        assert login_of(session) == "" and session.units[0].link == "closed"
        assert any("the ADMIN login on it is gone" in event.text for event in told)
        assert session.ask(f"{where} SECUR?").ok and session.units[0].link == "open"
        assert unit.connections == 2


def test_disconnecting_ends_it_and_connecting_sends_nothing() -> None:
    with FakeKramer() as unit, Session.local() as session:
        session.ask(f"@{unit.address} LOGIN USER,letmein-1234")
        session.perform(Disconnect("k1"))
        assert login_of(session) == "" and session.units[0].link == "closed"
        session.perform(Connect("k1"))
        assert session.units[0].link == "open" and len(unit.heard) == 1


def test_a_session_of_its_own_logs_out_at_its_end_from_every_unit() -> None:
    with FakeKramer() as one, FakeKramer() as two, FakeKramer() as three:
        with Session.local() as session:
            for unit in (one, two):
                session.ask(f"@{unit.address} LOGIN USER,letmein-1234")
            session.ask(f"@{three.address} SECUR?")
        assert one.heard[-1] == two.heard[-1] == b"#LOGOUT\r"
        assert three.heard == [b"#SECUR?\r"]


def test_an_unanswered_farewell_does_not_hold_the_end_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unitbench.session.linking.FAREWELL_S", 0.1)
    with TcpCounterpart(lambda data: b"~01@LOGIN USER OK\r\n" * (b"LOGIN" in data)) as unit:
        with Session.local() as session:
            session.ask(f"@kramer://127.0.0.1:{unit.port} LOGIN USER,letmein-1234")
        assert unit.heard[-1] == b"#LOGOUT\r"


def test_two_views_share_one_login(runtime: Path) -> None:
    with FakeKramer() as unit, Session.attach("share", who="a") as first:
        with Session.attach("share", who="b") as second:
            second.ask(f"@{unit.address} LOGIN ADMIN,letmein-1234")
        assert first.ask("SECUR?", unit.address).ok
        assert unit.connections == 1
