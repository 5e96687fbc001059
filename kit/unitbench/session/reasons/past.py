"""The exchanges of a session read back, the newest first: from its memory, and from the file of its journal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from unitbench.errors import UsageError
from unitbench.session import operations as op
from unitbench.session.face import Session
from unitbench.session.model import Exchange
from unitbench.session.stream import Catchup

STEP = 500
"""Events that are read at once."""


def backwards(session: Session) -> Iterator[Exchange]:
    """Every exchange of the session, anybody's, the newest first."""
    end = session.state.seq
    while end > 0:
        start = max(0, end - STEP)
        yield from reversed(_between(session, start, end))
        end = start


def newest(session: Session, count: int) -> tuple[Exchange, ...]:
    """The newest exchanges, oldest first."""
    return tuple(reversed(list(islice(backwards(session), count))))


def numbered(session: Session, number: int) -> Exchange:
    """The exchange of that number; raises ``UsageError``."""
    last = 0
    for exchange in backwards(session):
        if exchange.id == number:
            return exchange
        last = last or exchange.id
        if exchange.id + STEP < number:
            break
    hint = f"the newest is #{last}; journal lists them" if last else "nothing was sent yet"
    raise UsageError(f"this session has no exchange #{number}", hint=hint)


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
