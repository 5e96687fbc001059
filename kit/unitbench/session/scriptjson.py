"""What our verbs about other lines yield, as JSON-ready dictionaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unitbench.line.parse import parse
from unitbench.line.secrets import masked_text
from unitbench.line.vocabulary import Macro
from unitbench.session.scripted import Expected, Repeated

if TYPE_CHECKING:
    from unitbench.session.jsontypes import AliasJson, ExpectedJson, RepeatedJson, SavedJson


def expected_json(item: Expected) -> ExpectedJson:
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


def repeated_json(item: Repeated) -> RepeatedJson:
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


def macro_json(item: Macro) -> AliasJson | SavedJson:
    """An alias, or a saved request."""
    name, parameters = item.name, dict(item.parameters)
    line = masked_text(item.text, parse(item.text).statements)  # people edit the file
    if item.alias:
        return {"type": "event", "kind": "alias", "name": name, "line": line, "with": parameters}
    return {"type": "event", "kind": "saved", "name": name, "line": line, "with": parameters}
