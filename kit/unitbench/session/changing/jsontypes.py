"""The shapes of what changes, snapshots and comparisons give with ``--json``."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from unitbench.session.jsontypes import ErrorJson


class RowJson(TypedDict):
    """A field of a change: what it was, and what it is to be."""

    field: str
    now: Any
    after: Any
    changes: bool
    note: str | None


class StepJson(TypedDict):
    """One command of a change."""

    command: str
    item: str | None
    read: str
    hex: str
    effect: str
    fields: list[RowJson]
    told: list[str]
    outcome: str | None
    exchange: int | None
    read_back: bool
    differs: list[str]


class ChangeJson(TypedDict):
    """What was to be changed on a unit, and what became of it."""

    type: Literal["change"]
    unit: str
    protocol: str
    address: str
    simulated: bool
    outcome: str
    effect: str
    steps: list[StepJson]
    error: ErrorJson | None
    allow_with: str | None
    mend: dict[str, Any]
    notes: list[str]
    moved: str | None
    undo: list[int]
    undoes: int | None


class SettingsJson(TypedDict):
    """What one command reads of a unit, as another one takes it."""

    command: str
    read: str
    title: str
    item: int | None
    values: dict[str, Any]


class SnapshotJson(TypedDict):
    """The settings of a unit that can be read and set again."""

    type: Literal["snapshot"]
    unit: str
    protocol: str
    maker: str
    address: str
    identity: str | None
    t_ns: int
    settings: list[SettingsJson]
    skipped: list[str]


class DifferenceJson(TypedDict):
    """A field that is not the same in both."""

    title: str
    field: str
    a: Any
    b: Any


class ComparisonJson(TypedDict):
    """What two snapshots do not have in common."""

    type: Literal["comparison"]
    a: str
    b: str
    compared: int
    differences: list[DifferenceJson]
