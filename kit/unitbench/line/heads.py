"""What a statement can begin with: wire commands, what a unit has named itself, our own verbs, units."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from unitbench import catalogue
from unitbench.line.matching import Offer
from unitbench.line.ours import parts_of
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.schema.records import Command, Protocol


def effect_of(command: Command) -> str:
    """The effect of a command in words."""
    return command.effect.value + (", broadcast" if command.broadcast else "")


def wire_heads(typed: str, only: str = "", first: str = "") -> Iterator[Offer]:
    """The names that a wire command can begin with, in the spelling that was begun: of the protocol ``only``, else
    of all, those of ``first`` before the others."""
    marked = typed.startswith("#")
    for protocol in (catalogue.protocol(only),) if only else catalogue.each(first):
        yield from _heads(protocol.name, marked and protocol.command("#") is not None)


@lru_cache(maxsize=256)
def _heads(name: str, marked: bool) -> tuple[Offer, ...]:
    protocol = catalogue.protocol(name)
    found = []
    if protocol.type_code is not None:
        found.append(Offer(f"{protocol.type_code:02X}h", f"{protocol.maker}: {protocol.title}"))
    for command in protocol.commands:
        word = command.name.split()[-1]
        mark = "#" if marked and word != "#" else ""
        found.append(Offer(mark + word, command.title, effect_of(command)))
    for command in protocol.commands:
        if command.packet_type is not None:
            title = f"{command.name}: {command.title}"
            found.append(Offer(f"{command.packet_type:02X}h", title, effect_of(command)))
    return tuple(found)


def learned_heads(typed: str, unit: UnitName | None) -> Iterator[Offer]:
    """What the unit itself has named, and no manual explains."""
    record = catalogue.protocol(unit.protocol).learned if unit and unit.commands else None
    if unit and record:
        mark = "#" if typed.startswith("#") else ""
        yield from (Offer(mark + name, record.title, effect_of(record)) for name in unit.commands)


@lru_cache(maxsize=1)
def verb_heads() -> tuple[Offer, ...]:
    """Our own verbs, those of two words by their first."""
    verbs = catalogue.own_verbs()
    found = {verb.name: Offer(verb.name, verb.title) for verb in verbs if " " not in verb.name}
    for first in (verb.name.partition(" ")[0] for verb in verbs):
        found.setdefault(first, Offer(first, f"followed by {', '.join(parts_of(first))}"))
    return tuple(found.values())


@lru_cache(maxsize=1)
def addressed_heads() -> tuple[Offer, ...]:
    """Those of our own verbs that go to the unit named before them."""
    return tuple(Offer(verb.name, verb.title) for verb in catalogue.own_verbs() if verb.addressed)


def targets(typed: str, vocabulary: Vocabulary) -> Iterator[Offer]:
    """Whom a statement can address: by name, by address once an @ is typed."""
    for unit in vocabulary.units:
        yield Offer(f"@{unit.name}", f"{unit.about} at {unit.address}")
    yield Offer("@all", "every unit of the command's protocol")
    if typed.startswith("@"):
        for offer in addresses(vocabulary):
            yield Offer(f"@{offer.text}", offer.meaning)


def unit_names(vocabulary: Vocabulary) -> Iterator[Offer]:
    """The units by their names."""
    return (Offer(unit.name, f"{unit.about} at {unit.address}") for unit in vocabulary.units)


def addresses(vocabulary: Vocabulary) -> Iterator[Offer]:
    """The units by their addresses, and what an address of another one begins with."""
    for unit in vocabulary.units:
        if unit.address:
            yield Offer(unit.address, unit.name)
    for protocol in catalogue.protocols():
        for scheme in schemes_of(protocol):
            yield Offer(f"{scheme}://", protocol.maker)


def schemes_of(protocol: Protocol) -> dict[str, None]:
    """What the addresses of a protocol begin with: its name alone for its main service, else the carrier too."""
    main = next((service for service in protocol.services if service.main), None)
    found = {protocol.name: None}
    found |= {
        f"{protocol.name}+{service.carrier}": None
        for service in protocol.services
        if main is not None and service.carrier != main.carrier
    }
    return found
