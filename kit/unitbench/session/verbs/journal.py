"""The verb about what was: the last exchanges of the session, whoever asked."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.session.arguments import entries
from unitbench.session.insight import LAST
from unitbench.session.items import Journal
from unitbench.session.reasons.past import newest
from unitbench.session.verbs.turn import Handler, Turn


def _journal(turn: Turn) -> Iterator[object]:
    count = entries(turn.args[0]) if turn.args else LAST
    yield Journal(newest(turn.session, count), turn.session.state.journal)


HANDLERS: dict[str, Handler] = {"journal": _journal}
