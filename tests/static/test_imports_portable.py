"""Nothing that only one kind of system has is needed to start: where Python lacks such modules, all parts can be
imported, and what needs no terminal runs. Each in a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.imports import ROOT, modules

POSIX = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
"""What Windows does not have."""
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({POSIX!r}))\n"
"""An import of one of them then fails as it does there."""
OPTIONAL = ("unitbench.widgets", "unitbench.transport.tty")
"""Parts that need packages which are not always there, or which look for themselves what the system has."""
RUN = """
from unitbench_shell.cli import main
sys.exit(main(sys.argv[1:]))
"""


def fresh(code: str, *arguments: str) -> str:
    """What a fresh process without these modules says."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT + code, *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_modules_are_really_away() -> None:
    with pytest.raises(AssertionError, match="termios"):
        fresh("import termios")


def test_every_module_can_be_imported() -> None:
    names = [name for name in modules() if not name.startswith(OPTIONAL) and not name.endswith("__main__")]
    told = fresh(f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nprint('all')")
    assert told == "all\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--version",), "unitbench"),
        (("decode", "0200AE0100AF03"), "DCOL"),
        (("encode", "SECUR?"), "23 53 45 43"),
        (("catalogue", "kramer"), "SECUR"),
        (("-c", "SECUR?", "--sim"), "~01@SECUR ON"),
    ],
    ids=" ".join,
)
def test_it_runs(arguments: tuple[str, ...], said: str) -> None:
    assert said in fresh(RUN, *arguments)
