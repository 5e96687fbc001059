"""What our verbs about other lines yield, as JSON-ready dictionaries."""

from __future__ import annotations

from typing import Any

from unitbench.line.vocabulary import Macro
from unitbench.session.scripted import Expected, Repeated


def expected_json(item: Expected) -> dict[str, Any]:
    """What was expected of an exchange, and what was seen."""
    return {
        "type": "event",
        "kind": "expected",
        "ok": item.ok,
        "exchange": item.exchange.id,
        "checks": [
            {"condition": check.wanted, "ok": check.holds, "seen": check.seen or None}
            for check in item.checks
        ],
        "asked": item.asked or None,
        "waited_s": item.waited_s if item.asked else None,
    }


def repeated_json(item: Repeated) -> dict[str, Any]:
    """What many times the same came to; times in seconds."""
    least, middle, most = item.rtt_s or (None, None, None)
    return {
        "type": "event",
        "kind": "repeated",
        "command": item.command,
        "wanted": item.wanted,
        "done": item.done,
        "outcomes": item.outcomes,
        "replies": len(item.rtts_s),
        "rtt_min_s": least,
        "rtt_median_s": middle,
        "rtt_max_s": most,
        "stamps": list(item.stamps),
    }


def macro_json(item: Macro) -> dict[str, Any]:
    """An alias, or a saved request."""
    return {
        "type": "event",
        "kind": "alias" if item.alias else "saved",
        "name": item.name,
        "line": item.text,
        "with": dict(item.parameters),
    }
