"""Jobs and what they gave, as text."""

from __future__ import annotations

import time

from unitbench.schema.printable import printable
from unitbench.session import jobtext
from unitbench.session.items import Jobs
from unitbench.session.model import HeardLine, Listening, Timing
from unitbench.session.rendering.base import LONGEST_LINE, WIDTH, milliseconds, render, shown, table


@render.register(Timing)
def _(item: Timing, width: int = WIDTH) -> str:
    from unitbench.lab.timing import figures

    rows = []
    for unit in item.units:
        rtts = [
            a.rtt_s
            for r in item.rounds
            if not r.voided
            for a in r.arrivals
            if a.unit == unit and a.kind == "ok"
        ]
        counted = sum(1 for r in item.rounds if not r.voided)
        found = figures(rtts, counted)
        rows.append(
            (
                unit,
                f"{found.answered}/{found.asked}",
                milliseconds(found.least),
                milliseconds(found.median),
                milliseconds(found.p95),
            )
        )
    done = f"{len(item.rounds)} of {item.asked_rounds} rounds, {item.stamp} stamps"
    head = f"{printable(item.command)}: {done}; {item.caveat}"
    return f"{head}\n\n{table(('unit', 'answered', 'least', 'median', 'p95'), rows, width)}"


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
    return table(jobtext.HEAD, jobtext.rows(item.jobs, time.time_ns()), width)
