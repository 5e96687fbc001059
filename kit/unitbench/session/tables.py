"""Records as HTML tables for notebooks; every text of a unit is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from unitbench.schema.printable import printable
from unitbench.schema.text import format_value
from unitbench.session.model import Exchange


def table_html(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A plain table."""
    title = f"<caption>{_text(caption)}</caption>" if caption else ""
    heads = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def exchange_html(exchange: Exchange) -> str:
    """An exchange: what was asked, and a row for each field of each reply."""
    caption = f"{exchange.unit}: {exchange.command} - {exchange.outcome}"
    rows: list[tuple[object, ...]] = []
    for reply in exchange.replies:
        if not reply.fields:
            rows.append((reply.unit, reply.text, "", reply.meaning))
        for name, value in reply.fields.items():
            rows.append(
                (reply.unit, name, format_value(value), reply.meaning if len(reply.fields) == 1 else "")
            )
    if exchange.error:
        rows.append((exchange.unit, exchange.error.code, exchange.error.meaning, exchange.error.hint))
    return table_html(("unit", "field", "value", "meaning"), rows, caption)


def _text(value: object) -> str:
    return escape(printable(str(value), 2000))
