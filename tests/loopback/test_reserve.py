"""Two views of one session around one unit: who may write, who is told, and what is really cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.commands import inside, unitbench
from tests.support.counterparts import TcpCounterpart
from tests.support.feeds import Feeder  # noqa: F401
from unitbench import Session, UsageError, Withheld
from unitbench.errors import Reserved
from unitbench.session.model import Event, Exchange, Unit
from unitbench.session.operations import Disconnect, Raw
from unitbench.session.reserving import GRACE_S

NAME = "reserve"
WHO = "nb:tour.ipynb"


@pytest.fixture
def anna(runtime: Path) -> Iterator[Session]:
    with Session.attach(NAME, sim=True, who="anna") as session:
        yield session


@pytest.fixture
def ben(anna: Session) -> Iterator[Session]:
    with Session.attach(NAME, start=False, who="ben") as session:
        yield session


def unit(session: Session, name: str) -> Unit:
    return next(item for item in session.units if item.name == name)


class Heard:
    """The events that a view hears from now on, waited for."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._came = threading.Condition()
        session.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        with self._came:
            self.events.append(event)
            self._came.notify_all()

    def until(self, text: str) -> Event:
        """The notice or job that says so."""

        def found() -> Event | None:
            said = (e for e in self.events if text in e.text or (e.job and text in f"{e.job.state} {e.job.stopped_by}"))
            return next(said, None)

        with self._came:
            assert self._came.wait_for(lambda: found() is not None, 20), f"{text!r} was not told: {self.events}"
        event = found()
        assert event is not None
        return event


def held_back(exchange: Exchange, holder: str) -> bool:
    """Whether it was kept back for a holder, and says all that it must."""
    error = exchange.error
    return (
        exchange.outcome == "withheld"
        and exchange.t_ns == 0
        and exchange.allow_with == ""
        and error is not None
        and error.code == "Reserved"
        and f"reserved by {holder} until " in error.meaning
        and f"reserve {exchange.unit} 10m take=yes" in error.hint
    )


def test_writes_and_logins_of_others_are_withheld_and_reads_are_not(anna: Session, ben: Session) -> None:
    reserved = anna.reserve("k1", 600)
    assert (reserved.reserved_by, reserved.simulated) == ("anna", True)
    assert held_back(ben.ask("LOGIN ADMIN,4321"), "anna") and held_back(ben.ask("LOGOUT"), "anna")
    assert held_back(ben.ask("LOGOUT", allow="k1"), "anna"), "no permission overrides it"
    assert held_back(ben.ask(b"#LOGOUT\r", unit="k1", allow="k1"), "anna")
    assert ben.ask("SECUR?").ok and ben.ask("LOGIN?").ok
    assert anna.ask("LOGIN ADMIN,4321").ok
    with pytest.raises(Reserved) as caught:
        ben.ask("LOGOUT").value()
    assert isinstance(caught.value, Withheld)
    with pytest.raises(Reserved) as refused:
        ben.perform(Disconnect("k1"))
    assert refused.value.holder == "anna" and refused.value.until_ns == reserved.reserved_until_ns
    assert ben.ask("LOGIN?").fields["auth"] == "ADMIN", "the login is as it was"
    anna.release("k1")
    assert ben.ask("LOGOUT").ok


def test_a_view_that_joined_earlier_sees_it_and_one_that_joins_later_too(anna: Session, ben: Session) -> None:
    heard = Heard(ben)
    until_ns = anna.reserve("k1", 60).reserved_until_ns
    heard.until("k1 is reserved by anna for 1:00")
    with Session.attach(NAME, start=False, who="carl") as carl:
        for session in (ben, carl):
            assert (unit(session, "k1").reserved_by, unit(session, "k1").reserved_until_ns) == ("anna", until_ns)
    anna.release("k1")
    heard.until("k1 is free again: anna has released it")
    assert unit(ben, "k1").reserved_by == ""


def test_what_it_needs(anna: Session, ben: Session) -> None:
    anna.reserve("k1", 60)
    assert anna.reserve("k1", 600).reserved_until_ns > unit(ben, "k1").reserved_until_ns - 1
    with pytest.raises(Reserved, match="k1 is reserved by anna"):
        ben.reserve("k1", 60)
    with pytest.raises(Reserved, match="k1 is reserved by anna"):
        ben.release("k1")
    with pytest.raises(UsageError, match="t1 is not reserved"):
        ben.release("t1")
    with pytest.raises(UsageError, match="no unit"):
        ben.reserve("k9", 60)


def test_taking_over_tells_the_other_at_once_and_turns_the_tables(anna: Session, ben: Session) -> None:
    heard = Heard(anna)
    anna.reserve("k1", 600)
    ben.reserve("k1", 300, take=True)
    event = heard.until("ben took k1 over from anna for 5:00")
    assert event.handover is not None and event.origin == "ben"
    assert event.handover.text("anna") == "ben took k1 over from you for 5:00"
    assert held_back(anna.ask("LOGIN ADMIN,4321"), "ben") and ben.ask("LOGIN ADMIN,4321").ok


def test_what_waits_for_its_turn_is_not_sent(anna: Session, ben: Session) -> None:
    """The unit does not answer the first; while that is waited for, ben takes the unit over."""
    with TcpCounterpart() as silent, ThreadPoolExecutor(3) as pool:
        where = f"kramer://127.0.0.1:{silent.port}"
        name = anna.ask("SECUR?", where, timeout_s=0.01).unit
        silent.wait_for(lambda data: data.endswith(b"\r"))
        anna.reserve(name, 600)
        reads = pool.submit(anna.ask, "LOGIN?", name, timeout_s=30)
        silent.wait_for(lambda data: data.endswith(b"#LOGIN?\r"))
        heard = Heard(ben)
        writes = [pool.submit(anna.ask, line, name, allow=name) for line in ("LOGOUT", b"#LOGOUT\r")]
        # They are in the queue when a request that was asked later is answered by the session itself.
        while anna.journal[-1].command != "LOGOUT?" and len(_queued(anna, ben, name)) < 2:
            pass
        ben.reserve(name, 600, take=True)
        handover = heard.until("took").handover
        assert handover is not None and (handover.loser, handover.waiting) == ("anna", 2)
        silent.send(b"~01@LOGIN USER\r\n")
        assert reads.result(20).ok
        assert all(held_back(write.result(20), "ben") for write in writes)
        assert b"LOGOUT" not in silent.wait_for(bool)


def _queued(anna: Session, ben: Session, name: str) -> list[Exchange]:
    return []
