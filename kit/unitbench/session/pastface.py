"""What a session can be asked about what was: a part of its face."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any

from unitbench.session import operations as op
from unitbench.session.model import Exchange
from unitbench.session.showing import Listed
from unitbench.session.stream import Catchup, Event


class Recorded(ABC):
    """The stream of a session read back, from its memory and from the file of its journal."""

    @abstractmethod
    async def aperform(self, operation: op.Operation) -> Any:
        """Have an operation performed."""

    @abstractmethod
    def perform(self, operation: op.Operation) -> Any:
        """As ``aperform``, blocking."""

    @property
    def journal(self) -> tuple[Exchange, ...]:
        """The exchanges that the session has in memory, oldest first; ``recorded`` reads what was before them."""
        found: list[Exchange] = []
        past = Catchup((), more=True)
        seq = 0
        while past.more:
            past = self.perform(op.Since(seq, recorded=False))
            found += [event.exchange for event in past.events if event.exchange]
            seq = past.events[-1].seq if past.events else seq
        return Listed(found)

    def recorded(self, since: int = 0) -> Iterator[Event]:
        """Every event behind a sequence number, oldest first, as far back as the journal's file and the parts before
        it go. It is read some events at a time, so it may be long."""
        past = Catchup((), more=True)
        while past.more:
            past = self.perform(op.Since(since))
            yield from past.events
            since = past.events[-1].seq if past.events else since

    async def arecorded(self, since: int = 0) -> AsyncIterator[Event]:
        """As ``recorded``, for ``async for``."""
        past = Catchup((), more=True)
        while past.more:
            past = await self.aperform(op.Since(since))
            for event in past.events:
                yield event
            since = past.events[-1].seq if past.events else since
