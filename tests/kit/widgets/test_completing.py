"""Where in a cell a line is ours, and what IPython makes of our candidates there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from IPython.terminal.ptutils import IPythonPTCompleter
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from unitbench.widgets.completing import command_in

SECRET = "horse-battery9"


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%ub SEC", ("SEC", "")),
        ("%ub ", ("", "")),
        ("x = 1\n  %ub @k1 LOG", ("@k1 LOG", "")),
        ("told = %ub SEC", ("SEC", "")),
        ("%ub --session lab1 SEC", ("SEC", "lab1")),
        ("%ub --allow k1 --session lab1 ", ("", "lab1")),
        ("%ub --sess", ("--sess", "")),
        ("%ub --session la", ("--session la", "")),
        ("%%ub\nSECUR?\n0Eh ", ("0Eh ", "")),
        ("\n%%ub --session lab1\nSEC", ("SEC", "lab1")),
        ("%%ub SEC", ("SEC", "")),
        ("%%ub\n", ("", "")),
        ("%u", None),
        ("%ub", None),
        ("%%ub", None),
        ("%ubx SEC", None),
        ("print('%ub SEC", None),
        ("SEC", None),
        ("%%time\nSEC", None),
        ("x %ub SEC", None),
        ("f(a=1) % ub ", None),
    ],
)
def test_what_of_a_cell_is_a_command_of_ours(cell: str, found: tuple[str, str] | None) -> None:
    rows = cell.split("\n")
    assert command_in(cell, len(rows) - 1, len(rows[-1])) == found


def test_only_what_stands_before_the_cursor_counts() -> None:
    assert command_in("%ub SECUR? LOGIN", 0, 6) == ("SE", "")


@pytest.fixture
def ready(
    shell: InteractiveShell, runtime: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[InteractiveShell]:
    """An IPython with the extension, where no session runs."""
    shell.extension_manager.load_extension("unitbench")
    yield shell
    shell.extension_manager.unload_extension("unitbench")


def offered(shell: InteractiveShell, text: str) -> dict[str, str]:
    with provisionalcompleter():
        return {
            item.text: item.type.replace("\u00a0", " ")
            for item in shell.Completer.completions(text, len(text))
        }


def test_candidates_come_with_effect_and_meaning_and_nothing_else(ready: InteractiveShell) -> None:
    ready.user_ns["SECURE_THING"] = 1
    found = offered(ready, "%ub SEC")
    assert list(found) == ["SECUR?", "SECUR"] and found["SECUR?"] == "read: read the security flag"
    assert list(offered(ready, "%ub LOGIN AD")) == ["ADMIN"]
    assert list(offered(ready, "%ub --")) == ["--session", "--allow"]


def test_outside_of_our_lines_all_is_as_before(ready: InteractiveShell) -> None:
    ready.user_ns["SECURE_THING"] = 1
    assert "SECURE_THING" in offered(ready, "SECURE_TH")
    assert "%ub" in offered(ready, "%u")
    assert not any(text.startswith("SECUR?") for text in offered(ready, "SECUR"))


def test_nothing_is_offered_for_a_secret_and_by_nobody_else(
    ready: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("K1_PASSWORD", SECRET)
    ready.user_ns["horse"] = SECRET
    for text in ("%ub LOGIN USER,ho", "%%ub\nLOGIN USER,ho", "%ub LOGIN USER password=ho", "%ub NOPE "):
        assert offered(ready, text) == {}
    assert list(offered(ready, "%ub LOGIN USER,env:K1_")) == ["env:K1_PASSWORD"]
    assert SECRET not in str(offered(ready, "%ub LOGIN USER,env:"))


def test_the_prompt_of_ipython_in_a_terminal_shows_the_meaning(ready: InteractiveShell) -> None:
    text = "%ub LOGIN AD"
    (item,) = IPythonPTCompleter(ready.Completer).get_completions(Document(text), CompleteEvent())
    assert (item.text, item.start_position) == ("ADMIN", -2)
    (item,) = IPythonPTCompleter(ready.Completer).get_completions(Document("%ub SECUR?"), CompleteEvent())
    assert "read the security flag" in item.display_meta_text.replace("\u00a0", " ")


def test_loaded_twice_it_answers_once_and_unloaded_never(ready: InteractiveShell) -> None:
    ready.extension_manager.reload_extension("unitbench")
    assert len(ready.Completer.custom_matchers) == 1
    assert list(offered(ready, "%ub SECUR?")) == ["SECUR?"]
    ready.extension_manager.unload_extension("unitbench")
    assert ready.Completer.custom_matchers == [] and ready.find_line_magic("ub") is None
    assert ready.custom_exceptions == ()
    ready.extension_manager.load_extension("unitbench")
