"""The magics: the shell's language in a cell, with short errors."""

from __future__ import annotations

import getpass
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell

from unitbench import Session
from unitbench.errors import MissingField, SessionError, UsageError
from unitbench.widgets.short_errors import said

PAIRS = (("other", "magic"), ("magic", "other"))

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def session(runtime: Path, monkeypatch: pytest.MonkeyPatch, shell: InteractiveShell) -> Iterator[None]:
    """A session that the magic finds by its environment."""
    monkeypatch.setenv("UNITBENCH_SESSION", "magic")
    with Session.attach("magic", sim=True, who="test"):
        shell.extension_manager.load_extension("unitbench")
        yield


def run(shell: InteractiveShell, code: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a cell prints; it must not fail."""
    done = shell.run_cell(code)
    assert done.success, done
    return capsys.readouterr().out


def test_a_line_with_a_question_mark(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert "~01@SECUR ON" in run(shell, "%ub SECUR?", capsys)


def test_a_line_in_a_loop(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(shell, "for _ in range(2):\n    %ub SECUR?\n", capsys).count("~01@SECUR ON") == 2


def test_a_string_that_looks_like_a_magic_is_left_alone(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shell, "print('''\n%ub SECUR?\n''')", capsys) == "\n%ub SECUR?\n\n"


def test_help_of_ipython_still_works(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert "number of items" in run(shell, "len?", capsys)


def test_a_cell_has_one_statement_a_line(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(shell, "%%ub\nSECUR?\n\n# a remark\nLOGIN USER,1234\n@t1 0Eh 19\n", capsys)
    assert "~01@SECUR ON" in told and "~01@LOGIN USER OK" in told and "5017" in told
    assert "1234" not in told


def test_a_cell_is_read_whole_before_anything_is_sent(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    done = shell.run_cell("%%ub\nSECUR?\nSECURE?\n")
    told = capsys.readouterr().out
    assert isinstance(done.error_in_exec, UsageError)
    assert "~01@SECUR ON" not in told


def test_an_error_is_short_shows_the_place_and_what_to_try(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("%ub 0Eh 999")
    told = capsys.readouterr().out
    assert "Traceback" not in told
    line, mark = next(
        pair for pair in zip(told.splitlines(), told.splitlines()[1:], strict=False) if "^" in pair[1]
    )
    assert line[mark.index("^") : mark.rindex("^") + 1] == "999"
    assert "try: " in told


def test_errors_of_the_session_are_short_too(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("from unitbench import Session\nSession.attach('nobody', start=False)")
    told = capsys.readouterr().out
    assert "no session 'nobody' runs" in told and "Traceback" not in told


def test_a_secret_left_out_is_asked_for_hidden(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "1234")
    assert "~01@LOGIN USER OK" in run(shell, "%ub LOGIN USER", capsys)


def test_where_nobody_can_be_asked_the_secret_is_a_missing_field(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(prompt: str) -> str:
        raise StdinNotImplementedError

    monkeypatch.setattr(getpass, "getpass", refuses)
    assert isinstance(shell.run_cell("%ub LOGIN USER").error_in_exec, MissingField)


def test_another_session_by_name(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    run(shell, "%ub use q2", capsys)
    over, back = (
        "%ub goes to session {} from now on; --session {} goes back\n".format(*names) for names in PAIRS
    )
    told = run(shell, "%ub --session other units", capsys)
    assert told.startswith(over) and "no units are known" in told
    assert run(shell, "%ub units", capsys) == told.removeprefix(over), "it stays, and is said once"
    told = run(shell, "%ub --session magic units", capsys)
    assert told.startswith(back) and "q2" in told
    assert "goes to session" not in run(shell, "%ub --session magic units", capsys)


def test_the_help_of_the_magic_says_that_a_session_stays(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "further lines without it go there, too" in str(shell.find_line_magic("ub").__doc__)


def test_an_option_without_a_value(shell: InteractiveShell) -> None:
    assert isinstance(shell.run_cell("%ub --session").error_in_exec, UsageError)


def test_quit_leaves_the_session_alone(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the session goes on" in run(shell, "%ub quit", capsys)
    assert "~01@SECUR ON" in run(shell, "%ub SECUR?", capsys)


def test_text_of_a_unit_in_an_error_is_printable() -> None:
    assert said(UsageError("bad \x1b[31m", hint="\u202etry")) == ["bad <ESC>[31m", "try: \\u202etry"]


def test_a_session_that_is_gone_is_said_once_and_then_started_anew(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "LOGIN USER OK" in run(shell, "%ub LOGIN USER,1234", capsys)
    joined = shell.find_line_magic("ub").__self__.console().session
    told = threading.Event()
    joined.subscribe(lambda event: told.set() if joined.gone else None)
    os.kill(joined.state.pid, signal.SIGKILL)
    assert told.wait(20)
    done = shell.run_cell("%ub SECUR?")
    assert isinstance(done.error_in_exec, SessionError)
    assert "gone with it: the USER login on k1" in done.error_in_exec.message
    assert "the next %ub starts a new session" in done.error_in_exec.hint
    capsys.readouterr()
    said = run(shell, "%ub LOGIN?", capsys)
    assert "~01@LOGIN NONE" in said and "SECUR" not in said
