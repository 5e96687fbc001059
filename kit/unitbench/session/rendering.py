"""Records as plain text for terminals and cells: no escape codes, every text of a unit made printable."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import singledispatch
from typing import Any

from unitbench.offline import Dissected, Encoded
from unitbench.runtime import from_home
from unitbench.schema.address import SERIAL, split_address
from unitbench.schema.printable import printable
from unitbench.schema.report import bytes_text, dissection_text, reading_text
from unitbench.schema.text import format_value
from unitbench.session.insight import SimDump, SimLog, dump_text, log_text
from unitbench.session.items import Jobs, Journal, Notice, Page, Places, Units
from unitbench.session.model import (
    Discovery,
    Event,
    Exchange,
    HeardLine,
    Job,
    Listening,
    Reply,
    SimState,
    Timing,
    Unit,
)

WIDTH = 100
Drawn = tuple[Sequence[str], list[list[str]], str]
"""A table: its head, its rows, and its text."""
_drawn: ContextVar[list[Drawn] | None] = ContextVar("drawn", default=None)
FIELDS_IN_A_LINE = 3
LONGEST_LINE = 4000
GAP = 2


@singledispatch
def render(item: Any, width: int = WIDTH) -> str:
    """An item that a console yields, as text."""
    return printable(str(item))


def table(head: Sequence[str], rows: Iterable[Sequence[object]], width: int = WIDTH) -> str:
    """A plain table; the last column is cut to what the width leaves."""
    from tabulate import tabulate

    body = [[printable(str(cell), 400) for cell in row] for row in rows]
    # tabulate puts two blanks between columns, and leaves as much free beside each heading
    sizes = [max([len(head[i]) + GAP, *(len(row[i]) for row in body)]) for i in range(len(head) - 1)]
    room = max(12, width - sum(sizes) - GAP * len(sizes))
    for row in body:
        if row and len(row[-1]) > room:
            row[-1] = row[-1][: room - 3] + "..."
    text = tabulate(body, headers=list(head), tablefmt="plain", disable_numparse=True)
    if (drawn := _drawn.get()) is not None:
        drawn.append((head, body, text))
    return text


@contextmanager
def drawing() -> Iterator[list[Drawn]]:
    """Have the tables that are rendered in the block kept as they are, for who can show them better."""
    kept: list[Drawn] = []
    before = _drawn.set(kept)
    try:
        yield kept
    finally:
        _drawn.reset(before)


@render.register(Exchange)
def _(item: Exchange, width: int = WIDTH) -> str:
    lines = [f"-> {bytes_text(item.request)}    {item.unit}  {_note(item)}".rstrip()]
    for reply in item.replies:
        lines += _reply(reply, many=len(item.replies) > 1)
    if not item.replies and item.partial:
        lines.append(f"<- {bytes_text(item.partial)}    no answer")
    if item.error:
        lines.append(f"{item.error.code}: {item.error.meaning}")
        if item.error.hint:
            lines.append(f"  try: {item.error.hint}")
    return _shown(lines)


def _shown(lines: Iterable[str]) -> str:
    """Lines one below the other: names and addresses in them may come from anywhere."""
    return "\n".join(printable(line, LONGEST_LINE) for line in lines)


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
        shown = f"{raw}  {text}" if binary else text
        return [f"<- {who}{shown}{after}    {reply.meaning}".rstrip()]
    head = f"<- {who}{raw if binary else text}{after}"
    if many:
        return [head]
    rows = [
        f"     {name.replace('_', ' '):<32}{printable(_plain(value), 200)}".rstrip()
        for name, value in reply.fields.items()
    ]
    return [head, f"   {reply.meaning}", *rows]


def _plain(value: Any) -> str:
    return format_value(tuple(value) if isinstance(value, list) else value)


def milliseconds(seconds: float | None) -> str:
    """A time in milliseconds, three figures."""
    if seconds is None:
        return "-"
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


@render.register(Units)
def _(item: Units, width: int = WIDTH) -> str:
    if not item.units:
        return "no units are known; discover looks for some"
    rows = [
        (u.name, u.address, u.maker, u.mac or "-", f"{u.score:.2f}" if u.score else "-", unit_state(u))
        for u in item.units
    ]
    lines = [table(("unit", "address", "what", "MAC", "score", "state"), rows, width)]
    lines += [_shown([f"{u.name} is simulated and has faults: {u.faults}"]) for u in item.units if u.faults]
    lines += [_shown([f"{u.name} is in doubt, link and login: {u.doubt}"]) for u in item.units if u.doubt]
    if item.speed != 1:
        lines.append(f"the clocks of the simulated units run {item.speed:g} times faster than real ones")
    return "\n".join(lines)


def unit_state(unit: Unit) -> str:
    """How a unit stands: whether it is real, its link, its login."""
    parts = ["simulated" if unit.simulated else "real", f"link {unit.link}"]
    parts += ["in doubt"] if unit.doubt else []
    if unit.login:
        # A unit on a serial line does not learn that the line was closed.
        kept = unit.link == "closed" and split_address(unit.address).carrier == SERIAL
        parts.append(f"login {unit.login}{' kept until its time-out' if kept else ''}")
    return ", ".join([*parts, unit.about] if unit.about else parts)


@render.register(Discovery)
def _(item: Discovery, width: int = WIDTH) -> str:
    after = {sighting.unit.name: sighting.rtt_s for sighting in item.sightings}
    rows = [
        (
            u.name,
            u.address.partition("://")[2],
            f"{u.maker} {u.about}".rstrip(),
            f"{u.score:.2f}",
            milliseconds(after.get(u.name)),
            u.evidence[-1] if u.evidence else "",
        )
        for u in item.units
    ]
    told = [
        *(f"sent {text}" for text in item.sent),
        *(f"listened {text}" for text in item.listened),
        *(f"skipped {text}" for text in item.skipped),
    ]
    lines = [_shown(told)]
    if rows:
        lines += ["", table(("unit", "address", "what", "score", "after", "why"), rows, width)]
    else:
        lines += [
            "nothing answered",
            "  try: the units' addresses and this machine's network; discover NAME or ADDRESS",
        ]
    return "\n".join(lines)


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
    head = f"{item.command}: {len(item.rounds)} of {item.asked_rounds} rounds, {item.stamp} stamps; {item.caveat}"
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
    return _shown([*lines, *(f"skipped {text}" for text in item.skipped)])


@render.register(Places)
def _(item: Places, width: int = WIDTH) -> str:
    rows = [
        (
            f"{p.port}/{p.carrier}",
            p.name,
            p.touch,
            p.about + ("" if p.port == p.usual else f" (port {p.usual})"),
        )
        for p in item.places
    ]
    return table((f"{item.unit} at", "service", "here", "what for"), rows, width)


@render.register(SimState)
def _(item: SimState, width: int = WIDTH) -> str:
    speed = "in real time" if item.speed == 1 else f"{item.speed:g} times faster than real ones"
    rows = [
        (
            u.name,
            u.protocol,
            u.host,
            u.faults or "none",
            ", ".join(f"{n} {name}" for name, n in u.met.items()),
        )
        for u in item.units
    ]
    head = f"simulated units in {item.block}; their clocks run {speed}"
    return f"{head}\n\n{table(('unit', 'protocol', 'address', 'faults', 'met so far'), rows, width)}"


@render.register(SimDump)
def _(item: SimDump, width: int = WIDTH) -> str:
    return dump_text(item)


@render.register(SimLog)
def _(item: SimLog, width: int = WIDTH) -> str:
    return log_text(item)


@render.register(Jobs)
def _(item: Jobs, width: int = WIDTH) -> str:
    if not item.jobs:
        return "no jobs yet"
    rows = [(job.id, job.state, f"{job.done}/{job.total}", job.origin, job.title) for job in item.jobs]
    return table(("job", "state", "done", "by", "what"), rows, width)


@render.register(Journal)
def _(item: Journal, width: int = WIDTH) -> str:
    where = f"journal {from_home(item.file)}" if item.file else "no journal is written; this is from memory"
    if not item.exchanges:
        return printable(f"nothing was sent yet; {where}")
    rows = [(f"#{e.id}", _clock(e.t_ns), e.origin, e.unit, e.outcome, e.command) for e in item.exchanges]
    return f"{table(('no', 'at', 'by', 'unit', 'outcome', 'command'), rows, width)}\n\n{printable(where)}"


def _clock(t_ns: int) -> str:
    """A time of day; none where nothing was sent."""
    return time.strftime("%H:%M:%S", time.localtime(t_ns / 1e9)) if t_ns else "-"


@render.register(Notice)
def _(item: Notice, width: int = WIDTH) -> str:
    return printable(item.text)


@render.register(Page)
def _(item: Page, width: int = WIDTH) -> str:
    return _shown([item.title, "", *item.text.split("\n")] if item.title else item.text.split("\n"))


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


def job_line(job: Job) -> str:
    """A job in one line."""
    message = f": {job.message}" if job.message else ""
    return printable(f"{job.title} {job.done}/{job.total} {job.state}{message}", LONGEST_LINE)


def event_line(event: Event) -> str | None:
    """Another view's doing, in one line with its origin; None for what deserves no line."""
    who = f"[{printable(event.origin, 40)}]"
    if event.exchange is not None:
        found = event.exchange
        answer = "; ".join(printable(reply.text, 120) for reply in found.replies[:3]) or found.outcome
        code = f" ({found.error.code})" if found.error and found.replies else ""
        return f"{who} #{found.id} {found.unit} {printable(found.command)} -> {answer}{code}"
    if event.job is not None:
        return f"{who} job {event.job.id}: {job_line(event.job)}"
    if event.kind in ("notice", "unasked") and event.text:
        return f"{who} {printable(event.text, 300)}"
    return None
