"""What rounds of timing tell, as text: figures by unit, figures of all, and what cannot be known from here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from unitbench.schema.printable import printable
from unitbench.session.model import Timing
from unitbench.session.rendering.base import WIDTH, milliseconds, render, shown, table

if TYPE_CHECKING:
    from unitbench.lab.timing.model import Quantity
    from unitbench.lab.timing.results import Results

BY_UNIT = ("unit", "answered", "floor, ms", "median, ms", "p95, ms", "p99, ms", "lost, %")
OF_ALL = ("quantity", "value", "95 % interval", "how known")
COLUMNS = ("latency floor", "latency median", "latency p95", "latency p99", "loss")
LEGEND = "in brackets: 95 % intervals; > is a lower bound, and nothing is known of an upper one"


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
        answered = f"{len(told.seen.times[unit])}/{len(told.seen.rounds)}"
        yield (unit, answered, *(_cell(found[name]) for name in COLUMNS))


def _cell(found: Quantity) -> str:
    """A value and its interval, in thousandths or hundredths; a floor has none that is told from itself."""
    scale = 1e3 if found.unit == "s" else 100
    if found.value is None:
        return "-"
    value = _short(found.value * scale)
    low, high = (None if end is None else _short(end * scale) for end in (found.low, found.high))
    if found.name == "latency floor":
        return value
    if high is None:
        return f"{value} (>{low})" if low is not None else f"{value} (-)"
    return f"{value} ({low or 0}..{high})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _row(found: Quantity) -> tuple[str, str, str, str]:
    from unitbench.lab.timing.spelling import percent, span

    if found.unit == "s":
        value = milliseconds(found.value)
    else:
        value = percent(found.value)
    interval = "-" if found.low is None and found.high is None else span(found.low, found.high, found.unit)
    return f"{found.name} ({found.known})" if found.known != "observed" else found.name, value, interval, found.how


def _unknown(told: Results) -> Iterator[str]:
    yield "cannot be known from here:"
    for item in told.unknown:
        yield f"  {item.what}: {item.because}"
        yield f"    what would tell: {item.tells}"
    yield "next: why job N QUANTITY [UNIT] shows the formula of a number with its values"
