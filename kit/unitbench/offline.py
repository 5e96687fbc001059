"""What can be said without a session: the bytes of a command, and the meaning of bytes. Starts at once."""

from __future__ import annotations

from dataclasses import dataclass

from unitbench.errors import UsageError
from unitbench.line.parsed import Statement
from unitbench.schema.dissection import Dissection
from unitbench.schema.printable import masked
from unitbench.schema.records import Role
from unitbench.wire import codec_of, encode
from unitbench.wire.codec import missing
from unitbench.wire.ranking import dissections


@dataclass(frozen=True, slots=True)
class Encoded:
    """A request as bytes, with its dissection; nothing was sent. Secrets are masked unless asked for."""

    command: str
    data: bytes
    dissection: Dissection


@dataclass(frozen=True, slots=True)
class Dissected:
    """Bytes explained, the likeliest reading first; ``guessed`` where no protocol was named."""

    readings: tuple[Dissection, ...]
    guessed: bool


def encoded(statement: Statement, *, show_secrets: bool = False) -> Encoded:
    """The bytes that a statement becomes; raises ``UsageError``."""
    if statement.error is not None:
        raise statement.error
    if statement.command is None:
        raise UsageError("this is no wire command", hint="encode takes a command such as SECUR? or 0Eh 19")
    if statement.request is None:
        raise missing(statement.command, statement.lacking[0])
    data = encode(statement.request)
    coder = codec_of(statement.protocol)
    if not show_secrets:
        data = masked(data, coder.dissect(data, Role.HOST).secret_spans)
    return Encoded(coder.spelling(statement.request), data, coder.dissect(data, Role.HOST))


def dissected(data: bytes, protocol: str = "") -> Dissected:
    """Bytes explained, by ``protocol`` or by the one that fits best; raises ``InvalidValue``."""
    return Dissected(tuple(dissections(data, protocol)), not protocol)
