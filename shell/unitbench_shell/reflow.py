"""How many rows a text takes that was drawn before the window changed its size: terminals of today break its lines anew
when the window becomes narrower."""

from __future__ import annotations

from collections.abc import Iterable

from unitbench.session.rendering.fitting import columns as wide


def rows_now(lines: Iterable[str], columns: int) -> int:
    """The rows of lines, each of which fitted into one when it was drawn, in a window of so many columns."""
    return sum(max(1, -(-wide(line) // max(1, columns))) for line in lines)
