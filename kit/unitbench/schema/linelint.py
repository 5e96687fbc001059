"""The further rules of a line protocol that has no code: whether it can be typed, told apart and simulated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.lint import Flaw, Path
from unitbench.schema.records import Command, Field, Lines, Protocol, Report
from unitbench.schema.simulated import FACTS, Answer, Simulated
from unitbench.schema.values import Text

ENDS = ("\r\n", "\n", "\r")
SHOWN = "CR LF, LF or CR"
_TYPED = re.compile(r"(?![@?]$)[!-~]+")
_NOT_TYPED = frozenset(";\"'")
_PLAIN = re.compile(r"[ -~]*")
NAMED = re.compile(r"\{([a-z0-9_]+)\}")
"""A name in a text of a simulated unit's rules."""
MOST_DELAY_S = 3600
SAMPLE = dict(zip(FACTS, ("u1", "1", "127.0.0.1", "02:00:00:00:00:01"), strict=True))


def line_flaws(protocol: Protocol) -> Iterator[Flaw]:
    """Every rule of line protocols that ``protocol`` breaks, where it breaks none of those of all records."""
    lines = protocol.lines
    if lines is None:
        yield Flaw((), "the table [lines] is missing: how requests and replies end")
        return
    yield from _spelling(protocol, lines)
    for number, command in enumerate(protocol.commands):
        at: Path = ("commands", number)
        if not _TYPED.fullmatch(command.name) or command.name[0] == "@" or _NOT_TYPED & set(command.name):
            yield Flaw(
                (*at, "name"), f"'{command.name}' cannot be typed as one word: ASCII without blank ; \" '"
            )
        yield from _separable(command.args, lines.separator, (*at, "args"))
        for index, example in enumerate(command.examples):
            for flaw in _example(command, example):
                yield Flaw((*at, "examples", index), f"the example '{example}' does not fit: {flaw}")
    for number, report in enumerate(protocol.reports):
        yield from _report(report, ("reports", number))
    if protocol.simulated is not None:
        yield from _simulated(protocol, protocol.simulated)


def _spelling(protocol: Protocol, lines: Lines) -> Iterator[Flaw]:
    datagrams = all(service.carrier == "udp" for service in protocol.services)
    if lines.request_end not in ENDS and not (datagrams and not lines.request_end):
        yield Flaw(("lines", "request_end"), f"request_end must be {SHOWN}; empty for UDP alone")
    if lines.reply_end not in ENDS:
        yield Flaw(("lines", "reply_end"), f"reply_end must be {SHOWN}")
    for name in ("separator", "assign"):
        if not re.fullmatch(r"[\t -~]+", getattr(lines, name)):
            yield Flaw(("lines", name), f"{name} must be ASCII characters, and at least one")


def _separable(fields: tuple[Field, ...], separator: str, at: Path) -> Iterator[Flaw]:
    for number, field in enumerate(fields):
        if isinstance(field.type, Text) and not set(separator) & set(field.type.forbid):
            shown = separator.replace(" ", "a blank")
            what = f"{field.name} may hold {shown}, which separates the items: forbid it"
            yield Flaw((*at, number, "type"), what)


def _report(report: Report, at: Path) -> Iterator[Flaw]:
    texts = {"tag": report.tag, "close": report.close}
    texts |= {"key": "".join(field.key for field in report.fields)}
    for name, given in texts.items():
        if not _PLAIN.fullmatch(given):
            yield Flaw((*at, name), f"{name} must be ASCII characters")
    if not report.close:
        yield from _separable(report.fields, report.separator, (*at, "fields"))
        if not re.fullmatch(r"[\t -~]+", report.separator):
            yield Flaw((*at, "separator"), "separator must be ASCII characters, and at least one")
        return
    if not report.tag or report.tag == report.close:
        yield Flaw((*at, "close"), "a reply of several lines needs a tag that is not its close")
    for number, field in enumerate(report.fields):
        if not field.key:
            yield Flaw((*at, "fields", number), f"{field.name} needs a key: its line begins with it")


def _example(command: Command, example: str) -> Iterator[str]:
    words = example.split()
    if not words or words[0].casefold() != command.name.casefold():
        yield f"it does not begin with {command.name}"
        return
    left = {field.name: field for field in command.args if field.typed}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        field = left.pop(name, None) if equals else None
        if field is None and left:
            field, value = left.pop(next(iter(left))), word
        if field is None:
            yield f"'{word}' is one too many"
            return
        try:
            text.parse(field.type, value)
        except InvalidValue as error:
            yield f"{field.name}: {error.message}"
    missing = [field.name for field in left.values() if field.default is None and not field.optional]
    if missing:
        yield f"{missing[0]} is missing"


def _simulated(protocol: Protocol, unit: Simulated) -> Iterator[Flaw]:
    at: Path = ("simulated",)
    state = dict(SAMPLE)
    for name, begin in unit.state:
        yield from _unknown(begin, set(FACTS), (*at, "state", name))
        if name in FACTS:
            yield Flaw((*at, "state", name), f"'{name}' is a fact of every unit")
        state[name] = filled(begin, SAMPLE)
    if unit.words < 0 or unit.clients < 1 or not 0 <= unit.delay_s <= MOST_DELAY_S:
        yield Flaw(at, f"words is 0 or more, clients 1 or more, delay_s 0..{MOST_DELAY_S}")
    for number, answer in enumerate(unit.answers):
        yield from _answer(protocol, answer, state, (*at, "answers", number))
    if unit.otherwise is not None:
        yield from _answer(protocol, unit.otherwise, state, (*at, "otherwise"))


def _answer(protocol: Protocol, answer: Answer, state: dict[str, str], at: Path) -> Iterator[Flaw]:
    command = protocol.command(answer.command)
    if answer.command and command is None:
        yield Flaw((*at, "command"), f"'{answer.command}' is none of the protocol's commands")
    given = {field.name for field in command.args} if command else set()
    known = given | state.keys()
    for row, pairs in (("when", answer.when), ("sets", answer.sets), ("values", answer.values)):
        for name, content in pairs:
            yield from _unknown(content, known, (*at, row, name))
    for name, _ in answer.when:
        if name not in known:
            yield Flaw((*at, "when", name), f"'{name}' is no argument and no part of the state")
    for name, _ in answer.sets:
        if name not in state or name in FACTS:
            yield Flaw((*at, "sets", name), f"'{name}' is no part of the state")
    report = protocol.report(answer.reply) if answer.reply else None
    if answer.reply and report is None:
        yield Flaw((*at, "reply"), f"'{answer.reply}' is none of the protocol's reports")
    if report is not None:
        yield from _items(report, answer, given, state, at)


def _items(
    report: Report, answer: Answer, given: set[str], state: dict[str, str], at: Path
) -> Iterator[Flaw]:
    names = [field.name for field in report.fields]
    for row, items in (("values", [name for name, _ in answer.values]), ("items", list(answer.items or ()))):
        for name in items:
            if name not in names:
                yield Flaw((*at, row), f"'{name}' is no item of {report.name}: it has {', '.join(names)}")
    values = dict(answer.values)
    for field in report.fields:
        if answer.items is not None and field.name not in answer.items:
            continue
        content = values.get(field.name, state.get(field.name))
        if content is None:
            if not field.optional and field.name not in given:
                yield Flaw(at, f"nothing says what {field.name} of {report.name} is")
        elif not given.intersection(NAMED.findall(content)):
            try:
                text.parse(field.type, filled(content, state))
            except InvalidValue as error:
                yield Flaw((*at, "values", field.name), f"{field.name}: {error.message}")


def _unknown(content: str, known: set[str], at: Path) -> Iterator[Flaw]:
    for name in NAMED.findall(content):
        if name not in known:
            yield Flaw(at, f"{{{name}}} is not known here; known are {', '.join(sorted(known))}")


def filled(content: str, values: dict[str, str]) -> str:
    """A text of the rules with the names in it replaced."""
    return NAMED.sub(lambda name: values.get(name[1], name[0]), content)
