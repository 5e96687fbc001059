"""What FrameView shows: frames taken apart, their bytes beside their fields. Without kernel, comm or thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unitbench.errors import InvalidValue, UsageError
from unitbench.offline import bytes_of, dissected
from unitbench.schema.dissection import Leaf
from unitbench.schema.records import Role
from unitbench.schema.text import format_value
from unitbench.session.model import Exchange
from unitbench.session.results import JobResult
from unitbench.session.stream import Event
from unitbench.widgets.compare import compared
from unitbench.widgets.draft import Draft
from unitbench.widgets.frame_edits import EDITS, broken, edited, editing, key_of, news, octets
from unitbench.widgets.sheet import Cell, Column, Dump, Line, Sheet, Span, counted, shown

Source = bytes | str | Exchange
"""Bytes, bytes as people paste them, or an exchange: its request and all its replies."""

COLUMNS = (
    Column("field", about="as the manual calls it"),
    Column("at", numeric=True, about="offset of its first byte, from 0"),
    Column("bytes", about="as they are on the wire; of a long field the first ones"),
    Column("value", about="what the bytes say"),
    Column("meaning", about="what that means, which rule it breaks, and what is odd about it"),
)


class FrameModel:
    """Frames in the order given. Without ``protocol`` that is taken which fits best.

    Raises ``InvalidValue`` for text that spells no bytes, and for a protocol that does not exist. With
    ``editable`` the sheet says how each field can be edited.
    """

    def __init__(
        self, sources: Source | Iterable[Source], protocol: str = "", *, editable: bool = True
    ) -> None:
        each: Iterable[Source] = [sources] if isinstance(sources, Source) else sources
        self.frames = tuple(frame for source in each for frame in _frames(source, protocol))
        self._editable = editable
        self._said = self._refused = self._at = ""

    # -- edits

    def asked(self, what: Mapping[str, Any]) -> bool:
        """Make the edit that a front end asks for; one that is refused is said on the sheet. Whether it was one."""
        if str(what.get("do")) not in EDITS:
            return False
        self._refused = self._at = ""
        try:
            number = edited(self, what)
            self._said = news(number, self.draft(number))
        except UsageError as error:
            self._refused, self._at = shown(error.message), str(what.get("key", ""))
            self._said = f"not done: {self._refused}"
        return True

    def draft(self, frame: int = 0) -> Draft:
        """The frame of that number, from 0; raises ``InvalidValue``."""
        if not 0 <= frame < len(self.frames):
            raise InvalidValue(f"there is no frame {frame}: there are {len(self.frames)}, numbered from 0")
        return self.frames[frame]

    # -- what is shown

    def apply(self, event: Event) -> bool:
        """Frames follow no event."""
        return False

    def load(self, result: JobResult) -> bool:
        """Nor results."""
        return False

    def rows(self) -> list[dict[str, object]]:
        """Every field of every frame as a plain dictionary; offsets in bytes."""
        return [
            {
                "key": key_of(number, index),
                "frame": number,
                "field": leaf.name,
                "start": leaf.start,
                "end": leaf.end,
                "hex": frame.found.raw[leaf.start : leaf.end].hex(),
                "value": leaf.value,
                "meaning": leaf.meaning,
                "fault": leaf.fault,
                "note": leaf.note,
            }
            for number, frame in enumerate(self.frames)
            for index, leaf in enumerate(frame.found.fields)
        ]

    def sheet(self) -> Sheet:
        """What is to be shown now."""
        bad = sum(not frame.found.ok for frame in self.frames)
        size = sum(len(frame.found.raw) for frame in self.frames)
        state = f"{counted(len(self.frames), 'frame')}, {counted(size, 'byte')}"
        return Sheet(
            kind="frames",
            title="Frames" if len(self.frames) != 1 else "Frame",
            columns=COLUMNS,
            lines=tuple(self._lines()),
            state=f"{state}, {bad} malformed" if bad else state,
            empty="no frame was given",
            said=self._said,
            dumps=tuple(_dump(at, frame, self._number(at)) for at, frame in enumerate(self.frames)),
            notes=tuple(_notes(self.frames)),
            grids=compared((number, frame.by, frame.found) for number, frame in enumerate(self.frames)),
            editing=editing(self.frames, self._refused, self._at) if self._editable and self.frames else None,
        )

    def _number(self, at: int) -> str:
        return str(at + 1) if len(self.frames) > 1 else ""

    def _lines(self) -> Iterable[Line]:
        for number, frame in enumerate(self.frames):
            if len(self.frames) > 1:
                title = Cell(_title(frame, self._number(number)), tone="name")
                yield Line(f"f{number}", (title, *(Cell("") for _ in COLUMNS[1:])), quiet=True)
            rules = broken(frame.found)
            for index, leaf in enumerate(frame.found.fields):
                cells = _cells(leaf, frame.found.raw, rules.get(leaf.name, ""))
                yield Line(key_of(number, index), cells, quiet=leaf.frame_part)

    def explain(self) -> str:
        """The same in words."""
        return "\n".join(
            f"{_title(frame)}: "
            + "; ".join(_sentence(leaf) for leaf in frame.found.fields if not leaf.frame_part or leaf.fault)
            for frame in self.frames
        )


def _frames(source: Source, protocol: str) -> Iterable[Draft]:
    if isinstance(source, Exchange):
        if source.request:
            yield Draft(source.request, source.protocol, Role.HOST, source.origin)
        for reply in source.replies:
            yield Draft(reply.data, source.protocol, Role.UNIT, reply.unit)
        return
    data = bytes_of(source) if isinstance(source, str) else source
    found = dissected(data, protocol).readings[0]
    yield Draft(data, found.protocol, {"host": Role.HOST, "unit": Role.UNIT}.get(found.direction))


def _title(frame: Draft, number: str = "") -> str:
    """What a frame is, and who sent it; where there are several, the number in front."""
    found = frame.found
    by = " ".join(part for part in (number, frame.by) if part)
    return shown(f"{by}{': ' if by else ''}{found.title or f'{found.protocol}: not recognised'}")


def _dump(number: int, frame: Draft, spelt: str) -> Dump:
    found = frame.found
    rules = broken(found)
    spans = tuple(
        Span(
            key_of(number, index), leaf.start, leaf.end, _about(leaf), bool(leaf.fault or leaf.name in rules)
        )
        for index, leaf in enumerate(found.fields)
        if leaf.end > leaf.start
    )
    state = f"{found.protocol}, {counted(len(found.raw), 'byte')}, {'ok' if found.ok else 'malformed'}"
    state += ", edited" if frame.changed else ""
    glyphs = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in found.raw)
    return Dump(_title(frame, spelt), state, tuple(f"{byte:02x}" for byte in found.raw), glyphs, spans)


def _about(leaf: Leaf) -> str:
    value = "" if leaf.value is None else f" {shown(format_value(leaf.value), 40)}"
    return f"{leaf.name}{value}"


def _cells(leaf: Leaf, raw: bytes, rule: str) -> tuple[Cell, ...]:
    data = raw[leaf.start : leaf.end]
    value = "" if leaf.value is None else shown(format_value(leaf.value), 120)
    meaning = leaf.meaning if leaf.meaning != value else ""
    told = "; ".join(part for part in (meaning, leaf.note or "") if part)
    return (
        Cell(leaf.name, tone="name"),
        Cell(str(leaf.start)),
        Cell(octets(data), tone="code"),
        Cell(value, tone="code"),
        Cell(f"BAD: {shown(leaf.fault or rule)}", sub=shown(told), tone="bad")
        if leaf.fault or rule
        else Cell(shown(told)),
    )


def _sentence(leaf: Leaf) -> str:
    value = "nothing" if leaf.value is None else shown(format_value(leaf.value), 120)
    more = leaf.fault or leaf.meaning or leaf.note
    return f"{leaf.name} is {value}" + (f" ({shown(more)})" if more and more != value else "")


def _notes(frames: Sequence[Draft]) -> Iterable[str]:
    """What is wrong, rule by rule, and what a broken frame has most likely been."""
    for number, frame in enumerate(frames):
        where = f"frame {number + 1}, " if len(frames) > 1 else ""
        for fault in frame.found.faults:
            hint = f"; {fault.hint}" if fault.hint else ""
            yield shown(f"{where}byte {fault.offset}: {fault.text}{hint}")
        for rule in dict.fromkeys(broken(frame.found).values()):
            yield shown(f"{where}a rule is broken: {rule}")
        repair = frame.likeliest()
        if repair is not None:
            yield shown(f"{where}the likeliest repair: {repair.why}")
