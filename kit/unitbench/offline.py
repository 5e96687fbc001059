"""What can be said without a session: the bytes of a command, and the meaning of bytes. Starts at once."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from unitbench import catalogue
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.notation import parse_bytes
from unitbench.schema.dissection import Dissection, Fault, Leaf
from unitbench.schema.printable import MASK, masked
from unitbench.schema.records import Role
from unitbench.wire import codec_of, encode
from unitbench.wire.codec import missing
from unitbench.wire.ranking import dissections

if TYPE_CHECKING:
    from unitbench.line.parsed import Statement


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
    return Dissected(tuple(guarded(found) for found in dissections(data, protocol)), not protocol)


def bytes_of(text: str) -> bytes:
    """The bytes that ``text`` spells; raises ``InvalidValue``, which repeats nothing that may be a secret."""
    try:
        return parse_bytes(text)
    except InvalidValue as error:
        from unitbench.line.guard import bytes_hold_secret

        if bytes_hold_secret(text):
            error.line, error.span = "", None
        raise


TEXT = frozenset(string.printable.encode())
FRAMING = ("end", "separator", "start", "chain")
UNTOLD = "not understood"


def guarded(found: Dissection) -> Dissection:
    """With all marked as secret that stands behind what comes near a login, in a text that no command explains.

    A password behind a misspelt command is still one. What a unit says is left as its protocol reads it.
    """
    names = found.name.split("|")
    if found.direction == "unit" or not TEXT.issuperset(found.raw) or _all_known(found.protocol, names):
        return found
    from unitbench.line.guard import guard_of
    from unitbench.line.words import Word

    line = found.raw.decode("latin-1")
    guard = guard_of([Word(line, 0, len(line))])
    if guard is None:
        return found
    hidden = [leaf for leaf in found.fields if leaf.end > guard[1] and leaf.name not in FRAMING]
    told = {leaf.fault for leaf in hidden}
    leaves = tuple(_hidden(leaf) if leaf in hidden else leaf for leaf in found.fields)
    faults = tuple(Fault(f.offset, UNTOLD) if f.text in told else f for f in found.faults)
    return replace(found, fields=leaves, faults=faults, title=f"{found.protocol}: not recognised")


def _all_known(protocol: str, names: list[str]) -> bool:
    record = catalogue.protocol(protocol)
    return all(name and (record.command(name) or record.report(name)) for name in names)


def _hidden(leaf: Leaf) -> Leaf:
    return replace(leaf, value=MASK, secret=True, fault=leaf.fault and UNTOLD)
