"""Verbs about what this view alone does: whose lines it does not show."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.schema.printable import printable
from unitbench.session.items import Notice
from unitbench.session.verbs.turn import Handler, Turn


def _mute(turn: Turn) -> Iterator[object]:
    muted = turn.console.muted
    if turn.args:
        muted.mute(turn.args[0])
        yield Notice(f"lines of {turn.args[0]} are only counted here; unmute {turn.args[0]} shows them again")
        return
    told = [f"{name} ({counted(lines)} kept back)" for name, lines in muted.kept.items()]
    yield Notice(
        f"muted here: {', '.join(told)}" if told else "nobody is muted here; mute nb keeps notebooks quiet"
    )


def _unmute(turn: Turn) -> Iterator[object]:
    name = turn.args[0] if turn.args else ""
    told = turn.console.muted.unmute(name)
    for origin, lines in told.items():
        kept = f"{counted(lines)} of {printable(origin)} {'was' if lines == 1 else 'were'} kept back"
        yield Notice(f"{kept}; journal shows what was asked and answered")
    if not told:
        yield Notice(f"{name or 'everybody'} is shown again; nothing was kept back")


def counted(lines: int) -> str:
    """A number of lines."""
    return f"{lines} line{'s' * (lines != 1)}"


HANDLERS: dict[str, Handler] = {"mute": _mute, "unmute": _unmute}
