"""Verbs about the simulated units of the session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unitbench.session.arguments import entries, faults_in, speed_in
from unitbench.session.verbs.turn import Handler, Turn


def _sim(turn: Turn) -> Iterator[object]:
    yield turn.session.sim_state()


def _fault(turn: Turn) -> Iterator[object]:
    """The set after what was wanted of it; with the unit alone that was meant, where it was one."""
    meant = turn.args[0]
    values, off = faults_in(turn.args[1:], turn.options)
    state = turn.session.sim_fault(meant, off=off, **values)
    yield replace(state, units=tuple(unit for unit in state.units if meant in (unit.name, "all")))


def _speed(turn: Turn) -> Iterator[object]:
    session, args = turn.session, turn.args
    yield session.sim_speed(speed_in(args[0])) if args else session.sim_state()


def _state(turn: Turn) -> Iterator[object]:
    yield turn.session.sim_dump(turn.args[0])


def _log(turn: Turn) -> Iterator[object]:
    yield turn.session.sim_log(turn.args[0], *map(entries, turn.args[1:]))


HANDLERS: dict[str, Handler] = {
    "sim": _sim,
    "sim fault": _fault,
    "sim speed": _speed,
    "sim state": _state,
    "sim log": _log,
}
