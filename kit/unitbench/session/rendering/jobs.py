"""Jobs and what they gave, as text."""

from __future__ import annotations

import time

from unitbench.schema.printable import printable
from unitbench.session import jobtext
from unitbench.session.items import Jobs
from unitbench.session.rendering.base import LONGEST_LINE, WIDTH, render, shown, table
from unitbench.session.results import HeardLine, Listening


@render.register(HeardLine)
def _(item: HeardLine, width: int = WIDTH) -> str:
    note = "" if item.ended == "line end" else f"    (ended by {item.ended})"
    note += f"    ({item.size} bytes in all)" if item.size > len(item.data) else ""
    return printable(f"{item.unit} {item.service}: {item.text}", LONGEST_LINE) + note


@render.register(Listening)
def _(item: Listening, width: int = WIDTH) -> str:
    where = ", ".join(item.services)
    lines = [f"{item.count} reports in {item.took_s:.1f} s from {item.unit} ({where})"]
    return shown([*lines, *(f"skipped {text}" for text in item.skipped)])


@render.register(Jobs)
def _(item: Jobs, width: int = WIDTH) -> str:
    if not item.jobs:
        return "no jobs yet"
    return table(jobtext.HEAD, jobtext.rows(item.jobs, time.time_ns()), width, ("age", "left", "by"))
