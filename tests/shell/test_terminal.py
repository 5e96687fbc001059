"""The shell as people meet it: a real process on a pseudo-terminal, its keeper, its simulated units."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "screen"
PROMPT = "unitbench [-|sim]>"
SECRET = "horse-battery9"


@pytest.fixture
def shell(runtime: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim") as terminal:
        terminal.until(PROMPT)
        yield terminal


def other(who: str = "nb:tour.ipynb") -> Session:
    return Session.attach(NAME, start=False, who=who)


def test_it_greets_with_session_block_and_units(shell: Terminal) -> None:
    shell.until("7 units answered")
    assert f'session "{NAME}"' in shell.text
    assert "simulated units in 127.77." in shell.text
    for unit, maker in (("k1", "Kramer Protocol 3000"), ("t1", "Trimble DCOL"), ("q3", "Gantner Q.station")):
        assert any(line.split()[:1] == [unit] and maker in line for line in shell.lines)
    assert b"unitbench [" in shell.output, "the prompt begins in one piece of output"


def test_tab_completes_and_the_menu_shows_the_meaning(shell: Terminal) -> None:
    shell.type("SEC")
    shell.until("read the security flag")
    shell.type("\t")
    shell.until(lambda: shell.line == f"{PROMPT} SECUR?")
    shell.until("-> #SECUR?<CR>   23 53 45 43 55 52 3F 0D")
    shell.type("\r")
    shell.until("~01@SECUR ON")


def test_keys_typed_ahead_of_the_menu_find_the_line_completed(shell: Terminal) -> None:
    shell.type("SEC\t\r")
    shell.until("~01@SECUR ON")


def test_the_toolbar_shows_the_bytes_while_typing(shell: Terminal) -> None:
    shell.type("0Eh 19")
    shell.until("02 00 AE 02 0E 13 D1 03")
    assert "8 bytes, checksum ok" in shell.text
    assert shell.line == f"{PROMPT} 0Eh 19"


def test_a_terminal_that_does_not_tell_its_cursor_has_the_toolbar_too(runtime: Path) -> None:
    with Terminal("--session", NAME, "--sim", answers=False) as terminal:
        terminal.until(PROMPT)
        terminal.type("0Eh 19")
        terminal.until("02 00 AE 02 0E 13 D1 03")


def test_a_secret_is_asked_for_and_shown_nowhere(shell: Terminal) -> None:
    shell.type("LOGIN USER\r")
    shell.until("password:")
    shell.type(f"{SECRET}\r")
    shell.until("ERR004")
    assert "password: ***" in [*shell.scrolled, *shell.lines]
    shell.type(f"LOGIN ADMIN,{SECRET}")
    shell.until(f"LOGIN ADMIN,{'*' * len(SECRET)}")
    shell.until("-> #LOGIN ADMIN,***<CR>")
    shell.type("\r")
    shell.until(lambda: shell.text.count("ERR004:") == 2)
    typed = [line for line in (*shell.scrolled, *shell.lines) if line.startswith(f"{PROMPT} LOGIN ADMIN")]
    assert typed == [f"{PROMPT} LOGIN ADMIN,***"], "its length is gone from the screen"
    assert SECRET.encode() not in shell.output
    kept = Path(os.environ["XDG_STATE_HOME"]) / "unitbench" / "history" / NAME
    lines = kept.read_text()
    assert "+LOGIN ADMIN\n" in lines and SECRET not in lines
    assert kept.stat().st_mode & 0o777 == 0o600


COLOURS = ("[31m", "[0m", "[1;31m", "[38;5;196m", "[<0;1m", "[;m", "[M   ", "[5;7R")


def test_the_colours_of_pasted_text_are_passed_over(shell: Terminal) -> None:
    shell.type("0E" + "".join(f"\x1b{code}" for code in COLOURS) + "h 19")
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 19")
    shell.type("\x15LOGIN USER\r")
    shell.until("password:")
    shell.type("12" + "".join(f"\x1b{code}" for code in COLOURS) + "34\r")
    shell.until("~01@LOGIN USER OK")
    assert "nhandled" not in shell.text and "Traceback" not in shell.text


def test_the_history_comes_back_and_asks_for_the_secret_again(shell: Terminal) -> None:
    shell.type(f"LOGIN USER,{SECRET}\r")
    shell.until("ERR004:")
    shell.type("\x04")
    shell.until_end()
    with Terminal("--session", NAME) as next_one:
        next_one.until(PROMPT)
        next_one.type("\x1b[A")
        next_one.until(lambda: next_one.line == f"{PROMPT} LOGIN USER")
        next_one.type("\r")
        next_one.until("password:")
        next_one.type("1234\r")
        next_one.until("~01@LOGIN USER OK")


def test_an_error_underlines_the_place_and_says_what_to_try(shell: Terminal) -> None:
    shell.type("AEh 0Eh 300\r")
    shell.until("^^^")
    at = next(index for index, line in enumerate(shell.lines) if "^^^" in line)
    assert shell.lines[at - 1].index("300") == shell.lines[at].index("^^^")
    assert "0..255" in shell.text and "Traceback" not in shell.text
    shell.until(lambda: shell.line == PROMPT)


def test_another_view_appears_above_a_half_typed_line(shell: Terminal) -> None:
    shell.until("7 units answered")
    shell.type("0Eh 1")
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 1")
    with other() as notebook:
        notebook.ask("SECUR?")
    shell.until("[nb:tour.ipynb] #1 k1 SECUR?")
    shell.type("9")
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 19")
    shell.until("02 00 AE 02 0E 13 D1 03")
    news = shell.text.index("[nb:tour.ipynb]")
    assert "~01@SECUR ON" in shell.lines[shell.text[:news].count("\n")]
    assert news < shell.text.index("0Eh 19")


def test_our_own_doing_is_not_told_twice(shell: Terminal) -> None:
    shell.until("7 units answered")
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")
    with other() as notebook:
        notebook.ask("LOGIN?")
    shell.until("[nb:tour.ipynb]")
    assert shell.text.count("~01@SECUR ON") == 1


def test_a_burst_does_not_disturb_a_half_typed_line(shell: Terminal) -> None:
    shell.until("7 units answered")
    count, line = 1000, "AEh 0Eh virtual_port=19"

    async def burst(notebook: Session) -> None:
        await asyncio.gather(*(notebook.aask("SECUR?") for _ in range(count)))

    with other() as notebook:
        flood = threading.Thread(target=asyncio.run, args=(burst(notebook),))
        flood.start()
        for key in line:
            shell.type(key)
            shell.read()
        shell.until(lambda: shell.output.count(b"[nb:tour.ipynb] #") == count)
        flood.join()
    shell.until(lambda: shell.line == f"{PROMPT} {line}")
    shell.until("02 00 AE 02 0E 13 D1 03")
    told = [int(part.split()[0]) for part in shell.output.decode().split("[nb:tour.ipynb] #")[1:]]
    assert sorted(told) == list(range(1, count + 1))
    shell.type("\r")
    shell.until("return individual IP port configuration")


def test_ctrl_c_stops_a_wait_and_gives_the_prompt_back(shell: Terminal) -> None:
    shell.type("GETLIFESIGNAL\r")
    shell.until("Ctrl-C stops waiting")
    shell.type("\x03")
    shell.until("stopped waiting")
    shell.until(lambda: shell.line == PROMPT)
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")


def test_ctrl_c_at_the_prompt_clears_the_line(shell: Terminal) -> None:
    shell.type("DEVICESYNC")
    shell.until(lambda: shell.line == f"{PROMPT} DEVICESYNC")
    shell.type("\x03")
    shell.until(lambda: shell.line == PROMPT)
    shell.type("SECUR?\r")
    shell.until("~01@SECUR ON")


def test_ctrl_d_leaves_and_says_what_stays(shell: Terminal) -> None:
    shell.type("LOGIN USER,1234\r")
    shell.until("LOGIN USER OK")
    shell.type("\x04")
    assert shell.until_end() == 0
    told = shell.text.replace("\n", " ")
    assert f'session "{NAME}" goes on for 10 min, with USER login on k1' in told
    assert f'"unitbench stop {NAME}" ends it' in told


def test_a_killed_shell_keeps_its_login(shell: Terminal) -> None:
    shell.type("LOGIN USER,1234\r")
    shell.until("LOGIN USER OK")
    os.kill(shell.pid, signal.SIGKILL)
    with other("script") as session:
        assert session.ask("LOGIN?").fields["auth"] == "USER"


def test_the_unit_in_use_stands_in_the_prompt(shell: Terminal) -> None:
    shell.type("use q2\r")
    shell.until("unitbench [q2|sim]>")
    assert shell.style("sim]>").fg == "green"


def test_without_colour_the_prompt_says_the_same(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with Terminal("--session", NAME, "--sim") as terminal:
        terminal.until(PROMPT)
        assert terminal.style("sim]>").fg == "default"


def test_a_dumb_terminal_gets_text_and_hides_the_secret_too(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Terminal("--session", NAME, "--sim") as terminal:
        terminal.until("unitbench [")
        terminal.type("LOGIN USER\r")
        terminal.until("password:")
        terminal.type(f"{SECRET}\r")
        terminal.until("ERR004:")
        assert SECRET.encode() not in terminal.output
        assert b"\x1b[K" not in terminal.output


@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (80, 10), (24, 12)])
def test_small_windows(runtime: Path, columns: int, rows: int) -> None:
    with Terminal("--session", NAME, "--sim", columns=columns, rows=rows) as terminal:
        terminal.until(PROMPT)
        terminal.type("0Eh 19")
        terminal.until("02 00 AE 02 0E")
        terminal.type("\r")
        terminal.until(lambda: b"CD 03" in terminal.output)
        assert "too small" not in terminal.text


def test_a_window_that_changes_its_size(shell: Terminal) -> None:
    shell.type("0Eh 19")
    shell.until("02 00 AE 02 0E 13 D1 03")
    shell.resize(50, 20)
    shell.until(lambda: shell.line == f"{PROMPT} 0Eh 19" and "02 00 AE 02 0E 13 D1 03" in shell.text)


def test_a_window_that_changes_its_size_while_lines_come(shell: Terminal) -> None:
    shell.until("7 units answered")
    count, line = 60, "0Eh 19"

    async def burst(notebook: Session) -> None:
        for _ in range(count):
            await notebook.aask("SECUR?")

    shell.type(line)
    with other() as notebook:
        flood = threading.Thread(target=asyncio.run, args=(burst(notebook),))
        flood.start()
        for columns in (60, 40, 100, 80):
            shell.resize(columns, 20)
            shell.read()
        shell.until(lambda: shell.output.count(b"[nb:tour.ipynb] #") >= count)
        flood.join()
    shell.until(lambda: shell.line == f"{PROMPT} {line}")
    shell.type("\r")
    shell.until("return individual IP port configuration")
