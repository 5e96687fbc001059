"""What rounds of timing tell, as JSON-ready dictionaries."""

from __future__ import annotations

from dataclasses import asdict
from itertools import combinations
from typing import Any

from unitbench.lab.timing.results import results
from unitbench.session.results import Timing

PAIRS_OF = 20
"""Of more units than these not every pair is told: ``explained`` has any that is wanted."""


def told(timing: Timing) -> dict[str, Any]:
    """``figures``: every number with its interval, how it is known, and why; ``bounds``: how far apart the effects of
    each round can be at most, in seconds, null where somebody did not answer or the round is void; ``unknown``."""
    found = results(timing)
    units = found.seen.units
    pairs = combinations(units, 2) if len(units) <= PAIRS_OF else ()
    skews = (found.pair(one, other) for one, other in pairs)
    counted = {item.number: found.seen.bound(item) for item in found.seen.rounds}
    return {
        "figures": [asdict(item) for item in (*found.quantities, *(skew for skew in skews if skew))],
        "bounds": [counted.get(item.number) for item in timing.rounds],
        "unknown": [asdict(item) for item in found.unknown],
    }
