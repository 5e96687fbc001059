"""Two snapshots side by side: only what differs."""

from __future__ import annotations

from typing import Any

from unitbench.errors import UsageError
from unitbench.schema.record import record
from unitbench.session.changing.model import Snapshot
from unitbench.session.showing import shown


@record
class Difference:
    """A field that is not the same in both; None where one of them does not have it."""

    title: str
    field: str
    a: Any
    b: Any


@shown
@record
class Comparison:
    """What two snapshots do not have in common, of ``count`` fields that were compared."""

    a: str
    b: str
    differences: tuple[Difference, ...]
    count: int


def compared(a: Snapshot, b: Snapshot, names: tuple[str, str]) -> Comparison:
    """Compare two snapshots of one protocol; ``names`` is what people call them. Raises ``UsageError``."""
    if a.protocol != b.protocol:
        raise UsageError(
            f"{names[0]} is of a {a.protocol} unit, {names[1]} of a {b.protocol} unit: they have no field in common",
            hint="compare two of one protocol",
        )
    left, right = _fields(a), _fields(b)
    keys = list(dict.fromkeys([*left, *right]))
    found = [
        Difference(left.get(key, right.get(key, ("", None)))[0], key[2], left[key][1] if key in left else None,
                   right[key][1] if key in right else None)
        for key in keys
        if left.get(key, ("", None))[1] != right.get(key, ("", None))[1]
    ]  # fmt: skip
    return Comparison(*names, tuple(found), len(keys))


def _fields(snapshot: Snapshot) -> dict[tuple[str, int | None, str], tuple[str, Any]]:
    """Every value with what it is called, by command, item and field."""
    return {
        (section.command, section.number, name): (section.title, value)
        for section in snapshot.sections
        for name, value in section.values.items()
    }
