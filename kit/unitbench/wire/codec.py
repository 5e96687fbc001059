"""What each protocol provides to the shared cores: bytes of a request, framing, dissection, matching."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

from unitbench import catalogue
from unitbench.errors import InvalidValue, MissingField, UnknownCommand
from unitbench.schema import text
from unitbench.schema.checks import check
from unitbench.schema.dissection import Dissection, Edit
from unitbench.schema.printable import MASK, printable_bytes, strip_end
from unitbench.schema.reading import Reading, reading
from unitbench.schema.records import Command, Field, Protocol, Request, Role
from unitbench.schema.values import Value


class Piece(NamedTuple):
    """A part of a byte stream: a frame, or bytes that are none (``fault`` says why).

    ``cut``: they may well begin a frame, whose rest has not come. ``part``: they are one of several parts of a line
    that is too long.
    """

    data: bytes
    fault: str = ""
    cut: bool = False
    part: bool = False


class Framer(ABC):
    """Cuts a stream into pieces. Any split of the stream gives the same pieces."""

    @abstractmethod
    def feed(self, data: bytes) -> list[Piece]:
        """Take bytes, give the pieces that are now certain."""

    @abstractmethod
    def flush(self) -> list[Piece]:
        """The sender is silent or gone: give what is left, and start afresh."""

    @property
    @abstractmethod
    def pending(self) -> bytes:
        """Bytes that were taken and belong to no piece yet."""


class DatagramFramer(Framer):
    """One datagram is one frame; two are never joined."""

    def feed(self, data: bytes) -> list[Piece]:
        return [Piece(data)]

    def flush(self) -> list[Piece]:
        return []

    @property
    def pending(self) -> bytes:
        return b""


class Codec(ABC):
    """The bytes of one protocol. Stateless."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def protocol(self) -> Protocol:
        """The protocol's record in the catalogue."""
        return catalogue.protocol(self.name)

    @abstractmethod
    def encode(self, request: Request) -> bytes:
        """The frame of a request; raises ``MissingField`` or ``InvalidValue``."""

    @abstractmethod
    def framer(self, speaker: Role, *, datagrams: bool) -> Framer:
        """What cuts the bytes that ``speaker`` sends."""

    @abstractmethod
    def dissect(self, data: bytes, speaker: Role | None = None) -> Dissection:
        """One frame taken apart; takes any bytes and never raises. Without ``speaker`` it is guessed."""

    def read(self, data: bytes, speaker: Role | None = None) -> Reading | None:
        """What one frame says, as ``dissect`` has it but without the explanation; None where it has a fault."""
        return reading(self.dissect(data, speaker))

    @abstractmethod
    def answers(self, request: Request, heard: Dissection) -> bool:
        """Whether a frame of the unit is the answer to ``request``."""

    def mends(self, data: bytes) -> Iterator[Edit]:
        """Edits that may make a frame of broken bytes: what is typical of the protocol, likely or not."""
        return iter(())

    def replies_to(self, data: bytes) -> int:
        """How many replies bytes of a host ask for, at least one."""
        return 1

    def goes_on(self, request: Request, line: bytes) -> bool:
        """Whether a unit's line goes on with a reply to ``request`` that has begun: it is no frame of its own."""
        return False

    def text(self, data: bytes) -> str:
        """The frame as one line for people, every byte made printable."""
        return printable_bytes(strip_end(data))

    def spelling(self, request: Request) -> str:
        """The request as a person would type it, secrets masked."""
        command = self.command(request)
        parts = [command.name]
        for field in command.args:
            value = request.fields.get(field.name)
            if value is not None and field.typed:
                parts.append(MASK if field.secret else text.format_value(value))
        return " ".join(parts)

    def command(self, request: Request) -> Command:
        """The record of a request's command; raises ``UnknownCommand``."""
        found = self.protocol.of(request)
        if found is None:
            known = ", ".join(command.name for command in self.protocol.commands)
            raise UnknownCommand(f"{self.name} has no such command", hint=f"it has {known}")
        return found

    def checked(self, request: Request) -> dict[str, Value]:
        """The values of a request, each checked against its field; defaults filled in."""
        command = self.command(request)
        if request.to is not None:
            _check_id(self.protocol, request.to)
        if request.then and not self.protocol.chain:
            one = f"one {self.name} command in a message"
            raise InvalidValue(f"{command.name} cannot be chained: {one}", rule=one, hint="send them apart")
        values: dict[str, Value] = {}
        given = request.fields
        for field in command.args:
            value = given.pop(field.name, field.default)
            if value is None:
                if field.optional:
                    continue
                raise missing(command, field)
            values[field.name] = check(field.among(values), value)
        if given:
            name, known = next(iter(given)), ", ".join(field.name for field in command.args) or "no fields"
            raise InvalidValue(
                f"{command.name} has no field '{name}'", field=name, rule=known, hint=f"it has {known}"
            )
        for rule in command.rules:
            if rule.broken_by(values):
                raise InvalidValue(rule.broken, field=rule.other.name, rule=rule.because, hint=rule.mend)
        return values


def _check_id(protocol: Protocol, number: int) -> None:
    low, high = protocol.ids or (1, 0)
    if not low <= number <= high:
        rule = f"a whole number {low}..{high}" if protocol.ids else f"{protocol.name} units have no ids"
        raise InvalidValue(f"id {number} is not allowed: {rule}", field="id", rule=rule, hint=rule)


def missing(command: Command, field: Field) -> MissingField:
    """The error for a field that was not given."""
    return MissingField(
        f"{command.name} needs {field.name} ({field.about}: {text.rule(field.type)})",
        field=field.name,
        expected=(field.name,),
        hint=f"for example: {command.examples[-1]}" if command.examples else "",
    )
