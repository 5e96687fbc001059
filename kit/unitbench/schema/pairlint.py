"""The rules for pairs of get and set: whatever they name is there."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.schema.pairs import Pair
from unitbench.schema.records import Command, Effect, Protocol
from unitbench.schema.values import Tagged

At = tuple[str | int, ...]


def pair_flaws(protocol: Protocol) -> Iterator[tuple[At, str]]:
    """Every rule that a protocol's pairs break: where, and which."""
    for number, command in enumerate(protocol.commands):
        at: At = ("commands", number)
        own = {field.name for field in command.args}
        if command.asks is not None and command.asks[0] not in own:
            yield (*at, "asks"), _strange(command, command.asks[0])
        if command.pair is not None:
            yield from ((((*at, "pair"), text)) for text in _pair(protocol, command, command.pair, own))
    identity = protocol.identity
    if identity is not None:
        reader = protocol.command(identity.command)
        if reader is None or reader.effect is not Effect.READ:
            yield ("identity", "command"), f"'{identity.command}' is no command that reads"
        elif not set(identity.fields) & _replied(protocol, reader):
            yield ("identity", "fields"), f"no reply of {reader.name} has one of {', '.join(identity.fields)}"


def _pair(protocol: Protocol, command: Command, pair: Pair, own: set[str]) -> Iterator[str]:
    named = [pair.item, pair.rows]
    if pair.carries is not None:
        carries = pair.carries
        named += [carries.port, carries.carrier, carries.when.name, carries.unless.name, carries.mute.name]
    if pair.moves is not None:
        named += [pair.moves.host, pair.moves.known.name]
    yield from (_strange(command, name) for name in named if name and name not in own)
    if (pair.carries or pair.moves) and protocol.identity is None:
        yield "what can be elsewhere afterwards needs an identity of the protocol: how it is known again"
    if bool(pair.item) is not bool(pair.title):
        yield "an item has a title, and only an item"
    if not (command.reads_back or (command.asks and pair.rows)):
        yield f"nothing reads what {command.name} sets: reads_back is missing, or asks and rows"
    if pair.rows:
        yield from _table(protocol, command, pair)
    if pair.items is not None:
        lister = protocol.command(pair.items.command)
        if lister is None or lister.effect is not Effect.READ:
            yield f"'{pair.items.command}' is no command that reads"
        elif not {pair.items.first, pair.items.last} <= _replied(protocol, lister):
            yield f"no reply of {lister.name} has {pair.items.first} and {pair.items.last}"


def _table(protocol: Protocol, command: Command, pair: Pair) -> Iterator[str]:
    kind = next((field.type for field in command.args if field.name == pair.rows), None)
    if not isinstance(kind, Tagged) or kind.tag != pair.item:
        yield f"'{pair.rows}' is no value of a property that {pair.item or 'an item'} chooses"
        return
    numbers = {row.number for row in kind.rows}
    for number in (*pair.acts, *(pair.idle[:1] if pair.idle else ())):
        if number not in numbers:
            yield f"there is no property {number}"
    if pair.answer not in _replied(protocol, command):
        yield f"no reply of {command.name} has '{pair.answer}'"


def _replied(protocol: Protocol, command: Command) -> set[str]:
    """The fields of all replies to a command."""
    reports = (protocol.report(name) for name in command.reply)
    return {field.name for report in reports if report is not None for field in report.fields}


def _strange(command: Command, name: str) -> str:
    return f"the pair names '{name}', which {command.name} does not have"
