"""What a discovery would do, and what it makes of what it saw, as JSON-ready dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from unitbench.session.results import Discovery
from unitbench.session.searching.model import SearchPlan

if TYPE_CHECKING:
    from unitbench.session.searching.jsontypes import DoubtJson, FindingJson, PlanJson


def plan_json(plan: SearchPlan) -> PlanJson:
    """What a discovery would send."""
    return {
        "type": "event",
        "kind": "plan",
        "lines": [
            {
                "what": line.what,
                "protocol": line.protocol,
                "where": line.where,
                "hosts": line.hosts,
                "carrier": line.carrier,
                "port": line.port,
                "hex": line.data.hex(),
                "packets": line.packets,
            }
            for line in plan.lines
        ],
        "listens": list(plan.listens),
        "skipped": list(plan.skipped),
        "rates": plan.rates,
        "lasts_s": plan.lasts_s,
        "packets": plan.packets,
        "bytes": plan.size,
        "allow_with": plan.allow_with or None,
    }


def findings_json(found: Discovery) -> Iterator[FindingJson | DoubtJson]:
    """What does not fit, and why nothing may have answered."""
    for text in found.findings:
        yield {"type": "event", "kind": "finding", "text": text}
    for text in found.doubts:
        yield {"type": "event", "kind": "doubt", "text": text}
