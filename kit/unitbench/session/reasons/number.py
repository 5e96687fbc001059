"""Where a number of a timing experiment comes from: its formula, with the values put in; and whether two experiments
differ."""

from __future__ import annotations

from unitbench.session.items import Page
from unitbench.session.results import Timing


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


def against(timing: Timing, other: Timing) -> Page:
    """Whether two experiments differ, unit by unit; raises ``InvalidValue`` where they have none in common."""
    from unitbench.lab.timing.comparing import compared  # as above

    found = compared(timing, other)
    differ = [item for item in found if item.differs]
    number = len(differ) or "none"
    title = f"jobs {timing.job} and {other.job}: {number} of {len(found)} comparisons tell a difference"
    if timing.command != other.command:
        title += f"; {timing.command} and {other.command} go different ways through a unit"
    grounds = (
        "reply times by their ranks (Mann and Whitney), losses by Fisher's exact test; rounds are taken to tell "
        "nothing of each other; chance alone tells one of these differences in 5 of 100 such comparisons of two jobs"
    )
    return Page(title, "\n".join([*(item.text for item in found), grounds]))
