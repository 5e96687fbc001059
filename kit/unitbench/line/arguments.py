"""The arguments of a wire command: by place or by name, checked against the catalogue, each with its span."""

from __future__ import annotations

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.guard import shown
from unitbench.line.parsed import Reference, Statement, TokenKind
from unitbench.line.reference import read_reference, refers
from unitbench.line.variables import Late, filled
from unitbench.line.words import QUOTES, Word
from unitbench.schema import text
from unitbench.schema.checks import check, invalid
from unitbench.schema.record import record, replace
from unitbench.schema.records import Command, Field, Request
from unitbench.schema.values import Mac, Tagged, Value

Span = tuple[int, int]


@record
class Given:
    """An argument as typed; ``name`` is empty where it stands by its place. ``quoted``: its value is in quotes."""

    name: str
    text: str
    start: int
    end: int
    quoted: bool = False


def read_arguments(line: str, words: list[Word], stop: int, into: Statement) -> None:
    """Fill ``into.given``, ``into.request`` and ``into.lacking``; raises ``UsageError`` with a span."""
    command = into.command
    assert command is not None
    typed = [field for field in command.args if field.typed]
    waiting = list(typed)
    values: dict[str, Value] = {}
    spans: dict[str, Span] = {}
    faults: list[UsageError] = []
    references: list[Reference] = []
    late: set[str] = set()
    given = given_in(line, words, stop, command)
    if mac_left_out(typed, given):
        waiting.pop(0)
    for item in given:
        try:
            field = _field_of(item, command, waiting, spans, into)
            spans[field.name] = (item.start, item.end)
            if field.secret and refers(item.text, quoted=item.quoted):
                references.append(_reference(item, field, into))
                continue
            if not field.secret and not item.quoted and "$" in item.text:
                span = (item.start, item.end)
                item = replace(item, text=filled(item.text, into.vocabulary, span))  # noqa: PLW2901
            values[field.name] = _value(item, field.among(values), into)
        except Late as variable:
            into.late += variable.names
            late.add(field.name)
            into.add(item.text, TokenKind.VALUE, item.start, item.end)
        except UsageError as error:
            faults.append(error)
    into.given = tuple((field.name, values[field.name]) for field in typed if field.name in values)
    if faults:
        raise faults[0]
    for field in typed if not late else ():
        if field.name in values:
            _fits(field.among(values), values[field.name], line, spans[field.name])
    for rule in command.rules if not late else ():
        if rule.broken_by(values):
            raise InvalidValue(
                rule.broken,
                field=rule.other.name,
                rule=rule.because,
                span=spans.get(rule.other.name, (stop, stop)),
                hint=rule.mend,
            )
    into.references = tuple(references)
    named = {item.field.name for item in references}
    absent = [
        field
        for field in typed
        if field.name in named
        or (
            field.name not in values
            and field.name not in late
            and field.default is None
            and not field.optional
        )
    ]
    into.lacking = tuple(field for field in absent if field.secret or isinstance(field.type, Mac))
    hard = next((field for field in absent if field not in into.lacking), None)
    if hard:
        raise _missing(command, hard, stop)
    if not absent and not late:
        into.request = Request(into.protocol, command.name, into.given)


def mac_left_out(fields: list[Field], given: list[Given]) -> bool:
    """Whether the required MAC that stands first is left out: the first word is none, but a value of what follows
    it, and there are not too many."""
    named = {item.name for item in given}
    places = [item.text for item in given if not item.name]
    if not fields or not isinstance(fields[0].type, Mac) or fields[0].optional or fields[0].name in named:
        return False
    rest = [field for field in fields[1:] if field.name not in named]
    fits = 0 < len(places) <= len(rest)
    return fits and not _reads(fields[0], places[0]) and _reads(rest[0], places[0])


def _reads(field: Field, word: str) -> bool:
    try:
        text.parse(field.type, word)
    except InvalidValue:
        return False
    return True


def _field_of(
    item: Given, command: Command, waiting: list[Field], taken: dict[str, Span], into: Statement
) -> Field:
    """The field that an argument is for; raises where there is none."""
    span = (item.start, item.end)
    hidden = TokenKind.SECRET if command.secret else TokenKind.VALUE
    if item.name:
        field = next(field for field in command.args if field.name == item.name)
        if field.name in taken:
            into.add(item.text, hidden, *span, ok=False)
            raise InvalidValue(
                f"{field.name} is given twice", field=field.name, span=span, hint=_example(command)
            )
        if field in waiting:
            waiting.remove(field)
        return field
    if waiting:
        return waiting.pop(0)
    into.add(item.text, hidden, *span, ok=False)
    takes = ", ".join(field.name for field in command.args if field.typed) or "no arguments"
    seen = shown(Word(item.text, item.start, item.end), into.guard)
    raise UsageError(
        f"'{seen}' is too much: {command.name} takes {takes}", span=span, hint=f"help {command.name}"
    )


def _reference(item: Given, field: Field, into: Statement) -> Reference:
    """The reference that stands for a secret; its name is no secret and may be kept."""
    start = item.start
    if item.name:
        start += len(item.name) + 1
        into.add(f"{item.name}=", TokenKind.FIELD, item.start, start)
    try:
        found = read_reference(field, item.text, start, item.end)
    except UsageError:
        into.add(item.text, TokenKind.SECRET, start, item.end, ok=False)
        raise
    into.add(item.text, TokenKind.VALUE, start, item.end)
    return found


def _value(item: Given, field: Field, into: Statement) -> Value:
    """The value of an argument; adds its tokens, and raises where it is not legal."""
    start = item.start
    if item.name:
        start += len(item.name) + 1
        into.add(f"{item.name}=", TokenKind.FIELD, item.start, start)
    kind = TokenKind.SECRET if field.secret else TokenKind.VALUE
    word = item.text
    if field.suffix and word.endswith(field.suffix):
        word = word[: -len(field.suffix)]
    try:
        value = text.parse(field.type, word)
    except InvalidValue as error:
        into.add(item.text, kind, start, item.end, ok=False)
        if into.guard is not None:
            error.message = f"not {error.rule}"
        raise invalid(field, error, (start, item.end)) from None
    into.add(item.text, kind, start, item.end)
    return value


def _fits(field: Field, value: Value, line: str, span: Span) -> None:
    """Look again, now that all values are known: one that stands behind may decide what this one can be."""
    if isinstance(field.type, Tagged):
        try:
            check(field, value)
        except InvalidValue as error:
            named = line[slice(*span)].casefold().startswith(f"{field.name}=")
            error.span = (span[0] + (len(field.name) + 1 if named else 0), span[1])
            raise


def separated(words: list[Word], command: Command) -> bool:
    """Whether a comma separates the arguments in ``words``."""
    names = {field.name for field in command.args if field.typed}
    if not words or len(names) < 2:
        return False
    first = words[0].text
    comma = "," in first or (len(words) > 1 and words[1].text.startswith(","))
    return comma and first.partition("=")[0].casefold() not in names


def given_in(line: str, words: list[Word], stop: int, command: Command) -> list[Given]:
    """The arguments as typed. Where a comma stands between them it separates, otherwise blanks do."""
    names = {field.name for field in command.args if field.typed}
    if separated(words, command):
        return _by_commas(line[words[0].start : stop].rstrip(), words[0].start, names)
    found = []
    for word in words:
        name, equals, value = word.text.partition("=")
        if equals and name.casefold() in names and not word.quoted:
            quoted = line[word.start + len(name) + 1 :][:1] in QUOTES
            found.append(Given(name.casefold(), value, word.start, word.end, quoted))
        else:
            found.append(Given("", word.text, word.start, word.end, word.quoted))
    return found


def _by_commas(rest: str, at: int, names: set[str]) -> list[Given]:
    found = []
    for part in rest.split(","):
        start = at + len(part) - len(part.lstrip())
        end = start + len(part.strip())
        name, equals, value = part.strip().partition("=")
        if not equals or name.casefold() not in names:
            name, value = "", part.strip()
        found.append(Given(name.casefold(), _bare(value), start, end, value[:1] in (*QUOTES,)))
        at += len(part) + 1
    return found


def _bare(word: str) -> str:
    """A word without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] in QUOTES and word[-1] == word[0] else word


def _missing(command: Command, field: Field, at: int) -> MissingField:
    return MissingField(
        f"{command.name} needs {field.name} ({field.about}: {text.rule(field.type)})",
        field=field.name,
        span=(at, at),
        expected=(field.name,),
        hint=_example(command),
    )


def _example(command: Command) -> str:
    return f"for example: {command.examples[-1]}" if command.examples else ""
