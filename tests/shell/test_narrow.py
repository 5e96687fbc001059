"""The shell in a narrow window: no word is cut at its edge; and keys typed while a command runs stand in no line."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.support.commands import Process
from tests.support.counterparts import CLOSING, TcpCounterpart
from tests.support.terminal import Terminal
from unitbench import Session
from unitbench.session.operations import StopJob

pytestmark = pytest.mark.needs("pexpect")
NAME = "narrow"


def test_lines_of_an_exchange_are_broken_between_words_in_shell_and_one_shot(runtime: Path) -> None:
    with TcpCounterpart(lambda data: CLOSING) as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        with Terminal("--session", NAME, where, columns=50, rows=60) as shell:
            shell.until("unitbench [")
            shell.type("SECUR?\r")
            shell.until("LinkLost")
            shell.until("try:")
            seen = shell.text
            shell.type("sessions\rstop kt\r")
            shell.until("unitbench sessions")
            shell.until("unitbench stop kt")
            shell.type("\x04")
            shell.until_end()
        with Terminal("-c", "SECUR?", where, columns=50, rows=60) as once:
            assert once.until_end() == 3
            shown = once.text
        with Process("-c", "SECUR?", where) as process:
            ran = process.end()
    whole = next(line for line in ran.out.splitlines() if line.startswith("LinkLost"))
    assert len(whole) > 50, "on a pipe nothing is broken"
    for text in (seen, shown):
        words = " ".join(text.split())
        assert whole in words, "no word is cut"
        below = text.splitlines()[
            next(n for n, line in enumerate(text.splitlines()) if "LinkLost:" in line) + 1
        ]
        assert below.startswith("  ") and len(below) > 2


def test_keys_typed_while_a_command_runs_are_not_shown_and_arrive(runtime: Path) -> None:
    with Terminal("--session", NAME, "--sim", columns=100) as shell:
        shell.until("7 units answered")
        with Session.attach(NAME, start=False) as other:
            shell.type("timing rounds=100000 gap_s=0.01\r")
            shell.until("Ctrl-C ends it")
            shell.type("encode SECUR?")
            with pytest.raises(AssertionError):
                shell.until("encode SECUR?", 0.6)
            (job,) = [item for item in other.jobs if item.state == "running"]
            assert other.perform(StopJob(job.id)).state == "stopped"
        shell.until(lambda: shell.line.endswith("> encode SECUR?"))
        assert "stopped by" in shell.text
        shell.type("\r")
        shell.until("23 53 45 43 55 52 3F 0D")
        shell.type("\x04")
        assert shell.until_end() == 0


def test_a_one_shot_is_told_in_its_own_words_that_the_session_is_gone(runtime: Path) -> None:
    with TcpCounterpart() as silent, Session.attach(NAME) as session:
        line = f"@kramer://127.0.0.1:{silent.port} SECUR?; LOGIN?"
        process = Process("--session", NAME, "-c", line)
        silent.wait_for(bool)
        os.kill(session.state.pid, signal.SIGKILL)
        ran = process.end()
    assert ran.code == 3
    assert f"unitbench --session {NAME}" in ran.err and "Session.attach" not in ran.err
    assert "read the unit's state before sending again" in ran.err


def test_a_shell_is_told_in_its_own_words_too(runtime: Path) -> None:
    with TcpCounterpart() as silent, Terminal("--session", NAME, columns=100) as shell:
        shell.until("unitbench [")
        shell.type(f"@kramer://127.0.0.1:{silent.port} SECUR?\r")
        silent.wait_for(bool)
        with Session.attach(NAME, start=False) as other:
            os.kill(other.state.pid, signal.SIGKILL)
        shell.until("try: press Enter on an empty line")
        assert "Session.attach" not in shell.text
        shell.type("\x04")
        shell.until_end()
