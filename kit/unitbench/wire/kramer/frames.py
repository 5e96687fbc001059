"""Protocol 3000 lines in a byte stream, both directions, and one line split into words with their places."""

from __future__ import annotations

import re

from unitbench.schema.record import record
from unitbench.schema.records import Role
from unitbench.wire.codec import Framer, Piece

CR, LF = 0x0D, 0x0A
HOST_LIMIT = 64
UNIT_LIMIT = 1024
OVERLONG = "too long"
UNIT_OVERLONG = f"part of a line of more than {UNIT_LIMIT} bytes"
NOISE = "bytes before ~"
_START = re.compile(rb"~[0-9]{0,9}@")
_MAY_START = re.compile(rb"~[0-9]{0,9}\Z")


class UnitLineFramer(Framer):
    """Cuts what a unit sends. A line ends with CR LF, LF, or CR before another byte; a line without ``~`` is
    still a line (a list of commands has such). A line that is too long comes in parts, each marked.

    Where a line does not begin with ``~``, what stands before the start of a reply in it (``~01@``) is noise, a
    piece of its own. A ``~`` within a reply, or in a text, starts nothing.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._too_long = False
        self._noisy = False

    def feed(self, data: bytes) -> list[Piece]:
        buffer = self._buffer
        buffer += data
        pieces, at = [], 0
        while True:
            end = _line_end(buffer, at)
            if end and end - at <= UNIT_LIMIT:
                pieces += self._line(bytes(buffer[at:end]))
                at = end
            elif len(buffer) - at > UNIT_LIMIT:
                piece = self._part(bytes(buffer[at : at + UNIT_LIMIT]))
                pieces.append(piece)
                at += len(piece.data)
            else:
                del buffer[:at]
                return pieces

    def _part(self, part: bytes) -> Piece:
        """The front of a line that is too long: all of ``part``, or what is before the start of a reply."""
        self._noisy = self._noisy if self._too_long else part[:1] != b"~"
        start = _START.search(part) if self._noisy else None
        if start and start.start():
            self._too_long = self._noisy = False
            return Piece(part[: start.start()], NOISE)
        if start:
            self._noisy = False
        self._too_long = True
        begun = _MAY_START.search(part) if self._noisy else None
        return Piece(part[: begun.start()] if begun else part, UNIT_OVERLONG, part=True)

    def _line(self, line: bytes, fault: str = "", *, cut: bool = False) -> list[Piece]:
        """A line to its end, or as far as it has come: then ``fault`` says so."""
        too_long, noisy = self._too_long, self._noisy if self._too_long else line[:1] != b"~"
        self._too_long = self._noisy = False
        start = _START.search(line) if noisy else None
        pieces = []
        if start:
            if start.start():
                pieces.append(Piece(line[: start.start()], NOISE))
            line = line[start.start() :]
            too_long = False
        elif too_long:
            fault, cut = UNIT_OVERLONG, False
        return [*pieces, Piece(line, fault, cut, too_long)] if line.strip(b"\r\n") else pieces

    def flush(self) -> list[Piece]:
        line = bytes(self._buffer)
        self._buffer.clear()
        if line.endswith(b"\r"):
            return self._line(line)
        return self._line(line, "the line end is missing", cut=True)

    @property
    def pending(self) -> bytes:
        return bytes(self._buffer)


def _line_end(buffer: bytearray, at: int) -> int | None:
    """Where the line that begins at ``at`` ends (exclusive); None while that is not certain."""
    feed, ret = buffer.find(LF, at), buffer.find(CR, at)
    if ret < 0 or 0 <= feed < ret:
        return feed + 1 if feed >= 0 else None
    if ret + 1 == len(buffer):
        return None
    return ret + 2 if buffer[ret + 1] == LF else ret + 1


class HostLineFramer(Framer):
    """Cuts what a host sends, as a unit does: a message runs from ``#`` to CR; LF is dropped; a new ``#``
    forgets the unfinished one; what is outside is line noise; over 64 characters is marked."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._inside = False

    def feed(self, data: bytes) -> list[Piece]:
        pieces = []
        for byte in data:
            if byte == LF:
                continue
            if byte == ord("#"):
                self._line = bytearray(b"#")
                self._inside = True
            elif byte == CR:
                if self._inside:
                    long = len(self._line) > HOST_LIMIT
                    pieces.append(Piece(bytes(self._line[:HOST_LIMIT]) + b"\r", OVERLONG if long else ""))
                self._line.clear()
                self._inside = False
            elif self._inside and len(self._line) <= HOST_LIMIT:
                self._line.append(byte)
        return pieces

    def flush(self) -> list[Piece]:
        self._line.clear()
        self._inside = False
        return []

    @property
    def pending(self) -> bytes:
        return bytes(self._line)


def framer(speaker: Role) -> Framer:
    """The framer for what ``speaker`` sends."""
    return UnitLineFramer() if speaker is Role.UNIT else HostLineFramer()


@record
class Part:
    """A word of a line with its place."""

    text: str
    start: int
    end: int


@record
class Asked:
    """One command of a host's message: its name and its arguments, split at commas (or one blank)."""

    name: Part
    args: tuple[Part, ...]


_WORD = re.compile(r"[^ \t]+")


def asked(line: str, start: int, stop: int) -> Asked | None:
    """The command in ``line[start:stop]``; None for an empty one (the handshake).

    The first blank ends the name. Arguments stand between commas; blanks around them are ignored; where there
    is no comma, a blank separates.
    """
    name = _WORD.search(line, start, stop)
    if name is None:
        return None
    args: list[Part] = []
    rest_at = name.end()
    if line[rest_at:stop].strip(" \t"):
        if "," in line[rest_at:stop]:
            at = rest_at
            for part in line[rest_at:stop].split(","):
                lead = len(part) - len(part.lstrip(" \t"))
                word = part.strip(" \t")
                args.append(Part(word, at + lead, at + lead + len(word)))
                at += len(part) + 1
        else:
            args = [Part(m.group(), m.start(), m.end()) for m in _WORD.finditer(line, rest_at, stop)]
    return Asked(Part(name.group(), name.start(), name.end()), tuple(args))
