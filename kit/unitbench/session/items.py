"""What a console yields besides the session's own records."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.session.model import Job, Place, Unit


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark that is no result: it goes to stderr."""

    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """Text to read."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Units:
    """Units to list; ``speed`` is that of the simulated ones' clocks."""

    units: tuple[Unit, ...]
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Places:
    """The services of a unit."""

    unit: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs to list."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Leave:
    """The person wants to leave this view."""
