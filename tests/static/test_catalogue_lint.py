"""Rules that every record of the catalogue keeps."""

from __future__ import annotations

import re

import pytest

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema import text
from unitbench.schema.checks import check
from unitbench.schema.records import Command, Effect, Field, Protocol, Report, Source, Status
from unitbench.schema.values import Choice, Counted, CountedList, Reserved, Token
from unitbench.schema.verbs import Kind
from unitbench.wire import encode

SEEDS = {
    "000_c74756eb2c5bf187.txt",
    "001_533115ad403a9a25.txt",
    "002_72213c529fb42e59.txt",
    "003_253d83b04d5e5e3b.txt",
    "004_3a311ef514a497df.txt",
}
PROTOCOLS = [pytest.param(protocol, id=protocol.name) for protocol in catalogue.protocols()]
COMMANDS = [
    pytest.param(protocol, command, id=f"{protocol.name} {command.name}")
    for protocol in catalogue.protocols()
    for command in protocol.commands
]
RECORDS = [
    pytest.param(record, id=f"{protocol.name} {record.name} {type(record).__name__.lower()}")
    for protocol in catalogue.protocols()
    for record in (*protocol.commands, *protocol.reports)
]
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def fields(record: Command | Report) -> tuple[Field, ...]:
    return record.args if isinstance(record, Command) else record.fields


def founded(source: Source) -> None:
    assert source.document
    assert source.section
    if re.search(r"\.txt$|^\d{3}_", source.document) or source.status is Status.DOCUMENTED:
        assert source.document in SEEDS, source


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_protocol_is_whole(protocol: Protocol) -> None:
    assert SNAKE.fullmatch(protocol.name)
    assert protocol.maker
    assert protocol.title
    founded(protocol.source)
    assert sum(service.main for service in protocol.services) == 1
    for service in protocol.services:
        assert service.carrier in ("tcp", "udp")
        assert 1 <= service.port <= 65535
        assert service.name
        assert service.about
    assert protocol.reply_end or not protocol.commands
    assert 0 < protocol.max_request <= 65536


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_names_and_numbers_are_given_once(protocol: Protocol) -> None:
    for names in (
        [command.name.casefold() for command in protocol.commands],
        [report.name.casefold() for report in protocol.reports],
        [code.text for code in protocol.codes],
        [record.code for record in (*protocol.commands, *protocol.reports) if record.code is not None],
    ):
        assert len(names) == len(set(names))


def test_no_command_is_called_like_one_of_our_verbs_or_another_protocols() -> None:
    names = [command.name for protocol in catalogue.protocols() for command in protocol.commands]
    assert {name.casefold() for name in names} & {"", "?"} == set()
    assert len({name.casefold() for name in names}) == len(names)
    assert {verb.name for verb in catalogue.own_verbs()} & set(names) == set()


@pytest.mark.parametrize(("protocol", "command"), COMMANDS)
def test_a_command_is_whole(protocol: Protocol, command: Command) -> None:
    assert command.title
    assert isinstance(command.effect, Effect)
    founded(command.source)
    assert command.examples
    assert command.answer_s > 0
    assert 0 <= command.probe <= 1
    assert not command.probe or command.effect is Effect.READ
    assert not command.probe or command.source.status is not Status.SIMULATED
    assert not command.broadcast or protocol.hears_broadcast
    assert (command.code is None) is (protocol.type_code is None)
    for code in command.refusals:
        assert protocol.result(code.text)
        assert code.meaning
        assert code.hint


@pytest.mark.parametrize(("protocol", "command"), COMMANDS)
def test_what_a_command_refers_to_is_there(protocol: Protocol, command: Command) -> None:
    assert command.reply
    replies = [protocol.report(name) for name in command.reply]
    assert all(replies)
    if command.reads_back:
        reader = protocol.command(command.reads_back)
        assert reader is not None
        assert reader.effect is Effect.READ
    if command.grants:
        named = {field.name for reply in replies if reply for field in reply.fields}
        assert command.grants[0] in named


@pytest.mark.parametrize(("protocol", "command"), COMMANDS)
def test_every_example_parses_to_a_whole_request_and_encodes(protocol: Protocol, command: Command) -> None:
    for example in command.examples:
        (statement,) = parse(example).statements
        assert statement.error is None, statement.error
        assert statement.request is not None
        assert (statement.protocol, statement.request.command) == (protocol.name, command.name)
        assert encode(statement.request)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_report_answers_something_or_stands_for_itself(protocol: Protocol) -> None:
    for report in protocol.reports:
        assert report.title
        founded(report.source)
    answered = {name for command in protocol.commands for name in command.reply}
    spare = {report.name for report in protocol.reports if not report.refuses} - answered
    assert spare <= {"NAK"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_code_says_what_it_means_and_what_to_try(protocol: Protocol) -> None:
    for code in protocol.codes:
        assert code.meaning
        assert code.hint


@pytest.mark.parametrize("record", RECORDS)
def test_fields_are_named_once_and_told(record: Command | Report) -> None:
    names = [field.name for field in fields(record)]
    names += [
        field.type.count_name for field in fields(record) if isinstance(field.type, (Counted, CountedList))
    ]
    assert len(names) == len(set(names))
    assert all(SNAKE.fullmatch(name) for name in names)
    assert all(field.about for field in fields(record))
    assert len({field.key for field in fields(record) if field.key}) == sum(
        bool(field.key) for field in fields(record)
    )


@pytest.mark.parametrize("record", RECORDS)
def test_conditions_and_rules_name_fields_that_are_there(record: Command | Report) -> None:
    names = [field.name for field in fields(record)]
    for number, field in enumerate(fields(record)):
        if field.used_when:
            assert field.used_when.name in names
        if field.present_when:
            assert field.present_when.name in names[:number], "what decides comes first"
        assert not (field.used_when and field.present_when)
    for rule in record.rules if isinstance(record, Command) else ():
        assert {rule.one.name, rule.other.name} <= set(names)
        assert rule.because


@pytest.mark.parametrize("record", RECORDS)
def test_what_is_offered_or_filled_in_is_legal(record: Command | Report) -> None:
    for field in fields(record):
        if field.default is not None:
            assert check(field, field.default) == field.default
        assert not (field.optional and field.default is not None)
        assert not isinstance(field.type, Reserved) or field.default is not None
        for word in (*text.words(field.type), *field.usual):
            assert text.parse(field.type, word.text) is not None
        for word in field.usual:
            assert word.meaning


@pytest.mark.parametrize("record", RECORDS)
def test_words_are_told_apart(record: Command | Report) -> None:
    for field in fields(record):
        if isinstance(field.type, (Choice, Token)):
            spellings = [s.casefold() for word in field.type.words for s in (word.text, *word.also)]
            assert len(spellings) == len(set(spellings))
            assert all(word.meaning for word in field.type.words)
        if isinstance(field.type, Choice):
            numbers = [word.number for word in field.type.words]
            assert None not in numbers
            assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("verb", catalogue.own_verbs(), ids=lambda verb: verb.name)
def test_our_own_verbs_are_whole(verb: object) -> None:
    found = next(each for each in catalogue.own_verbs() if each is verb)
    assert SNAKE.fullmatch(found.name)
    assert found.title
    assert [each.name for each in catalogue.own_verbs()].count(found.name) == 1
    optional = [arg.optional or arg.many for arg in found.args]
    assert optional == sorted(optional), "what may be left out comes last"
    rest = [arg.many or arg.kind in (Kind.BYTES, Kind.LINE) for arg in found.args]
    assert not any(rest[:-1]), "what takes the rest of the line comes last"
    assert len(found.options) == len(set(found.options))
