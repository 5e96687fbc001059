"""Pages, remarks, the journal and bytes taken apart, as text."""

from __future__ import annotations

import time

from unitbench.offline import Dissected, Encoded
from unitbench.runtime import from_home
from unitbench.schema.printable import printable
from unitbench.schema.report import dissection_text, reading_text
from unitbench.session.items import Journal, Notice, Page
from unitbench.session.rendering.base import WIDTH, render, shown, table


@render.register(Journal)
def _(item: Journal, width: int = WIDTH) -> str:
    where = f"journal {from_home(item.file)}" if item.file else "no journal is written; this is from memory"
    if not item.exchanges:
        return printable(f"nothing was sent yet; {where}")
    rows = [(f"#{e.id}", _clock(e.t_ns), e.origin, e.unit, e.outcome, e.command) for e in item.exchanges]
    text = table(("no", "at", "by", "unit", "outcome", "command"), rows, width, ("at", "by", "outcome"))
    return f"{text}\n\n{printable(where)}"


def _clock(t_ns: int) -> str:
    """A time of day; none where nothing was sent."""
    return time.strftime("%H:%M:%S", time.localtime(t_ns / 1e9)) if t_ns else "-"


@render.register(Notice)
def _(item: Notice, width: int = WIDTH) -> str:
    return printable(item.text)


@render.register(Page)
def _(item: Page, width: int = WIDTH) -> str:
    return shown([item.title, "", *item.text.split("\n")] if item.title else item.text.split("\n"))


@render.register(Encoded)
def _(item: Encoded, width: int = WIDTH) -> str:
    return f"{item.data.hex(' ').upper()}    {len(item.data)} bytes\n{dissection_text(item.dissection)}"


@render.register(Dissected)
def _(item: Dissected, width: int = WIDTH) -> str:
    told = reading_text(
        item.best,
        repairs=item.repairs,
        candidates=item.candidates if item.guessed else (),
        parts=[(part.best, part.repairs) for part in item.parts],
    )
    guess = f"(looks like {item.best.protocol}; protocol=NAME forces another)\n" if item.guessed else ""
    return guess + told
