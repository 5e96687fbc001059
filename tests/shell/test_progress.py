"""The line that says what is waited for: bars, what still takes how long, and what fits the window."""

from __future__ import annotations

import pytest

from unitbench.line.parse import parse
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench_shell.progress import bar, shows_s
from unitbench_shell.screen import cut

UNITS = Vocabulary((UnitName("q1", "qstation"), UnitName("k1", "kramer")), "q1")


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (-1.0, "[----------]"),
        (0.0, "[----------]"),
        (0.55, "[#####-----]"),
        (1.0, "[##########]"),
        (9.0, "[##########]"),
    ],
)
def test_a_bar_shows_the_share(share: float, shown: str) -> None:
    assert bar(share, 10) == shown


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (99, "timing  3/40  lost 0"),
        (20, "timing  3/40  lost 0"),
        (19, "timing  3/40"),
        (12, "timing  3/40"),
        (11, "timing"),
        (4, "timi"),
        (0, ""),
        (-5, ""),
    ],
)
def test_whole_parts_are_left_out_where_the_window_is_narrow(room: int, shown: str) -> None:
    assert cut("timing  3/40  lost 0", room) == shown


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("identify q1", 2.0),
        ("identify", 2.0),
        ("identify k1", 0.0),
        ("GETLIFESIGNAL", 2.0),
        ("SECUR?", 0.0),
        ("units", 0.0),
        ("identify nobody", 0.0),
    ],
)
def test_how_long_a_unit_shows_itself_is_known_from_its_record(line: str, seconds: float) -> None:
    (statement,) = parse(line, UNITS).statements
    assert shows_s(statement, UNITS) == seconds
