"""The shell by lines alone: nothing drawn, nothing painted over, and everything works."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session
from unitbench_shell.config import plain_wanted
from unitbench_shell.plain import PlainScreen

pytestmark = pytest.mark.needs("pexpect")
NAME = "plain"
PROMPT = "unitbench [-|sim]>"
SECRET = "horse-battery9"
ROWS = 60


@pytest.fixture
def shell(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("TERM", "dumb")
    with Terminal("--session", NAME, "--sim", rows=ROWS, answers=False) as terminal:
        terminal.until(PROMPT)
        yield terminal


def prompt_again(shell: Terminal) -> None:
    shell.until(lambda: shell.line == PROMPT and shell.lines[shell.cursor[1]] == PROMPT)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"TERM": "xterm"}, False),
        ({"TERM": "dumb"}, True),
        ({"TERM": "xterm", "UNITBENCH_PLAIN": "1"}, True),
        ({"TERM": "xterm", "UNITBENCH_PLAIN": "0"}, False),
        ({"TERM": "xterm", "UNITBENCH_PLAIN": ""}, False),
    ],
)
def test_who_gets_it(environment: dict[str, str], expected: bool) -> None:
    assert plain_wanted(environment) is expected


def test_nothing_is_drawn_and_everything_works(shell: Terminal) -> None:
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")
    prompt_again(shell)
    shell.type("encode 0Eh 19\r")
    shell.until("02 00 AE 02 0E 13 D1 03")
    shell.type("AEh 0Eh 300\r")
    shell.until("^^^")
    prompt_again(shell)
    shell.type("LOGIN USER\r")
    shell.until("password:")
    shell.type(f"{SECRET}\r")
    shell.until("ERR004")
    prompt_again(shell)
    shell.type("history LOG\r")
    shell.until(lambda: "LOGIN USER" in shell.lines)
    prompt_again(shell)
    shell.type("\x04")
    assert shell.until_end() == 0
    assert f'session "{NAME}" goes on' in shell.text
    assert b"\x1b" not in shell.output, "nothing is drawn"
    assert SECRET.encode() not in shell.output
    kept = Path(os.environ["XDG_STATE_HOME"]) / "unitbench" / "history" / NAME
    assert SECRET not in kept.read_text() and "+LOGIN USER\n" in kept.read_text()


def test_tab_completes_and_lists_candidates_as_lines(shell: Terminal) -> None:
    shell.type("ident\t")
    shell.until(lambda: shell.line.startswith(f"{PROMPT} identify"))
    shell.type(" \t")
    shell.until(lambda: any(re.match(r"k1: .*Kramer", line) for line in shell.lines))
    assert any(line.startswith("t1: ") for line in shell.lines)
    shell.until(lambda: shell.line == f"{PROMPT} identify")
    shell.type("q2\r")
    shell.until(lambda: "q2" in shell.lines)


def test_what_comes_from_elsewhere_waits_for_the_line_to_be_typed(shell: Terminal) -> None:
    prompt_again(shell)
    shell.type("0Eh 1")
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 1")
    with Session.attach(NAME, start=False, who="nb:tour.ipynb") as notebook:
        notebook.ask("SECUR?")
    shell.type("9\r")
    shell.until("[nb:tour.ipynb] #1 k1 SECUR?")
    shell.until("return individual IP port configuration")
    assert f"{PROMPT} 0Eh 19" in shell.lines, "the line was typed in one piece"
    assert shell.output.count(b"[nb:tour.ipynb] #1") == 1


def test_ctrl_c_clears_the_line_and_stops_a_wait(shell: Terminal) -> None:
    shell.type("DEVICE")
    shell.until(lambda: shell.line == f"{PROMPT} DEVICE")
    shell.type("\x03")
    prompt_again(shell)
    shell.type("timing rounds=5000\r")
    shell.until(" s so far")
    shell.type("\x03")
    prompt_again(shell)


def test_it_is_switched_while_the_shell_runs(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with Terminal("--session", NAME, "--sim", rows=ROWS) as shell:
        shell.until("recording")
        shell.type("set plain on\r")
        shell.until("plain is on")
        prompt_again(shell)
        assert "recording" not in shell.text, "the toolbar is gone"
        shell.type("set plain off\r")
        shell.until("recording")
        shell.type("SECUR?\r")
        shell.until("~01@SECUR ON")


def test_lines_from_elsewhere_are_not_lost(capsys: pytest.CaptureFixture[str]) -> None:
    screen = PlainScreen()
    with screen.prompting():
        screen.news("one")
        screen.news("two")
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == "one\ntwo\n"
    screen.news("three")
    assert capsys.readouterr().out == "three\n"
