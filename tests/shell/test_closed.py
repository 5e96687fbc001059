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


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is played by /dev/full")
@pytest.mark.parametrize("words", ["--sim -c 'SECUR?'", "encode SECUR?", "catalogue --json"])
def test_a_disk_without_room_is_told_as_such(runtime: Path, words: str) -> None:
    done = run(words, ">/dev/full")
    assert done.returncode == 2
    assert "unitbench: stdout cannot be written: no space left on device" in done.stderr
    assert "fault of ours" not in done.stderr and "Exception" not in done.stderr


def test_a_reader_that_has_left_is_no_fault(runtime: Path) -> None:
    command = [sys.executable, "-m", "unitbench_shell.cli", "catalogue", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        assert (running.stderr.read(), running.wait(timeout=60)) == (b"", 0)


def test_nobody_to_write_to(runtime: Path) -> None:
    assert run("--sim -c 'SECUR?; AEh 10h 20 1 5018 TCP 60 0 0 0 \"\"'", "<&- >&- 2>&-").returncode == 0
