"""Lines in the width of a terminal: broken between words, bytes between bytes; what goes on is indented.

Where nothing is given a width, as on a pipe, nothing is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench.session.rendering.fitting import columns

LEAST = 20
"""Columns that are used at least, however narrow the window is."""
STEP = 2
_HEAD = re.compile(r" *(?:(?:-> |<- )|(?:likely +)?\d+ +|(?:try|next|sent|fault|finding|skipped): )?")
"""What stands before the text of a line: blanks, an arrow, a number, a label. What goes on stands below the text."""
_GAP = re.compile(r"\S(  +)\S")
_PARTS = re.compile(r" +|[^ ]+")
_WHOLE = re.compile(r"<[A-Z]{2,3}>|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[rnt]|.")
"""What spells one byte, and is not broken."""


def folded(text: str, width: int) -> str:
    """A text of lines, none wider than ``width`` columns."""
    return "\n".join(part for line in text.split("\n") for part in fold(line, width))


def fold(line: str, width: int, indent: int | None = None) -> list[str]:
    """A line as lines of ``width`` columns at most; what goes on is indented by so many columns, or as its beginning
    says."""
    room = max(width, LEAST)
    if columns(line) <= room:
        return [line]
    hang = min(_hang(line, room) if indent is None else indent, room // 2)
    lines, now = [], ""
    for part in _parts(line, room - hang):
        if columns(now) + columns(part) <= room:
            now += part
            continue
        if now.strip():
            lines.append(now.rstrip())
        now = " " * hang + part.lstrip(" ") if lines else now + part
    return [*lines, now.rstrip()] if now.strip() else lines


def _hang(line: str, room: int) -> int:
    """How far what goes on is indented: to the last column of a table's row that begins in the left half, or to the
    text behind the line's head."""
    head = _HEAD.match(line)
    found = head.end() if head else 0
    gaps = [match.end(1) for match in _GAP.finditer(line) if match.end(1) <= room // 2]
    return max([found, *gaps]) or STEP


def _parts(line: str, room: int) -> Iterator[str]:
    """Words and the blanks between them; a word that is too long is broken where no byte is."""
    for part in _PARTS.findall(line):
        if part[0] == " " or columns(part) <= room:
            yield part
            continue
        piece = ""
        for whole in _WHOLE.findall(part):
            if piece and columns(piece) + columns(whole) > room:
                yield piece
                piece = ""
            piece += whole
        yield piece
