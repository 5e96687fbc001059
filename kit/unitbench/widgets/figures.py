"""The figures of a timing experiment that has ended, for its table: intervals beside the plain numbers, and notes."""

from __future__ import annotations

from collections.abc import Mapping

from unitbench.lab.timing.model import Quantity
from unitbench.lab.timing.results import Results, results
from unitbench.lab.timing.spelling import amount, span
from unitbench.session.results import Timing
from unitbench.widgets.sheet import milliseconds, shown

NAMES = {"median": "latency median", "p95": "latency p95", "p99": "latency p99", "loss": "loss"}
Told = Mapping[str, Quantity]
"""The quantities of one unit, by their names here."""


class Ended:
    """What an experiment tells when it is over; before there is one, nothing."""

    def __init__(self, timing: Timing | None = None) -> None:
        self._results: Results | None = None
        self._of: dict[str, Told] = {}
        if timing is not None:
            found = self._results = results(timing)
            for unit in found.seen.units:
                by_name = {item.name: item for item in found.of_unit(unit)}
                self._of[unit] = {short: by_name[name] for short, name in NAMES.items()}

    def of(self, unit: str) -> Told:
        """The quantities of a unit."""
        return self._of.get(unit, {})

    def row(self, unit: str) -> dict[str, object]:
        """Its intervals as plain numbers, times in milliseconds; None where there is no bound, or no result yet."""
        told, row = self.of(unit), dict[str, object]()
        for name in NAMES:
            found = told.get(name)
            factor, suffix = (1.0, "") if name == "loss" else (1e3, "_ms")
            if name == "p99":
                row["p99_ms"] = _scaled(found.value if found else None, factor)
            row[f"{name}_low{suffix}"] = _scaled(found.low if found else None, factor)
            row[f"{name}_high{suffix}"] = _scaled(found.high if found else None, factor)
        return row

    def notes(self) -> tuple[str, ...]:
        """What all rounds tell together, and what cannot be known from here."""
        if self._results is None:
            return ()
        notes = []
        for item in self._results.of_all():
            within = span(item.low, item.high, item.unit)
            notes.append(
                shown(f"{item.name} ({item.known}): {amount(item.value, item.unit)}, {within}; {item.how}")
            )
        for lack in self._results.unknown:
            notes.append(
                f"cannot be known from here: {lack.what}; {lack.because}; what would tell: {lack.tells}"
            )
        if self._results.timing.verdict:
            notes.append(shown(self._results.timing.verdict))
        return tuple(notes)


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)


def interval(found: Quantity | None) -> str:
    """An interval as the second line of a cell; empty where there is none."""
    if found is None or (found.low is None and found.high is None):
        return ""
    if found.unit == "s":
        low, high = (None if end is None else milliseconds(end) for end in (found.low, found.high))
    else:
        low, high = (None if end is None else f"{end * 100:.3g} %" for end in (found.low, found.high))
    return f"{low or 'no bound'} to {high or 'no upper bound'}"
