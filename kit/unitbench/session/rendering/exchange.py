"""A request and what became of it, as text."""

from __future__ import annotations

from typing import Any

from unitbench.schema.printable import printable
from unitbench.schema.report import bytes_text
from unitbench.schema.text import format_value
from unitbench.session.items import Recalled
from unitbench.session.model import Exchange, Problem, Reply
from unitbench.session.reasons.exchange import whole
from unitbench.session.rendering.base import WIDTH, milliseconds, render, shown
from unitbench.session.rendering.folding import fold

FIELDS_IN_A_LINE = 3


@render.register(Exchange)
def _(item: Exchange, width: int = WIDTH) -> str:
    lines = [f"-> {bytes_text(item.request)}    {item.unit}  {_note(item)}".rstrip()]
    for reply in item.replies:
        lines += _reply(reply, many=len(item.replies) > 1)
    if not item.replies and item.partial:
        lines.append(f"<- {bytes_text(item.partial)}    no answer")
    if item.error:
        lines.append(f"{item.error.code}: {item.error.meaning}")
        lines += _likely(item.error)
        if item.error.hint:
            lines.append(f"  try: {item.error.hint}")
    return shown(part for line in lines for part in fold(line, width))


def _likely(error: Problem) -> list[str]:
    """The likely causes, the likeliest first; what was seen of one stands behind it."""
    lines = []
    for number, cause in enumerate(error.causes, 1):
        head = "  likely" if number == 1 else "        "
        seen = f" ({cause.seen})" if cause.seen else ""
        lines.append(f"{head} {number} {cause.text}{seen}: {cause.hint}")
    return lines


@render.register(Recalled)
def _(item: Recalled, width: int = WIDTH) -> str:
    blocks = [
        render(each, width) + (f"\n{shown(whole(each).splitlines())}" if item.whole else "")
        for each in item.exchanges
    ]
    return "\n\n".join(blocks)


def _note(item: Exchange) -> str:
    rtt = f"{milliseconds(item.rtt_s)}, {item.stamp} stamp" if item.rtt_s is not None else item.outcome
    return f"#{item.id}  {rtt}"


def _reply(reply: Reply, *, many: bool) -> list[str]:
    who = f"{reply.unit}: " if many else ""
    after = f"  after {milliseconds(reply.rtt_s)}" if many else ""
    text = printable(reply.text, 300)
    raw = bytes_text(reply.data)
    binary = raw[:5].upper() == reply.data[:2].hex(" ").upper()
    if len(reply.fields) <= FIELDS_IN_A_LINE and not (binary and reply.fields):
        told = f"{raw}  {text}" if binary else text
        return [f"<- {who}{told}{after}    {reply.meaning}".rstrip()]
    head = f"<- {who}{raw if binary else text}{after}"
    if many:
        return [head]
    widest = max(map(len, reply.fields), default=0) + 2
    rows = [
        f"     {name.replace('_', ' '):<{widest}}{printable(_plain(value), 200)}".rstrip()
        for name, value in reply.fields.items()
    ]
    return [head, f"   {reply.meaning}", *rows]


def _plain(value: Any) -> str:
    return format_value(tuple(value) if isinstance(value, list) else value)
