"""Verbs about what this view alone does: whose lines it hides, what was typed in it, what it writes to files."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.line.known import without_known
from unitbench.schema.printable import printable
from unitbench.session.items import Notice, Page
from unitbench.session.verbs.turn import Handler, Turn

REMEMBERED = 50
"""Lines that are listed where no word is looked for."""
OFF = "off"


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


def _history(turn: Turn) -> Iterator[object]:
    wanted = " ".join(turn.args).casefold()
    lines = [line for line in turn.console.remembered() if wanted in line.casefold()]
    if not lines:
        shown = without_known(printable(wanted), turn.console.used.secrets)
        yield Notice(f"nothing typed here has {shown!r} in it" if wanted else "nothing was typed yet")
        return
    yield Page("", "\n".join(lines if wanted else lines[-REMEMBERED:]))


def _tee(turn: Turn) -> Iterator[object]:
    yield Notice(_written(turn, "tee", "what is typed and shown", results=False))


def _output(turn: Turn) -> Iterator[object]:
    yield Notice(_written(turn, "output", "every result", results=True))


def _written(turn: Turn, purpose: str, what: str, *, results: bool) -> str:
    """Begin a file, end it, or tell which it is."""
    files = turn.console.transcripts
    if not turn.args:
        now = files.of(purpose)
        return (
            f"{what} goes to {now.path} too, as text"
            if now
            else f"no file is written; {purpose} FILE begins one"
        )
    if turn.args[0] != OFF:
        path = files.begin(purpose, turn.args[0], results=results).path
        return f"{what} goes to {path} too, as text; {purpose} off ends it"
    ended = files.end(purpose)
    return f"{ended.path} has what was wanted; nothing more goes there" if ended else "no file was written"


HANDLERS: dict[str, Handler] = {
    "mute": _mute,
    "unmute": _unmute,
    "history": _history,
    "tee": _tee,
    "output": _output,
}
