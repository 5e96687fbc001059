"""A line without an end comes in many parts: its first one is told, the others are counted, and the count is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from unitbench.schema.address import UnitAddress

QUIET_S = 1.0
"""In seconds; so long a silence ends such a line."""


@dataclass
class _Line:
    size: int
    last: float
    parts: int = 1


class Overlong:
    """Used on the session's loop only. ``tell`` gets the link and a line for people."""

    def __init__(self, tell: Callable[[UnitAddress, str], object]) -> None:
        self._tell = tell
        self._lines: dict[UnitAddress, _Line] = {}

    def goes_on(self, way: UnitAddress, size: int) -> bool:
        """Take a part of so many bytes; whether it goes on with one that was told."""
        loop = asyncio.get_running_loop()
        line = self._lines.get(way)
        if line is None:
            line = self._lines[way] = _Line(size, loop.time())
            loop.call_later(QUIET_S, self._look, way, line)
            return False
        line.parts, line.size, line.last = line.parts + 1, line.size + size, loop.time()
        return True

    def _look(self, way: UnitAddress, line: _Line) -> None:
        if self._lines.get(way) is not line:
            return
        loop = asyncio.get_running_loop()
        if loop.time() - line.last < QUIET_S:
            loop.call_later(QUIET_S, self._look, way, line)
        else:
            self.ended(way)

    def ended(self, way: UnitAddress) -> None:
        """Something else has come on a link, or it is over."""
        line = self._lines.pop(way, None)
        if line is not None and line.parts > 1:
            self._tell(way, f"that line came in {line.parts} parts, {line.size} bytes in all")
