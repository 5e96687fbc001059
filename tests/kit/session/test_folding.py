"""Lines in the width of a terminal: words and bytes stay whole, what goes on is indented, nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.session.model import Exchange, Problem, Reply
from unitbench.session.reasons.model import Likely
from unitbench.session.rendering import render
from unitbench.session.rendering.fitting import columns
from unitbench.session.rendering.folding import LEAST, fold

MEANING = (
    "the connection was closed before the answer came, or the password is wrong and the unit says nothing"
)
CAUSE = Likely("another client has the only link that this unit grants", "close the other one", "a FIN came")
REFUSED = Exchange(
    31,
    "s",
    "shell-1",
    "t1",
    "dcol://127.0.0.1",
    True,
    "dcol",
    "AEh 0Ch",
    bytes(range(0xA0, 0xE0)),
    "AEh 0Ch",
    "closed",
    (Reply("127.0.0.1:1", "t1", b"", "", 0, 0.002, {}, "ok", "a reply"),),
    Problem(
        "LinkLost", MEANING, "ask again with more patience, then look at the cable and the port", (CAUSE,)
    ),
)


@pytest.mark.parametrize("width", [40, 60, 80])
def test_an_exchange_is_broken_between_words_and_bytes(width: int) -> None:
    text = render(REFUSED, width)
    lines = text.split("\n")
    assert max(map(len, lines)) <= width and len(lines) > 6
    assert text.split() == render(REFUSED, 10_000).split(), "no word is cut, none is lost"
    begun = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert begun == ["->", "<-", "LinkLost:"], "what goes on is indented"
    assert all(len(byte) == 2 for byte in re.findall(r"\b[0-9A-F]+\b", text.partition("t1")[0]))


def test_nothing_is_broken_where_there_is_no_width() -> None:
    assert render(REFUSED, 100_000).count("\n") == 4
    assert MEANING in render(REFUSED, 100_000)


@pytest.mark.parametrize(
    ("line", "second"),
    [
        ("-> 02 00 AE 01 00 AF 03 AA", "   03 AA"),
        ("LinkLost: no answer came so far", "  came so far"),
        ("  try: look at the cable", "       cable"),
        ("  likely 1 the lid is open", "          is open"),
        (" 3 words of a list that go on", "   that go on"),
        ("name  meaning of this name", "      this name"),
        ("~01@" + "x" * 14 + "<CR><LF>", "  <CR><LF>"),
    ],
)
def test_what_goes_on_stands_below_the_text(line: str, second: str) -> None:
    first, *rest = fold(line, LEAST)
    assert len(first) <= LEAST and rest[0] == second, [first, *rest]


LINES = st.text(st.sampled_from("ab -<>\\x0CRé漢 "), max_size=200)


@given(LINES, st.integers(LEAST, 100))
def test_no_line_is_wider_and_no_letter_is_lost(line: str, width: int) -> None:
    lines = fold(line, width)
    assert all(columns(part) <= max(width, columns(line) - columns(line.lstrip())) for part in lines)
    assert "".join("".join(lines).split()) == "".join(line.split())
