"""What a line that sets fields of a unit means, as far as it is typed: pure text, nothing is asked."""

from __future__ import annotations

from functools import lru_cache

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.parsed import Statement
from unitbench.line.preferring import preference
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import Word
from unitbench.schema.printable import printable
from unitbench.schema.record import record
from unitbench.schema.records import Field
from unitbench.schema.settable import Wanted, meant, names
from unitbench.schema.verbs import Kind

KEPT = 64
"""How many readings are remembered: lexer and toolbar ask for the same."""


@record
class Assigned:
    """``unit`` is the one that is named or in use, ``named`` the word that names it. ``wanted`` is what would be set.
    ``fault`` says why it cannot be meant; its span is the word that is wrong, None where something is missing."""

    unit: str
    protocol: str = ""
    named: Word | None = None
    words: tuple[Word, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    fault: UsageError | None = None

    def touched(self, cursor: int) -> tuple[Word, Field | None] | None:
        """The word at the cursor that gives a field, and the field where there is such."""
        word = next((word for word in self.words if word.start <= cursor <= word.end), None)
        return (word, field_of(self.protocol, word)) if word is not None else None


def field_of(protocol: str, word: Word) -> Field | None:
    """The field that a word gives a value."""
    name, equals, _ = word.text.partition("=")
    fields = names(catalogue.protocol(protocol)).values() if equals and protocol else ()
    return next((field for field in fields if field.name.casefold() == name.casefold()), None)


@lru_cache(maxsize=KEPT)
def assigned(statement: Statement, vocabulary: Vocabulary) -> Assigned | None:
    """What a statement would set; None where it is about something else, or says too little to tell."""
    verb = statement.verb
    sets = verb is not None and any(arg.kind is Kind.SETTING for arg in verb.args)
    if verb is None or not sets or statement.late or statement.fault or statement.wants_help:
        return None
    count = len(verb.name.split())
    words = [word for word in statement.words[count:] if word.text.partition("=")[0] not in verb.named]
    if not words or preference(verb, words[0].text.partition("=")[0]) is not None:
        return None
    named = words.pop(0) if "=" not in words[0].text.partition("?")[0] else None
    name = named.text if named is not None else vocabulary.current
    unit = vocabulary.unit(name)
    protocol = unit.protocol if unit else name.partition("://")[0].partition("+")[0]
    whose, given = (unit.name if unit else printable(name, 60)), tuple(words)
    if protocol not in catalogue.names():
        span = (named.start, named.end) if named is not None else None
        message = f"no unit '{whose}' is known" if name else "which unit is not said, and none is in use"
        hint = "units lists them; discover finds more" if name else "name it, or use UNIT first"
        return Assigned(whose, "", named, given, (), UsageError(message, span=span, hint=hint))
    try:
        return Assigned(whose, protocol, named, given, _meant(protocol, given))
    except UsageError as error:
        return Assigned(whose, protocol, named, given, (), error)


def _meant(protocol: str, words: tuple[Word, ...]) -> tuple[Wanted, ...]:
    values: dict[str, str] = {}
    places: dict[str, tuple[int, int]] = {}
    for word in words:
        name, equals, value = word.text.partition("=")
        span, folded = (word.start, word.end), name.casefold()
        if not equals or not name:
            raise UsageError(f"'{printable(word.text, 60)}' sets nothing", span=span, hint="FIELD=VALUE")
        if folded in places:
            raise InvalidValue(f"{printable(name, 40)} is given twice", field=name, span=span)
        values[name], places[folded] = value, span
    try:
        return meant(catalogue.protocol(protocol), values)
    except UsageError as error:
        error.span = places.get(str(getattr(error, "field", "")).casefold())
        raise
