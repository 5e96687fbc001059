"""Whose bytes are these? Every protocol and both directions are tried, and ranked by how well they fit."""

from __future__ import annotations

from unitbench import catalogue
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Role
from unitbench.wire import codec_of


def dissections(data: bytes, protocol: str = "") -> list[Dissection]:
    """The readings of some bytes, the likeliest first: one per protocol, or only that of ``protocol``.

    Raises ``InvalidValue`` for a protocol that is not in the catalogue.
    """
    names = (protocol,) if protocol else catalogue.NAMES
    found = [_best(data, name) for name in names]
    for name in names:
        catalogue.protocol(name)
    return sorted(found, key=_rank)


def _best(data: bytes, name: str) -> Dissection:
    readings = [codec_of(name).dissect(data), *(codec_of(name).dissect(data, role) for role in Role)]
    return min(readings, key=_rank)


def _rank(reading: Dissection) -> tuple[bool, float]:
    # What is not recognised at all counts as a fault: a protocol that takes any line must not come first.
    faults = len(reading.faults) or int(not reading.likeness)
    return (faults > 0 and reading.likeness < 0.3, -reading.likeness + 0.05 * faults)
