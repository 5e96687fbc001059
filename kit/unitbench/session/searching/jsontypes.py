"""The shapes of what ``--json`` prints of a discovery, besides the units that it found."""

from __future__ import annotations

from typing import Literal, TypedDict


class PlanLineJson(TypedDict):
    """One kind of packet that a discovery would send, or connection that it would make (no bytes)."""

    what: str
    protocol: str
    where: str
    hosts: int
    carrier: str
    port: int
    hex: str
    packets: int


class PlanJson(TypedDict):
    """What a discovery would send where, and what it would leave alone."""

    type: Literal["event"]
    kind: Literal["plan"]
    lines: list[PlanLineJson]
    listens: list[str]
    skipped: list[str]
    rates: str
    lasts_s: float
    packets: int
    bytes: int
    allow_with: str | None


class FindingJson(TypedDict):
    """What does not fit in what a discovery saw."""

    type: Literal["event"]
    kind: Literal["finding"]
    text: str


class DoubtJson(TypedDict):
    """Why a discovery may have seen nothing, and what to try."""

    type: Literal["event"]
    kind: Literal["doubt"]
    text: str
