"""A thousand events of another program while a line is half typed: the line stays, and so does every event."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")
NAME = "burst"
PROMPT = "unitbench [-|sim]>"
COUNT = 1000
LINE = "AEh 0Eh 19"
SENT = bytes.fromhex("02 00 AE 02 0E 13 D1 03")
TOLD = re.compile(r"\[script\] #(\d+) k1 SECUR\? -> ~01@SECUR ON")
HEAD = b"[script] #"
SIZES = ((100, 30), (60, 16), (132, 40), (80, 24))
SCRIPT = f"""
from concurrent.futures import ThreadPoolExecutor
from unitbench import Session
with Session.attach({NAME!r}, start=False, who="script") as session, ThreadPoolExecutor(4) as threads:
    assert all(found.ok for found in threads.map(lambda _: session.ask("SECUR?"), range({COUNT})))
"""


@pytest.fixture
def shell(runtime: Path) -> Iterator[Terminal]:
    with Terminal("--session", NAME, "--sim", kept=2 * COUNT) as terminal:
        terminal.until("7 units answered")
        terminal.until(lambda: terminal.line == PROMPT)
        yield terminal


@contextmanager
def script() -> Iterator[None]:
    """A program of its own that asks from four threads."""
    with subprocess.Popen([sys.executable, "-c", SCRIPT]) as process:
        yield
    assert process.returncode == 0


def asked(who: str) -> list[tuple[int, bytes]]:
    """Number and bytes of what a view has asked, in the order of the session."""
    with Session.attach(NAME, start=False, who="judge") as session:
        return [(found.id, found.request) for found in session.journal if found.origin == who]


def at_the_line(shell: Terminal, column: int) -> bool:
    """Whether the half-typed line stands at the prompt alone, with the cursor in it."""
    rows = [y for y, line in enumerate(shell.lines) if line.startswith("unitbench [")]
    return shell.line == f"{PROMPT} {LINE}" and shell.cursor == (column, rows[-1]) and len(rows) == 1


def test_line_and_cursor_stay_and_every_event_stands_above(shell: Terminal) -> None:
    shell.type(LINE)
    shell.until(lambda: shell.line == f"{PROMPT} {LINE}")
    shell.type("\x1b[D" * len(" 19"))
    column = len(f"{PROMPT} AEh 0Eh")
    shell.until(lambda: at_the_line(shell, column))
    with script():
        shell.until(lambda: shell.output.count(HEAD) == COUNT, 60)
    shell.until(lambda: at_the_line(shell, column))
    everything = [*shell.scrolled, *shell.lines]
    numbers = [int(found[1]) for line in everything if (found := TOLD.fullmatch(line))]
    assert numbers == [number for number, _ in asked("script")], "each once, in the order of the session"
    first, last = (next(at for at, line in order if HEAD.decode() in line) for order in _ways(everything))
    assert last - first + 1 == COUNT, "nothing stands between them"
    assert asked("shell-1") == []
    shell.type("\r")
    shell.until("return individual IP port configuration")
    assert [data for _, data in asked("shell-1")] == [SENT]


def _ways(lines: list[str]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    numbered = list(enumerate(lines))
    return numbered, numbered[::-1]


def test_while_one_types_and_changes_the_size_of_the_window(shell: Terminal) -> None:
    keys, sizes = iter(LINE), cycle(SIZES)
    seen = 0
    with script():
        while (told := shell.output.count(HEAD)) < COUNT:
            if told >= seen + COUNT // 20:
                seen = told
                shell.resize(*next(sizes))
                shell.type(next(keys, ""))
            assert shell.read(20), "the shell has stopped writing"
    shell.type("".join(keys))
    shell.resize(*SIZES[-1])
    column = len(f"{PROMPT} {LINE}")
    shell.until(lambda: shell.line == f"{PROMPT} {LINE}" and shell.cursor[0] == column)
    shell.until("02 00 AE 02 0E 13 D1 03")
    numbers = [int(found) for found in re.findall(rb"\[script\] #(\d+) ", shell.output)]
    assert numbers == [number for number, _ in asked("script")]
    shell.type("\r")
    shell.until("return individual IP port configuration")
    assert [data for _, data in asked("shell-1")] == [SENT]
