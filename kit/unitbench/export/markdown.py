"""The reference as Markdown: services, fields, bytes, ranges, worked frames, refusals, sources and status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch

from unitbench.export.openpoints import escaped
from unitbench.line.parse import parse
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.schema import text
from unitbench.schema.jsonform import plain
from unitbench.schema.printable import masked, printable
from unitbench.schema.records import Code, Command, Field, Protocol, Report, Role, Service, Source, Status
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Differs,
    Flag,
    IPv4,
    Lasts,
    Reserved,
    Row,
    Tagged,
    UInt,
    ValueType,
)
from unitbench.wire import codec_of

LEAD = {Status.SIMULATED: "Invented for simulated units; refused towards any other. "}


def markdown(protocols: Iterable[Protocol]) -> str:
    """The reference of these protocols, a chapter each."""
    return "\n".join(line for protocol in protocols for line in (*_chapter(protocol), ""))


def _chapter(protocol: Protocol) -> Iterator[str]:
    yield f"# {_prose(protocol.maker)} ({_code(protocol.name)})"
    yield from ("", f"{_prose(protocol.title)}.", "", _where(protocol.source), "")
    yield from _table(("service", "port", "about", "source"), (_service(s) for s in protocol.services))
    yield from ("", *_limits(protocol))
    for command in protocol.commands:
        yield from ("", *_command(protocol, command))
    if protocol.learned is not None:
        yield from (
            "",
            *_record(
                f"## {_prose(protocol.learned.title)}", protocol.learned, protocol, protocol.learned.args
            ),
        )
    for report in protocol.reports:
        head = f"## Reply {_code(report.name)}: {_prose(report.title)}"
        yield from ("", *_record(head, report, protocol, report.fields))
    if protocol.codes:
        yield from ("", "## Result codes", "", *_codes(protocol.codes))
    if protocol.notes:
        yield from ("", "## What the documents leave open, and other remarks", "")
        yield from (f"- {_prose(note)}" for note in protocol.notes)


def _limits(protocol: Protocol) -> Iterator[str]:
    yield f"- Longest request {protocol.max_request} bytes, longest reply {protocol.max_reply} bytes."
    if protocol.reply_end:
        yield f"- A reply ends with {_prose(protocol.reply_end)}."
    if protocol.hears_broadcast:
        yield "- Units answer what is sent to a broadcast address."
    if protocol.login_idle_s is not None:
        yield f"- A login ends after {protocol.login_idle_s:g} s without traffic."


def _service(service: Service) -> tuple[str, ...]:
    serial = f"serial, {service.baud} bit/s, {service.framing}"
    port = serial if service.carrier == "serial" else f"{service.port}/{service.carrier}"
    main = "the main one; " if service.main else ""
    return (
        _prose(service.name),
        port,
        _prose(main + service.about),
        _where(service.source) if service.source else "",
    )


def _command(protocol: Protocol, command: Command) -> Iterator[str]:
    yield from _record(f"## {_code(command.name)} {_prose(command.title)}", command, protocol, command.args)
    facts = [f"Effect: {command.effect.value}"]
    if command.needs:
        facts.append(f"needs: {command.needs}")
    if command.broadcast:
        facts.append("may go to all units at once")
    if command.probe:
        facts.append(f"a harmless probe, whose answer is worth {command.probe:g}")
    facts.append(f"answered by {', '.join(map(_code, command.reply))} within {command.answer_s:g} s")
    if command.reads_back:
        facts.append(f"read back by {_code(command.reads_back)}")
    if command.asks:
        field, value = command.asks
        facts.append(f"with {_code(f'{field}={text.format_value(value)}')} it asks, and changes nothing")
    yield from ("", "; ".join(facts) + ".")
    for rule in command.rules:
        because = _prose(rule.because) + ("; a reading" if rule.reading else "")
        yield from ("", f"Never both: {_prose(str(rule))} ({because}).")
    if command.refusals:
        yield from ("", "Refusals of this command:", "", *_codes(command.refusals))
    yield from ("", *_table(("example", "bytes"), (_frame(protocol, line) for line in command.examples)))


def _record(
    head: str, record: Command | Report, protocol: Protocol, fields: tuple[Field, ...]
) -> Iterator[str]:
    """What commands and reports have in common: title, source, remark, fields."""
    yield from (head, "", LEAD.get(record.source.status, "") + _where(record.source))
    note = record.note if isinstance(record, Command) else ""
    if note:
        yield from ("", f"Remark: {_prose(note)}")
    if fields:
        columns = ("field", "meaning", "format", "range", "default", "when")
        yield from ("", *_table(columns, (_field(protocol, field) for field in fields)))
    for field in fields:
        if isinstance(field.type, Tagged):
            yield from ("", *_properties(field.type, field))


def _field(protocol: Protocol, field: Field) -> tuple[str, ...]:
    binary = protocol.type_code is not None
    spelling = _bytes(field.type) if binary else "text"
    tag = f", behind {_code(field.key)}" if field.key else ""
    tag += f", before {_code(field.suffix)}" if field.suffix else ""
    conditions = [
        f"used when {field.used_when}" if field.used_when else "",
        f"there when {field.present_when}" if field.present_when else "",
        "optional" if field.optional else "",
        "secret" if field.secret else "",
    ]
    return (
        _code(field.name),
        _prose(field.about),
        spelling + tag,
        _prose(text.rule(field.type)) + _words(field),
        "" if field.default is None else _code(str(plain(field.default))),
        _prose("; ".join(filter(None, conditions))),
    )


def _words(field: Field) -> str:
    """What the words of a list mean."""
    if isinstance(field.type, Tagged):
        return ""
    told = [f"{_code(word.text)} {_prose(word.meaning)}" for word in text.words(field.type) if word.meaning]
    return f" ({'; '.join(told)})" if told else ""


@singledispatch
def _bytes(kind: ValueType) -> str:
    """How a value is spelt in a frame of bytes."""
    return "text"


@_bytes.register
def _(kind: UInt) -> str:
    return "1 byte" if kind.size == 1 else f"{kind.size} bytes, the high one first"


@_bytes.register(Flag)
@_bytes.register(Choice)
def _(kind: Flag | Choice) -> str:
    return "1 byte"


@_bytes.register
def _(kind: IPv4) -> str:
    return "4 bytes"


@_bytes.register
def _(kind: Reserved) -> str:
    return f"{kind.size} reserved byte{'s' if kind.size > 1 else ''}"


@_bytes.register
def _(kind: Counted) -> str:
    return f"1 byte {_code(kind.count_name)}, then so many characters"


@_bytes.register
def _(kind: CountedList) -> str:
    return f"1 byte {_code(kind.count_name)}, then so many bytes"


def _properties(kind: Tagged, field: Field) -> Iterator[str]:
    """The properties that a field's value can be of."""
    columns = (_code(kind.tag), _code(field.name), "meaning", "range", "default", "rules")
    yield from _table(columns, (_property(row, kind.rows) for row in kind.rows))


def _property(row: Row, rows: tuple[Row, ...]) -> tuple[str, ...]:
    names = {other.number: other.name for other in rows}
    rules = []
    for rule in row.rules:
        match rule:
            case Differs(other):
                rules.append(f"not equal to {names.get(other, other)}")
            case Lasts(other, periods):
                rules.append(f"at least {periods} periods of {names.get(other, other)}")
    default = "" if row.default is None else _code(str(row.default))
    told = "; ".join(rules)
    return (
        str(row.number),
        _code(row.name),
        _prose(row.about),
        _prose(text.rule(row.type)),
        default,
        _prose(told),
    )


def _frame(protocol: Protocol, example: str) -> tuple[str, str]:
    """An example as it is typed and as our encoder puts it into bytes; secrets masked in both."""
    codec = codec_of(protocol.name)
    (statement,) = parse(example, Vocabulary((UnitName("-", protocol.name),), "-")).statements
    assert statement.request is not None
    data = codec.encode(statement.request)
    shown = masked(data, codec.dissect(data, Role.HOST).secret_spans)
    secret = statement.command is not None and statement.command.secret is not None
    return _code(codec.spelling(statement.request) if secret else example), _code(shown.hex(" "))


def _codes(codes: Sequence[Code]) -> Iterator[str]:
    yield from _table(
        ("code", "meaning", "what to try"),
        ((_code(code.text), _prose(code.meaning), _prose(code.hint)) for code in codes),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' for _ in columns)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _where(source: Source) -> str:
    told = ", ".join(filter(None, (source.document, source.section)))
    return f"Source: {_prose(told)} ({source.status.value})."


def _prose(words: str) -> str:
    return escaped(printable(words, 10_000))


def _code(words: str) -> str:
    """Words as they are spelt. A pipe would end a table's cell even here."""
    shown = printable(words, 10_000).replace("|", "\\|")
    fence = "``" if "`" in shown else "`"
    space = " " if fence == "``" else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else ""
