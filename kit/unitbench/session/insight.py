"""What a simulated unit tells of itself on its private channel: as records that travel, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from unitbench.schema.printable import printable, printable_bytes
from unitbench.schema.record import record

if TYPE_CHECKING:
    from unitbench.session.jsontypes import SimDumpJson, SimLogJson
    from unitbench.sim import Sim

LAST = 20
"""Entries of a log that are shown where no number is said."""


@record
class SimDump:
    """The state of a simulated unit: what it keeps and counts, by names of its own."""

    unit: str
    protocol: str
    state: dict[str, Any]


@record
class SimEntry:
    """An entry of a unit's log: when by its own clock, in seconds ago; whose bytes, with secrets masked; and what
    the unit made of them."""

    ago_s: float
    peer: str
    data: bytes
    text: str


@record
class SimLog:
    """The last entries of a simulated unit's log, the oldest first."""

    unit: str
    protocol: str
    entries: tuple[SimEntry, ...]


def dump_of(sim: Sim, name: str) -> SimDump:
    """The state of a unit of a set; raises ``InvalidValue``."""
    state = sim.state(name)
    return SimDump(name, sim.unit(name).protocol, state)


def log_of(sim: Sim, name: str, count: int = LAST) -> SimLog:
    """The end of a unit's log; raises ``InvalidValue``."""
    entries = (SimEntry(said.ago_s, said.peer, said.data, said.text) for said in sim.log(name, count))
    found = tuple(entries)
    return SimLog(name, sim.unit(name).protocol, found)


def dump_text(item: SimDump) -> str:
    """One line for each value, what belongs to another below it."""
    head = f"{printable(item.unit)} ({item.protocol}, simulated)"
    lines = list(_lines(item.state, 1)) or ["  it tells nothing of its state"]
    return "\n".join([head, *lines])


def log_text(item: SimLog) -> str:
    """One line for each entry."""
    lines = [
        f"{-entry.ago_s:10.3f} s  {printable(entry.peer or '-')}  {printable(entry.text)}"
        + (f"  <- {printable_bytes(entry.data, 80)}" if entry.data else "")
        for entry in item.entries
    ]
    return "\n".join(lines) or f"{printable(item.unit)} has noted nothing yet"


def dump_json(item: SimDump) -> SimDumpJson:
    """The state as one object."""
    return {"type": "sim-state", "unit": item.unit, "protocol": item.protocol, "state": item.state}


def log_json(item: SimLog) -> list[SimLogJson]:
    """The log as one object for each entry."""
    return [
        {
            "type": "sim-log",
            "unit": item.unit,
            "protocol": item.protocol,
            "ago_s": entry.ago_s,
            "peer": entry.peer,
            "hex": entry.data.hex(),
            "text": entry.text,
        }
        for entry in item.entries
    ]


def _lines(table: dict[str, Any], depth: int) -> Iterator[str]:
    for name, value in table.items():
        head = f"{'  ' * depth}{printable(name)}:"
        if isinstance(value, dict) and value:
            yield head
            yield from _lines(value, depth + 1)
        elif isinstance(value, list) and value:
            yield head
            yield from (f"{'  ' * (depth + 1)}{printable(str(each))}" for each in value)
        else:
            yield f"{head} {_spelt(value)}"


def _spelt(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "", [], {}) else printable(str(value))
