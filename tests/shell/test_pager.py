"""What is shown page by page, and by what."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitbench.session.items import Notice, Page
from unitbench_shell import pager

LONG = "\n".join(f"line {number}" for number in range(40))
PAGE = Page("", LONG)


@pytest.mark.parametrize(
    ("item", "when", "rows", "expected"),
    [
        (PAGE, "auto", 24, True),
        (PAGE, "auto", 42, False),
        (PAGE, "off", 24, False),
        (object(), "auto", 24, False),
        (object(), "on", 24, True),
        (object(), "on", 80, False),
        (Notice(LONG), "on", 24, False),
    ],
)
def test_when(item: object, when: str, rows: int, expected: bool) -> None:
    assert pager.pages(item, LONG, when, rows, 80) is expected


@pytest.mark.parametrize(
    ("text", "columns", "rows"), [("", 80, 1), ("ab\ncd", 80, 2), ("x" * 81, 80, 2), ("東京" * 20, 40, 2)]
)
def test_the_rows_that_a_text_takes(text: str, columns: int, rows: int) -> None:
    assert pager.height(text, columns) == rows


def test_the_program_is_the_one_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.write_text(f"#!/bin/sh\ncat > {tmp_path}/read\n")
    own.chmod(0o755)
    assert pager.program({"PAGER": f"{own} -x 'two words'"}) == [str(own), "-x", "two words"]
    monkeypatch.setenv("PAGER", str(own))
    assert pager.show(LONG)
    assert (tmp_path / "read").read_text() == f"{LONG}\n"


@pytest.mark.parametrize("named", ["no-such-program", "'open quote", "/bin/false"])
def test_without_a_program_that_works_the_text_is_written(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", named)
    monkeypatch.setenv("PATH", "")
    assert not pager.show(LONG)
