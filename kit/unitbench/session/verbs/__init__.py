"""What our own verbs do. Their names, meanings and arguments stand in the catalogue; each has its handler in the
``HANDLERS`` of one module here, and a test compares the two."""

from __future__ import annotations

from unitbench.session.verbs import (
    changing,
    explaining,
    frames,
    jobs,
    journal,
    repeating,
    scripting,
    simulated,
    units,
    views,
)
from unitbench.session.verbs.turn import Handler

HANDLERS: dict[str, Handler] = {
    **units.HANDLERS,
    **views.HANDLERS,
    **changing.HANDLERS,
    **frames.HANDLERS,
    **jobs.HANDLERS,
    **journal.HANDLERS,
    **simulated.HANDLERS,
    **explaining.HANDLERS,
    **scripting.HANDLERS,
    **repeating.HANDLERS,
}
