"""Records as plain text for terminals and cells: no escape codes, every text of a unit made printable. A module for
each kind of record registers what it shows with ``render``."""

from __future__ import annotations

from unitbench.session.rendering import (
    exchange,
    jobs,
    pages,
    preferences,
    scripted,
    searching,
    simulated,
    timing,
    units,
)
from unitbench.session.rendering.base import WIDTH, Drawn, drawing, milliseconds, render, table
from unitbench.session.rendering.events import event_line
from unitbench.session.rendering.units import reserved, unit_state

__all__ = [
    "WIDTH",
    "Drawn",
    "drawing",
    "event_line",
    "exchange",
    "jobs",
    "milliseconds",
    "pages",
    "preferences",
    "render",
    "reserved",
    "scripted",
    "searching",
    "simulated",
    "table",
    "timing",
    "unit_state",
    "units",
]
