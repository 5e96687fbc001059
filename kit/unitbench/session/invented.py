"""Bytes that are sent as they are, and would be a command that was invented for simulated units, or hold a secret.

Looked for line by line in every protocol that has such: an address may name another one than its unit speaks. On a
stream the beginning of a command may have gone before, so what has no line end yet is kept for each link.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Protocol, Role, Status
from unitbench.session.exchanges import request_spans
from unitbench.wire import codec_of

LONGEST = 4096
"""Bytes without a line end that are kept of a link: no command is as long."""
_ENDS = re.compile(rb"[\r\n]+")
_BLANKS = b" \t\v\f\0"


def invented_in(data: bytes) -> Command | None:
    """The first command in ``data`` that no real unit has."""
    pieces = (data, *(line.strip(_BLANKS) for line in _ENDS.split(data)))
    for protocol in catalogue.protocols():
        if any(command.source.status is Status.SIMULATED for command in protocol.commands):
            for piece in pieces:
                found = _invented(protocol, piece)
                if found is not None:
                    return found
    return None


def _invented(protocol: Protocol, piece: bytes) -> Command | None:
    names = codec_of(protocol.name).dissect(piece, Role.HOST).name.split("|") if piece else []
    commands = (protocol.command(name) for name in names)
    return next((c for c in commands if c is not None and c.source.status is Status.SIMULATED), None)


class Secrets(NamedTuple):
    """Where secrets stand in some bytes, and what must not be shown of a unit's answers to them."""

    spans: tuple[tuple[int, int], ...]
    words: tuple[str, ...]


class Begun:
    """What was sent as bytes on each link since its last line end; and what somebody has begun to type, which the end
    of a link does not end: the rest of a password must not be shown then either."""

    def __init__(self) -> None:
        self._tails: dict[UnitAddress, bytes] = {}
        self._typed: dict[UnitAddress, bytes] = {}

    def with_tail(self, where: UnitAddress, data: bytes) -> bytes:
        """``data`` behind what has gone before it and is no whole line; a datagram stands alone."""
        return self._tails.get(where.way, b"") + data

    def secrets(self, where: UnitAddress, data: bytes) -> Secrets:
        """What is, or may be, secret in ``data``, where what was typed before it may have begun that."""
        codec, before = codec_of(where.protocol), self._typed.get(where.way, b"")
        found = set(request_spans(codec, data))
        words = {data[start:end] for start, end in found}
        first = _ENDS.search(data)
        line = before + data[: first.end() if first else len(data)]
        for start, end in request_spans(codec, line) if before else ():
            if end > len(before):
                inside = max(0, start - len(before)), end - len(before)
                found.add(inside)
                words |= {line[start:end], data[slice(*inside)]}
        return Secrets(tuple(found), tuple(word.decode("latin-1") for word in words))

    def sent(self, where: UnitAddress, data: bytes) -> None:
        """These bytes go out next."""
        if where.carrier != "udp":
            typed = self._typed.get(where.way, b"") + data
            self._tails[where.way] = _ENDS.split(self.with_tail(where, data))[-1][-LONGEST:]
            self._typed[where.way] = _ENDS.split(typed)[-1][-LONGEST:]

    def over(self, where: UnitAddress) -> None:
        """A whole line was sent."""
        self.ended(where)
        self._typed.pop(where.way, None)

    def ended(self, where: UnitAddress) -> None:
        """The link has ended."""
        self._tails.pop(where.way, None)
