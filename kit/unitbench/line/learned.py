"""Commands that only a unit's own list names: found for that unit, read as they are typed."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line.guard import guard_of
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.line.words import Word
from unitbench.schema import text
from unitbench.schema.checks import invalid
from unitbench.schema.record import replace
from unitbench.schema.records import Command, Request
from unitbench.schema.values import Text, ValueType


def learned_by(unit: UnitName | None, typed: str) -> Command | None:
    """The command that the unit has named so, letter case and start mark free."""
    folded = typed.removeprefix("#").casefold()
    name = next((name for name in unit.commands if name.casefold() == folded), "") if unit else ""
    if not name or unit is None:
        return None
    command = catalogue.protocol(unit.protocol).of(Request(unit.protocol, name, learned=True))
    return wary(command) if command else None


def learned_in(vocabulary: Vocabulary, target: str, typed: str) -> tuple[str, Command] | None:
    """The protocol and the command of the unit that is named or in use; where there is none, of the first unit that
    has named it."""
    name = target or vocabulary.current
    for unit in (vocabulary.unit(name),) if name else vocabulary.units:
        command = learned_by(unit, typed)
        if unit is not None and command is not None:
            return unit.protocol, command
    return None


def wary(command: Command) -> Command:
    """The command with its arguments taken as secret, where its name sounds as if they were."""
    if guard_of([Word(command.name, 0, len(command.name))]) is None:
        return command
    return replace(command, args=tuple(replace(f, type=_hidden(f.type)) for f in command.args))


def _hidden(kind: ValueType) -> ValueType:
    return replace(kind, secret=True) if isinstance(kind, Text) else kind


def read_learned(line: str, words: list[Word], stop: int, into: Statement) -> None:
    """All that stands behind the name, as one value; raises ``UsageError`` with a span."""
    command = into.command
    assert command is not None
    values = {}
    if words:
        (field,) = command.args
        start = words[0].start
        rest = words[0].text if len(words) == 1 else line[start:stop].rstrip()
        end = start + len(line[start:stop].rstrip())
        kind = TokenKind.SECRET if field.secret else TokenKind.VALUE
        try:
            values[field.name] = text.parse(field.type, rest)
        except InvalidValue as error:
            into.add(rest, kind, start, end, ok=False)
            raise invalid(field, error, (start, end)) from None
        into.add(rest, kind, start, end)
    into.given = tuple(values.items())
    into.request = Request(into.protocol, command.name, into.given, learned=True)
