"""Watching, repeating and files at the prompt: one block that is brought up to date, and Ctrl-C gives the prompt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "watching"
PROMPT = "unitbench [-|sim]>"


@pytest.fixture
def shell(runtime: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim", columns=100, rows=30) as terminal:
        terminal.until(PROMPT)
        terminal.until("7 units answered")
        yield terminal


def prompted(shell: Terminal) -> None:
    shell.until(lambda: shell.line == PROMPT)


def test_a_watch_is_one_block_that_marks_what_changed(shell: Terminal) -> None:
    shell.type("watch 100ms 0Eh 20\r")
    shell.until("round 3, ")
    with Session.attach(NAME, start=False, who="anna") as other:
        asked = "AEh 10h 20 1 5018 TCP 33 0 0 0 ''"
        assert other.ask(asked).ok
    # A line of another view came between: the block goes on below it.
    shell.until(lambda: b"(was 60)" in shell.output)
    shell.until(lambda: b"* udp_timeout" in shell.output)
    shell.until(lambda: any(line.split() == ["udp_timeout", "33"] for line in shell.lines))
    assert sum("Ctrl-C ends it" in line for line in shell.lines) <= 2, "one block, not one each round"
    shell.type("\x03")
    shell.until(" rounds, 1 change")
    prompted(shell)
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")


def test_a_one_shot_on_a_terminal_draws_it_too() -> None:
    with Terminal("--sim", "-c", "watch 50ms times=20 0Eh 20", columns=100, rows=30) as terminal:
        terminal.until("watched 20 rounds, 0 changes")
        assert sum("Ctrl-C ends it" in line for line in terminal.lines) == 1
        assert any("round 20 of 20" in line for line in terminal.lines)


def test_ctrl_c_ends_what_pauses_at_once(shell: Terminal) -> None:
    for line, said in (
        ("sleep 1h", "stopped waiting"),
        ("watch 1h SECUR?", "watched 1 round, 0 changes"),
        ("repeat 5 gap=1h SECUR?", "repeated 1 of 5 times"),
        ("wait-for 1h every=1h SECUR? secur=OFF", "stopped waiting"),
    ):
        shell.type(f"{line}\r")
        shell.until("waiting: " + line[:12])
        shell.type("\x03")
        shell.until(said)
        prompted(shell)


def test_ctrl_c_at_a_question_says_that_nothing_was_sent(shell: Terminal) -> None:
    shell.type("set confirm always\r")
    prompted(shell)
    lines = (
        ("@k1 NAME horse", "\x03", "nothing was sent"),
        ("SECUR?; @k1 NAME horse; SECUR?", "\x04", "was not sent; not sent: SECUR?"),
    )
    for number, (line, key, said) in enumerate(lines, 1):
        shell.type(f"{line}\r")
        shell.until(lambda number=number: shell.text.count("send it? [y/N]") == number)  # type: ignore[misc]
        shell.type(key)
        shell.until(said)
        prompted(shell)


def test_a_file_is_run_and_names_are_completed(shell: Terminal, tmp_path: Path) -> None:
    script = tmp_path / "demo.ub"
    script.write_text("alias port = 0Eh\nSECUR?; expect secur=OFF\nuse nosuch\nport 19\n")
    shell.type(f"run {script}\r")
    shell.until("NOT AS EXPECTED: secur=OFF")
    shell.until("demo.ub, line 3: no unit 'nosuch'")
    shell.until("demo.ub, line 4: port 19")
    prompted(shell)
    shell.type("po")
    shell.until("alias of 0Eh")
    shell.type("rt 19")
    shell.until("02 00 AE 02 0E 13 D1 03")
    shell.type("\r")
    prompted(shell)
