"""Simulated units of protocols that people add: from the rules in their record, or from a package's own code."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.catalogue.loading import Added
from unitbench.errors import CatalogueError, InvalidValue
from unitbench.wire import codec_of
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.lines.unit import LinesUnit
from unitbench.wire.unit import UnitCore

FIRST, STEP, LAST = 61, 10, 241
"""Last byte of the first unit's address: of the first kind that was added, the way to the next kind, the end."""
CLIENTS = 4
"""Stream clients that a unit made by a package takes at once."""


def default_counts() -> dict[str, int]:
    """One of each kind that has a simulated unit."""
    return {name: 1 for name, added in catalogue.added().items() if added.simulated}


def first_of(protocol: str) -> int:
    """Last byte of the address of its first unit; raises ``InvalidValue`` where a set has no room for the kind."""
    kinds = list(default_counts())
    first = FIRST + STEP * kinds.index(protocol) if protocol in kinds else LAST + 1
    if first > LAST:
        room = (LAST - FIRST) // STEP + 1
        raise InvalidValue(
            f"a set of simulated units has no place for {protocol}",
            field="unit",
            rule=f"one of the first {room} added protocols that describe a simulated unit",
            hint="describe it in the table [simulated] of its file",
        )
    return first


def core_of(protocol: str, name: str, number: int, host: str, mac: str) -> UnitCore:
    """The core of an added protocol's unit; raises ``CatalogueError`` where a package gives none."""
    added = catalogue.added()[protocol]
    facts = {"unit": name, "number": str(number), "address": host, "mac": mac}
    if added.unit is not None:
        return _made(added, facts)
    codec = codec_of(protocol)
    if not isinstance(codec, LinesCodec):
        raise CatalogueError(f"{added.origin}: the rules of [simulated] are for line protocols")
    return LinesUnit(codec, facts)


def _made(added: Added, facts: dict[str, str]) -> UnitCore:
    assert added.unit is not None
    try:
        core = added.unit(facts)
    except Exception as error:
        raise CatalogueError(
            f"{added.origin}: its simulated unit failed: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(core, UnitCore):
        raise CatalogueError(f"{added.origin}: unit gives no unitbench.wire.unit.UnitCore")
    return core


def clients_of(protocol: str) -> int:
    """Stream clients that a unit takes at once."""
    rules = catalogue.protocol(protocol).simulated
    return rules.clients if rules else CLIENTS
