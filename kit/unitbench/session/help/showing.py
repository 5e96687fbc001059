"""Pages of help as text: explanations wrapped beside what they explain, on a narrow terminal below it."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from unitbench.schema.printable import printable
from unitbench.session.help.model import HelpPage, Row, Section
from unitbench.session.rendering import WIDTH, render

__all__ = ["render"]

WIDEST = 100
"""Columns of prose: longer lines are hard to read, however wide the terminal is."""
INDENT = 2
TERM = 28
"""The widest column of what is explained; longer ones have a line of their own."""
NARROW = 60


@render.register(HelpPage)
def _(item: HelpPage, width: int = WIDTH) -> str:
    room = min(width, WIDEST)
    lines = [*_wrapped(item.title, room), *_wrapped(item.about, room)]
    for part in item.sections:
        lines += _section(part, room)
    return "\n".join(lines).lstrip("\n")


def _section(part: Section, room: int) -> Iterator[str]:
    yield ""
    yield from _wrapped(part.title, room)
    most = TERM if room >= NARROW else room // 3
    sizes = [len(printable(what)) for what, about in part.rows if about]
    term = max((size for size in sizes if size <= most), default=min(most, max(sizes, default=0)))
    for row in part.rows:
        yield from _row(row, term, room)


def _row(row: Row, term: int, room: int) -> Iterator[str]:
    what, about = map(printable, row)
    beside = INDENT + term + INDENT
    if not about:
        yield from _wrapped(what, room, INDENT, INDENT)
    elif not what:
        yield from _wrapped(about, room, INDENT, INDENT)
    elif len(what) <= term:
        first, *rest = _wrapped(about, room, beside, beside)
        yield f"{'':{INDENT}}{what:<{term}}{'':{INDENT}}{first.strip()}"
        yield from rest
    else:
        yield from _wrapped(what, room, INDENT, INDENT + INDENT)
        yield from _wrapped(about, room, beside, beside)


def _wrapped(text: str, room: int, first: int = 0, further: int = 0) -> list[str]:
    """Lines of no more than ``room`` columns; a word that is longer is cut."""
    return wrap(
        printable(text),
        max(room, further + 12),
        initial_indent=" " * first,
        subsequent_indent=" " * further,
        break_on_hyphens=False,
    )
