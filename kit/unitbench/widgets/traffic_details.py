"""The details of one row: its bytes taken apart, or all that was said. Pure."""

from __future__ import annotations

from dataclasses import replace

from unitbench.schema.printable import printable
from unitbench.session.model import Exchange
from unitbench.session.results import HeardLine
from unitbench.widgets.answer import answer_sheet
from unitbench.widgets.frame_model import COLUMNS as FRAME_COLUMNS
from unitbench.widgets.frame_model import FrameModel
from unitbench.widgets.sheet import Cell, Column, Dump, Line, Sheet, Span, counted, shown
from unitbench.widgets.traffic_entry import Entry

MOST_BYTES = 4096
MOST_FRAMES = 8
MOST_FIELDS = 200
TEXT_LIMIT = 4000
PLAIN = (Column("what"), Column("value"))


def details(entry: Entry) -> Sheet:
    """A sheet about one row."""
    event = entry.event
    if event.exchange is not None:
        return _exchange(event.exchange)
    if event.line is not None:
        return _report(event.line)
    lines = [
        Line(name, (Cell(name, tone="name"), Cell(printable(str(value), TEXT_LIMIT), tone="code")))
        for name, value in entry.record().items()
        if value not in (None, "")
    ]
    return Sheet("entry", f"Details: {entry.outcome}", PLAIN, tuple(lines))


def _exchange(exchange: Exchange) -> Sheet:
    few = replace(exchange, replies=exchange.replies[:MOST_FRAMES])
    frames = FrameModel(few, editable=False).sheet()
    head = answer_sheet(replace(few, replies=()))
    notes = [
        *head.notes,
        *(shown(f"{reply.unit}: {reply.meaning}", 400) for reply in few.replies if reply.meaning),
    ]
    if len(exchange.replies) > MOST_FRAMES:
        notes.append(f"the first {MOST_FRAMES} of {len(exchange.replies)} replies")
    if exchange.partial:
        came = counted(len(exchange.partial), "byte")
        notes.append(f"{came} that were no answer: {shown(exchange.partial[:64].hex(' '))}")
    bounded = _bounded(frames)
    return replace(
        bounded,
        title=f"Details of exchange {exchange.id}: {shown(exchange.command, 80)}",
        state=head.state,
        notes=(*notes, *bounded.notes),
        said="",
    )


def _bounded(sheet: Sheet) -> Sheet:
    """Not more bytes and fields than are of use."""
    dumps = tuple(_cut(dump) for dump in sheet.dumps)
    notes = list(sheet.notes)
    if dumps != sheet.dumps:
        notes.append(f"of a long frame the first {MOST_BYTES} bytes")
    if len(sheet.lines) > MOST_FIELDS:
        notes.append(f"the first {MOST_FIELDS} of {len(sheet.lines)} fields")
    return replace(sheet, dumps=dumps, lines=sheet.lines[:MOST_FIELDS], notes=tuple(notes))


def _cut(dump: Dump) -> Dump:
    if len(dump.octets) <= MOST_BYTES:
        return dump
    spans = tuple(
        replace(span, end=min(span.end, MOST_BYTES)) for span in dump.spans if span.start < MOST_BYTES
    )
    return replace(dump, octets=dump.octets[:MOST_BYTES], glyphs=dump.glyphs[:MOST_BYTES], spans=spans)


def _report(line: HeardLine) -> Sheet:
    data = line.data[:MOST_BYTES]
    glyphs = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    octets = tuple(f"{byte:02x}" for byte in data)
    size = f"{counted(line.size, 'byte')}, ended by {line.ended}, {line.stamp} stamp"
    title = shown(f"{line.unit} {line.service}", 80)
    lines = tuple(
        Line(
            f"c{number}",
            (
                Cell(f"field {number}", tone="name"),
                Cell(""),
                Cell(""),
                Cell(printable(text, TEXT_LIMIT), tone="code"),
                Cell(""),
            ),
        )
        for number, text in enumerate(line.columns[:MOST_FIELDS], 1)
    )
    dump = Dump(title, size, octets, glyphs, (Span("c0", 0, len(data), "the report"),))
    notes = () if line.size <= len(data) else (f"the first {len(data)} of {counted(line.size, 'byte')}",)
    return Sheet(
        "frames", f"Details: {title}", FRAME_COLUMNS, lines, size, dumps=(dump,) if data else (), notes=notes
    )
