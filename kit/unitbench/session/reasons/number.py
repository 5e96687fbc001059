"""Where a number of a timing experiment comes from: its formula, with the values put in."""

from __future__ import annotations

from unitbench.session.items import Page
from unitbench.session.model import Timing


def page(timing: Timing, name: str, units: str) -> Page:
    """Why a number is what it is; raises ``InvalidValue`` that names those there are."""
    from unitbench.lab.timing.explaining import explained  # which few calls of a session need
    from unitbench.lab.timing.spelling import amount, span

    found = explained(timing, name, units)
    whose = f" of {found.of}" if found.of else ""
    value = "no value" if found.value is None else amount(found.value, found.unit)
    title = f"{found.name}{whose}: {value} ({found.known})"
    lines = [f"{span(found.low, found.high, found.unit)}; n = {found.n}", found.how, found.why.text]
    return Page(title, "\n".join(lines))
