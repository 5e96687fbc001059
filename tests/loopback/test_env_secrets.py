"""``password=env:NAME`` in every front end: taken from the view's environment, and nowhere to be seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from unitbench import Session
from unitbench.errors import UsageError
from unitbench.session.console import Console
from unitbench.session.model import Exchange
from unitbench.session.operations import Find
from unitbench.session.rendering import render

SECRET = "lantern-ok-42"


def cli(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line, in an environment of its own."""
    return subprocess.run(
        [sys.executable, "-m", "unitbench_shell", *words],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_keeper_needs_no_variable_that_a_view_has(runtime: Path) -> None:
    with Session.attach("env", sim=True, who="test") as session:  # its keeper has no such variable
        for line in ("LOGIN USER,env:K1_PASSWORD", "LOGIN USER password=env:K1_PASSWORD"):
            told = cli("--session", "env", "--json", "-c", line, K1_PASSWORD="1234")
            assert told.returncode == 0, told.stderr
            assert json.loads(told.stdout)["command"] == "LOGIN USER,***"
        refused = cli("--session", "env", "-c", "LOGIN ADMIN,env:K1_PASSWORD", K1_PASSWORD=SECRET)
        assert refused.returncode == 1
        journal = "\n".join(map(render, session.journal)) + repr(session.journal)
        assert SECRET not in journal + refused.stdout + refused.stderr
        assert session.perform(Find("k1")).login == "USER"


def test_a_line_with_a_variable_that_is_missing_sends_nothing(runtime: Path) -> None:
    told = cli("--sim", "-c", "SECUR?; LOGIN USER,env:K1_PASSWORD")
    assert told.returncode == 2 and told.stdout == ""
    assert "no environment variable K1_PASSWORD is set here" in told.stderr
    line, mark = next(
        pair
        for pair in zip(told.stderr.splitlines(), told.stderr.splitlines()[1:], strict=False)
        if "^" in pair[1]
    )
    assert line[mark.index("^") : mark.rindex("^") + 1] == "env:K1_PASSWORD"


def test_a_file_and_encode_take_it_too(runtime: Path, tmp_path: Path) -> None:
    file = tmp_path / "commands"
    file.write_text("LOGIN USER,env:K1_PASSWORD\n")
    told = cli("run", str(file), "--sim", K1_PASSWORD="1234")
    assert told.returncode == 0 and "LOGIN USER OK" in told.stdout, told.stderr
    told = cli("encode", "--json", "LOGIN USER,env:K1_PASSWORD", K1_PASSWORD=SECRET)
    assert told.returncode == 0 and SECRET not in told.stdout and "2a2a2a" in told.stdout


def test_text_in_python_and_in_a_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K1_PASSWORD", "1234")
    with Session.local(sim=True) as session:
        assert session.ask("LOGIN USER,env:K1_PASSWORD").ok
        (done,) = Console(session).run("LOGIN USER password=env:K1_PASSWORD")
        assert isinstance(done, Exchange) and done.ok and done.command == "LOGIN USER,***"
        assert not session.ask('LOGIN USER,"env:K1_PASSWORD"').ok
        with pytest.raises(UsageError, match="NOT_SET") as caught:
            session.ask("LOGIN USER,env:NOT_SET")
        assert caught.value.line == "LOGIN USER,env:NOT_SET" and caught.value.span == (11, 22)


def test_help_says_so() -> None:
    with Session.local() as session:
        (page,) = Console(session).run("help LOGIN")
    assert "env:NAME" in render(page)
