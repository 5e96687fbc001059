"""What a discovery asks of whom, the least intrusive first; all of it from the catalogue, added protocols as well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from unitbench import catalogue
from unitbench.catalogue.evidence import KNOCKS
from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Protocol, Request, Service, Touch
from unitbench.schema.values import Value
from unitbench.wire import encode


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

    @property
    def data(self) -> bytes:
        """The bytes that are sent."""
        return encode(Request(self.where.protocol, self.command.name, to=self.where.unit_id))


class Rank(IntEnum):
    """The order of steps: passive before active, without a connection before with one, and units that have a place for
    one client only at the very end."""

    LISTEN = 1
    ASK_DATAGRAM = 2
    KNOCK = 3
    ASK_STREAM = 4
    ASK_STATEFUL = 5
    ASK_EXCLUSIVE = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One step towards a host that nothing is known of: ``services`` are tried one after the other; ``command`` is
    asked there, none: nothing is sent."""

    rank: Rank
    protocol: str
    services: tuple[Service, ...]
    command: Command | None = None

    @property
    def data(self) -> bytes:
        """The bytes that are sent, if any are."""
        return encode(Request(self.protocol, self.command.name)) if self.command else b""

    @property
    def carrier(self) -> str:
        """``udp`` or ``tcp``."""
        return self.services[0].carrier


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


def steps_of(protocol: Protocol) -> list[Step]:
    """What may be done towards a host that may speak a protocol; ports that are to be left alone are in none."""
    found = []
    announced = announced_at(protocol)
    if announced is not None:
        found.append(Step(Rank.LISTEN, protocol.name, (announced,)))
    for knock in KNOCKS:
        if knock.protocol == protocol.name:
            named = tuple(s for name in knock.services for s in protocol.services if s.name == name)
            found.append(Step(Rank.KNOCK, protocol.name, named))
    command = harmless(protocol)
    if command is None:
        return found
    spoken = [s for s in protocol.services if s.touch is Touch.SPEAKS and s.port]
    streams = tuple(s for s in spoken if s.carrier == "tcp" and not s.exclusive)
    taken = any(s.exclusive for s in spoken)
    if streams:
        found.append(Step(Rank.ASK_STREAM, protocol.name, streams, command))
    for service in (s for s in spoken if s.carrier == "udp"):
        rank = Rank.ASK_STATEFUL if streams else Rank.ASK_EXCLUSIVE if taken else Rank.ASK_DATAGRAM
        found.append(Step(rank, protocol.name, (service,), command))
    return found


def steps(protocols: tuple[str, ...] = ()) -> list[Step]:
    """The steps of some protocols, or of all, in their order."""
    names = protocols or catalogue.names()
    return sorted(
        (step for name in names for step in steps_of(catalogue.protocol(name))), key=lambda step: step.rank
    )


def left_alone(protocol: Protocol) -> list[Service]:
    """Services that no discovery opens, whatever is asked for: each has room for one client."""
    return [service for service in protocol.services if service.exclusive]


def about(values: dict[str, Value]) -> str:
    """A short description of a unit from the items it gave."""
    serial, name = values.get("snr") or values.get("serial"), values.get("san") or values.get("model")
    parts = [f"SN {serial!s}" if serial else "", f'"{name!s}"' if name else ""]
    return " ".join(part for part in parts if part)
