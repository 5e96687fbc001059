"""Tables in narrow terminals: no line is wider than it, what gives way is stated, wide characters count as two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from unitbench.session.rendering import table
from unitbench.session.rendering.fitting import columns, cut, fitted

HEAD = ("unit", "address", "what", "MAC", "state")
ROWS = [
    ("k1", "kramer://127.77.0.11", "Kramer Protocol 3000", "-", "simulated, link closed"),
    ("q1", "qstation://127.77.0.31", "Gantner Q.station", "02:00:00:00:00:31", "simulated, link open"),
]
TEXTS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=40)


def widths(text: str) -> list[int]:
    return [wcswidth(line) for line in text.splitlines()]


def test_what_fits_is_whole() -> None:
    text = table(HEAD, ROWS, 120)
    assert "no room for" not in text and "simulated, link closed" in text and "02:00:00:00:00:31" in text


def test_columns_go_in_the_order_that_is_stated() -> None:
    least = ("MAC", "what")
    left_out = [fitted(HEAD, ROWS, width, least).left_out for width in range(110, 20, -1)]
    seen = list(dict.fromkeys(left_out))
    assert seen == [(), ("MAC",), ("what", "MAC"), ("address", "what", "MAC")]
    assert table(HEAD, ROWS, 70, least).splitlines()[-1] == "no room for: MAC"


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40, 20, 12])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    text = table(HEAD, ROWS, width, ("MAC",))
    assert max(widths(text)) <= width
    assert text.splitlines()[1].startswith("k1")


def test_wide_and_zero_width_characters_line_up() -> None:
    rows = [("東京測定器", "a"), ("cafe\u0301", "b"), ("plain", "c")]
    lines = table(("name", "x"), rows, 40).splitlines()
    assert {wcswidth(line[: line.rindex(letter)]) for line, letter in zip(lines[1:], "abc", strict=True)} == {
        12
    }


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc..."),
        ("東京測定器", 10, "東京測定器"),
        ("東京測定器", 9, "東京測..."),
        ("東京測定器", 8, "東京..."),
        ("abc", 2, ".."),
    ],
)
def test_a_cut_is_marked_and_fits(text: str, room: int, expected: str) -> None:
    assert cut(text, room) == expected
    assert columns(cut(text, room)) <= room


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), st.integers(16, 120))
def test_any_text_fits_any_terminal(rows: list[tuple[str, str, str]], width: int) -> None:
    text = table(("first", "second", "last"), rows, width)
    assert max(columns(line.rstrip()) for line in text.split("\n")) <= width
