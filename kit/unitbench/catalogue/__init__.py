"""The protocols as data, found by name. Modules are imported when they are asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from unitbench.errors import InvalidValue
from unitbench.schema.records import Command, Protocol, Report
from unitbench.schema.verbs import Verb

NAMES = ("kramer", "dcol", "qstation")
"""The names of the protocols that a session speaks, in the order in which they are listed everywhere."""

SERVED = (*NAMES, "recorder", "vs1")
"""Those of which simulated units can be served: any program may talk to them."""


@cache
def protocol(name: str) -> Protocol:
    """The protocol of that name, spoken or only served; raises ``InvalidValue`` naming those there are."""
    if name not in SERVED:
        known = ", ".join(SERVED)
        raise InvalidValue(
            f"no protocol '{name}'", field="protocol", rule=f"one of {known}", hint=f"one of {known}"
        )
    found: Protocol = import_module(f"unitbench.catalogue.{name}").PROTOCOL
    return found


def protocols() -> tuple[Protocol, ...]:
    """All protocols, in their order."""
    return tuple(protocol(name) for name in NAMES)


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
