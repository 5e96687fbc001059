"""How the traffic can be searched and leafed through, as plain records that go to the front end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """What could come next in the filter: ``line`` is the whole filter then and ``at`` its cursor."""

    text: str
    about: str
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Leafing:
    """``filter`` is what is typed, ``holds`` what is applied; while they differ, ``error`` says why, and ``where`` has
    what stands before the place, at it and behind it.

    ``count`` of ``all`` rows pass, of which ``first`` to ``last`` are shown, counted from the newest; ``newer`` ones
    are before these. ``held``: the page does not follow what comes. ``opened`` is the row whose details are shown.
    """

    filter: str
    holds: str
    error: str
    where: tuple[str, str, str] | None
    hints: tuple[Hint, ...]
    first: int
    last: int
    count: int
    all: int
    newer: int
    held: bool
    opened: str
