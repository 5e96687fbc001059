"""Any number of a timing experiment, by its name, with its formula and the numbers put in."""

from __future__ import annotations

from unitbench.errors import InvalidValue
from unitbench.lab.timing.model import Quantity
from unitbench.lab.timing.results import results
from unitbench.session.results import Timing

ALSO = {
    "floor": "latency floor",
    "median": "latency median",
    "p95": "latency p95",
    "p99": "latency p99",
    "bound": "skew bound",
    "estimate": "skew estimate",
    "order": "order changed",
    "spread": "reply spread median",
    "queued": "queued replies",
}
"""Short names that people may type."""


def explained(timing: Timing, quantity: str, unit: str = "") -> Quantity:
    """The number of that name, with its ``why``: of a unit, of two (``"q1 q2"``, for ``skew``), or of all where that is
    empty. Raises ``InvalidValue`` that names those there are."""
    told = results(timing)
    name = ALSO.get(quantity, quantity)
    if name == "skew":
        pair = unit.replace(",", " ").split()
        found = told.pair(*pair) if len(pair) == 2 else None
        if found is not None:
            return found
        raise InvalidValue(
            f"no skew of '{unit}' is known in the last round",
            field="unit",
            rule="two units that answered in it",
            hint=f"two of {', '.join(told.seen.units)}",
        )
    fitting = [item for item in told.quantities if item.name == name and item.of == unit]
    if fitting:
        return fitting[0]
    names = list(dict.fromkeys(item.name for item in told.quantities if item.of == unit))
    if names:
        names += ["skew"] if not unit else []
        raise InvalidValue(
            f"no '{quantity}' {f'of {unit}' if unit else 'of all units together'}",
            field="quantity",
            rule=f"one of {', '.join(names)}",
            expected=tuple(names),
            hint=f"one of {', '.join(names)}; floor, median, p95, p99 and loss are of one unit",
        )
    raise InvalidValue(
        f"'{unit}' was not in this experiment", field="unit", rule=f"one of {', '.join(told.seen.units)}"
    )
