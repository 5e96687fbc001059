"""Three things to try that fit the units found, as lines that work: what changes nothing comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from unitbench import catalogue
from unitbench.lab.identification.steps import announced_at
from unitbench.schema.records import Effect, Protocol, Status, Touch
from unitbench.session.model import Unit

SHOWN = 3


def suggested(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Lines to try with the units that were recognised, each with its meaning; none where there are no units."""
    known = [unit for unit in units if unit.score]
    first: dict[str, Unit] = {}
    for unit in known:
        first.setdefault(unit.protocol, unit)
    found = [line for unit in first.values() for line in islice(_reads(unit), 1)]
    more = [*_together(known), *(line for unit in first.values() for line in _explained(unit))]
    kept = SHOWN - min(1, len(more))
    return [*found[:kept], *more][:SHOWN]


def told(units: Sequence[Unit], width: int) -> list[str]:
    """The same as lines for a screen; where it is narrow without the meanings."""
    found = suggested(units)
    room = max((len(line) for line, _ in found), default=0) + 4
    lines = [f"  {line}".ljust(room) + about for line, about in found]
    if any(len(line) > width for line in lines):
        lines = [f"  {line}" for line, _ in found]
    return ["three things to try:", *lines] if lines else []


def _reads(unit: Unit) -> Iterator[tuple[str, str]]:
    """What reads this unit, the most telling first."""
    record = catalogue.protocol(unit.protocol)
    if any(service.exclusive for service in record.services):
        yield (
            f"services {unit.name}",
            "its ports; sends nothing",
        )
        return
    if announced_at(record) and any(_read_only(record)):
        yield f"listen {unit.name} 5s", "what it sends by itself; sends nothing"
        return
    for command in record.commands:
        safe = (
            command.effect is Effect.READ
            and not command.probe
            and command.source.status is not Status.SIMULATED
        )
        if safe and command.examples:
            yield f"@{unit.name} {command.examples[0]}", command.title


def _read_only(record: Protocol) -> Iterator[bool]:
    return (service.carrier == "tcp" and service.touch is Touch.READS for service in record.services)


def _together(units: Sequence[Unit]) -> Iterator[tuple[str, str]]:
    """What several units of a kind are good for."""
    for protocol in dict.fromkeys(unit.protocol for unit in units):
        several = sum(unit.protocol == protocol for unit in units) > 1
        if several and any(c.broadcast and c.probe >= 1 for c in catalogue.protocol(protocol).commands):
            yield "timing rounds=5", "how close together they answer"


def _explained(unit: Unit) -> Iterator[tuple[str, str]]:
    yield f"why {unit.name}", "how it is known what it is"
    if any(command.shows_s for command in catalogue.protocol(unit.protocol).commands):
        yield f"identify {unit.name}", "which box it is: it shows itself"
