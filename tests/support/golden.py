"""The golden frames of ``tests/golden``: bytes from the manuals, with the values that they must mean."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
PROTOCOLS = ("dcol", "kramer", "qstation", "recorder")
_KEYS = {"id", "direction", "hex", "about", "source", "valid", "refused", "command", "brk", "fields"}


class Span(NamedTuple):
    """One named piece of a frame; ``start`` and ``end`` are both inclusive, as in the worked frames."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One worked frame.

    ``direction`` is its sender, ``host`` or ``unit``. ``valid`` is false for one that is wrong on purpose;
    ``refused`` is true for a well-formed request that a unit answers with a refusal. ``command`` is the
    command sent, or the one that a reply answers; for DCOL the packet's own type and subtype, ACK or NAK.
    ``fields`` are the values by name, without framing and without reserved bytes.
    """

    id: str
    direction: str
    data: bytes
    about: str
    valid: bool
    refused: bool
    command: str
    fields: dict[str, Any]


@cache
def _load(protocol: str) -> tuple[tuple[Frame, tuple[Span, ...]], ...]:
    entries = tomllib.loads((GOLDEN / f"{protocol}.toml").read_text(encoding="utf-8"))["frame"]
    return tuple(_entry(entry) for entry in entries)


def _entry(entry: dict[str, Any]) -> tuple[Frame, tuple[Span, ...]]:
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"golden frame {entry['id']}: unknown keys {sorted(unknown)}")
    frame = Frame(
        id=entry["id"],
        direction=entry["direction"],
        data=bytes.fromhex(entry["hex"]),
        about=entry["about"],
        valid=entry["valid"],
        refused=entry.get("refused", False),
        command=entry["command"],
        fields=entry.get("fields", {}),
    )
    return frame, tuple(Span(*piece) for piece in entry["brk"])


def frames(protocol: str) -> tuple[Frame, ...]:
    """All golden frames of a protocol, in the order of the text."""
    return tuple(frame for frame, _ in _load(protocol))


def frame(id: str) -> Frame:
    """The frame with this id, such as ``C2``; ids are unique over all protocols."""
    return _find(id)[0]


def spans(id: str) -> tuple[Span, ...]:
    """The pieces of the frame with this id, in wire order; together they tile it."""
    return _find(id)[1]


def _find(id: str) -> tuple[Frame, tuple[Span, ...]]:
    for protocol in PROTOCOLS:
        for entry in _load(protocol):
            if entry[0].id == id:
                return entry
    raise KeyError(f"no golden frame {id}")
