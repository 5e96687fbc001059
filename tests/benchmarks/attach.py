"""Joining a session: one whose keeper runs, and one whose keeper is started by that, beside a process that does
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from tests.benchmarks.measure import Ratio, compare, compiled
from tests.benchmarks.start import BARE, PASS
from unitbench import Session
from unitbench.session.operations import Stop

NAME = "bench-attach"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    compiled()
    with Session.attach(NAME) as first:
        try:
            yield compare("attach to a keeper that runs, and leave", lambda: _joined(NAME), PASS, BARE)
        finally:
            first.perform(Stop())
    numbers = count()
    cold = compare(
        "attach and start the keeper, and leave",
        lambda: _joined(f"{NAME}-{next(numbers)}"),
        PASS,
        BARE,
    )
    yield cold


def _joined(name: str) -> None:
    """A keeper that is started for this goes with its only view."""
    Session.attach(name, linger_s=0.0).close()
