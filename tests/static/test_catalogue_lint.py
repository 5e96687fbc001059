"""Rules that every record of the catalogue keeps: those of ``schema.lint``, and those that are ours alone."""

from __future__ import annotations

import re

import pytest

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema.lint import SNAKE, flaws
from unitbench.schema.records import Command, Protocol
from unitbench.schema.verbs import Kind
from unitbench.wire import encode

SEEDS = {
    "000_c74756eb2c5bf187.txt",
    "001_533115ad403a9a25.txt",
    "002_72213c529fb42e59.txt",
    "003_253d83b04d5e5e3b.txt",
    "004_3a311ef514a497df.txt",
}
OURS = [catalogue.protocol(name) for name in catalogue.NAMES]
PROTOCOLS = [pytest.param(protocol, id=protocol.name) for protocol in OURS]
COMMANDS = [
    pytest.param(protocol, command, id=f"{protocol.name} {command.name}")
    for protocol in OURS
    for command in protocol.commands
]
UNASKED = {"announce", "heartbeat", "formatted"}
"""What a camera says by itself."""


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_rule_is_broken(protocol: Protocol) -> None:
    verbs = {verb.name for verb in catalogue.own_verbs()}
    assert list(flaws(protocol, manuals=SEEDS, verbs=verbs)) == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_document_that_looks_like_a_manual_is_one(protocol: Protocol) -> None:
    sources = [protocol.source, *(item.source for item in (*protocol.commands, *protocol.reports))]
    documents = {source.document for source in sources}
    assert {name for name in documents if re.search(r"\.txt$|^\d{3}_", name)} <= SEEDS


def test_no_command_is_called_like_another_protocols() -> None:
    names = [command.name.casefold() for protocol in OURS for command in protocol.commands]
    assert len(set(names)) == len(names)


def test_short_names_of_units_tell_the_protocol() -> None:
    assert len({protocol.letter for protocol in OURS}) == len(OURS)


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
    answered = {name for command in protocol.commands for name in command.reply}
    spare = {report.name for report in protocol.reports if not report.refuses} - answered
    assert spare <= {"NAK", *UNASKED}


@pytest.mark.parametrize("verb", catalogue.own_verbs(), ids=lambda verb: verb.name)
def test_our_own_verbs_are_whole(verb: object) -> None:
    found = next(each for each in catalogue.own_verbs() if each is verb)
    assert all(SNAKE.fullmatch(word.replace("-", "_")) for word in found.name.split(" "))
    assert found.title
    assert [each.name for each in catalogue.own_verbs()].count(found.name) == 1
    optional = [arg.optional or arg.many for arg in found.args]
    assert optional == sorted(optional), "what may be left out comes last"
    rest = [arg.many or arg.kind in (Kind.BYTES, Kind.LINE) for arg in found.args]
    assert not any(rest[:-1]), "what takes the rest of the line comes last"
    assert len(found.options) == len(set(found.options))
