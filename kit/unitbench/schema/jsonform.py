"""Dissections as JSON-ready dictionaries, in the shape that the command line promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from unitbench.errors import BenchError
from unitbench.schema.dissection import Candidate, Dissection, Edit, Leaf, Repair
from unitbench.schema.printable import MASK, masked, printable
from unitbench.schema.values import Value

if TYPE_CHECKING:
    from unitbench.schema.jsontypes import (
        CandidateJson,
        DissectionJson,
        EditJson,
        FrameJson,
        LeafJson,
        MendedJson,
        RepairJson,
    )


def dissection_json(
    found: Dissection,
    *,
    show_secrets: bool = False,
    repairs: Sequence[Repair] = (),
    candidates: Sequence[Candidate] = (),
    parts: Sequence[Dissection] = (),
) -> DissectionJson:
    """One object: protocol, ok, the leaves in wire order, the faults, what is missing, and the likeliest repair.

    ``candidates`` are all protocols' readings where none was named; ``parts`` the frames where there are several.
    """
    body: DissectionJson = {
        "type": "dissection",
        "protocol": found.protocol,
        "name": found.name,
        "title": found.title,
        "ok": found.ok,
        "fields": [_leaf(leaf, show_secrets) for leaf in found.fields],
        "faults": [{"offset": f.offset, "text": f.text, "hint": f.hint} for f in found.faults],
        "missing": list(found.lacks),
        "repair": _repair(repairs, show_secrets) if repairs else None,
    }
    if candidates:
        body["candidates"] = [_candidate(each) for each in candidates]
    if parts:
        body["frames"] = _frames(parts)
    return body


def no_bytes_json(error: BenchError, protocol: str = "") -> DissectionJson:
    """The object of a text that spells no bytes: nothing but the fault, in the same shape."""
    return {
        "type": "dissection",
        "protocol": protocol,
        "name": "",
        "title": "no bytes",
        "ok": False,
        "fields": [],
        "faults": [{"offset": 0, "text": printable(error.message), "hint": printable(error.hint)}],
        "missing": [],
        "repair": None,
    }


def _leaf(leaf: Leaf, show_secrets: bool) -> LeafJson:
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


def _repair(repairs: Sequence[Repair], show_secrets: bool) -> RepairJson:
    best, *others = (_mended(repair, show_secrets) for repair in repairs)
    return {**best, "alike": repairs[0].alike, "others": others}


def _mended(repair: Repair, show_secrets: bool) -> MendedJson:
    found = repair.found
    raw = found.raw if show_secrets else masked(found.raw, found.secret_spans)
    return {
        "hex": raw.hex(),
        "name": found.name,
        "title": found.title,
        "why": repair.why,
        "cost": round(repair.cost, 3),
        "edits": [_edit(edit) for edit in repair.edits],
    }


def _edit(edit: Edit) -> EditJson:
    return {"offset": edit.offset, "old": edit.old.hex(), "new": edit.new.hex(), "why": edit.why}


def _candidate(each: Candidate) -> CandidateJson:
    return {
        "protocol": each.reading.protocol,
        "score": each.score,
        "ok": each.reading.ok,
        "name": each.reading.name,
        "direction": each.reading.direction,
        "reasons": list(each.reasons),
    }


def _frames(parts: Sequence[Dissection]) -> list[FrameJson]:
    out: list[FrameJson] = []
    at = 0
    for part in parts:
        end = at + len(part.raw)
        out.append(
            {
                "start": at,
                "end": end,
                "name": part.name,
                "title": part.title,
                "direction": part.direction,
                "ok": part.ok,
            }
        )
        at = end
    return out


def plain(value: Value | None) -> Any:
    """A value as JSON has it: lists for lists, hex for bytes, text made printable."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bytes):
        return value.hex()
    return printable(value) if isinstance(value, str) else value
