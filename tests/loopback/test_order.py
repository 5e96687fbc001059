"""Many views of one session see one order of events, and a unit hears each request once, whoever leaves or returns."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer, answer
from tests.support.terminal import Terminal
from unitbench import Session, SessionError
from unitbench.session.model import Job
from unitbench.session.operations import Look
from unitbench.session.stream import Event

NAME = "order"
TIMES = 100
LINES = {"desk-1": "SECUR?", "desk-2": "LOGIN?", "nb:tour.ipynb": "LOGOUT"}
PATIENCE_S = 30


class Stream:
    """What a view hears."""

    def __init__(self, session: Session) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()
        session.subscribe(self._heard, since=0)

    def _heard(self, event: Event) -> None:
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def until(self, seq: int) -> list[Event]:
        """All events up to a number, as soon as that has come."""
        with self._news:
            assert self._news.wait_for(lambda: self.events and self.events[-1].seq >= seq, PATIENCE_S)
            return [event for event in self.events if event.seq <= seq]


def test_three_views_see_one_order_and_it_is_that_of_the_unit(runtime: Path) -> None:
    with FakeKramer() as unit, ExitStack() as end:
        views = [end.enter_context(Session.attach(NAME, who=who)) for who in LINES]
        streams = [Stream(view) for view in views]
        views[0].ask(f"@{unit.address} SECUR?")

        def many(view: Session) -> list[int]:
            found = [view.ask(LINES[view.who], unit.address) for _ in range(TIMES)]
            assert all(exchange.ok for exchange in found)
            return [exchange.id for exchange in found]

        with ThreadPoolExecutor(len(views)) as threads:
            mine = dict(zip(LINES, threads.map(many, views), strict=True))
        last = views[0].perform(Look()).seq
        first, *others = (stream.until(last) for stream in streams)
        assert [event.seq for event in first] == list(range(1, last + 1))
        assert all(other == first for other in others)
        exchanges = [event.exchange for event in first if event.exchange]
        assert len(exchanges) == len(views) * TIMES + 1
        for view in views:
            assert [found.id for found in exchanges if found.origin == view.who][-TIMES:] == mine[view.who]
            assert view.journal == tuple(exchanges)
        assert b"".join(unit.heard) == b"".join(found.request for found in exchanges)
        assert unit.connections == 1


@pytest.mark.parametrize("carrier", ["unix", "tcp"])
def test_a_view_that_lost_its_keeper_returns_and_nothing_is_sent_twice(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, carrier: str
) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", carrier)
    go_on = threading.Event()

    def late(data: bytes) -> bytes:
        assert go_on.wait(PATIENCE_S) or b"SECUR" not in data
        return answer(data)

    with TcpCounterpart(late) as unit, ExitStack() as end:
        end.callback(go_on.set)
        place = f"kramer://{unit.host}:{unit.port}"
        view = end.enter_context(Session.attach(NAME, who="cut"))
        other = end.enter_context(Session.attach(NAME, who="other"))
        streams = [Stream(view), Stream(other)]
        errors: list[SessionError] = []

        def ask() -> None:
            with pytest.raises(SessionError) as caught:
                view.ask("SECUR?", place, timeout_s=100)
            errors.append(caught.value)

        asking = threading.Thread(target=ask)
        asking.start()
        unit.wait_for(lambda data: data == b"#SECUR?\r")
        connection = view._port._connection  # type: ignore[attr-defined]
        view._loop.loop.call_soon_threadsafe(connection._transport.abort)
        asking.join(PATIENCE_S)
        assert "whether a request that was running reached the unit is not known" in errors[0].message
        go_on.set()
        assert view.ask("LOGIN?", place).fields["auth"] == "NONE"
        last = other.perform(Look()).seq
        seen = [stream.until(last) for stream in streams]
        assert seen[0] == seen[1] and [event.seq for event in seen[0]] == list(range(1, last + 1))
        assert b"".join(unit.heard) == b"#SECUR?\r#LOGIN?\r" and unit.connections == 1
        assert not view.gone


@pytest.mark.needs("pexpect")
def test_a_killed_shell_loses_nothing(runtime: Path) -> None:
    with FakeKramer() as unit, Terminal("--session", NAME, "--sim", columns=120) as shell, ExitStack() as end:
        shell.until("7 units answered")
        shell.type(f"use {unit.address}\r")
        shell.until("[k2|")
        shell.type("LOGIN ADMIN,letmein-1234\r")
        shell.until("LOGIN ADMIN OK")
        shell.type("timing DEVICESYNC rounds=100000\r")
        other = end.enter_context(Session.attach(NAME, start=False))
        stream = Stream(other)

        def running() -> Job | None:
            return next((job for job in other.jobs if job.kind == "timing" and job.state == "running"), None)

        shell.until(lambda: running() is not None)
        before = running()
        assert before is not None and before.origin == "shell-1"
        units = [known.name for known in other.units]
        os.kill(shell.pid, signal.SIGKILL)
        shell.until(lambda: shell.ended or "shell-1" not in other.perform(Look()).clients)
        after = other.perform(Look()).seq
        stream.until(after + 20)
        job = running()
        assert job is not None and job.id == before.id and job.done > before.done
        (known,) = (item for item in other.units if item.name == "k2")
        assert (known.login, known.link) == ("ADMIN", "open")
        assert [item.name for item in other.units] == units
        assert unit.heard == [b"#LOGIN ADMIN,letmein-1234\r"], "no goodbye, and nothing again"
        assert other.ask("SECUR?", "k2").ok and unit.connections == 1
        with Terminal("--session", NAME, columns=120) as again:
            again.until("unitbench [")
            again.type(f"stop {job.id}\r")
            again.until(lambda: running() is None)
