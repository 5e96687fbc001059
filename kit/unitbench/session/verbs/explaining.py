"""Verbs that explain, and the one that leaves."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.errors import UsageError
from unitbench.session import pages
from unitbench.session.items import Leave
from unitbench.session.verbs.turn import Handler, Turn


def _why(turn: Turn) -> Iterator[object]:
    last = turn.console.last
    if last is None:
        raise UsageError("nothing was sent yet", hint="send a command, then why explains what came back")
    yield pages.why(last)


def _help(turn: Turn) -> Iterator[object]:
    yield pages.about(turn.args[0]) if turn.args else pages.overview()


def _quit(turn: Turn) -> Iterator[object]:
    yield Leave()


HANDLERS: dict[str, Handler] = {"why": _why, "help": _help, "quit": _quit}
