"""What our own verbs do. Their names, meanings and arguments stand in the catalogue; each has its handler in the
``HANDLERS`` of one module here, and a test compares the two."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from unitbench.session.verbs.turn import Handler

ROOMS = (
    "units",
    "explaining",
    "frames",
    "jobs",
    "simulated",
    "views",
    "journal",
    "changing",
    "scripting",
    "repeating",
)
"""The modules, the quickest first: a start waits for none of them, and a verb only for those before its own."""


@cache
def handler(name: str) -> Handler:
    """What performs the verb of that name; raises ``KeyError`` where nothing does."""
    for room in ROOMS:
        found: dict[str, Handler] = import_module(f"{__name__}.{room}").HANDLERS
        if name in found:
            return found[name]
    raise KeyError(name)
