"""Tables of a terminal."""

from __future__ import annotations

import pytest

from unitbench.session.rendering import table


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_table_is_never_wider_than_the_terminal_and_the_cut_is_seen(width: int) -> None:
    rows = [("k1", "1", "x" * 200), ("a long name", "2", "short")]
    lines = table(("unit", "score", "why"), rows, width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines[1].endswith("x...") and lines[2].endswith("short")
