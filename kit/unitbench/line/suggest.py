"""What could stand at the cursor: candidates with their meaning and effect. Pure text, total, never waits."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.chain import chained
from unitbench.line.ours import find_verb, parts_of
from unitbench.line.parse import HEX_BYTE, find_command, subtypes
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.line.words import RawStatement, Word, statements
from unitbench.schema import settings, text
from unitbench.schema.record import record
from unitbench.schema.records import Command, Field, Protocol
from unitbench.schema.values import Counted, IPv4, Mac, Tagged, Value
from unitbench.schema.verbs import Arg, Kind, Verb


@record
class Suggestion:
    """A candidate: it replaces the line from ``start`` to the cursor. ``effect`` is a word or empty."""

    text: str
    start: int
    meaning: str = ""
    effect: str = ""


def suggest(line: str, cursor: int, vocabulary: Vocabulary) -> list[Suggestion]:
    """The candidates at ``cursor`` that begin with what is typed, letter case free."""
    raw = _statement_at(line[:cursor])
    if raw.comment:
        return []
    done = list(raw.words)
    partial = Word("", cursor, cursor)
    if raw.words and raw.words[-1].end == cursor:
        partial = done.pop()
    found = _in_chain(done, partial, vocabulary) or _candidates(done, partial, vocabulary)
    return [item for item in found if item.text.casefold().startswith(line[item.start : cursor].casefold())]


def _in_chain(done: list[Word], partial: Word, vocabulary: Vocabulary) -> Iterator[Suggestion] | None:
    """What can follow in a chain of commands; None where it is none."""
    words = done[1:] if done and done[0].text.startswith("@") else done
    chain = chained([*words, partial], "", partial.end)
    if chain is None:
        return None
    protocol, members = chain
    *before, partial = members[-1].words or (Word("", partial.end, partial.end),)
    if not before:
        return _heads_of(partial.start, partial.text, protocol.name)
    return _wire(before, partial, vocabulary)


def _statement_at(head: str) -> RawStatement:
    return statements(head)[-1]


def _candidates(
    done: list[Word], partial: Word, vocabulary: Vocabulary, *, verbs: bool = True
) -> Iterator[Suggestion]:
    """What can follow ``done``; without ``verbs`` only wire commands, as behind ``encode``."""
    start = partial.start
    if done and done[0].text.startswith("@"):
        target = done.pop(0).text[1:]
        unit = vocabulary.unit(target)
        protocol = unit.protocol if unit else target.partition("://")[0].partition("+")[0]
        if not done:
            yield from _heads_of(start, partial.text, protocol if protocol in catalogue.names() else "")
            yield from _learned(start, partial.text, unit)
            return
    elif not done:
        if partial.text.startswith("@"):
            yield from _targets(start, vocabulary)
            return
        yield from _heads_of(start, partial.text, "")
        yield from _learned(start, partial.text, vocabulary.unit(vocabulary.current))
        if verbs:
            yield from _verbs(start)
        yield from _targets(start, vocabulary)
        return
    found = find_verb([word.text for word in done])
    if found and verbs:
        verb, used = found
        if len(done) == used == 1:
            yield from (Suggestion(word, start, part.title) for word, part in parts_of(verb.name).items())
        yield from _verb(verb, done[used:], partial, vocabulary)
        return
    yield from _wire(done, partial, vocabulary)


def _verbs(start: int) -> Iterator[Suggestion]:
    """Our own verbs, those of two words by their first."""
    yield from (Suggestion(v.name, start, v.title) for v in catalogue.own_verbs() if " " not in v.name)


def _targets(start: int, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    for unit in vocabulary.units:
        yield Suggestion(f"@{unit.name}", start, f"{unit.about} at {unit.address}")
    yield Suggestion("@all", start, "every unit of the command's protocol")


def _heads_of(start: int, typed: str, only: str) -> Iterator[Suggestion]:
    """The names that a wire command can begin with, in the spelling that was begun."""
    for protocol in catalogue.protocols():
        if only and protocol.name != only:
            continue
        if protocol.type_code is not None:
            head = f"{protocol.type_code:02X}h"
            if not HEX_BYTE.fullmatch(typed) or typed.casefold() == head.casefold():
                yield Suggestion("AEh", start, f"{protocol.maker}: {protocol.title}")
        for command in protocol.commands:
            name = command.name.split()[-1]
            if typed.startswith("#") and protocol.command("#") and name != "#":
                name = f"#{name}"
            yield Suggestion(name, start, command.title, _effect(command))


def _learned(start: int, typed: str, unit: UnitName | None) -> Iterator[Suggestion]:
    """What the unit itself has named, and no manual explains."""
    record = catalogue.protocol(unit.protocol).learned if unit and unit.commands else None
    if unit and record:
        mark = "#" if typed.startswith("#") else ""
        yield from (Suggestion(mark + name, start, record.title, _effect(record)) for name in unit.commands)


def _effect(command: Command) -> str:
    return command.effect.value + (", broadcast" if command.broadcast else "")


def _wire(done: list[Word], partial: Word, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    protocol = next((p for p in catalogue.protocols() if _is_type(p, done[0].text)), None)
    if protocol and len(done) == 1:
        for subtype, command in subtypes(protocol).items():
            yield Suggestion(subtype, partial.start, command.title, _effect(command))
        return
    try:
        found, command, used = find_command(done)
    except UsageError:
        return
    yield from _arguments(found, command, done[used:], partial, vocabulary)


def _is_type(protocol: Protocol, head: str) -> bool:
    return protocol.type_code is not None and head.casefold().rstrip("h") == f"{protocol.type_code:02x}"


def _arguments(
    protocol: Protocol, command: Command, given: list[Word], partial: Word, vocabulary: Vocabulary
) -> Iterator[Suggestion]:
    known = _known(command, [*given, partial])
    fields = {field.name: field.among(known) for field in command.args if field.typed}
    named = {word.text.partition("=")[0].casefold() for word in given if "=" in word.text}
    places = sum(max(1, word.text.rstrip(",").count(",") + 1) for word in given if "=" not in word.text)
    name, equals, _ = partial.text.partition("=")
    if equals and name.casefold() in fields:
        yield from _values(fields[name.casefold()], partial.start + len(name) + 1, protocol, vocabulary)
        return
    start = partial.start
    if "," in partial.text:
        places += partial.text.count(",")
        start += partial.text.rfind(",") + 1
    left = [field for field in fields.values() if field.name not in named]
    if places < len(left) and not named:
        yield from _values(left[places], start, protocol, vocabulary)
    if start == partial.start:
        for field in left[places:]:
            if len(fields) > 1 or not text.words(field.type):
                yield Suggestion(f"{field.name}=", start, f"{field.about}: {text.rule(field.type)}")


def _known(command: Command, words: list[Word]) -> dict[str, Value]:
    """The values that choose the type of others, as far as they are typed."""
    tags = {field.type.tag for field in command.args if isinstance(field.type, Tagged)}
    fields = {field.name: field for field in command.args if field.typed}
    waiting = list(fields.values())
    known: dict[str, Value] = {}
    for typed in (part for word in words for part in word.text.split(",") if tags and part):
        name, equals, value = typed.partition("=")
        field = fields.get(name.casefold()) if equals else waiting.pop(0) if waiting else None
        if field and field.name in tags:
            with contextlib.suppress(InvalidValue):
                known[field.name] = text.parse(field.type, value if equals else typed)
    return known


def _values(field: Field, start: int, protocol: Protocol, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    if field.secret:
        return
    for word in text.words(field.type):
        yield Suggestion(word.text, start, word.meaning)
    if isinstance(field.type, Mac):
        for unit in vocabulary.units:
            if unit.mac and unit.protocol == protocol.name:
                yield Suggestion(unit.mac, start, f"{unit.name}: {unit.about} at {unit.address}")
    rows = field.type.rows if isinstance(field.type, Tagged) else ()
    if isinstance(rows[0].type if len(rows) == 1 else field.type, (IPv4, Counted)):
        for unit in vocabulary.units:
            host = re.split("[:/?]", unit.address.partition("://")[2])[0]
            if host and "+serial" not in unit.address:
                yield Suggestion(host, start, unit.name)
    yield from (Suggestion(word.text, start, word.meaning) for word in field.usual)


def _verb(verb: Verb, given: list[Word], partial: Word, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    if verb.args and verb.args[0].kind is Kind.LINE:
        yield from _candidates(given, partial, vocabulary, verbs=False)
        return
    name, equals, _ = partial.text.partition("=")
    if equals and name in verb.options:
        if name == "protocol":
            for protocol in catalogue.protocols():
                yield Suggestion(protocol.name, partial.start + len(name) + 1, protocol.maker)
        return
    setting = next((s for s in verb.settings if equals and name in (s.name, *s.also)), None)
    if setting is not None:
        value = partial.start + len(name) + 1
        yield from (Suggestion(word.text, value, word.meaning) for word in settings.words(setting))
        return
    places = sum(1 for word in given if word.text.partition("=")[0] not in verb.named)
    arg = verb.args[min(places, len(verb.args) - 1)] if verb.args else None
    if arg and (places < len(verb.args) or arg.many):
        yield from _verb_value(arg, given, partial, vocabulary)
    used = {word.text.partition("=")[0] for word in given}
    yield from (
        Suggestion(f"{option}=", partial.start, "option") for option in verb.options if option not in used
    )
    for item in verb.settings if places else ():
        if used.isdisjoint((item.name, *item.also)):
            meaning = f"{item.about}: {settings.rule(item)}"
            yield Suggestion(f"{item.name}=", partial.start, meaning)


def _verb_value(arg: Arg, given: list[Word], partial: Word, vocabulary: Vocabulary) -> Iterator[Suggestion]:
    start = partial.start
    yield from (Suggestion(word.text, start, word.meaning) for word in arg.words)
    if arg.kind in (Kind.UNIT, Kind.TARGET):
        yield from (Suggestion(u.name, start, f"{u.about} at {u.address}") for u in vocabulary.units)
    if arg.kind is Kind.TARGET:
        for protocol in catalogue.protocols():
            yield Suggestion(f"{protocol.name}://", start, protocol.maker)
    if arg.kind is Kind.COMMAND:
        yield from _heads_of(start, partial.text, "")
        yield from _verbs(start)
    if arg.kind is Kind.WORD and arg.name == "job":
        yield from (Suggestion(str(job), start, "running job") for job in vocabulary.jobs)
