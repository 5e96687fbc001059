"""The verb about what was: the last exchanges of the session, whoever asked."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.session import operations as op
from unitbench.session.arguments import entries
from unitbench.session.face import Session
from unitbench.session.insight import LAST
from unitbench.session.items import Journal
from unitbench.session.model import Catchup, Exchange
from unitbench.session.verbs.turn import Handler, Turn

STEP = 500
"""Events that are read at once, from the newest backwards."""


def _journal(turn: Turn) -> Iterator[object]:
    count = entries(turn.args[0]) if turn.args else LAST
    yield Journal(_last(turn.session, count), turn.session.state.journal)


def _last(session: Session, count: int) -> tuple[Exchange, ...]:
    """The newest exchanges, oldest first."""
    found: list[Exchange] = []
    end = session.state.seq
    while end > 0 and len(found) < count:
        start = max(0, end - STEP)
        found = _between(session, start, end) + found
        end = start
    return tuple(found[-count:])


def _between(session: Session, start: int, end: int) -> list[Exchange]:
    """The exchanges among the events behind ``start``, up to ``end``."""
    found: list[Exchange] = []
    while start < end:
        past: Catchup = session.perform(op.Since(start, STEP))
        found += [event.exchange for event in past.events if event.exchange and event.seq <= end]
        if not past.events or not past.more:
            break
        start = past.events[-1].seq
    return found


HANDLERS: dict[str, Handler] = {"journal": _journal}
