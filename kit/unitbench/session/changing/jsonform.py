"""Changes, snapshots and comparisons as JSON-ready dictionaries: each exchange, then the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unitbench.session.changing.compared import Comparison
from unitbench.session.changing.model import Change, Row, Snapshot, Step
from unitbench.session.jsonform import error_json, exchange_json

if TYPE_CHECKING:
    from unitbench.session.changing.jsontypes import (
        ChangeJson,
        ComparisonJson,
        RowJson,
        SnapshotJson,
        StepJson,
    )
    from unitbench.session.jsontypes import ExchangeJson


def change_json(change: Change) -> list[ExchangeJson | ChangeJson]:
    """A change: one object for each wire command, and one for the whole."""
    summary: ChangeJson = {
        "type": "change",
        "unit": change.unit,
        "protocol": change.protocol,
        "address": change.address,
        "simulated": change.simulated,
        "outcome": change.outcome,
        "effect": change.effect,
        "steps": [_step(step) for step in change.steps],
        "error": error_json(change.error),
        "allow_with": change.allow_with or None,
        "mend": dict(change.mend),
        "notes": list(change.notes),
        "moved": change.moved or None,
        "undo": list(change.numbers),
        "undoes": change.undoes or None,
    }
    return [*map(exchange_json, change.exchanges), summary]


def _step(step: Step) -> StepJson:
    return {
        "command": step.text,
        "item": step.item or None,
        "read": step.read,
        "hex": step.request.hex(),
        "effect": step.effect,
        "fields": [_row(row) for row in step.rows],
        "told": list(step.told),
        "outcome": step.outcome or None,
        "exchange": step.number or None,
        "read_back": step.read_back,
        "differs": [row.name for row in step.differs],
    }


def _row(row: Row) -> RowJson:
    return {
        "field": row.name,
        "now": row.now,
        "after": row.after,
        "changes": row.touched,
        "note": row.note or None,
    }


def snapshot_json(snapshot: Snapshot) -> list[ExchangeJson | SnapshotJson]:
    """A snapshot: one object for each wire command, and one for the whole."""
    summary: SnapshotJson = {
        "type": "snapshot",
        "unit": snapshot.unit,
        "protocol": snapshot.protocol,
        "maker": snapshot.maker,
        "address": snapshot.address,
        "identity": snapshot.identity or None,
        "t_ns": snapshot.t_ns,
        "settings": [
            {"command": s.command, "read": s.read, "title": s.title, "item": s.number, "values": s.values}
            for s in snapshot.sections
        ],
        "skipped": list(snapshot.skipped),
    }
    return [*map(exchange_json, snapshot.exchanges), summary]


def comparison_json(found: Comparison) -> ComparisonJson:
    """A comparison."""
    return {
        "type": "comparison",
        "a": found.a,
        "b": found.b,
        "compared": found.count,
        "differences": [
            {"title": item.title, "field": item.field, "a": item.a, "b": item.b} for item in found.differences
        ],
    }
