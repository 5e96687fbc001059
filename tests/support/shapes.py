"""The shape of what ``--json`` prints, key by key, as DESIGN.md 5.2 has it."""

from __future__ import annotations

import re
from typing import Any

OUTCOMES = {"ok", "refused", "malformed", "silent", "closed", "withheld"}
_HEX = re.compile(r"([0-9a-f]{2})*")
_CODE = re.compile(r"ERR[0-9]{3}|[A-Z][A-Za-z]+|NAK")


def check_exchange(item: dict[str, Any]) -> None:
    """Every key that is promised, with its type."""
    assert item["type"] == "exchange"
    assert isinstance(item["id"], int) and item["id"] > 0
    for key in ("session", "origin", "unit", "protocol", "command"):
        assert isinstance(item[key], str) and item[key], key
    assert item["protocol"] in ("kramer", "dcol", "qstation", "recorder", "vs1")
    assert isinstance(item["simulated"], bool)
    assert _HEX.fullmatch(item["request"]["hex"])
    assert isinstance(item["request"]["text"], str)
    assert item["outcome"] in OUTCOMES
    assert (item["error"] is None) == (item["outcome"] == "ok")
    if item["error"]:
        assert _CODE.fullmatch(item["error"]["code"])
        assert item["error"]["meaning"] and isinstance(item["error"]["hint"], str)
    assert (item["rtt_s"] is None) == (not item["replies"])
    assert item["rtt_s"] is None or isinstance(item["rtt_s"], float)
    assert item["stamp"] in ("kernel", "user")
    for reply in item["replies"]:
        check_reply(reply)


def check_reply(reply: dict[str, Any]) -> None:
    """One of the replies of an exchange."""
    assert re.fullmatch(r"[0-9.]+:[0-9]+", reply["from"])
    assert reply["hex"] and _HEX.fullmatch(reply["hex"])
    assert isinstance(reply["text"], str) and reply["text"].isprintable()
    assert isinstance(reply["t_ns"], int) and reply["t_ns"] > 1_600_000_000 * 10**9
    assert isinstance(reply["fields"], dict)
    assert reply["status"] in ("ok", "refused", "malformed")


def check_unit(item: dict[str, Any]) -> None:
    """A unit that was discovered."""
    assert item["type"] == "unit"
    for key in ("name", "protocol", "maker", "address"):
        assert isinstance(item[key], str) and item[key], key
    assert item["mac"] is None or re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", item["mac"])
    assert isinstance(item["score"], float) and 0 <= item["score"] <= 1
    assert item["evidence"] and all(isinstance(row, str) for row in item["evidence"])
    assert isinstance(item["simulated"], bool)


def check_dissection(item: dict[str, Any], size: int) -> None:
    """A dissection of ``size`` bytes: its leaves tile them."""
    assert item["type"] == "dissection"
    assert item["ok"] is (not item["faults"])
    at = 0
    for leaf in item["fields"]:
        assert {"name", "start", "end", "value", "meaning", "fault", "note"} <= set(leaf)
        assert leaf["start"] == at and leaf["end"] >= at, leaf
        at = leaf["end"]
    assert at == size
