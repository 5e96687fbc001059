"""What is known of a unit, and from what: its observations with their weights and bytes, and the next one that would
decide."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Iterator, Mapping

from unitbench import catalogue
from unitbench.schema.printable import printable
from unitbench.schema.records import Command, Protocol
from unitbench.schema.report import bytes_text
from unitbench.session.items import Page
from unitbench.session.model import Exchange, Unit
from unitbench.session.reasons.model import Observation

BYTES_SHOWN, ANSWERS_SHOWN = 40, 3
NEXT = "next: "


def page(unit: Unit, now_ns: int = 0, exchanges: Iterable[Exchange] = ()) -> Page:
    """Why a unit is taken for what it is. ``now_ns``: by the wall clock, for how long ago something was seen.
    ``exchanges`` are the session's, of which those with this unit tell what it has answered."""
    known = "simulated: a running set of this user says so" if unit.simulated else "not known to be simulated"
    lines = [f"{unit.maker} at {unit.address}  {unit.about}".rstrip(), known, f"score {unit.score:.2f}, from"]
    lines += _rows(unit, now_ns or time.time_ns(), _answered(unit, exchanges))
    if unit.commands:
        lines.append(f"commands that only its own list names: {', '.join(unit.commands)}")
    return Page(unit.name, "\n".join([*lines, f"{NEXT}{following(unit)}"]))


def _answered(unit: Unit, exchanges: Iterable[Exchange]) -> dict[str, Exchange]:
    """What the unit has answered to somebody, by the name of the command: the newest first."""
    names, found = [item.name for item in catalogue.protocol(unit.protocol).commands], dict[str, Exchange]()
    for exchange in exchanges:
        if exchange.unit == unit.name and exchange.outcome in ("ok", "refused"):
            name = next((item for item in names if f"{exchange.command} ".startswith(f"{item} ")), "")
            found.setdefault(name or printable(exchange.command, 60), exchange)
    return found


def _rows(unit: Unit, now_ns: int, answered: Mapping[str, Exchange]) -> Iterator[str]:
    """A row for each piece of evidence, with what it weighs; then what was not looked at yet."""
    seen = {item.text: item for item in unit.seen}
    for text in unit.evidence:
        item = seen.get(text, Observation(text, 0.0))
        yield f"  {item.weight:+.2f}  {printable(text)}{_when(item, now_ns)}"
        if item.data:
            yield f"         {len(item.data)} bytes: {printable(bytes_text(item.data[:BYTES_SHOWN]), 200)}"
    unseen = [(name, exchange) for name, exchange in answered.items() if not _seen(unit, name)]
    for name, exchange in unseen[:ANSWERS_SHOWN]:
        yield f"  +0.00  {name} was answered (#{exchange.id}), as such a unit does; discover weighs it"
    for text in untried(unit, answered):
        yield f"  +0.00  {text}"


def _when(item: Observation, now_ns: int) -> str:
    if not item.t_ns:
        return ""
    ago_s = max(0, now_ns - item.t_ns) / 1e9
    return f"  ({ago_s:.0f} s ago)" if ago_s < 120 else f"  ({ago_s / 60:.0f} min ago)"


def _seen(unit: Unit, name: str) -> bool:
    """Whether the answer to a command is among the evidence."""
    return any(row.startswith(f"{name} ") for row in unit.evidence)


def untried(unit: Unit, answered: Container[str] = ()) -> Iterator[str]:
    """What would be an observation, and was not made yet; ``answered`` are commands that were, at least."""
    record = catalogue.protocol(unit.protocol)
    for command in record.commands:
        if command.probe and command.name not in answered and not _seen(unit, command.name):
            yield f"{command.name} not asked yet ({command.title})"
    if any(report.probe for report in record.reports) and not _announced(unit, record):
        yield "no announce heard yet"


def _announced(unit: Unit, record: Protocol) -> bool:
    most = max(report.probe for report in record.reports)
    return any(item.weight >= most for item in unit.seen) or unit.score >= most


def following(unit: Unit) -> str:
    """What would say more about a unit, and is harmless."""
    record = catalogue.protocol(unit.protocol)
    asked = max((command.probe for command in record.commands), default=0.0)
    heard = max((report.probe for report in record.reports), default=0.0)
    if unit.score >= 1:
        return "nothing; it named itself in full"
    if unit.score < max(asked, heard):
        return f"discover {unit.name}"
    taking = _strongest(record)
    if taking is not None and any(service.exclusive for service in record.services):
        return (
            f"@{unit.name} {taking.name} takes its only place for a command client, so no discovery does it"
        )
    return f"nothing harmless would say more; likely {unit.maker}"


def _strongest(record: Protocol) -> Command | None:
    return max(record.commands, key=lambda command: command.probe, default=None)
