"""What a round of a watch brought, in lines that are compared with those of the round before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from unitbench.schema.printable import printable
from unitbench.schema.text import format_value
from unitbench.session.brought import changed
from unitbench.session.changing.model import Change
from unitbench.session.changing.showing import Planned
from unitbench.session.items import Notice
from unitbench.session.model import Exchange
from unitbench.session.rendering.base import render
from unitbench.session.scripted import Expected, Repeated, Turned

Row = tuple[str, str]
"""What a line of a round is about, and what stands there; the first may be empty."""


def rows_of(items: Sequence[object]) -> list[Row]:
    """What a round brought, without what is never the same: numbers of exchanges, times."""
    found: list[Row] = []
    for item in items:
        change = changed(item)
        if isinstance(item, Exchange):
            found += _of_exchange(item)
        elif change is not None:
            found += _of_change(change)
        elif isinstance(item, Turned):
            found += rows_of(item.items)
        elif isinstance(item, Repeated):
            found += [(outcome, str(count)) for outcome, count in item.outcomes.items()]
        elif isinstance(item, Expected):
            found += [
                (each.wanted, "as expected" if each.holds else "NOT AS EXPECTED") for each in item.checks
            ]
        elif not isinstance(item, (Notice, Planned)):
            found += [("", line) for line in render(item).splitlines()]
    return found


def _of_change(change: Change) -> Iterator[Row]:
    yield f"{change.unit} is set", change.outcome
    for step in change.steps:
        for row in step.rows:
            yield f"{step.item} {row.name}".strip(), printable(row.after_text, 200)
        for row in step.differs:
            yield f"{step.item} {row.name} read back".strip(), printable(row.after_text, 200)
    if change.error is not None:
        yield change.outcome, f"{change.error.code}: {printable(change.error.meaning, 200)}"


def _of_exchange(exchange: Exchange) -> Iterator[Row]:
    many = len(exchange.replies) > 1
    for reply in exchange.replies:
        who = f"{reply.unit} " if many else ""
        for name, value in reply.fields.items():
            yield (
                f"{who}{name}",
                printable(format_value(tuple(value) if isinstance(value, list) else value), 200),
            )
        if not reply.fields:
            yield f"{who}reply", printable(reply.text or reply.data.hex(" "), 200)
    if exchange.error is not None:
        yield exchange.outcome, f"{exchange.error.code}: {printable(exchange.error.meaning, 200)}"


def compared(rows: list[Row], before: list[Row] | None) -> tuple[tuple[tuple[str, str | None], ...], bool]:
    """Rows as text, each with what stood there before where that differs; and whether anything does."""
    wide = max((len(label) for label, _ in rows), default=0) + 2
    known: dict[tuple[str, int], str] = {}
    places: Counter[str] = Counter()
    for label, value in before or ():
        known[label, places[label]] = value
        places[label] += 1
    places.clear()
    told: list[tuple[str, str | None]] = []
    for label, value in rows:
        was = known.pop((label, places[label]), "")
        places[label] += 1
        text = f"{label:<{wide}}{value}" if label else value
        told.append((text, was if before is not None and was != value else None))
    gone = [(f"{label:<{wide}}-" if label else "-", was) for (label, _), was in known.items()]
    return (*told, *gone), before is None or bool(gone) or any(was is not None for _, was in told)
