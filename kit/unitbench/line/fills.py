"""What can stand as an argument of a wire command: legal values with their meaning, and the names of fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unitbench.errors import InvalidValue
from unitbench.line.arguments import Given, given_in, mac_left_out, separated
from unitbench.line.matching import Offer, Place
from unitbench.line.places import value_place
from unitbench.line.reference import PREFIX
from unitbench.line.vocabulary import Vocabulary
from unitbench.line.words import Word
from unitbench.schema import text
from unitbench.schema.records import Command, Field, Protocol
from unitbench.schema.values import (
    Choice,
    Counted,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Tagged,
    Token,
    Value,
    ValueType,
)


def fills(
    protocol: Protocol,
    command: Command,
    line: str,
    words: list[Word],
    stop: int,
    cursor: int,
    vocabulary: Vocabulary,
) -> tuple[Place, list[Offer]]:
    """What fits at the cursor, in or between ``words``, those behind the command's name."""
    items = given_in(line, words, stop, command)
    commas = separated(words, command)
    here = next((index for index, item in enumerate(items) if item.start <= cursor <= item.end), None)
    place = Place(cursor, cursor, "")
    if here is None and commas and items and not line[items[-1].start : cursor].strip():
        here = len(items) - 1  # behind the last comma, and a blank
    elif here is not None:
        place = value_place(line, items[here].start, items[here].end, cursor)
    before = items[:here] if here is not None else [item for item in items if item.end < cursor]
    behind = items[len(before) + (here is not None) :]
    if here is None and commas and not behind and before:
        return place, []  # a comma is missing
    typed = [field for field in command.args if field.typed]
    waiting = list(typed)
    if mac_left_out(typed, before):
        waiting.pop(0)
    taken = _taken([*before, *(item for item in behind if item.name)], waiting)
    known = _known(command, taken)
    at = items[here] if here is not None else None
    names = [
        Offer(f"{field.name}=", f"{field.about}: {text.rule(field.among(known).type)}") for field in waiting
    ]
    if at is not None and at.name:
        value = at.start + len(at.name) + 1
        field = next(field for field in typed if field.name == at.name)
        if cursor < value:
            own = Offer(f"{field.name}=", f"{field.about}: {text.rule(field.among(known).type)}")
            return Place(at.start, value, line[at.start : cursor]), [own, *names]
        place = value_place(line, value, at.end, cursor)
        return place, list(values(field.among(known), place.typed, protocol, vocabulary))
    offers: list[Offer] = []
    for field in _next(waiting):
        offers += values(field.among(known), place.typed, protocol, vocabulary)
    return place, offers + names


def _taken(items: Sequence[Given], waiting: list[Field]) -> list[tuple[Field, str]]:
    """The fields that items fill; they are taken out of ``waiting``."""
    found = []
    for item in items:
        named = next((field for field in waiting if field.name == item.name), None)
        field = named if item.name else waiting[0] if waiting else None
        if field is not None:
            waiting.remove(field)
            found.append((field, item.text))
    return found


def _known(command: Command, taken: Sequence[tuple[Field, str]]) -> dict[str, Value]:
    """The values that choose the type of others, as far as they are typed."""
    tags = {field.type.tag for field in command.args if isinstance(field.type, Tagged)}
    known: dict[str, Value] = {}
    for field, word in taken:
        if field.name in tags:
            try:
                known[field.name] = text.parse(field.type, word)
            except InvalidValue:
                continue
    return known


def _next(waiting: Sequence[Field]) -> Sequence[Field]:
    """The field whose turn it is; and the one behind a MAC that may be left out."""
    first = waiting[0].type if waiting else None
    return waiting[: 2 if isinstance(first, Mac) and not waiting[0].optional else 1]


def values(field: Field, typed: str, protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Offer]:
    """Values of a field worth offering; of a secret only where it can be taken from."""
    if field.secret:
        yield from _references(field, typed, vocabulary)
        return
    yield from words_of(field.type, typed)
    if isinstance(field.type, Mac):
        for unit in vocabulary.units:
            if unit.mac and unit.protocol == protocol.name:
                yield Offer(unit.mac, f"{unit.name}: {unit.about} at {unit.address}")
    rows = field.type.rows if isinstance(field.type, Tagged) else ()
    if isinstance(rows[0].type if len(rows) == 1 else field.type, (IPv4, Counted)):
        for unit in vocabulary.units:
            host = re.split("[:/?]", unit.address.partition("://")[2])[0]
            if host and "+serial" not in unit.address:
                yield Offer(host, unit.name)
    yield from (Offer(word.text, word.meaning) for word in field.usual)
    if field.default is not None and not text.words(field.type):
        default = text.format_value(field.default)
        if default:
            yield Offer(default, "the default")


def words_of(kind: ValueType, typed: str = "") -> Iterator[Offer]:
    """The legal words of a type; once something is typed, their other spellings as well."""
    known = text.words(kind)
    yield from (Offer(word.text, word.meaning) for word in known)
    if not typed:
        return
    if isinstance(kind, Tagged) and len(kind.rows) == 1:
        kind = kind.rows[0].type
        known = text.words(kind)
    if isinstance(kind, Flag):
        yield from (Offer(word, "yes") for word in text.TRUE[1:])
        yield from (Offer(word, "no") for word in text.FALSE[1:])
    elif isinstance(kind, Token):
        yield from (Offer(also, f"the same as {word.text}") for word in known for also in word.also)
    elif isinstance(kind, (Choice, Numbered)):
        for word in known:
            if word.number is not None:
                yield Offer(str(word.number), f"{word.text}: {word.meaning}" if word.meaning else word.text)


def _references(field: Field, typed: str, vocabulary: Vocabulary) -> Iterator[Offer]:
    """For a secret never a value, but where it can be taken from: names of variables, once one is begun."""
    if not typed.startswith(PREFIX):
        yield Offer(PREFIX, f"the {field.name} is in an environment variable")
        return
    for name in vocabulary.variables:
        yield Offer(f"{PREFIX}{name}", f"the {field.name} is what this environment variable holds")
