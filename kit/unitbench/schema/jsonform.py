"""Dissections as JSON-ready dictionaries, in the shape that the command line promises."""

from __future__ import annotations

from typing import Any

from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.printable import MASK, printable
from unitbench.schema.values import Value


def dissection_json(found: Dissection, *, show_secrets: bool = False) -> dict[str, Any]:
    """One object: protocol, ok, the leaves in wire order, and the faults."""
    return {
        "type": "dissection",
        "protocol": found.protocol,
        "name": found.name,
        "title": found.title,
        "ok": found.ok,
        "fields": [_leaf(leaf, show_secrets) for leaf in found.fields],
        "faults": [{"offset": f.offset, "text": f.text, "hint": f.hint} for f in found.faults],
    }


def _leaf(leaf: Leaf, show_secrets: bool) -> dict[str, Any]:
    hidden = leaf.secret and not show_secrets
    return {
        "name": leaf.name,
        "start": leaf.start,
        "end": leaf.end,
        "value": MASK if hidden else plain(leaf.value),
        "meaning": leaf.meaning,
        "fault": leaf.fault,
        "note": leaf.note,
    }


def plain(value: Value | None) -> Any:
    """A value as JSON has it: lists for lists, hex for bytes, text made printable."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bytes):
        return value.hex()
    return printable(value) if isinstance(value, str) else value
