"""The protocols as data, found by name: ours, and those that people add. Imported when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from unitbench.errors import CatalogueError, InvalidValue
from unitbench.schema.printable import printable
from unitbench.schema.records import Command, Protocol, Report

if TYPE_CHECKING:
    from unitbench.catalogue.loading import Added
    from unitbench.schema.verbs import Verb

NAMES = ("kramer", "dcol", "qstation", "recorder", "vs1")
"""The names of our own protocols, in the order in which they are listed everywhere."""


def names() -> tuple[str, ...]:
    """The names of all protocols: ours, then those that were added."""
    return (*NAMES, *added())


@cache
def protocol(name: str) -> Protocol:
    """The protocol of that name; raises ``InvalidValue`` naming those there are."""
    if name in NAMES:
        found: Protocol = import_module(f"unitbench.catalogue.{name}").PROTOCOL
        return found
    if name not in added():
        known = ", ".join(names())
        raise InvalidValue(
            f"no protocol '{printable(name, 60)}'",
            field="protocol",
            rule=f"one of {known}",
            hint=f"one of {known}",
        )
    return added()[name].protocol


def protocols() -> tuple[Protocol, ...]:
    """All protocols, in their order."""
    return tuple(each())


def each(first: str = "") -> Iterator[Protocol]:
    """All protocols, that of the name ``first`` before the others. Those that were added are only looked for
    when it is their turn: who finds a command among ours does not wait for them."""
    if first and (first in NAMES or first in added()):
        yield protocol(first)
    yield from (protocol(name) for name in NAMES if name != first)
    yield from (item.protocol for name, item in added().items() if name != first)


def added() -> Mapping[str, Added]:
    """The protocols that were added, by name."""
    return _looked()[0]


def refused() -> tuple[CatalogueError, ...]:
    """What keeps a protocol file or a package from being used; told as a warning when it is first looked at."""
    return tuple(_looked()[1])


@cache
def _looked() -> tuple[dict[str, Added], list[CatalogueError]]:
    from unitbench.catalogue.loading import load

    return load(lambda: [protocol(name) for name in NAMES], lambda: [verb.name for verb in own_verbs()])


@cache
def own_verbs() -> tuple[Verb, ...]:
    """Our own verbs."""
    found: tuple[Verb, ...] = import_module("unitbench.catalogue.verbs").VERBS
    return found


def command(protocol_name: str, name: str) -> Command:
    """A command that must exist; raises ``KeyError`` otherwise."""
    found = protocol(protocol_name).command(name)
    if found is None:
        raise KeyError(f"{protocol_name} has no command {name}")
    return found


def report(protocol_name: str, name: str) -> Report:
    """A report that must exist; raises ``KeyError`` otherwise."""
    found = protocol(protocol_name).report(name)
    if found is None:
        raise KeyError(f"{protocol_name} has no report {name}")
    return found
