"""The shapes of the objects that ``jsonform`` makes: what type checkers hold it to, and what the JSON schema is
made from."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Plain = bool | int | float | str | list[Any] | None
"""A value as JSON has it: numbers, words, flags, lists; bytes as hex."""


class LeafJson(TypedDict):
    """A piece of a frame; the pieces tile it in wire order."""

    name: str
    start: int
    end: int
    value: Plain
    meaning: str
    fault: str | None
    note: str | None


class FaultJson(TypedDict):
    """What is wrong with a frame, and at which byte."""

    offset: int
    text: str
    hint: str


class EditJson(TypedDict):
    """One change to a broken frame, its bytes as hex."""

    offset: int
    old: str
    new: str
    why: str


class MendedJson(TypedDict):
    """What a broken frame may have been."""

    hex: str
    name: str
    title: str
    why: str
    cost: float
    edits: list[EditJson]


class RepairJson(MendedJson):
    """The likeliest repair, and those that come next."""

    alike: int
    others: list[MendedJson]


class CandidateJson(TypedDict):
    """One protocol's reading of the bytes; the score is 0..1."""

    protocol: str
    score: float
    ok: bool
    name: str
    direction: str
    reasons: list[str]


class FrameJson(TypedDict):
    """One of several frames in the bytes."""

    start: int
    end: int
    name: str
    title: str
    direction: str
    ok: bool


class DissectionJson(TypedDict):
    """Bytes explained. ``command`` and ``hex`` are those of an encoded command, ``line`` counts the lines of standard
    input, ``candidates`` are there where no protocol was named, ``frames`` where there are several."""

    type: Literal["dissection"]
    protocol: str
    name: str
    title: str
    ok: bool
    fields: list[LeafJson]
    faults: list[FaultJson]
    missing: list[str]
    repair: RepairJson | None
    candidates: NotRequired[list[CandidateJson]]
    frames: NotRequired[list[FrameJson]]
    command: NotRequired[str]
    hex: NotRequired[str]
    line: NotRequired[int]
