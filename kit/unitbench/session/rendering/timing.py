"""What rounds of timing tell, as text: figures by unit, figures of all, and what cannot be known from here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from unitbench.schema.printable import printable
from unitbench.session.rendering.base import WIDTH, milliseconds, render, shown, table
from unitbench.session.results import Timing

if TYPE_CHECKING:
    from unitbench.lab.timing.model import Quantity
    from unitbench.lab.timing.results import Results

BY_UNIT = ("unit", "floor, ms", "median, ms", "p95, ms", "p99, ms", "lost", "of")
OF_ALL = ("quantity", "value", "95 % interval", "how known")
TIMES = ("latency floor", "latency median", "latency p95", "latency p99")
LEGEND = "in brackets: 95 % intervals; of lost in %; >: a lower bound only, there is no upper bound"


@render.register(Timing)
def _(item: Timing, width: int = WIDTH) -> str:
    from unitbench.lab.timing.results import results

    told = results(item)
    done = f"{len(item.rounds)} of {item.asked_rounds} rounds, {item.stamp} stamps"
    blocks = [f"{printable(item.command)}: {done}; {item.caveat}"]
    if item.verdict:
        blocks.append(shown([item.verdict]))
    if told.seen.units:
        blocks.append(f"{table(BY_UNIT, _by_unit(told), width)}\n{LEGEND}")
    whole = [_row(found) for found in told.of_all()]
    if whole:
        blocks.append(table(OF_ALL, whole, width))
    blocks.append(shown(_unknown(told)))
    return "\n\n".join(blocks)


def _by_unit(told: Results) -> Iterator[tuple[str, ...]]:
    for unit in told.seen.units:
        found = {item.name: item for item in told.of_unit(unit)}
        yield (unit, *(_time(found[name]) for name in TIMES), *_lost(found["loss"]))


def _time(found: Quantity) -> str:
    """A time and its interval, in milliseconds."""
    if found.value is None:
        return "-"
    value = _short(found.value * 1e3)
    if found.name == TIMES[0]:
        return value
    low, high = (None if end is None else _short(end * 1e3) for end in (found.low, found.high))
    if high is None:
        return f"{value} (>{low})" if low is not None else f"{value} (-)"
    return f"{value} ({low or 0}..{high})"


def _lost(found: Quantity) -> tuple[str, str]:
    if found.value is None or found.low is None or found.high is None:
        return "-", "0"
    count = round(found.value * found.n)
    return f"{count} ({_short(found.low * 100)}..{_short(found.high * 100)})", str(found.n)


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _row(found: Quantity) -> tuple[str, str, str, str]:
    from unitbench.lab.timing.spelling import percent, span

    value = milliseconds(found.value) if found.unit == "s" else percent(found.value)
    interval = "-" if found.low is None and found.high is None else span(found.low, found.high, found.unit)
    return (
        f"{found.name} ({found.known})" if found.known != "observed" else found.name,
        value,
        interval,
        found.how,
    )


def _unknown(told: Results) -> Iterator[str]:
    yield "cannot be known from here:"
    for item in told.unknown:
        yield f"  {item.what}: {item.because}"
        yield f"    what would tell: {item.tells}"
    yield f"next: why job {told.timing.job} p95 {told.seen.units[0]}" if told.seen.units else "next: discover"
