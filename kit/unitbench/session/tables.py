"""Records as HTML for notebooks: what the terminal shows, its tables as tables; every text of a unit is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import singledispatch
from html import escape
from typing import Any

from unitbench.schema.printable import printable
from unitbench.schema.text import format_value
from unitbench.session.items import Jobs, Units
from unitbench.session.model import Exchange, Job, Unit
from unitbench.session.rendering import drawing
from unitbench.session.rendering_state import render
from unitbench.session.results import Listening, Timing
from unitbench.session.showing import Listed

UNCUT = 100_000
LINES_SHOWN = 100
"""Reports of a listening that a table has; the result has all."""


def table_html(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A plain table."""
    title = f"<caption>{_text(caption)}</caption>" if caption else ""
    heads = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


@singledispatch
def table_of(item: Any) -> str:
    """An item as a table, with what else is said of it as the caption; without a table its text as it is."""
    with drawing() as drawn:
        told = render(item, UNCUT)
    if not drawn:
        return f"<pre>{escape(told)}</pre>"
    for _, _, text in drawn:
        told = told.replace(text, "")
    captions = [" ".join(told.split("\n")).strip(), *("" for _ in drawn[1:])]
    return "".join(
        table_html(head, rows, caption) for (head, rows, _), caption in zip(drawn, captions, strict=True)
    )


@table_of.register
def _(item: Unit) -> str:
    return table_of(Units((item,)))


@table_of.register
def _(item: Job) -> str:
    return table_of(Jobs((item,)))


@table_of.register
def _(item: Timing) -> str:
    with drawing() as drawn:
        told = render(item, UNCUT)
    parts = []
    for head, rows, text in drawn:
        before, _, told = told.partition(text)
        parts.append(table_html(head, rows, " ".join(before.split())))
    return "".join([*parts, f"<pre>{escape(told.strip())}</pre>"])


@table_of.register
def _(item: Listening) -> str:
    rows = [(line.service, line.port, *line.columns) for line in item.lines[:LINES_SHOWN]]
    wide = max((len(row) for row in rows), default=3) - 2
    more = f"; the first {LINES_SHOWN} of them" if len(item.lines) > LINES_SHOWN else ""
    padded = [(*row, *[""] * (wide + 2 - len(row))) for row in rows]
    return table_html(("service", "port", *("" for _ in range(wide))), padded, render(item) + more)


@table_of.register(Listed)
def _(item: Listed[Any]) -> str:
    if not isinstance(item[0], Exchange):
        return table_of.dispatch(object)(item)
    rows = [
        (each.id, each.origin, each.unit, each.command, each.outcome, "; ".join(r.text for r in each.replies))
        for each in item
    ]
    return table_html(("#", "by", "unit", "command", "outcome", "replies"), rows)


@table_of.register
def _(item: Exchange) -> str:
    """What was asked, and a row for each field of each reply."""
    caption = f"{item.unit}: {item.command} - {item.outcome}"
    rows: list[tuple[object, ...]] = []
    for reply in item.replies:
        if not reply.fields:
            rows.append((reply.unit, reply.text, "", reply.meaning))
        for name, value in reply.fields.items():
            rows.append(
                (reply.unit, name, format_value(value), reply.meaning if len(reply.fields) == 1 else "")
            )
    if item.error:
        rows.append((item.unit, item.error.code, item.error.meaning, item.error.hint))
        rows += [(item.unit, "likely", cause.text, cause.seen or cause.hint) for cause in item.error.causes]
    return table_html(("unit", "field", "value", "meaning"), rows, caption)


def _text(value: object) -> str:
    return escape(printable(str(value), 2000))
