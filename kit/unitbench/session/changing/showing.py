"""Changes, snapshots and comparisons as text: what is there, what would be there, the bytes, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.report import bytes_text
from unitbench.schema.text import format_value
from unitbench.session.changing.compared import Comparison
from unitbench.session.changing.model import Change, Row, Snapshot, Step
from unitbench.session.rendering import WIDTH, milliseconds, render
from unitbench.session.rendering.grouping import grouped

__all__ = ["Performed", "Planned", "Saved", "render"]

FEW = 2
"""So many commands are shown with all their fields; of more, only what changes."""
VALUE, NAME = 16, 20
LONGEST = 4000


@record
class Planned:
    """A change that is shown before it is asked for."""

    change: Change


@record
class Performed:
    """A change that was shown already: what came of it."""

    change: Change


@record
class Saved:
    """A snapshot that was written to a file."""

    snapshot: Snapshot
    file: str


@render.register(Planned)
def _(item: Planned, width: int = WIDTH) -> str:
    return _shown(_plan(item.change, width))


@render.register(Performed)
def _(item: Performed, width: int = WIDTH) -> str:
    return _shown(_result(item.change))


@render.register(Change)
def _(item: Change, width: int = WIDTH) -> str:
    return _shown([*_plan(item, width), *_result(item)])


def _shown(lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join(printable(line, LONGEST) for line in lines)


def _plan(change: Change, width: int) -> Iterator[str]:
    """The table of what is there and what would be, and the bytes that do it."""
    active = [step for step in change.steps if step.changes]
    if change.undoes:
        yield f"undo of #{change.undoes}"
    yield from _reading(change)
    for step in active:
        rows = step.rows if len(active) <= FEW else [row for row in step.rows if row.touched]
        yield from _table(step, rows, width)
        if step.request:
            yield f"-> {bytes_text(step.request)}    {len(step.request)} bytes  {step.effect}"
        yield from step.told
    rest = len(change.steps) - len(active)
    if rest and change.steps:
        yield f"{rest} of {len(change.steps)} {'is' if rest == 1 else 'are'} so already"
    yield from (note for note in change.notes if change.outcome in ("dry", "withheld", "question"))


def _reading(change: Change) -> Iterator[str]:
    """How it was read."""
    reads = list(dict.fromkeys(step.read for step in change.steps))
    took = next((e.rtt_s for e in change.exchanges if e.rtt_s is not None), None)
    if reads:
        after = f"    {milliseconds(took)}" if took is not None else ""
        where = change.exchanges[0].address if change.exchanges else change.address
        yield f"reading first ({', '.join(reads)}), over {where}{after}"


def _table(step: Step, rows: Sequence[Row], width: int) -> Iterator[str]:
    """The fields one below the other; what a narrow screen has no room for is cut off the notes, never a value."""
    names = [_title(row) for row in rows]
    wide = max([len(step.item) + 1, NAME, *(len(name) + 2 for name in names)])
    now = max([VALUE, *(len(row.now_text) + 2 for row in rows)])
    after = max([VALUE, *(len(row.after_text) + 2 for row in rows)])
    yield f"{step.item:<{wide}}{'now':<{now}}after"
    for name, row in zip(names, rows, strict=True):
        mark = "<- changes" if row.touched else ""
        note = "; ".join(filter(None, (mark, row.note)))
        values = f" {name:<{wide - 1}}{row.now_text:<{now}}{row.after_text:<{after}}".rstrip()
        room = width - (wide + now + after)
        noted = note if len(note) <= room else f"{note[: room - 3]}..." if room > len(mark) + 3 else mark
        yield f"{values:<{wide + now + after}}{noted}".rstrip() if noted else values


def _title(row: Row) -> str:
    """A field as the manual spells it; of reserved bytes, where they stand."""
    word, _, first = row.name.partition("_")
    size = len(row.now) // 2 if isinstance(row.now, str) and word == "reserved" else 0
    if size > 1 and first.isdigit():
        return f"RESERVED {first}-{int(first) + size - 1}"
    return row.name.replace("_", " ").upper() if row.name == row.name.lower() else row.name


def _result(change: Change) -> Iterator[str]:
    sent = [step for step in change.steps if step.outcome]
    for step in sent:
        yield _step_result(change, step)
    if sent:
        yield from change.notes
    if change.moved:
        yield f"{change.unit} is at {change.moved} now"
    if change.outcome == "same":
        yield f"nothing is to be changed: {change.unit} is so already"
    if change.outcome == "dry":
        yield "dry run: it was read, nothing was sent that changes anything"
    if change.error is not None:
        yield f"{change.error.code}: {change.error.meaning}"
        if change.error.hint:
            yield f"  try: {change.error.hint}"
    left = [step for step in change.steps if step.changes and not step.outcome]
    if sent and left:
        yield f"not sent any more: {', '.join(step.item or step.command for step in left)}"
    if sent and change.numbers:
        many = len(change.numbers) > 1
        which = "undo" if many else f"undo {change.numbers[0]}"
        yield f"{which} puts {'all of it' if many else 'it'} back"


def _step_result(change: Change, step: Step) -> str:
    exchange = next((e for e in change.exchanges if e.id == step.number), None)
    said = exchange.replies[0].text if exchange is not None and exchange.replies else step.outcome
    took = (
        f" in {milliseconds(exchange.rtt_s)}" if exchange is not None and exchange.rtt_s is not None else ""
    )
    back = "read back: as shown" if not step.differs else "read back: not as shown"
    what = f"{step.item or step.command}: {said}{took}"
    which = f"    [#{step.number}]" if step.number else ""
    return "; ".join(filter(None, (what, back if step.read_back else ""))) + which


@render.register(Snapshot)
def _(item: Snapshot, width: int = WIDTH) -> str:
    rows = [
        (section.title, name, format_value(value))
        for section in item.sections
        for name, value in section.values.items()
    ]
    who = f", {item.identity}" if item.identity else ""
    lines = [f"settings of {item.unit} ({item.maker}{who}) at {item.address}: {len(item.sections)} read"]
    lines.append(grouped(("what", "field", "value"), rows, width))
    lines += [f"not read: {text}" for text in item.skipped]
    return "\n".join(printable(line, LONGEST) if "\n" not in line else line for line in lines)


@render.register(Saved)
def _(item: Saved, width: int = WIDTH) -> str:
    found = item.snapshot
    lines = [f"settings of {found.unit} ({found.maker}) written to {item.file}: {len(found.sections)} read"]
    return _shown([*lines, *(f"not read: {text}" for text in found.skipped)])


@render.register(Comparison)
def _(item: Comparison, width: int = WIDTH) -> str:
    if not item.differences:
        return _shown([f"{item.a} and {item.b} are the same in all {item.count} fields"])
    rows = [(d.title, d.field, _spelt(d.a), _spelt(d.b)) for d in item.differences]
    head = _shown([f"{len(item.differences)} of {item.count} fields differ"])
    return f"{head}\n{grouped(('what', 'field', item.a, item.b), rows, width)}"


def _spelt(value: object) -> str:
    if value is None:
        return "(not there)"
    return format_value(value) if isinstance(value, (str, int, float)) else str(value)
