"""What a console yields besides the session's own records."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.session.model import Exchange, Job, Place, Unit
from unitbench.session.showing import shown


@record
class Notice:
    """A remark that is no result: it goes to stderr."""

    text: str


@record
class Page:
    """Text to read."""

    title: str
    text: str


@shown
@record
class Units:
    """Units to list; ``speed`` is that of the simulated ones' clocks."""

    units: tuple[Unit, ...]
    speed: float = 1.0


@shown
@record
class Places:
    """The services of a unit."""

    unit: str
    places: tuple[Place, ...]


@shown
@record
class Jobs:
    """Jobs to list; ``who`` is the origin of this view."""

    jobs: tuple[Job, ...]
    who: str = ""


@record
class Journal:
    """Exchanges to list, oldest first, and the file that holds them; empty: they are in memory only."""

    exchanges: tuple[Exchange, ...]
    file: str


@record
class Recalled:
    """Exchanges to show again, oldest first; ``whole``: with every byte taken apart."""

    exchanges: tuple[Exchange, ...]
    whole: bool = False


@record
class Leave:
    """The person wants to leave this view."""
