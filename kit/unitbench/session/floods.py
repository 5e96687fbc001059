"""A unit that talks without end: so much of it is told, the rest is counted, and the count is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from unitbench.schema.address import UnitAddress

MOST = 100
"""What one link may say unasked within ``SPAN_S`` before it is a flood."""
SPAN_S = 1.0
"""In seconds; so long a silence ends a flood."""


@dataclass
class _Span:
    began: float
    told: int = 0
    held: int = 0
    last: float = 0.0


class Floods:
    """Used on the session's loop only. ``tell`` gets the link and a line for people."""

    def __init__(self, tell: Callable[[UnitAddress, str], object]) -> None:
        self._tell = tell
        self._spans: dict[UnitAddress, _Span] = {}

    def passes(self, way: UnitAddress) -> bool:
        """Whether one more thing that came on a link is told."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        span = self._spans.get(way)
        if span is None or (not span.held and now - span.began >= SPAN_S):
            span = self._spans[way] = _Span(now)
        if span.told < MOST:
            span.told += 1
            return True
        span.held, span.last = span.held + 1, now
        if span.held == 1:
            self._tell(way, f"more than {MOST} lines came unasked; further ones are counted, not shown")
            loop.call_later(SPAN_S, self._look, way, span)
        return False

    def _look(self, way: UnitAddress, span: _Span) -> None:
        if self._spans.get(way) is not span:
            return
        loop = asyncio.get_running_loop()
        if loop.time() - span.last < SPAN_S:
            loop.call_later(SPAN_S, self._look, way, span)
        else:
            self.ended(way)

    def ended(self, way: UnitAddress) -> None:
        """A flood, or the link itself, is over."""
        span = self._spans.pop(way, None)
        if span is not None and span.held:
            self._tell(way, f"{span.held} more came unasked and were not shown")
