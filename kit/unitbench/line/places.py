"""Where in a line the cursor is: the word that it touches, and what of it a candidate replaces."""

from __future__ import annotations

from collections.abc import Sequence

from unitbench.line.matching import Place
from unitbench.line.words import QUOTES, Word


def touched(words: Sequence[Word], cursor: int) -> tuple[list[Word], Word | None, list[Word]]:
    """The words before the cursor, the one that it touches, if there is one, and those behind."""
    here = next((word for word in words if word.start <= cursor <= word.end), None)
    before = [word for word in words if word.end <= cursor and word is not here]
    return before, here, [word for word in words if word.start >= cursor and word is not here]


def word_place(line: str, word: Word | None, cursor: int) -> Place:
    """A word as what is replaced; nothing at the cursor where there is none."""
    return value_place(line, word.start, word.end, cursor) if word else Place(cursor, cursor, "")


def value_place(line: str, start: int, end: int, cursor: int) -> Place:
    """A value as what is replaced: inside its quotes, where the cursor is in them."""
    quote = line[start : start + 1]
    if not quote or quote not in QUOTES or cursor <= start:
        return Place(start, end, line[start:cursor])
    closed = end - start > 1 and line[end - 1] == quote
    if closed and cursor == end:
        return Place(start, end, line[start + 1 : end - 1])
    return Place(start + 1, end - closed, line[start + 1 : cursor])
