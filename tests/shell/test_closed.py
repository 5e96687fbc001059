"""Standard streams that are closed: nothing comes, what goes there is lost, and nothing else is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(words: str, closed: str) -> subprocess.CompletedProcess[str]:
    """The console script with streams closed by a shell."""
    command = f'exec "$0" -m unitbench_shell.cli {words} {closed}'
    return subprocess.run(
        ["sh", "-c", command, sys.executable], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-"])
def test_commands_without_an_input(runtime: Path, closed: str) -> None:
    done = run("--sim -c 'SECUR?'", closed)
    assert (done.returncode, "~01@SECUR ON" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [("--session closed --sim", 0), ("decode -", 0), ("--sim -c 'nonsense'", 2), ("run -", 0)],
)
def test_nothing_to_read_is_an_end(runtime: Path, words: str, code: int) -> None:
    done = run(words, "<&-")
    assert done.returncode == code
    assert "fault" not in done.stderr and "Traceback" not in done.stderr


def test_nobody_to_write_to(runtime: Path) -> None:
    assert run("--sim -c 'SECUR?; AEh 10h 20 1 5018 TCP 60 0 0 0 \"\"'", "<&- >&- 2>&-").returncode == 0
