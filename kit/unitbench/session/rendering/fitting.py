"""Tables in the width of a terminal: no row is broken by it, and nothing is left out without a word.

What gives way, in this order: the last column is cut; columns are left out, first those that the table can best do
without, then from the right those between the first and the last; both that are left are cut. Wide characters count
as two columns, combining ones as none.
"""

from __future__ import annotations

from collections.abc import Sequence

from unitbench.schema.record import record

LAST = 16
"""Columns that the last one of a table keeps before another is left out."""
NARROWEST = 4
CUT = "..."
GAP = 2
"""Blanks between columns; tabulate leaves as much free beside each heading."""


@record
class Fitted:
    """The head and the rows that fit, and the headings of what is left out."""

    head: list[str]
    rows: list[list[str]]
    left_out: tuple[str, ...]


def columns(text: str) -> int:
    """The columns that a printable text takes on a terminal."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    found = wcswidth(text)
    return found if found >= 0 else len(text)


def cut(text: str, room: int) -> str:
    """A text in ``room`` columns at most, the cut marked."""
    if columns(text) <= room:
        return text
    kept = text[:room]  # each character takes a column, but for the combining ones
    while kept and columns(kept) > room - len(CUT):
        kept = kept[:-1]
    return f"{kept}{CUT}"[: max(room, 0)]


def fitted(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int, least: Sequence[str] = ()
) -> Fitted:
    """A table in ``width`` columns; ``least`` are the headings that it can do without, the first best of all."""
    kept = list(range(len(head)))
    sizes = [
        max([columns(head[at]) + GAP, *(columns(row[at]) for row in rows if at < len(row))]) for at in kept
    ]
    order = [head.index(name) for name in least if name in head[1:]]
    order += [at for at in reversed(kept[1:-1]) if at not in order]
    gone: list[int] = []
    while len(kept) > 2 and order and _needed(kept, sizes, head) > width:
        gone.append(order.pop(0))
        kept.remove(gone[-1])
    rest = width - sum(sizes[at] + GAP for at in kept[:-1])
    rooms = {at: sizes[at] for at in kept}
    if len(kept) == 2 and rest < min(sizes[kept[-1]], LAST):  # both give way
        rooms[kept[0]] = max(NARROWEST, min(sizes[kept[0]], width // 2 - GAP))
        rest = width - rooms[kept[0]] - GAP
    if kept:
        rooms[kept[-1]] = max(NARROWEST, rest)
    return Fitted(
        [cut(head[at], max(1, rooms[at] - GAP)) for at in kept],
        [[cut(row[at], rooms[at]) for at in kept if at < len(row)] for row in rows],
        tuple(head[at] for at in sorted(gone)),
    )


def _needed(kept: Sequence[int], sizes: Sequence[int], head: Sequence[str]) -> int:
    """What the columns take at least: the last one may be cut."""
    last = max(min(sizes[kept[-1]], LAST), columns(head[kept[-1]]) + GAP)
    return sum(sizes[at] + GAP for at in kept[:-1]) + last
