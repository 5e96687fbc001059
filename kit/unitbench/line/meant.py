"""Which units a command may mean where none is named, and what the MAC in it says of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from unitbench import catalogue
from unitbench.schema.records import Command
from unitbench.schema.values import Mac


class Known(Protocol):
    """What is known of a unit here; a unit of a session and its name in the vocabulary both are such."""

    @property
    def name(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def mac(self) -> str: ...
    @property
    def commands(self) -> tuple[str, ...]: ...


K = TypeVar("K", bound=Known)


def able(units: Iterable[K], protocol: str, command: str) -> list[K]:
    """The units that take a command: all of its protocol, or those that have named it where the catalogue does not
    have it."""
    known = catalogue.protocol(protocol).command(command) is not None
    return [unit for unit in units if unit.protocol == protocol and (known or command in unit.commands)]


def mac_of(command: Command | None, values: Mapping[str, object]) -> str:
    """The MAC that selects the unit in a command; empty where it has none."""
    name = next((field.name for field in command.args if isinstance(field.type, Mac)), "") if command else ""
    return str(values.get(name) or "").casefold()


def selected(units: Iterable[K], mac: str) -> K | None:
    """The unit of that MAC."""
    return next((unit for unit in units if mac and unit.mac.casefold() == mac), None)


def mismatch(unit: K, units: Iterable[K], mac: str) -> str:
    """What is to be said where a command goes to a unit and the MAC in it is that of another one.

    Nothing where both claim one address: there the MAC selects.
    """
    if not mac or not unit.mac or unit.mac.casefold() == mac:
        return ""
    other = selected(units, mac)
    if other is not None and other.address == unit.address:
        return ""
    whose = f"{other.name} has it" if other is not None else "no unit known has it"
    return f"{unit.name} does not have the MAC {mac} ({whose}); a unit of another MAC stays silent"
