"""What FrameView shows: frames taken apart, their bytes beside their fields. Without kernel, comm or thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unitbench.offline import bytes_of, dissected
from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.printable import masked
from unitbench.schema.records import Role
from unitbench.schema.text import format_value
from unitbench.session.model import Event, Exchange, JobResult
from unitbench.widgets.sheet import Cell, Column, Dump, Line, Sheet, Span, counted, shown
from unitbench.wire import codec_of

Source = bytes | str | Exchange
"""Bytes, bytes as people paste them, or an exchange: its request and all its replies."""

COLUMNS = (
    Column("field", about="as the manual calls it"),
    Column("at", numeric=True, about="offset of its first byte, from 0"),
    Column("bytes", about="as they are on the wire; of a long field the first ones"),
    Column("value", about="what the bytes say"),
    Column("meaning", about="what that means, which rule it breaks, and what is odd about it"),
)
BYTES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: who sent it, and what it is; secrets are three stars."""

    by: str
    found: Dissection


class FrameModel:
    """Frames in the order given. Without ``protocol`` that is taken which fits best.

    Raises ``InvalidValue`` for text that spells no bytes, and for a protocol that does not exist.
    """

    def __init__(self, sources: Source | Iterable[Source], protocol: str = "") -> None:
        each: Iterable[Source] = [sources] if isinstance(sources, Source) else sources
        self.frames = tuple(frame for source in each for frame in _frames(source, protocol))

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
                "key": _key(number, index),
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
            dumps=tuple(_dump(number, frame) for number, frame in enumerate(self.frames)),
            notes=tuple(_fault_notes(self.frames)),
        )

    def _lines(self) -> Iterable[Line]:
        for number, frame in enumerate(self.frames):
            if len(self.frames) > 1:
                title = Cell(_title(frame), tone="name")
                yield Line(f"f{number}", (title, *(Cell("") for _ in COLUMNS[1:])), quiet=True)
            for index, leaf in enumerate(frame.found.fields):
                yield Line(_key(number, index), _cells(leaf, frame.found.raw), quiet=leaf.frame_part)

    def explain(self) -> str:
        """The same in words."""
        return "\n".join(
            f"{_title(frame)}: "
            + "; ".join(_sentence(leaf) for leaf in frame.found.fields if not leaf.frame_part or leaf.fault)
            for frame in self.frames
        )


def _frames(source: Source, protocol: str) -> Iterable[Frame]:
    if isinstance(source, Exchange):
        if source.request:
            yield _frame(source.request, source.protocol, Role.HOST, source.origin)
        for reply in source.replies:
            yield _frame(reply.data, source.protocol, Role.UNIT, reply.unit)
        return
    data = bytes_of(source) if isinstance(source, str) else source
    found = dissected(data, protocol).readings[0]
    role = {"host": Role.HOST, "unit": Role.UNIT}.get(found.direction)
    if found.secret_spans:
        data = masked(data, found.secret_spans)
        found = codec_of(found.protocol).dissect(data, role)
    yield Frame("", found)


def _frame(data: bytes, protocol: str, role: Role, by: str) -> Frame:
    return Frame(by, codec_of(protocol).dissect(data, role))


def _key(number: int, index: int) -> str:
    return f"f{number}.{index}"


def _title(frame: Frame) -> str:
    found = frame.found
    by = f"{frame.by}: " if frame.by else ""
    return shown(f"{by}{found.title or f'{found.protocol}: not recognised'}")


def _dump(number: int, frame: Frame) -> Dump:
    found = frame.found
    spans = tuple(
        Span(_key(number, index), leaf.start, leaf.end, _about(leaf), leaf.fault is not None)
        for index, leaf in enumerate(found.fields)
        if leaf.end > leaf.start
    )
    state = f"{found.protocol}, {counted(len(found.raw), 'byte')}, {'ok' if found.ok else 'malformed'}"
    glyphs = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in found.raw)
    return Dump(_title(frame), state, tuple(f"{byte:02x}" for byte in found.raw), glyphs, spans)


def _about(leaf: Leaf) -> str:
    value = "" if leaf.value is None else f" {shown(format_value(leaf.value), 40)}"
    return f"{leaf.name}{value}"


def _cells(leaf: Leaf, raw: bytes) -> tuple[Cell, ...]:
    data = raw[leaf.start : leaf.end]
    octets = data[:BYTES_SHOWN].hex(" ") + (f" … {len(data)} bytes" if len(data) > BYTES_SHOWN else "")
    value = "" if leaf.value is None else shown(format_value(leaf.value), 120)
    meaning = leaf.meaning if leaf.meaning != value else ""
    told = "; ".join(part for part in (meaning, leaf.note or "") if part)
    return (
        Cell(leaf.name, tone="name"),
        Cell(str(leaf.start)),
        Cell(octets, tone="code"),
        Cell(value, tone="code"),
        Cell(f"BAD: {shown(leaf.fault)}", sub=shown(told), tone="bad") if leaf.fault else Cell(shown(told)),
    )


def _sentence(leaf: Leaf) -> str:
    value = "nothing" if leaf.value is None else shown(format_value(leaf.value), 120)
    more = leaf.fault or leaf.meaning or leaf.note
    return f"{leaf.name} is {value}" + (f" ({shown(more)})" if more and more != value else "")


def _fault_notes(frames: Sequence[Frame]) -> Iterable[str]:
    for number, frame in enumerate(frames):
        where = f"frame {number + 1}, " if len(frames) > 1 else ""
        for fault in frame.found.faults:
            hint = f"; {fault.hint}" if fault.hint else ""
            yield shown(f"{where}byte {fault.offset}: {fault.text}{hint}")
