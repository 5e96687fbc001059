"""The newest exchanges of a session, anybody's, as lines refer to them by their numbers."""

from __future__ import annotations

from contextlib import suppress

from unitbench.errors import SessionError
from unitbench.line.vocabulary import Sent
from unitbench.schema.printable import printable
from unitbench.schema.records import Effect
from unitbench.session.face import Session
from unitbench.session.stream import Event

KEPT = 5
"""Exchanges that are offered; as many of those that have changed something."""
BEFORE = 100
"""Events before this view came that are looked at."""
SHOWN = 60
CHANGES = (Effect.RECONFIGURES.value, Effect.DISRUPTS.value)


class Recent:
    """``sent`` is replaced whole when something is sent; from any thread."""

    def __init__(self, session: Session) -> None:
        self.sent: tuple[Sent, ...] = ()
        with suppress(SessionError):  # a session that is gone sends nothing
            session.subscribe(self._heard, since=max(0, session.state.seq - BEFORE))

    def _heard(self, event: Event) -> None:
        found = event.exchange
        if found is None or found.id in (item.number for item in self.sent):
            return
        text = f"{found.unit} {printable(found.command, SHOWN)}, {found.outcome}"
        known = (Sent(found.id, text, found.ok and found.effect in CHANGES), *self.sent)
        kept = {item.number for item in (*known[:KEPT], *[item for item in known if item.changed][:KEPT])}
        self.sent = tuple(item for item in known if item.number in kept)
