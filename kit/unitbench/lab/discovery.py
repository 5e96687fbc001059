"""What a discovery asks, where, and what an answer is worth as evidence. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import SIMULATOR, Command, Protocol, Service, Status, Touch
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


def announced_at(protocol: Protocol) -> Service | None:
    """The port at which units of a protocol are heard without being asked; None where they must be asked."""
    if any(command.probe for command in protocol.commands):
        return None
    return next((s for s in protocol.services if s.carrier == "udp" and s.touch is Touch.READS), None)


def probe_for(where: UnitAddress) -> Probe:
    """The probe whose answer says most, of those that the catalogue marks as harmless.

    A place that a service has for one client is never taken by it: then the probe goes by UDP.
    """
    protocol = catalogue.protocol(where.protocol)
    service = protocol.service(where.carrier)
    if service.exclusive:
        other = protocol.service("udp")
        where = replace(where, carrier=other.carrier, port=where.port - service.port + other.port)
    command = harmless(protocol, broadcast=where.broadcast)
    if command is None:
        raise UsageError(
            f"no harmless question is known that {protocol.maker} at {where.endpoint} would answer",
            hint="name a single unit, or ask it a command of its own",
        )
    return Probe(where, command, where.broadcast)


def harmless(protocol: Protocol, *, broadcast: bool = False) -> Command | None:
    """The question that every unit of a protocol answers and none takes amiss, the one that says most; None where
    there is none. ``broadcast``: one that may go to all at once."""
    safe = [c for c in protocol.commands if c.probe and _bare(c) and (c.broadcast or not broadcast)]
    return max(safe, key=lambda command: command.probe, default=None)


def _bare(command: Command) -> bool:
    """Whether it can be asked without a value."""
    return all(field.optional or field.default is not None for field in command.args)


def judge(probe: Probe, found: Dissection) -> Verdict:
    """What an answer to a probe says. A refusal in the protocol's own form still shows the protocol."""
    asked = probe.command.name
    if found.faults:
        return Verdict(0.3, f"{asked} answered by a faulty frame: {found.faults[0].text}")
    if found.code:
        return Verdict(0.7, f"{asked} refused with {found.code}, in the protocol's form")
    protocol = catalogue.protocol(probe.where.protocol)
    report = protocol.report(found.name)
    fields = report.fields if report else ()
    wanted = [field.name for field in fields if field.present_when is None and not field.optional]
    have = [name for name in wanted if name in found.values]
    whole = len(have) == len(wanted)
    count = f", {len(have)} of {len(wanted)} items" if len(wanted) > 1 else ""
    score = probe.command.probe if whole else probe.command.probe * 0.6
    if report and report.source.status is Status.SIMULATED:
        return Verdict(score, f"{asked} answered by a {SIMULATOR}{count}")
    return Verdict(score, f"{asked} answered by {found.title}{count}")


def about(values: dict[str, Value]) -> str:
    """A short description of a unit from the items it gave."""
    serial, name = values.get("snr") or values.get("serial"), values.get("san") or values.get("model")
    parts = [f"SN {serial!s}" if serial else "", f'"{name!s}"' if name else ""]
    return " ".join(part for part in parts if part)
