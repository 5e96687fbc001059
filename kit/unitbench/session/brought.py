"""What an item of a line has brought: the exchanges that it stands for, with what became of each. A change stands for
the one that decided it."""

from __future__ import annotations

from collections.abc import Iterable

from unitbench.schema.record import replace
from unitbench.session.changing.model import Change, Snapshot
from unitbench.session.changing.showing import Performed, Saved
from unitbench.session.model import Exchange
from unitbench.session.scripted import Expected, Turned

WITHHELD, UNEXPECTED = "withheld", "not as expected"


def changed(item: object) -> Change | None:
    """The change that an item tells of; None where it tells of none, or only of what is to be asked."""
    if isinstance(item, Performed):
        return item.change
    return item if isinstance(item, Change) else None


def told(change: Change) -> Exchange | None:
    """The exchange that a change stands for: its last one that is no read, or else its last; None where there is
    none."""
    writes = [exchange for exchange in change.exchanges if exchange.effect != "read"] or change.exchanges
    return writes[-1] if writes else None


def exchanges(items: Iterable[object]) -> list[Exchange]:
    """The exchanges that items stand for. That of a change has the outcome and the error of the change as a whole:
    ``ok`` where the unit is as was wanted."""
    found: list[Exchange] = []
    for item in items:
        change = changed(item)
        if isinstance(item, Exchange):
            found.append(item)
        elif change is not None:
            one = told(change)
            outcome = "ok" if change.ok else change.outcome
            found += [replace(one, outcome=outcome, error=change.error)] if one is not None else []
        elif isinstance(item, (Snapshot, Saved)):
            found += (item.snapshot if isinstance(item, Saved) else item).exchanges
        elif isinstance(item, Turned):
            found += exchanges(item.items)
    return found


def unmet(items: Iterable[object]) -> int:
    """How many expectations were not met."""
    return sum(
        unmet(item.items) if isinstance(item, Turned) else isinstance(item, Expected) and not item.ok
        for item in items
    )


def held(items: Iterable[object]) -> bool:
    """Whether something was withheld: asking again would not change that."""
    return any(exchange.outcome == WITHHELD for exchange in exchanges(items))
