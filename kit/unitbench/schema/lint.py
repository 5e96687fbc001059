"""The rules that every protocol's record keeps, ours and those that people add."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.causelint import cause_flaws
from unitbench.schema.checks import check
from unitbench.schema.pairlint import pair_flaws
from unitbench.schema.record import record
from unitbench.schema.records import Command, Effect, Field, Protocol, Source, Status
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Numbered,
    Real,
    Reserved,
    Text,
    Token,
    UInt,
)

Path = tuple[str | int, ...]
"""Where something stands in a record: names of attributes, and numbers in a row, from 0."""
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SCHEME = re.compile(r"[a-z][a-z0-9]*")
CARRIERS = ("tcp", "udp", "serial")
MOST_REQUEST = 65536
LONGEST_S = 600
"""No answer is waited for longer."""
WIDEST = 8
"""Bytes that a whole number may have."""


@record
class Flaw:
    """A rule that is broken: where, and which."""

    at: Path
    text: str


def flaws(protocol: Protocol, *, manuals: Collection[str], verbs: Collection[str]) -> Iterator[Flaw]:
    """Every rule that a protocol breaks.

    ``manuals`` are the documents of which ``documented`` may be said, ``verbs`` the words that are ours.
    """
    yield from _head(protocol)
    yield from _source(protocol.source, (), manuals)
    yield from _services(protocol)
    yield from _once(protocol)
    for number, command in enumerate(protocol.commands):
        at: Path = ("commands", number)
        yield from _source(command.source, at, manuals)
        yield from _command(protocol, command, at, verbs)
        yield from _fields(command.args, (*at, "args"))
        yield from _conditions(command.args, (*at, "args"))
        yield from _rules(command, at)
    for number, report in enumerate(protocol.reports):
        at = ("reports", number)
        yield from _source(report.source, at, manuals)
        yield from _given(at, {"title": report.title})
        yield from _fields(report.fields, (*at, "fields"))
        yield from _conditions(report.fields, (*at, "fields"))
    yield from _learned(protocol)
    yield from (Flaw(at, text) for at, text in (*pair_flaws(protocol), *cause_flaws(protocol)))
    for number, code in enumerate(protocol.codes):
        yield from _given(("codes", number), {"text": code.text, "meaning": code.meaning, "hint": code.hint})


def _head(protocol: Protocol) -> Iterator[Flaw]:
    if not SCHEME.fullmatch(protocol.name):
        yield Flaw(("name",), f"'{protocol.name}' is no name: small letters and digits, a letter first")
    if not re.fullmatch("[a-z]", protocol.letter):
        yield Flaw(("letter",), f"'{protocol.letter}' is not one small letter: it begins the names of units")
    yield from _given((), {"maker": protocol.maker, "title": protocol.title})
    if protocol.commands and not protocol.reply_end:
        yield Flaw((), "reply_end is missing: the name of what ends a reply")
    if not 0 < protocol.max_request <= MOST_REQUEST:
        yield Flaw(("max_request",), f"max_request is outside 1..{MOST_REQUEST}")
    if not 0 < protocol.max_reply <= MOST_REQUEST:
        yield Flaw(("max_reply",), f"max_reply is outside 1..{MOST_REQUEST}")


def _given(at: Path, texts: dict[str, str]) -> Iterator[Flaw]:
    for name, given in texts.items():
        if not given:
            yield Flaw((*at, name), f"{name} is missing or empty")


def _source(source: Source, at: Path, manuals: Collection[str]) -> Iterator[Flaw]:
    at = (*at, "source")
    yield from _given(at, {"document": source.document, "section": source.section})
    if source.status is Status.DOCUMENTED and source.document not in manuals:
        why = "'documented' is kept for the manuals that unitbench was written from"
        yield Flaw((*at, "status"), f"{why}: say public, reading, learned or simulated")


def _services(protocol: Protocol) -> Iterator[Flaw]:
    if sum(service.main for service in protocol.services) != 1:
        yield Flaw(("services",), "exactly one service must be the main one: main = true")
    for number, service in enumerate(protocol.services):
        at: Path = ("services", number)
        yield from _given(at, {"name": service.name, "about": service.about})
        if service.carrier not in CARRIERS:
            yield Flaw((*at, "carrier"), f"carrier '{service.carrier}' is none of {', '.join(CARRIERS)}")
        elif service.carrier == "serial":
            if service.port or service.baud <= 0 or not service.framing:
                yield Flaw((*at, "baud"), "a serial service has a baud rate and a framing, and no port")
        elif not 1 <= service.port <= 65535:
            yield Flaw((*at, "port"), f"port {service.port} is outside 1..65535")


def _once(protocol: Protocol) -> Iterator[Flaw]:
    rows: tuple[tuple[str, str, Sequence[str]], ...] = (
        ("commands", "name", [command.name.casefold() for command in protocol.commands]),
        ("reports", "name", [report.name.casefold() for report in protocol.reports]),
        ("codes", "text", [code.text for code in protocol.codes]),
    )
    for row, key, names in rows:
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Flaw((row, number, key), f"'{name}' is there twice in {row}")
    both = [("commands", n, c.code) for n, c in enumerate(protocol.commands)]
    both += [("reports", n, r.code) for n, r in enumerate(protocol.reports)]
    numbers = [code for _, _, code in both]
    for place, (row, number, code) in enumerate(both):
        if code is not None and code in numbers[:place]:
            yield Flaw((row, number, "code"), f"the number {code} is there twice")


def _command(protocol: Protocol, command: Command, at: Path, verbs: Collection[str]) -> Iterator[Flaw]:
    if command.name in ("", "?") or command.name in verbs:
        yield Flaw((*at, "name"), f"'{command.name}' cannot be a command: it means something else here")
    yield from _given(at, {"title": command.title})
    if not command.examples:
        yield Flaw(at, f"{command.name} has no example")
    if not 0 < command.answer_s <= LONGEST_S:
        yield Flaw((*at, "answer_s"), f"answer_s must be above 0 and at most {LONGEST_S} (seconds)")
    if not 0 <= command.probe <= 1:
        yield Flaw((*at, "probe"), f"probe {command.probe:g} is outside 0..1")
    if command.probe and command.effect is not Effect.READ:
        yield Flaw((*at, "probe"), f"{command.name} changes something ({command.effect.value}): no probe")
    if command.probe and command.source.status is Status.SIMULATED:
        yield Flaw((*at, "probe"), f"{command.name} was invented for simulated units: no probe")
    if command.broadcast and not protocol.hears_broadcast:
        yield Flaw((*at, "broadcast"), "broadcast needs hears_broadcast = true of the protocol")
    numbered = command.code is not None or command.packet_type is not None
    both = command.code is not None and command.packet_type is not None
    if both or numbered is (protocol.type_code is None):
        yield Flaw((*at, "code"), f"{command.name}: one number is for protocols whose commands have one")
    for number, code in enumerate(command.refusals):
        if protocol.result(code.text) is None:
            yield Flaw((*at, "refusals", number, "text"), f"'{code.text}' is none of the protocol's codes")
        yield from _given((*at, "refusals", number), {"meaning": code.meaning, "hint": code.hint})
    yield from _replies(protocol, command, at)


def _replies(protocol: Protocol, command: Command, at: Path) -> Iterator[Flaw]:
    if not command.reply:
        yield Flaw(at, f"{command.name} has no reply")
    replies = [(name, protocol.report(name)) for name in command.reply]
    for name, report in replies:
        if report is None:
            yield Flaw((*at, "reply"), f"'{name}' is none of the protocol's reports")
    reader = protocol.command(command.reads_back) if command.reads_back else None
    if command.reads_back and (reader is None or reader.effect is not Effect.READ):
        yield Flaw((*at, "reads_back"), f"'{command.reads_back}' is no command that reads")
    if command.grants:
        named = {field.name for _, report in replies if report for field in report.fields}
        if command.grants[0] not in named:
            yield Flaw((*at, "grants"), f"no reply has an item '{command.grants[0]}'")


def _learned(protocol: Protocol) -> Iterator[Flaw]:
    """What only a unit's own list names changes the unit, for all we know."""
    teachers = [(number, command) for number, command in enumerate(protocol.commands) if command.teaches]
    learned = protocol.learned
    if (learned is not None) is not bool(teachers):
        yield Flaw(("learned",), "learned is for protocols with a command that teaches, and only for them")
    for number, command in teachers:
        reports = [protocol.report(name) for name in command.reply]
        if command.teaches not in {field.name for report in reports if report for field in report.fields}:
            yield Flaw(("commands", number, "teaches"), f"no reply has an item '{command.teaches}'")
    if learned is not None:
        cautious = learned.source.status is Status.LEARNED and learned.effect is Effect.RECONFIGURES
        if not cautious or not all(field.optional for field in learned.args):
            yield Flaw(("learned",), "what is learned reconfigures, and its fields are optional")


def _fields(fields: tuple[Field, ...], at: Path) -> Iterator[Flaw]:
    seen: list[str] = []
    keys: list[str] = []
    for number, field in enumerate(fields):
        here: Path = (*at, number)
        names = [field.name]
        if isinstance(field.type, (Counted, CountedList)):
            names.append(field.type.count_name)
        for name in names:
            if name in seen:
                yield Flaw((*here, "name"), f"'{name}' is there twice")
            if not SNAKE.fullmatch(name):
                yield Flaw((*here, "name"), f"'{name}' is no name of a field: small letters, digits and _")
        seen += names
        if field.key and field.key in keys:
            yield Flaw((*here, "key"), f"the key '{field.key}' is there twice")
        keys.append(field.key)
        if not field.about:
            yield Flaw((*here, "about"), f"{field.name}: about is missing: what it means")
        bad = list(_range(field, (*here, "type")))
        yield from bad or _offered(field, here)
        yield from _words(field, (*here, "type"))


def _range(field: Field, at: Path) -> Iterator[Flaw]:
    kind = field.type
    if isinstance(kind, UInt) and not (
        1 <= kind.size <= WIDEST and 0 <= kind.low <= kind.top < 256**kind.size
    ):
        yield Flaw(at, f"{field.name}: size is 1..{WIDEST} bytes, and low..high must fit into it")
    if isinstance(kind, Text) and not 0 <= kind.low <= kind.high <= MOST_REQUEST:
        yield Flaw(at, f"{field.name}: low..high is no range of lengths")
    if isinstance(kind, Real) and not -math.inf < kind.low <= kind.high < math.inf:
        yield Flaw(at, f"{field.name}: low..high is no range of numbers")


def _offered(field: Field, at: Path) -> Iterator[Flaw]:
    if field.default is not None:
        try:
            legal = check(field, field.default) == field.default
        except InvalidValue:
            legal = False
        if not legal:
            shown = text.format_value(field.default)
            yield Flaw((*at, "default"), f"{field.name}: the default {shown} is not {text.rule(field.type)}")
        if field.optional:
            yield Flaw((*at, "optional"), f"{field.name} is optional and has a default: one of both")
    elif isinstance(field.type, Reserved):
        yield Flaw(at, f"{field.name}: reserved bytes need a default")
    for row, words in (("type", text.words(field.type)), ("usual", field.usual)):
        for word in words:
            try:
                text.parse(field.type, word.text)
            except InvalidValue as error:
                yield Flaw((*at, row), f"{field.name}: {error.message}")
    for word in field.usual:
        if not word.meaning:
            yield Flaw((*at, "usual"), f"{field.name}: '{word.text}' has no meaning")


def _words(field: Field, at: Path) -> Iterator[Flaw]:
    if not isinstance(field.type, (Choice, Token, Numbered)):
        return
    if not field.type.words:
        yield Flaw(at, f"{field.name}: words are missing")
    seen: list[str] = []
    for word in field.type.words:
        for spelling in (word.text.casefold(), *(also.casefold() for also in word.also)):
            if spelling in seen:
                yield Flaw(at, f"{field.name}: '{spelling}' is there twice")
            seen.append(spelling)
        if not word.meaning:
            yield Flaw(at, f"{field.name}: '{word.text}' has no meaning")
    if not isinstance(field.type, Token):
        numbers = [word.number for word in field.type.words]
        if None in numbers or len(numbers) != len(set(numbers)):
            yield Flaw(at, f"{field.name}: every word needs a number of its own")


def _rules(record: Command, at: Path) -> Iterator[Flaw]:
    names = [field.name for field in record.args]
    for number, rule in enumerate(record.rules):
        here: Path = (*at, "rules", number)
        for name in (rule.one.name, rule.other.name, *([rule.unless.name] if rule.unless else [])):
            if name not in names:
                yield Flaw(here, f"the rule names '{name}', which {record.name} does not have")
        yield from _given(here, {"because": rule.because})


def _conditions(fields: tuple[Field, ...], at: Path) -> Iterator[Flaw]:
    names = [field.name for field in fields]
    for number, field in enumerate(fields):
        here: Path = (*at, number)
        if field.used_when and field.used_when.name not in names:
            yield Flaw((*here, "used_when"), f"'{field.used_when.name}' is no field beside {field.name}")
        if field.present_when and field.present_when.name not in names[:number]:
            what = (
                f"'{field.present_when.name}' must be a field before {field.name}: what decides comes first"
            )
            yield Flaw((*here, "present_when"), what)
        if field.used_when and field.present_when:
            yield Flaw(here, f"{field.name} has two kinds of condition: one of both")
