"""What people set, seen on a terminal: each setting changes what it says, at once, and after a new start."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "settings"
PROMPT = "unitbench [-|sim]>"
SECRET = "horse-battery9"


@pytest.fixture
def config(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file of this test alone, in a folder that is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(runtime / "config"))
    monkeypatch.setenv("TERM", "xterm-256color")
    return runtime / "config" / "unitbench" / "config.toml"


@pytest.fixture
def shell(config: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim", rows=40, columns=200) as terminal:
        ready(terminal)
        yield terminal


def ready(shell: Terminal) -> None:
    shell.until(lambda: shell.line == PROMPT)
    shell.until("recording")


def perform(shell: Terminal, line: str, wanted: str) -> None:
    shell.type(f"{line}\r")
    shell.until(wanted)
    shell.until(lambda: shell.line == PROMPT)


MENU = "switch the security of the unit on or off"


def test_the_menu(shell: Terminal) -> None:
    shell.type("SEC")
    shell.until(MENU)
    shell.type("\x03")
    perform(shell, "set menu tab", "menu is tab")
    shell.type("SEC")
    shell.until("4 candidates")
    assert MENU not in shell.text
    shell.type("\t")
    shell.until(lambda: shell.line == f"{PROMPT} SECUR?")
    shell.type("\x15di\t")
    shell.until("look which units answer")
    shell.type("\x03")
    perform(shell, "set menu off", "menu is off")
    shell.type("di\t")
    shell.until(lambda: shell.line == f"{PROMPT} disco")
    shell.type("v\t")
    shell.until(lambda: shell.line == f"{PROMPT} discover")
    assert "close the link to a unit" not in shell.text


def test_keys_hints_and_timestamps(shell: Terminal) -> None:
    perform(shell, "set edit vi", "edit is vi")
    shell.type("XSECUR?\x1b")
    shell.type("0x")
    shell.until(lambda: shell.line == f"{PROMPT} SECUR?")
    shell.type("\r")
    shell.until("~01@SECUR ON")
    perform(shell, "set edit default", "edit is emacs")
    perform(shell, "set timestamps on", "timestamps is on")
    perform(shell, "LOGIN?", "~01@LOGIN")
    assert any(re.match(r"\d\d:\d\d:\d\d -> #LOGIN\?", line) for line in shell.lines)
    perform(shell, "set hints off", "hints is off")
    shell.type("0Eh 19")
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 19")
    shell.until("t1 dcol")
    assert "02 00 AE 02 0E 13" not in shell.text


def test_questions_and_time_outs(shell: Terminal) -> None:
    perform(shell, "set confirm always", "confirm is always")
    shell.type("SECUR 0\r")
    shell.until("send it? [y/N]")
    shell.type("n\r")
    shell.until(lambda: shell.line == PROMPT)
    perform(shell, "sim fault k1 loss=100%", "loss")
    perform(shell, "set timeout 50ms", "timeout is 50 ms")
    perform(shell, "SECUR?", "silent")


def test_a_theme_is_chosen_by_the_ground(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORFGBG", "15;0")
    with Terminal("--session", NAME) as shell:
        shell.until("unitbench [-|real:safe]>")
        assert shell.style("real:safe]>").fg == "brightblue"
        for theme, colour in (("light", "blue"), ("none", "default"), ("auto", "brightblue")):
            shell.type(f"set theme {theme}\r")
            shell.until(f"theme is {theme}")
            shell.type("\x0c")
            shell.until(lambda: "theme is" not in shell.text and "real:safe]>" in shell.text)
            assert shell.style("real:safe]>").fg == colour


def test_lines_come_back_by_ctrl_r_and_by_a_word(shell: Terminal) -> None:
    perform(shell, "SECUR?", "~01@SECUR ON")
    perform(shell, f"LOGIN USER,{SECRET}", "ERR004")
    perform(shell, "0Eh 19", "return individual IP port configuration")
    shell.type("\x12SEC")
    shell.until("SECUR?")
    shell.until(lambda: any("search" in line for line in shell.lines))
    shell.type("\r\r")
    shell.until(lambda: shell.text.count("~01@SECUR ON") == 2)
    perform(shell, "history log", "history log")
    shell.until(lambda: "LOGIN USER" in shell.lines)
    assert SECRET.encode() not in bytes(shell.output).replace(f"LOGIN USER,{SECRET}".encode(), b"")


def test_files_get_what_was_said_and_what_came_of_it(shell: Terminal, tmp_path: Path) -> None:
    tee, output = tmp_path / "all.txt", tmp_path / "results.txt"
    perform(shell, f"tee {tee}", "tee off ends it")
    perform(shell, f"output {output}", "output off ends it")
    perform(shell, "SECUR?", "~01@SECUR ON")
    perform(shell, "set menu tab", "menu is tab")
    perform(shell, f"LOGIN USER,{SECRET}", "ERR004")
    perform(shell, "nonsense", "nonsense")
    with Session.attach(NAME, start=False, who="nb:tour.ipynb") as notebook:
        notebook.ask("LOGIN?")
    shell.until("[nb:tour.ipynb]")
    perform(shell, "units", "score")
    perform(shell, "tee off", "nothing more goes there")
    perform(shell, "output off", "nothing more goes there")
    perform(shell, "LOGIN?", "#4")
    said, results = tee.read_text(), output.read_text()
    for text in (said, results):
        assert "<- ~01@SECUR ON" in text and "02:00:00:00:00:31" in text
        assert SECRET not in text and "\x1b" not in text and "#4" not in text
    assert "> SECUR?\n" in said and "> LOGIN USER,***\n" in said and "menu is tab" in said
    assert "[nb:tour.ipynb]" in said and "'nonsense'" in said
    assert "> SECUR?" not in results and "menu is tab" not in results and "nb:tour" not in results
    assert tee.stat().st_mode & 0o777 == 0o600 and output.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_written_is_told(shell: Terminal, tmp_path: Path) -> None:
    perform(shell, f"tee {tmp_path}", "cannot be written: Is a directory")
    os.mkfifo(tmp_path / "pipe")
    perform(shell, f"output {tmp_path / 'pipe'}", "cannot be written: No such device or address")


def test_what_is_kept_holds_at_the_next_start_and_faults_are_told(shell: Terminal, config: Path) -> None:
    perform(shell, "set menu tab save=yes", "kept in")
    assert 'menu = "tab"\n' in config.read_text()
    shell.type("\x04")
    shell.until_end()
    config.write_text(config.read_text() + 'hint = "off"\nrows = 99\n')
    with Terminal("--session", NAME, rows=40, columns=200) as again:
        again.until("no setting 'hint'")
        again.until("rows: '99' is not a whole number 1..16")
        ready(again)
        again.type("SEC")
        again.until("4 candidates")
        assert MENU not in again.text


def test_a_session_without_a_journal(config: Path) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("journal = false\n")
    with Terminal("--session", NAME, "--sim", rows=40) as shell:
        shell.until("NOT recording")
        perform(shell, "journal", "no journal is written")
    assert not list(Path(os.environ["XDG_STATE_HOME"]).glob("unitbench/*.ubj"))


def test_a_closed_window_leaves_the_session(shell: Terminal) -> None:
    perform(shell, "LOGIN USER,1234", "LOGIN USER OK")
    os.kill(shell.pid, signal.SIGHUP)
    shell.until(lambda: shell.ended)
    with Session.attach(NAME, start=False, who="script") as session:
        assert session.ask("LOGIN?").fields["auth"] == "USER"


def test_a_terminal_that_reads_nothing_holds_nobody_up(shell: Terminal) -> None:
    count = 500
    answers = []
    with Session.attach(NAME, start=False, who="nb:tour.ipynb") as notebook:

        def ask() -> None:
            answers.extend(notebook.ask("SECUR?").outcome for _ in range(count))

        asker = threading.Thread(target=ask)
        asker.start()
        asker.join()  # nothing was read from the terminal meanwhile: more than it holds waits
    assert answers == ["ok"] * count
    shell.until(lambda: shell.output.count(b"[nb:tour.ipynb] #") == count)
    told = [int(part.split()[0]) for part in shell.output.decode().split("[nb:tour.ipynb] #")[1:]]
    assert told == sorted(told)
    perform(shell, "0Eh 19", "return individual IP port configuration")
