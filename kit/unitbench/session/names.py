"""The names in a session's state, as the command language takes them."""

from __future__ import annotations

from collections import deque

from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.session.model import Unit
from unitbench.session.stream import State

_recent: deque[tuple[tuple[Unit, ...], tuple[UnitName, ...]]] = deque(maxlen=4)
"""What was made last: each line asks for it, and the units seldom change."""


def vocabulary_of(state: State, current: str = "") -> Vocabulary:
    """What a line can refer to; ``current`` is the unit in use."""
    units = next((made for known, made in list(_recent) if known is state.units), None)
    if units is None:
        units = tuple(
            UnitName(u.name, u.protocol, u.address, u.mac, f"{u.maker} {u.about}".rstrip(), u.commands)
            for u in state.units
        )
        _recent.append((state.units, units))
    jobs = tuple(job.id for job in state.jobs if job.state == "running")
    return Vocabulary(units, current, jobs)
