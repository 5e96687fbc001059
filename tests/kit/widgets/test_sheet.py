"""Sheets as plain text, and the small words of which they are made."""

from __future__ import annotations

import pytest

from unitbench.widgets.sheet import Cell, Column, Line, Sheet, clock, counted, listed, milliseconds, shown

COLUMNS = (Column("unit"), Column("after, ms", numeric=True))


def test_text_has_title_state_table_and_notes() -> None:
    lines = (Line("q1", (Cell("q1", sub="simulated"), Cell("2.10"))), Line("q2", (Cell("q2"), Cell("11.00"))))
    text = Sheet("k", "Units", COLUMNS, lines, state="two", notes=("a note",)).text()
    assert text.splitlines()[0] == "Units: two"
    assert text.splitlines()[-1] == "a note"
    assert "q1 (simulated)         2.10" in text and "q2                    11.00" in text


def test_text_without_rows_says_what_is_missing() -> None:
    assert Sheet("k", "Units", COLUMNS, empty="nobody yet").text() == "Units\nnobody yet"


def test_shown_spells_out_controls_and_cuts() -> None:
    assert shown("a\x1bb") == "a<ESC>b"
    assert shown("x" * 300) == "x" * 240 + "... (60 more)"


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_listed(names: list[str], text: str) -> None:
    assert listed(names) == text
    assert listed([*"abcdefgh"]) == "a, b, c, d, e, f and 2 more"


def test_small_words() -> None:
    assert (counted(1, "unit"), counted(2, "unit"), counted(0, "unit")) == ("1 unit", "2 units", "0 units")
    assert (milliseconds(None), milliseconds(0.0021234)) == ("", "2.12")
    assert clock(0) == "" and clock(1_700_000_000_123_000_000).endswith(".123")
