"""Lines in a byte stream, ended by CR LF, LF or CR; a CR LF that is split never makes an empty second line."""

from __future__ import annotations

from unitbench.wire.codec import Framer, Piece

CR, LF = 0x0D, 0x0A


class LineFramer(Framer):
    """Each piece is a line with its end. Empty lines are dropped. A line over ``limit`` bytes is cut there and
    marked, and the rest of it is dropped up to its end.

    ``at_once``: a CR that is the last byte so far ends the line without waiting, and an LF that comes later is
    dropped: a host that ends its lines by CR alone is answered too. Only the piece's own end depends on that.
    """

    def __init__(self, limit: int, *, at_once: bool = False) -> None:
        self._limit = limit
        self._at_once = at_once
        self._line = bytearray()
        self._after_cr = False
        self._dropping = False

    def feed(self, data: bytes) -> list[Piece]:
        pieces: list[Piece] = []
        for byte in data:
            if self._after_cr:
                self._after_cr = False
                pieces += self._end(b"\r\n" if byte == LF else b"\r")
                if byte == LF:
                    continue
            if byte == CR:
                self._after_cr = True
            elif byte == LF:
                pieces += self._end(b"\n")
            elif len(self._line) < self._limit:
                self._line.append(byte)
            else:
                self._dropping = True
        if self._after_cr and self._at_once:
            pieces += self._end(b"\r")
        return pieces

    def _end(self, end: bytes) -> list[Piece]:
        line, long = bytes(self._line), self._dropping
        self._line.clear()
        self._dropping = False
        fault = f"a line of more than {self._limit} bytes" if long else ""
        return [Piece(line + end, fault)] if line else []

    def flush(self) -> list[Piece]:
        if self._after_cr:
            self._after_cr = False
            return self._end(b"\r")
        line = bytes(self._line)
        self._line.clear()
        self._dropping = False
        return [Piece(line, "the line end is missing", cut=True)] if line else []

    @property
    def pending(self) -> bytes:
        return bytes(self._line) + (b"\r" if self._after_cr and self._line else b"")
