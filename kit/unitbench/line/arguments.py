"""The arguments of a wire command: by place or by name, checked against the catalogue, each with its span."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.words import QUOTES, Word
from unitbench.schema import text
from unitbench.schema.records import Command, Field, Request
from unitbench.schema.values import Mac, Value


@dataclass(frozen=True, slots=True)
class Given:
    """An argument as typed; ``name`` is empty where it stands by its place."""

    name: str
    text: str
    start: int
    end: int


def read_arguments(line: str, words: list[Word], stop: int, into: Statement) -> None:
    """Fill ``into.values``, ``into.request`` and ``into.lacking``; raises ``UsageError`` with a span."""
    command = into.command
    assert command is not None
    given = _given(line, words, stop, command)
    typed = [field for field in command.args if field.typed]
    waiting = list(typed)
    values: dict[str, Value] = {}
    fault: UsageError | None = None
    for item in given:
        field = _field_of(item, command, waiting, values)
        if isinstance(field, UsageError):
            hidden = TokenKind.SECRET if command.secret else TokenKind.VALUE
            into.add(item.text, hidden, item.start, item.end, ok=False)
            fault = fault or field
            continue
        fault = _one(item, field, values, into) or fault
    into.values = dict(values)
    if fault:
        raise fault
    for rule in command.rules:
        if rule.broken_by(values):
            raise InvalidValue(
                f"{rule.one} and {rule.other} cannot hold together: {rule.because}",
                field=rule.other.name,
                rule=rule.because,
                span=_span_of(rule.other.name, given, stop),
                hint=f"give {rule.one.name}=0 or {rule.other.name}=0",
            )
    absent = [
        field for field in typed if field.name not in values and field.default is None and not field.optional
    ]
    into.lacking = tuple(field for field in absent if field.secret or isinstance(field.type, Mac))
    hard = next((field for field in absent if field not in into.lacking), None)
    if hard:
        raise _missing(command, hard, stop)
    if not absent:
        into.request = Request(into.protocol, command.name, tuple(values.items()))


def _one(item: Given, field: Field, values: dict[str, Value], into: Statement) -> UsageError | None:
    """Check one argument and add its tokens."""
    if item.name:
        into.add(f"{item.name}=", TokenKind.FIELD, item.start, item.start + len(item.name) + 1)
    start = item.start + (len(item.name) + 1 if item.name else 0)
    kind = TokenKind.SECRET if field.secret else TokenKind.VALUE
    word = item.text
    if field.suffix and word.endswith(field.suffix):
        word = word[: -len(field.suffix)]
    try:
        values[field.name] = text.parse(field.type, word)
    except InvalidValue as error:
        into.add(item.text, kind, start, item.end, ok=False)
        return InvalidValue(
            f"{field.name}: {error.message}",
            field=field.name,
            rule=error.rule,
            span=(start, item.end),
            hint=f"{field.name} ({field.about}) is {error.rule}",
        )
    into.add(item.text, kind, start, item.end)
    return None


def _given(line: str, words: list[Word], stop: int, command: Command) -> list[Given]:
    """The arguments as typed. Where a comma stands between them it separates, otherwise blanks do."""
    if not words:
        return []
    names = {field.name for field in command.args if field.typed}
    rest = line[words[0].start : stop].rstrip()
    first = words[0].text
    separated = "," in first or (len(words) > 1 and words[1].text.startswith(","))
    if len(names) > 1 and separated and first.partition("=")[0] not in names:
        return _by_commas(rest, words[0].start)
    found = []
    for word in words:
        name, equals, value = word.text.partition("=")
        if equals and name.casefold() in names:
            found.append(Given(name.casefold(), value, word.start, word.end))
        else:
            found.append(Given("", word.text, word.start, word.end))
    return found


def _by_commas(rest: str, at: int) -> list[Given]:
    found = []
    for part in rest.split(","):
        lead = len(part) - len(part.lstrip())
        word = part.strip()
        start = at + lead
        bare = word[1:-1] if len(word) > 1 and word[0] in QUOTES and word[-1] == word[0] else word
        found.append(Given("", bare, start, start + len(word)))
        at += len(part) + 1
    return found


def _field_of(
    item: Given, command: Command, waiting: list[Field], values: dict[str, Value]
) -> Field | UsageError:
    """The field that an argument is for, or the error that there is none."""
    span = (item.start, item.end)
    if item.name:
        field = next(field for field in command.args if field.name == item.name)
        if field.name in values:
            return InvalidValue(f"{field.name} is given twice", field=field.name, span=span)
        if field in waiting:
            waiting.remove(field)
        return field
    if waiting:
        return waiting.pop(0)
    takes = ", ".join(field.name for field in command.args if field.typed) or "no arguments"
    shown = "***" if command.secret else item.text
    return UsageError(
        f"'{shown}' is too much: {command.name} takes {takes}", span=span, hint=f"help {command.name}"
    )


def _missing(command: Command, field: Field, at: int) -> MissingField:
    example = f"for example: {command.examples[-1]}" if command.examples else ""
    return MissingField(
        f"{command.name} needs {field.name} ({field.about}: {text.rule(field.type)})",
        field=field.name,
        span=(at, at),
        expected=(field.name,),
        hint=example,
    )


def _span_of(name: str, given: list[Given], stop: int) -> tuple[int, int]:
    return next(((item.start, item.end) for item in given if item.name == name), (stop, stop))
