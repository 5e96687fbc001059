"""Replies of several lines: a line with the tag, a line for each item with its key, a line that closes them."""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.dissection import Builder
from unitbench.schema.printable import printable
from unitbench.schema.records import Field, Lines, Report
from unitbench.schema.values import Value
from unitbench.wire.codec import Framer, Piece

_END = re.compile(r"\r\n|\r|\n")


class BlockFramer(Framer):
    """The pieces of ``lines``, but a reply from its tag to its close is one piece; ``blocks`` has both words.

    A reply over ``limit`` bytes is cut off and marked; so is one in which the next reply begins.
    """

    def __init__(self, lines: Framer, blocks: dict[bytes, bytes], limit: int) -> None:
        self._lines = lines
        self._blocks = blocks
        self._limit = limit
        self._close = b""
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Piece]:
        return [piece for line in self._lines.feed(data) for piece in self._take(line)]

    def _take(self, line: Piece) -> list[Piece]:
        body = line.data.rstrip(b"\r\n")
        if self._held and body in self._blocks:
            return [*self._broken(), *self._take(line)]
        if not self._held and (line.fault or body not in self._blocks):
            return [line]
        if not self._held:
            self._close = self._blocks[body]
        self._held += line.data
        if line.fault or len(self._held) > self._limit:
            return self._broken(line.fault or f"a reply of more than {self._limit} bytes")
        if body == self._close:
            whole = Piece(bytes(self._held))
            self._held.clear()
            return [whole]
        return []

    def _broken(self, fault: str = "", *, cut: bool = False) -> list[Piece]:
        piece = Piece(
            bytes(self._held), fault or f"{printable(self._close.decode('latin-1'))} is missing", cut
        )
        self._held.clear()
        return [piece]

    def flush(self) -> list[Piece]:
        pieces = [
            piece for line in self._lines.flush() for piece in self._take(_joined(line, bool(self._held)))
        ]
        return [*pieces, *(self._broken(cut=True) if self._held else [])]

    @property
    def pending(self) -> bytes:
        return bytes(self._held) + self._lines.pending


def _joined(line: Piece, held: bool) -> Piece:
    """A line that was cut off inside a reply is a part of it."""
    return Piece(line.data) if held and line.cut else line


def put_block(report: Report, lines: Lines, values: dict[str, Value]) -> str:
    """The reply with ``values``, in their order."""
    fields = {field.name: field for field in report.fields}
    rows = [
        fields[name].key + lines.assign + text.format_value(value)
        for name, value in values.items()
        if name in fields
    ]
    return "".join(row + lines.reply_end for row in (report.tag, *rows, report.close))


def take_block(out: Builder, line: str, report: Report, lines: Lines) -> None:
    """Read a reply of several lines into ``out``; takes anything that begins with the tag."""
    lacking = {field.key: field for field in report.fields}
    closed = False
    while out.at < len(line):
        end = _END.search(line, out.at)
        stop = end.start() if end else len(line)
        row = line[out.at : stop]
        if not out.at:
            out.add("tag", len(row), printable(row), meaning=report.title, frame_part=True)
        elif row == report.close:
            out.add("close", len(row), printable(row), frame_part=True)
            closed = True
        elif closed:
            out.add("rest", len(row), printable(row), fault=f"bytes behind {report.close}", frame_part=True)
        else:
            _item(out, row, lacking, lines.assign)
        if end:
            note = None if end[0] == lines.reply_end else f"{printable(lines.reply_end)} expected"
            out.add("end", len(end[0]), printable(end[0]), note=note, frame_part=True)
        else:
            spelt = printable(lines.reply_end)
            out.lack(spelt, f"append {spelt}")
    for field in lacking.values():
        if not field.optional:
            out.lacks.append(field.name)
            out.fault(out.at, f"{field.name} is missing", f"the item {field.key}{lines.assign}")
    if not closed:
        out.lack(report.close, "the reply goes on, or was cut short")


def _item(out: Builder, row: str, lacking: dict[str, Field], assign: str) -> None:
    """One line of a reply: key, sign, value."""
    key, sign, value = row.partition(assign)
    field = lacking.pop(key, None) if sign else None
    if field is None:
        note = "not in the table, or there twice" if row else "empty"
        out.add("item", len(row), printable(row), note=note)
        return
    out.add("key", len(key) + len(sign), printable(key), frame_part=True)
    try:
        found = text.parse(field.type, value)
    except InvalidValue as error:
        why = f"{field.name}: {error.message}"
        out.add(field.name, len(value), printable(value), fault=why, secret=field.secret)
        return
    meaning = text.meaning(field.type, found) or field.about
    out.add(field.name, len(value), found, meaning=meaning, secret=field.secret)
