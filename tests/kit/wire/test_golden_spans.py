"""The leaves of every frame against the breakdown that the manuals' text gives."""

from __future__ import annotations

import re

import pytest

from tests.support import golden
from tests.support.known import cases, dissect

ITEMS = {
    "start": ["start"],
    "start, DEV_ID": ["start", "dev_id", "at"],
    "DEV_ID": ["dev_id"],
    "id mark": ["at"],
    "destination id": ["dev_id", "at"],
    "command 1": ["command"],
    "command 2": ["command"],
    "chain mark": ["chain"],
    "SP": ["separator"],
    "TAB": ["separator"],
    "flag": ["secur"],
    "error": ["result"],
    "acknowledge": ["result"],
    "requested value": ["info"],
    "question mark": ["request_mark"],
    "CR": ["end"],
    "CRLF": ["end"],
    "LF, not CR": ["end"],
    "LF": ["end"],
    "not the command (case)": ["command"],
}
"""The leaves that make up an item, where they are not called as the item is."""


def names_of(label: str, direction: str) -> list[str]:
    """The leaf names of an item of the breakdown."""
    if label in ITEMS:
        return ITEMS[label]
    if label == "MAC":
        return ["mac" if direction == "host" else "maa"]
    if label.startswith("TAB + "):
        return ["separator", *names_of(label[6:], direction)]
    return [re.sub(r"\W+", "_", label).strip("_").lower()]


@pytest.mark.parametrize(("protocol", "frame"), cases())
def test_every_item_of_the_breakdown_is_one_leaf_or_a_row_of_leaves(
    protocol: str, frame: golden.Frame
) -> None:
    leaves = [leaf for leaf in dissect(protocol, frame).fields if leaf.start < leaf.end]
    for span in golden.spans(frame.id):
        inside = [leaf for leaf in leaves if span.start <= leaf.start and leaf.end <= span.end + 1]
        assert inside, span
        assert (inside[0].start, inside[-1].end) == (span.start, span.end + 1), span
        found = [re.sub(r"^reserved_\d+$", "reserved", leaf.name) for leaf in inside]
        if found[0] == "start" and span.label == "command":
            found = found[1:]
        assert found == names_of(span.label, frame.direction), span
        leaves = [leaf for leaf in leaves if leaf not in inside]
    assert leaves == []


@pytest.mark.parametrize(("protocol", "frame"), cases())
def test_an_empty_field_has_a_place_too(protocol: str, frame: golden.Frame) -> None:
    empty = {leaf.name: leaf.start for leaf in dissect(protocol, frame).fields if leaf.start == leaf.end}
    assert empty == ({"remote_ip_address": 24} if frame.id == "C11" else {})
