"""Verbs about other lines: give them names, perform a file of them, check what they brought."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unitbench.errors import BenchError, SessionError, UsageError
from unitbench.line.macros import shape, spelt
from unitbench.schema.record import replace
from unitbench.session import operations as op
from unitbench.session import saved, script
from unitbench.session.expecting import check, condition
from unitbench.session.items import Notice
from unitbench.session.model import Unit
from unitbench.session.scriptcheck import TOLD, interval, kept_alive, runs
from unitbench.session.scripted import Expected, Failed, Macros, Step
from unitbench.session.verbs.turn import Handler, Turn


def _alias(turn: Turn) -> Iterator[object]:
    yield from _named(turn, alias=True)


def _save(turn: Turn) -> Iterator[object]:
    yield from _named(turn, alias=False)


def _named(turn: Turn, *, alias: bool) -> Iterator[object]:
    """Give a name, or list those there are."""
    macro = turn.statement.defines
    if macro is None:
        every = [each for each in turn.console.naming.macros if each.alias == alias]
        found = [each for each in every if turn.args[:1] in ((), (each.name,))]
        if turn.args and not found:
            what = "alias" if alias else "saved request"
            raise UsageError(
                f"there is no {what} of that name", hint=f"{'alias' if alias else 'save'} alone lists them"
            )
        yield Macros(tuple(sorted(found, key=lambda each: each.name)), alias)
        return
    before = saved.keep(macro)
    was = f"; before it was {before.text}" if before is not None and before.text != macro.text else ""
    yield Notice(
        f"kept: {spelt(macro)}{was}" if alias else f"kept: {shape(macro)} performs {macro.text}{was}"
    )


def _unalias(turn: Turn) -> Iterator[object]:
    found = saved.forget(turn.args[0], alias=True)
    yield Notice(f"{found.name} is no alias any more; it was {found.text}")


def _unsave(turn: Turn) -> Iterator[object]:
    found = saved.forget(turn.args[0], alias=False)
    yield Notice(f"{found.name} is not kept any more; it was: {spelt(found)}")


def _run(turn: Turn) -> Iterator[object]:
    console, name = turn.console, turn.args[0]
    request = runs(turn.statement, secrets=turn.ask_secret is None, files=console.files)
    if request is not None:
        macro, values = request
        yield from turn.run(macro.text, values)
        return
    lines = script.checked(
        name, turn.statement.vocabulary, secrets=turn.ask_secret is None, within=console.files
    )
    before = console.files
    console.files = (*before, str(Path(name).expanduser().resolve()))
    try:
        begun = False
        for line in lines:
            for item in _line(turn, line):
                if isinstance(item, Step) and not begun:
                    begun, item = True, replace(item, first=True)  # noqa: PLW2901
                yield item
    finally:
        console.files = before


def _line(turn: Turn, line: script.Line) -> Iterator[object]:
    """A line of a file; what goes wrong with one statement does not keep the next from its turn."""
    parsed = line.parsed
    for statement in parsed.statements:
        if statement.empty:
            continue
        text = parsed.text[statement.start : statement.end].strip()
        yield Step(turn.console.masked(parsed, statement), line.where)
        try:
            yield from turn.run(text)
        except SessionError:
            raise
        except BenchError as error:
            yield Failed(error, line.where)


def _expect(turn: Turn) -> Iterator[object]:
    answered = turn.console.naming.answered
    if turn.console.dry_run:
        yield Notice("dry run: nothing was sent, so there is nothing to check")
        return
    if answered is None:
        raise UsageError(
            "there is no exchange to expect anything of: the last command was not sent",
            hint="expect stands behind the command that it is about",
        )
    checks = tuple(check(condition(word), answered) for word in turn.args)
    yield turn.console.used.hidden(Expected(answered, checks))


def _sleep(turn: Turn) -> Iterator[object]:
    turn.console.pause(interval(turn.args[0]))
    yield from ()


def _keepalive(turn: Turn) -> Iterator[object]:
    named, every_s = kept_alive(turn.args)
    if every_s == TOLD:
        kept = [turn.unit(named)] if named else [unit for unit in turn.session.units if unit.keepalive_s]
        yield from map(_kept, kept)
        if not kept:
            yield Notice("no login is kept by reads; keepalive UNIT on keeps one that is held")
        return
    yield _kept(turn.session.perform(op.KeepAlive(named or turn.named(()), every_s)))


def _kept(unit: Unit) -> Notice:
    if not unit.keepalive_s:
        return Notice(f"nothing keeps the login on {unit.name}")
    return Notice(
        f"{unit.name}: the {unit.login} login is kept by a read every {unit.keepalive_s:g} s, while a view is there"
    )


HANDLERS: dict[str, Handler] = {
    "alias": _alias,
    "unalias": _unalias,
    "save": _save,
    "unsave": _unsave,
    "run": _run,
    "expect": _expect,
    "sleep": _sleep,
    "keepalive": _keepalive,
}
