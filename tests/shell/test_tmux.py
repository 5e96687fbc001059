"""The shell in a real tmux: prompt, menu, toolbar, another size, a pasted text, a job stopped and taken up again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.tmux import Tmux

pytestmark = pytest.mark.needs("tmux")
PROMPT = "unitbench [-|sim]>"


@pytest.fixture
def tmux(runtime: Path) -> Iterator[Tmux]:
    with Tmux(runtime, "--session", "tmux", "--sim") as terminal:
        terminal.until("recording")
        yield terminal


def prompt(tmux: Tmux) -> str:
    found = [line for line in tmux.text.split("\n") if line.startswith("unitbench [")]
    return found[-1] if found else ""


def test_prompt_menu_toolbar_and_copied_lines(tmux: Tmux) -> None:
    tmux.type("SEC")
    tmux.until("switch the security of the unit on or off")
    tmux.key("Tab")
    tmux.until("-> #SECUR?<CR>   23 53 45 43 55 52 3F 0D")
    tmux.key("Enter")
    tmux.until("~01@SECUR ON")
    tmux.until(lambda: prompt(tmux) == PROMPT)
    said = next(line for line in tmux.lines if "~01@SECUR ON" in line)
    assert said == said.rstrip() and "\x1b" not in said, "copied, a line is as it was said"
    typed = next(line for line in tmux.lines if line.startswith(f"{PROMPT} SECUR?"))
    assert typed.rstrip() == f"{PROMPT} SECUR?"


def test_another_size_at_the_prompt_and_while_a_job_runs(tmux: Tmux) -> None:
    tmux.type("0Eh 19")
    tmux.until("02 00 AE 02 0E 13 D1 03")
    tmux.resize(40, 20)
    tmux.until(lambda: prompt(tmux) == f"{PROMPT} 0Eh 19" and "02 00 AE 02 0E 13 D1 03" in tmux.text)
    tmux.key("C-c")
    tmux.type("timing rounds=5000")
    tmux.key("Enter")
    tmux.until("timing DEVICE")
    for columns, rows in ((60, 20), (100, 30), (40, 24), (80, 24)):
        tmux.resize(columns, rows)
    tmux.until("Ctrl-C")
    tmux.key("C-c")
    tmux.until(lambda: prompt(tmux) == PROMPT)
    tmux.type("SECUR?")
    tmux.key("Enter")
    tmux.until("~01@SECUR ON")


def test_a_watch_leaves_nothing_behind_when_the_window_becomes_narrower(tmux: Tmux) -> None:
    tmux.type("watch 700ms 0Eh 20")
    tmux.key("Enter")
    tmux.until("round 1, ")
    tmux.until("waiting: watch 700ms 0Eh 20")
    for columns in (36, 80, 30):
        tmux.resize(columns, 24)
        number = max(map(int, re.findall(r"round (\d+),", tmux.text)), default=1)
        tmux.until(lambda number=number: f"round {number + 2}," in tmux.text)  # type: ignore[misc]
    # The screen may be read between two steps of a drawing.
    tmux.until(lambda: tmux.text.count("round ") == 1 and tmux.text.count("waiting:") <= 1)
    tmux.key("C-c")
    tmux.until("rounds, 0 changes")


def test_pasted_lines_keep_their_tabs_and_wait_for_enter(tmux: Tmux) -> None:
    tmux.paste("DEVICEIDENT?\nGETLIFESIGNAL\t02:00:00:00:00:31?\nSECUR?")
    tmux.until("GETLIFESIGNAL 02:00:00:00:00:31?")
    assert "ACK" not in tmux.text and "~01@" not in tmux.text, "nothing is performed yet"
    tmux.key("Enter")
    tmux.until("~01@SECUR ON")
    shown = tmux.text
    assert "-> GETLIFESIGNAL<TAB>02:00:00:00:00:31?<CR>" in shown
    assert shown.index("> GETLIFESIGNAL") < shown.index("-> GETLIFESIGNAL") < shown.index("> SECUR?")


def test_ctrl_z_stops_it_and_fg_takes_it_up(tmux: Tmux) -> None:
    tmux.type("0Eh 1")
    tmux.until(lambda: prompt(tmux) == f"{PROMPT} 0Eh 1")
    tmux.key("C-z")
    tmux.until("sh>")
    tmux.type("fg")
    tmux.key("Enter")
    tmux.until(lambda: prompt(tmux) == f"{PROMPT} 0Eh 1")
    tmux.type("9")
    tmux.until("02 00 AE 02 0E 13 D1 03")


def test_long_output_comes_page_by_page(tmux: Tmux) -> None:
    tmux.resize(80, 12)
    tmux.type("set")
    tmux.key("Enter")
    tmux.until(lambda: ":" in tmux.text.split("\n"))
    assert "setting" in tmux.text
    tmux.key("q")
    tmux.until(lambda: prompt(tmux) == PROMPT)
