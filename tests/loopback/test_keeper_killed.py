"""A keeper that was killed: every view says so at once, and what went with it; nothing is sent a second time."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.loopback.test_keeper_end import gone
from tests.support.commands import Process, unitbench
from tests.support.counterparts import TcpCounterpart
from tests.support.kramer_fake import FakeKramer
from tests.support.terminal import Terminal
from unitbench import Session, SessionError
from unitbench.session.operations import Look
from unitbench.session.stream import Event

NAME = "killed"
PROMPT = "unitbench [-|sim]>"
OFFER = "press Enter on an empty line"


def kill(session: Session) -> None:
    """End a session's keeper without a chance to say or do anything."""
    os.kill(session.state.pid, signal.SIGKILL)
    assert gone(session.state.pid)


class Told:
    """What a view is told of the end of its session."""

    def __init__(self, session: Session) -> None:
        self.texts: list[str] = []
        self._news = threading.Event()
        session.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if event.kind == "notice" and event.origin == "session":
            self.texts.append(event.text)
            self._news.set()

    def wait(self) -> str:
        assert self._news.wait(20)
        (text,) = self.texts
        return text


@pytest.mark.parametrize("carrier", ["unix", "tcp"])
def test_every_view_says_at_once_what_is_gone(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, carrier: str
) -> None:
    monkeypatch.setenv("UNITBENCH_TRANSPORT", carrier)
    with FakeKramer() as unit, Session.attach(NAME) as one, Session.attach(NAME, start=False) as two:
        one.ask(f"@{unit.address} LOGIN ADMIN,letmein-1234")
        (name,) = (known.name for known in one.units)
        two.perform(Look())  # it has heard of the login then
        told = [Told(one), Told(two)]
        kill(one)
        text = f"the session is gone: its keeper has ended; gone with it: the ADMIN login on {name}"
        assert [who.wait() for who in told] == [text, text] == [one.gone, two.gone]
        for session in (one, two):
            (known,) = session.units
            assert (known.login, known.link) == ("", "closed")
            with pytest.raises(SessionError) as caught:
                session.ask("SECUR?", unit.address)
            assert caught.value.message == text
            assert caught.value.hint == f"Session.attach('{NAME}') starts a new one"
        assert unit.heard == [b"#LOGIN ADMIN,letmein-1234\r"], "no goodbye, and nothing again"


def test_a_request_that_was_running_is_not_sent_again(runtime: Path) -> None:
    with TcpCounterpart() as silent, Session.attach(NAME) as session:
        place = f"kramer://127.0.0.1:{silent.port}"
        errors: list[SessionError] = []

        def ask() -> None:
            with pytest.raises(SessionError) as caught:
                session.ask("SECUR?", place, timeout_s=100)
            errors.append(caught.value)

        asking = threading.Thread(target=ask)
        asking.start()
        silent.wait_for(lambda data: data == b"#SECUR?\r")
        kill(session)
        asking.join(20)
        (error,) = errors
        assert "whether a request that was running reached the unit is not known" in error.message
        assert "read the unit's state before sending again" in error.hint
        with Session.attach(NAME) as again:
            assert again.state.pid != session.state.pid and not again.gone
            assert [(unit.address, unit.link) for unit in again.units] == [(place, "closed")]
            assert again.ask("LOGIN?", place, timeout_s=0.05).outcome == "silent"
        assert b"".join(silent.heard) == b"#SECUR?\r#LOGIN?\r"


def test_a_job_that_was_running_ends_for_who_waits(runtime: Path) -> None:
    with Session.attach(NAME, sim=True) as session:
        job = session.timing("DEVICEIDENT?", rounds=100_000)
        told = Told(session)
        kill(session)
        with pytest.raises(SessionError, match=r"not known|is gone"):
            job.result(20)
        assert f"job {job.id} ({job.job.title})" in told.wait() and session.state.sim in told.wait()
        (known,) = session.jobs
        assert (known.state, known.message) == ("failed", "the session is gone")
        with pytest.raises(SessionError, match="the session is gone"):
            job.stop()


def test_a_one_shot_says_it_and_ends_with_its_code(runtime: Path) -> None:
    with TcpCounterpart() as silent, Session.attach(NAME) as session:
        line = f"@kramer://127.0.0.1:{silent.port} SECUR?"
        with Process("--session", NAME, "-c", f"{line}; {line}", "--timeout", "60") as process:
            silent.wait_for(bool)
            kill(session)
            ran = process.end()
        assert ran.code == 3 and "Traceback" not in ran.err
        assert "reached the unit is not known" in ran.err and "the session is gone" in ran.err
        assert b"".join(silent.heard) == b"#SECUR?\r"
        assert unitbench("sessions", "--json").objects == []


@pytest.mark.needs("pexpect")
def test_the_shell_says_it_and_starts_a_new_session_on_enter(runtime: Path) -> None:
    with Terminal("--session", NAME, "--sim", columns=160, rows=50) as shell:
        shell.until("7 units answered")
        shell.type("use k1\r")
        shell.until("unitbench [k1|sim]>")
        shell.type("LOGIN USER,1234\r")
        shell.until("LOGIN USER OK")
        shell.type("SECUR")
        shell.until(lambda: shell.line.endswith("SECUR"))
        with Session.attach(NAME, start=False) as other:
            kill(other)
        shell.until("the session is gone: its keeper has ended; gone with it: the USER login on k1")
        shell.until(OFFER)
        shell.until(lambda: shell.line == "unitbench [k1|sim]> SECUR")
        shell.type("?\r")
        shell.until(lambda: shell.text.count("the session is gone") == 2)
        shell.until(lambda: shell.text.count(OFFER) == 2)
        shell.type("\r")
        shell.until(lambda: shell.text.count("7 units answered") == 2)
        shell.until(lambda: shell.line == "unitbench [k1|sim]>")
        with Session.attach(NAME, start=False) as other:
            assert {exchange.command for exchange in other.journal} & {"SECUR?"} == set(), (
                "nothing is sent again"
            )
        shell.type("LOGIN?\r")
        shell.until("~01@LOGIN NONE")
        shell.type("\x04")
        assert shell.until_end() == 0


@pytest.mark.needs("pexpect")
def test_a_shell_that_leaves_a_session_that_is_gone(runtime: Path) -> None:
    with Terminal("--session", NAME) as shell:
        shell.until("unitbench [")
        with Session.attach(NAME, start=False) as other:
            kill(other)
        shell.until(OFFER)
        shell.type("\x04")
        assert shell.until_end() == 0
    assert unitbench("sessions", "--json").objects == [], "who leaves starts nothing"


def started(rows: int) -> Terminal:
    """A shell with its first prompt."""
    terminal = Terminal("--session", NAME, "--sim", rows=rows)
    terminal.until(PROMPT)
    return terminal


@pytest.mark.needs("pexpect")
def test_two_shells_that_are_told_to_start_again_share_one_session(runtime: Path) -> None:
    with ExitStack() as end:
        one, two = (end.enter_context(started(rows=50)) for _ in range(2))
        with Session.attach(NAME, start=False) as other:
            kill(other)
        for shell in (one, two):
            shell.until(OFFER)
        for shell in (one, two):
            shell.type("\r")
        for shell in (one, two):
            shell.until(lambda shell=shell: shell.line == PROMPT and shell.text.count("help lists") == 2)
        (item,) = unitbench("sessions", "--json").objects
        assert item["clients"] == ["shell-1", "shell-2"]
