"""Frames of one kind stacked and aligned: a row for each frame, a column for each field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.text import format_value
from unitbench.widgets.sheet import Cell, Column, Grid, Line, counted, listed, shown

DIFFERS = "≠ "
"""Stands before a value that is not that of the first frame of its table."""
ABSENT = "-"

Numbered = tuple[int, str, Dissection]
"""A frame: its number, counted from 0, who sent it, and what it is."""


def compared(frames: Iterable[Numbered]) -> tuple[Grid, ...]:
    """A table for each kind of frame of which there are several."""
    kinds: dict[tuple[str, str, str], list[Numbered]] = {}
    for frame in frames:
        found = frame[2]
        kinds.setdefault((found.protocol, found.name, found.direction), []).append(frame)
    return tuple(_grid(kind[1], several) for kind, several in kinds.items() if kind[1] and len(several) > 1)


def _grid(name: str, frames: Sequence[Numbered]) -> Grid:
    values = [_values(found) for _, _, found in frames]
    names = list(dict.fromkeys(field for row in values for field in row))
    differing = [field for field in names if len({row.get(field, "") for row in values}) > 1]
    columns = (
        Column("frame", about="number of the frame, and who sent it"),
        *(Column(_heading(field, differing), about=_about(field, differing)) for field in names),
        Column("state", about="whether the frame keeps all rules"),
    )
    lines = tuple(
        Line(
            f"c{number}",
            (
                Cell(shown(f"{number + 1} {by}".rstrip(), 60), tone="name"),
                *(_cell(row.get(field), values[0].get(field)) for field in names),
                Cell("ok", tone="good") if found.ok else Cell("malformed", tone="bad"),
            ),
        )
        for (number, by, found), row in zip(frames, values, strict=True)
    )
    about = (
        f"{listed(differing)} {'differ' if len(differing) > 1 else 'differs'}"
        if differing
        else "all the same"
    )
    return Grid(f"{counted(len(frames), 'frame')} of {shown(name, 60)}, side by side", columns, lines, about)


def _values(found: Dissection) -> dict[str, str]:
    """The fields of a frame, without framing; one that comes again gets a number."""
    values: dict[str, str] = {}
    for leaf in found.fields:
        if leaf.frame_part:
            continue
        name, again = leaf.name, 2
        while name in values:
            name, again = f"{leaf.name} {again}", again + 1
        values[name] = _spelt(leaf)
    return values


def _spelt(leaf: Leaf) -> str:
    return "" if leaf.value is None else shown(format_value(leaf.value), 60)


def _heading(field: str, differing: Sequence[str]) -> str:
    return f"{DIFFERS}{field}" if field in differing else field


def _about(field: str, differing: Sequence[str]) -> str:
    return "not the same in all of them" if field in differing else "the same in all of them"


def _cell(value: str | None, first: str | None) -> Cell:
    text = ABSENT if value is None else value
    return Cell(text, tone="code") if value == first else Cell(f"{DIFFERS}{text}", tone="differs")
