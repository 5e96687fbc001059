"""The names in a session's state, as the command language takes them."""

from __future__ import annotations

from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.session.model import State


def vocabulary_of(state: State, current: str = "") -> Vocabulary:
    """What a line can refer to; ``current`` is the unit in use."""
    units = tuple(
        UnitName(u.name, u.protocol, u.address, u.mac, f"{u.maker} {u.about}".rstrip(), u.commands)
        for u in state.units
    )
    jobs = tuple(job.id for job in state.jobs if job.state == "running")
    return Vocabulary(units, current, jobs)
