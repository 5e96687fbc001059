"""What simulated units tell of themselves, as text."""

from __future__ import annotations

from unitbench.session.insight import SimDump, SimLog, dump_text, log_text
from unitbench.session.model import SimState
from unitbench.session.rendering.base import WIDTH, render, table


@render.register(SimState)
def _(item: SimState, width: int = WIDTH) -> str:
    speed = "in real time" if item.speed == 1 else f"{item.speed:g} times faster than real ones"
    rows = [
        (
            u.name,
            u.protocol,
            u.host,
            u.faults or "none",
            ", ".join(f"{n} {name}" for name, n in u.met.items()),
        )
        for u in item.units
    ]
    head = f"simulated units in {item.block}; their clocks run {speed}"
    heads = ("unit", "protocol", "address", "faults", "met so far")
    return f"{head}\n\n{table(heads, rows, width, ('protocol', 'address'))}"


@render.register(SimDump)
def _(item: SimDump, width: int = WIDTH) -> str:
    return dump_text(item)


@render.register(SimLog)
def _(item: SimLog, width: int = WIDTH) -> str:
    return log_text(item)
