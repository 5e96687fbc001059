"""Edits of frames as a front end asks for them, and what can be edited at all. None of them sends anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from unitbench.errors import InvalidValue
from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.records import Command
from unitbench.widgets.controls import Editing, Entry, Tools
from unitbench.widgets.draft import Draft
from unitbench.widgets.notation import is_closed, options, records_of, way_of
from unitbench.widgets.sheet import shown

BYTES_SHOWN = 8
_NUMBER = re.compile(r"[0-9]{1,9}")


class Drafts(Protocol):
    """Frames by number."""

    def draft(self, frame: int = 0) -> Draft: ...


def key_of(number: int, index: int) -> str:
    """The key of a line: which frame, and which leaf of it."""
    return f"f{number}.{index}"


def octets(data: bytes) -> str:
    """Bytes in hex; of many, the first and how many there are."""
    return data[:BYTES_SHOWN].hex(" ") + (f" … {len(data)} bytes" if len(data) > BYTES_SHOWN else "")


def broken(found: Dissection) -> dict[str, str]:
    """The rules between fields that a request breaks, by the fields that they are about."""
    told = {}
    for record in records_of(found):
        for rule in record.rules if isinstance(record, Command) else ():
            if rule.broken_by(found.values):
                told.update(dict.fromkeys((rule.one.name, rule.other.name), rule.broken))
    return told


def edited(frames: Drafts, what: Mapping[str, Any]) -> int:
    """Make the edit that ``what`` describes; the number of the frame. Raises ``UsageError``."""
    number, index = _place(what)
    EDITS[str(what["do"])](frames.draft(number), index, what)
    return number


def news(number: int, draft: Draft) -> str:
    """An edit's result, for who does not see it."""
    faults = [f"byte {fault.offset}: {fault.text}" for fault in draft.found.faults]
    told = [*faults[:2], *dict.fromkeys(broken(draft.found).values())]
    return shown(f"frame {number + 1}: {'; '.join(told) or 'ok'}")


def editing(frames: Sequence[Draft], refused: str, at: str) -> Editing:
    """What can be edited, and how."""
    entries = (
        _entry(key_of(number, index), number, frame.found, leaf)
        for number, frame in enumerate(frames)
        for index, leaf in enumerate(frame.found.fields)
    )
    return Editing(tuple(entries), tuple(map(_tools, range(len(frames)), frames)), refused, at)


def _place(what: Mapping[str, Any]) -> tuple[int, int]:
    """The numbers of the frame and of the leaf that an edit is about."""
    frame, _, leaf = str(what.get("key", "")).removeprefix("f").partition(".")
    if not _NUMBER.fullmatch(frame):
        raise InvalidValue("an edit is of one frame: choose it first")
    return int(frame), int(leaf) if _NUMBER.fullmatch(leaf) else 0


def _splice(draft: Draft, index: int, what: Mapping[str, Any]) -> None:
    start, end, spelt = what.get("start"), what.get("end"), str(what.get("octets", ""))
    if type(start) is not int or type(end) is not int:
        raise InvalidValue("an edit of bytes says where: from which byte to which")
    try:
        new = bytes.fromhex(spelt)
    except ValueError:
        raise InvalidValue("bytes are pairs of hexadecimal digits") from None
    draft.splice(start, end, new)


def _put(draft: Draft, index: int, what: Mapping[str, Any]) -> None:
    if index >= len(draft.found.fields):
        raise InvalidValue("that field is there no more: choose another")
    draft.put(index, str(what.get("value", "")))


EDITS: dict[str, Callable[[Draft, int, Mapping[str, Any]], None]] = {
    "splice": _splice,
    "put": _put,
    "mend": lambda draft, *_: draft.mend(),
    "repair": lambda draft, *_: draft.repair(),
    "undo": lambda draft, *_: draft.undo(),
    "reset": lambda draft, *_: draft.reset(),
}
"""The edits that a front end can ask for, by name. None of them sends anything."""


def _entry(key: str, number: int, found: Dissection, leaf: Leaf) -> Entry:
    way = way_of(found, leaf)
    label = f"frame {number + 1}, {leaf.name}"
    if way.locked:
        return Entry(key, label, shown(way.spelling), locked=way.locked)
    words = options(way.field) if way.field is not None else ()
    only = way.field is not None and is_closed(way.field)
    return Entry(key, label, shown(way.spelling), way.rule, words, only)


def _tools(number: int, draft: Draft) -> Tools:
    repair = draft.likeliest()
    told = f"{repair.why} → {octets(repair.found.raw)}" if repair else ""
    title = f"frame {number + 1}"
    return Tools(title, draft.undoable, draft.mended() != draft.raw, shown(told))
