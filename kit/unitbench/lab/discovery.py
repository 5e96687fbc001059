"""What a discovery asks, where, and what an answer is worth as evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Command
from unitbench.schema.values import Value


@dataclass(frozen=True, slots=True)
class Probe:
    """One harmless request: to one unit or, with ``broadcast``, to all that hear it."""

    where: UnitAddress
    command: Command
    broadcast: bool

    @property
    def text(self) -> str:
        """What is sent where, for people."""
        return f"{self.where.protocol} {self.command.name} -> {self.where.endpoint}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure it is that a unit speaks the protocol (0..1), and from what."""

    score: float
    evidence: str


def probe_for(where: UnitAddress) -> Probe:
    """The probe whose answer says most, of those that the catalogue marks as harmless."""
    protocol = catalogue.protocol(where.protocol)
    safe = [command for command in protocol.commands if command.probe and not command.args]
    if where.broadcast:
        safe = [command for command in safe if command.broadcast]
    return Probe(where, max(safe, key=lambda command: command.probe), where.broadcast)


def judge(probe: Probe, found: Dissection) -> Verdict:
    """What an answer to a probe says. A refusal in the protocol's own form still shows the protocol."""
    asked = probe.command.name
    if found.faults:
        return Verdict(0.3, f"{asked} answered by a faulty frame: {found.faults[0].text}")
    if found.code:
        return Verdict(0.7, f"{asked} refused with {found.code}, in the protocol's form")
    protocol = catalogue.protocol(probe.where.protocol)
    report = protocol.report(found.name)
    wanted = [field.name for field in report.fields if field.present_when is None] if report else []
    have = [name for name in wanted if name in found.values]
    whole = len(have) == len(wanted)
    count = f", {len(have)} of {len(wanted)} items" if len(wanted) > 1 else ""
    score = probe.command.probe if whole else probe.command.probe * 0.6
    return Verdict(score, f"{asked} answered by {found.title}{count}")


def about(values: dict[str, Value]) -> str:
    """A short description of a unit from the items it gave."""
    serial, name = values.get("snr"), values.get("san")
    parts = [f"SN {serial!s}" if serial else "", f'"{name!s}"' if name else ""]
    return " ".join(part for part in parts if part)
