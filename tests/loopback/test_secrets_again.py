"""A password that was used is typed again: in a comment, a condition, the word of ``history``. Nothing holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.document import Document

from tests.support.commands import inside
from unitbench import Session, Sim
from unitbench.errors import BenchError
from unitbench.session.console import Console
from unitbench.session.rendering import render
from unitbench_shell.history import SafeHistory
from unitbench_shell.lexer import LineLexer

SECRET = "Zq7-Vx3.Kw9+Yt1"
LOGIN = f"@k1 LOGIN USER,{SECRET}"
AGAIN = (
    f"# LOGIN USER,{SECRET}",
    f"@k1 SECUR? # was {SECRET}",
    f"@k1 SECUR?; expect text~{SECRET}",
    f"expect text!~{SECRET} rtt_s<{SECRET}",
    f"wait-for 1ms @k1 SECUR? until text~{SECRET} every=1ms",
    f"history {SECRET}",
    f"histroy {SECRET}",
    SECRET,
)


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim({"dcol": 0, "qstation": 0, "recorder": 0, "vs1": 0, "kramer": 1}) as made:
        yield made


@pytest.fixture
def console(sim: Sim) -> Iterator[Console]:
    with Session.local(sim=sim) as session:
        yield Console(session)


def said(console: Console, line: str) -> str:
    """All that a line brings, an error among it."""
    try:
        return "\n".join(render(item) for item in console.run(line))
    except BenchError as error:
        return f"{error.message} {error.hint} {vars(error)}"


@pytest.mark.parametrize("prompted", [False, True])
def test_a_view_does_not_repeat_it(console: Console, tmp_path: Path, prompted: bool) -> None:
    said(console, f"tee {tmp_path / 'tee'}")
    if prompted:
        list(console.run("@k1 LOGIN USER", ask_secret=lambda prompt: SECRET))
    else:
        said(console, LOGIN)
    history = SafeHistory(tmp_path / "history", console.vocabulary, lambda text: None)
    screen = LineLexer(console.vocabulary, lambda: True)
    for line in AGAIN:
        history.append_string(line)
        shown = "".join(part[1] for part in screen.lex_document(Document(line))(0))
        for text in (said(console, line), shown):
            assert SECRET.casefold() not in text.casefold(), line
    for file in ("tee", "history"):
        written = (tmp_path / file).read_text()
        assert "expect text" in written and SECRET not in written
    assert "expect text~***" in (tmp_path / "tee").read_text()


def test_nor_an_error_about_the_line_that_uses_it(console: Console) -> None:
    assert "'***' is no number" in said(console, f"{LOGIN}; expect rtt_s<{SECRET}")


def test_nor_one_of_a_chain(console: Console) -> None:
    said(console, f"@k1 SECUR?|LOGIN USER,{SECRET}")
    assert "***" in said(console, f"@k1 SECUR?; expect text~{SECRET}")


def test_another_view_does_not_know_it(console: Console) -> None:
    said(console, LOGIN)
    assert console.vocabulary().secrets == (SECRET,)
    assert Console(console.session).vocabulary().secrets == ()


@pytest.mark.parametrize("how", ["run", "verb", "line"])
def test_no_report_of_a_script_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    lines = [LOGIN, *AGAIN[1:3], AGAIN[4], AGAIN[5]]
    script = tmp_path / "script.ub"
    script.write_text("\n".join(lines))
    report = tmp_path / "report.xml"
    line = "; ".join([lines[0], *lines[2:], lines[1]])
    words = {"run": ("run", str(script)), "verb": ("-c", f"run {script}"), "line": ("-c", line)}[how]
    ran = inside(*words, "--sim", "--junit", str(report))
    assert report.read_text().count("text~***") > 2
    for text in (report.read_text(), ran.out, ran.err):
        assert SECRET not in text
