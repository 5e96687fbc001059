"""The stream of events: numbered without gaps, kept for a while, given to every listener in one order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from unitbench.session.stream import Catchup, Event

KEPT = 20_000
"""Events that a joining or returning view can still read."""


class Bus:
    """Used on the session's loop only."""

    def __init__(self) -> None:
        self.seq = 0
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._listeners: list[Callable[[Event], None]] = []
        self.recorder: Callable[[Event], None] | None = None
        """Gets every event before the listeners do."""

    @property
    def first(self) -> int:
        """The number of the oldest event that is kept."""
        return self._kept[0].seq if self._kept else self.seq + 1

    def resume(self, seq: int, events: Iterable[Event]) -> None:
        """Go on behind ``seq``, with the events before it that are still known."""
        self.seq = seq
        self._kept.extend(events)

    def emit(self, kind: str, origin: str, **payload: Any) -> Event:
        """Put an event on the stream."""
        self.seq += 1
        event = Event(self.seq, time.time_ns(), kind, origin, **payload)
        self._kept.append(event)
        if self.recorder is not None:
            self.recorder(event)
        for listener in list(self._listeners):
            listener(event)
        return event

    def listen(self, listener: Callable[[Event], None], since: int) -> None:
        """Deliver what came behind ``since``, then all that comes."""
        for event in [event for event in self._kept if event.seq > since]:
            listener(event)
        self._listeners.append(listener)

    def unlisten(self, listener: Callable[[Event], None]) -> None:
        """Deliver no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def since(self, seq: int, most: int) -> Catchup:
        """The events behind ``seq`` that are kept; where there are more, so many that ``most`` is just met by
        them together with the replies and arrivals in them."""
        first = self.first
        at = max(0, seq + 1 - first)
        events: list[Event] = []
        for event in islice(self._kept, at, None):
            if most <= 0 and events:
                break
            events.append(event)
            most -= weight(event)
        return Catchup(tuple(events), max(0, first - seq - 1), at + len(events) < len(self._kept))


def weight(event: Event) -> int:
    """How much of a message an event takes: one, and one for each reply and arrival in it."""
    replies = event.exchange.replies if event.exchange else ()
    return 1 + len(replies) + len(event.round.arrivals if event.round else ())
