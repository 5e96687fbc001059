"""What can be said without a session: the bytes of a command, and the meaning of bytes. Starts at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.dissection import Candidate, Dissection, Edit, Fault, Leaf, Repair
from unitbench.schema.printable import MASK, masked
from unitbench.schema.record import record, replace
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of, encode
from unitbench.wire.codec import missing
from unitbench.wire.cutting import cut
from unitbench.wire.ranking import WEAK, candidates, reasons

if TYPE_CHECKING:
    from unitbench.line.parsed import Statement
    from unitbench.schema.jsontypes import DissectionJson


@record
class Encoded:
    """A request as bytes, with its dissection; nothing was sent. Secrets are masked unless asked for."""

    command: str
    data: bytes
    dissection: Dissection


@record
class Dissected:
    """Bytes explained, the likeliest reading first; ``guessed`` where no protocol was named.

    ``repairs`` are what a broken frame may have been, the likeliest first. Where the bytes are several frames,
    ``parts`` has each of them, and the first reading all of their leaves.
    """

    candidates: tuple[Candidate, ...]
    guessed: bool
    repairs: tuple[Repair, ...] = ()
    parts: tuple[Dissected, ...] = ()

    @property
    def readings(self) -> tuple[Dissection, ...]:
        """The readings alone."""
        return tuple(candidate.reading for candidate in self.candidates)

    @property
    def best(self) -> Dissection:
        """The likeliest reading."""
        return self.candidates[0].reading


def encoded(statement: Statement, *, show_secrets: bool = False) -> Encoded:
    """The bytes that a statement becomes; raises ``UsageError``."""
    if statement.error is not None:
        raise statement.error
    if statement.command is None:
        raise UsageError("this is no wire command", hint="encode takes a command such as SECUR? or 0Eh 19")
    request = statement.request
    if request is None:
        from unitbench.line.reference import resolved  # which decode does not need

        values = statement.values | resolved(statement, os.environ)
        lacking = next((field for field in statement.lacking if field.name not in values), None)
        if lacking is not None:
            raise missing(statement.command, lacking)
        request = Request(statement.protocol, statement.command.name, tuple(values.items()))  # type: ignore[arg-type]
    return encoded_request(request, show_secrets=show_secrets)


def encoded_request(request: Request, *, show_secrets: bool = False) -> Encoded:
    """The bytes that a request becomes; raises ``UsageError``."""
    data = encode(request)
    coder = codec_of(request.protocol)
    if not show_secrets:
        data = masked(data, coder.dissect(data, Role.HOST).secret_spans)
    return Encoded(coder.spelling(request), data, coder.dissect(data, Role.HOST))


def dissected(data: bytes, protocol: str = "", *, show_secrets: bool = False) -> Dissected:
    """Bytes explained, by ``protocol`` or by the one that fits best; raises ``InvalidValue``."""
    owner, pieces = cut(data, protocol)
    if len(pieces) == 1:
        return _one(data, protocol, show_secrets)
    parts = tuple(_one(piece, owner, show_secrets) for piece in pieces)
    whole = Candidate(_joined(data, parts), *_together(parts))
    others = [] if protocol else candidates(data)
    rest = (_guarded(other) for other in others if other.reading.protocol != owner)
    return Dissected((whole, *rest), not protocol, (), parts)


def dissected_json(found: Dissected, *, show_secrets: bool = False) -> DissectionJson:
    """Bytes explained as one object: all their leaves, and what else is known of them."""
    from unitbench.schema.jsonform import dissection_json

    return dissection_json(
        found.best,
        show_secrets=show_secrets,
        repairs=found.repairs,
        candidates=found.candidates if found.guessed else (),
        parts=[part.best for part in found.parts],
    )


def bytes_of(text: str) -> bytes:
    """The bytes that ``text`` spells; raises ``InvalidValue``, which repeats nothing that may be a secret."""
    from unitbench.line.notation import parse_bytes

    return parse_bytes(text)


def _one(data: bytes, protocol: str, show_secrets: bool) -> Dissected:
    found = candidates(data, protocol)
    best = found[0].reading
    sure = best.ok and found[0].score >= WEAK
    mended = () if sure else _repairs(data, best.protocol)
    if show_secrets:
        return Dissected(tuple(found), not protocol, mended)
    safe = tuple(_guarded(each) for each in found)
    return Dissected(safe, not protocol, tuple(_veiled(each, safe[0].reading) for each in mended))


def _repairs(data: bytes, protocol: str) -> tuple[Repair, ...]:
    from unitbench.wire.repair import repairs

    return repairs(data, protocol)


def _joined(data: bytes, parts: tuple[Dissected, ...]) -> Dissection:
    """The frames of a paste as one dissection: their leaves and faults, each at its place in the paste."""
    leaves: list[Leaf] = []
    faults: list[Fault] = []
    at = 0
    for part in parts:
        found = part.best
        leaves += [leaf._replace(start=leaf.start + at, end=leaf.end + at) for leaf in found.fields]
        faults += [replace(fault, offset=fault.offset + at) for fault in found.faults]
        at += len(found.raw)
    first = parts[0].best
    return Dissection(
        first.protocol,
        data,
        "|".join(part.best.name or "?" for part in parts),
        f"{catalogue.protocol(first.protocol).maker}, {len(parts)} frames",
        "",
        tuple(leaves),
        tuple(faults),
        "",
        min(part.best.likeness for part in parts),
        parts[-1].best.lacks,
    )


def _together(parts: tuple[Dissected, ...]) -> tuple[float, tuple[str, ...]]:
    good = [part for part in parts if part.best.ok]
    score = sum(part.candidates[0].score for part in good) / len(parts)
    return round(score, 4), (f"{len(good)} of {len(parts)} pieces are frames of it",)


TEXT = frozenset(b"\t\n\v\f\r") | frozenset(range(0x20, 0x7F))
FRAMING = ("end", "separator", "start", "chain")
UNTOLD = "not understood"
PLAIN = frozenset(b"\r\n\t\0 #~?\x02\x03")
"""Bytes of an edit that give nothing away."""


def guarded(found: Dissection) -> Dissection:
    """With all marked as secret that stands behind what comes near a login, in a text that no command explains.

    A password behind a misspelt command is still one. What a unit says is left as its protocol reads it, unless
    nothing but a guess says that it was the unit.
    """
    names = found.name.split("|")
    vouched = found.direction == "unit" or _all_known(found.protocol, names)
    text = sum(byte in TEXT for byte in found.raw)
    if 2 * text < len(found.raw) or (vouched and found.likeness >= WEAK):
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


def _guarded(one: Candidate) -> Candidate:
    found = guarded(one.reading)
    return one if found is one.reading else replace(one, reading=found, reasons=reasons(found))


def _veiled(repair: Repair, broken: Dissection) -> Repair:
    """A repair that shows nothing which the broken frame keeps secret."""
    found = guarded(repair.found)
    if not broken.secret_spans and not found.secret_spans:
        return repair
    if not found.secret_spans:
        leaves = tuple(leaf if leaf.frame_part else _hidden(leaf) for leaf in found.fields)
        found = replace(found, fields=leaves)
    first = min(start for start, _ in (*broken.secret_spans, *found.secret_spans))
    return replace(repair, found=found, edits=tuple(_discreet(edit, first) for edit in repair.edits))


def _discreet(edit: Edit, first: int) -> Edit:
    before = edit.offset + max(len(edit.old), len(edit.new)) <= first
    if before or PLAIN.issuperset(edit.old + edit.new):
        return edit
    return replace(edit, old=b"", new=b"", why="a change in or behind what is secret")


def _all_known(protocol: str, names: list[str]) -> bool:
    record = catalogue.protocol(protocol)
    return all(name and (record.command(name) or record.report(name)) for name in names)


def _hidden(leaf: Leaf) -> Leaf:
    return leaf._replace(value=MASK, secret=True, fault=leaf.fault and UNTOLD)
