"""Hex dumps: an offset, bytes, and mostly a column of text, as Wireshark, xxd, hexdump -C and tcpdump -X print.

The column of text is told from the bytes by what it says: it must fit them. Offsets must add up.
"""

from __future__ import annotations

import re

from unitbench.errors import InvalidValue
from unitbench.line.digits import refuse
from unitbench.schema.record import record

WIDEST = 256
"""Bytes of a line that has a column of text at most."""
CAP = 1 << 20
"""The most bytes that one dump may stand for."""
_OFFSET = re.compile(r"[ \t]*(?:0[xX])?([0-9A-Fa-f]{4,8})(:[ \t]+|[ \t]{2,}|[ \t]*$)")
_BYTES = re.compile(r"[0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2})*(?![0-9A-Fa-f])")
_GAP = re.compile(r"[ \t]*")


@record
class Row:
    """One line of a dump."""

    offset: int
    data: bytes


def begins(line: str) -> bool:
    """Whether a line can be the first of a dump: its offset is 0, or a colon marks it."""
    found = _OFFSET.match(line)
    return (
        found is not None
        and (int(found[1], 16) == 0 or found[2].startswith(":"))
        and bool(line[found.end() :])
    )


def dump(text: str) -> bytes | None:
    """The bytes of a dump; None where the text is none. Raises ``InvalidValue`` for one that does not add up."""
    lines = [
        (found.group(), found.start()) for found in re.finditer(r"[^\n]+", text) if found.group().strip()
    ]
    if not lines or not begins(lines[0][0]):
        return None
    out = bytearray()
    first = 0
    last = b""
    repeats = False
    for number, (line, at) in enumerate(lines):
        if line.strip() == "*" and last:
            repeats = True
            continue
        row = _row(line, at)
        if not number or row.offset == 0:
            first = row.offset - len(out)
        elif repeats:
            _repeat(out, last, row.offset - first, at)
        if row.offset - first != len(out):
            raise refuse(
                f"offset {row.offset:04x} where {len(out) + first:04x} follows: lines are missing or doubled",
                (at, at + len(line) - len(line.lstrip()) + 4),
                "paste the dump whole, or the bytes alone",
            )
        out += row.data
        last, repeats = row.data, False
    return bytes(out)


class Follower:
    """Whether lines that come one by one are one dump: each offset is the one that follows."""

    def __init__(self) -> None:
        self.open = False
        self._next = 0
        self._repeats = False

    def takes(self, line: str) -> bool:
        """Whether the line belongs to the dump; the first one decides whether there is one at all."""
        if self.open and line.strip() == "*":
            self._repeats = True
            return True
        if not self.open and not begins(line):
            return False
        try:
            row = _row(line, 0)
        except InvalidValue:
            return False
        fits = row.offset > 0 and (row.offset == self._next or (self._repeats and row.offset > self._next))
        if self.open and not fits:
            return False
        self.open, self._repeats = True, False
        self._next = row.offset + len(row.data)
        return True


def _repeat(out: bytearray, last: bytes, to: int, at: int) -> None:
    if to > CAP:
        raise refuse(f"the dump would have more than {CAP} bytes", (at, at + 1))
    while len(out) + len(last) <= to:
        out += last


def _row(line: str, at: int) -> Row:
    head = _OFFSET.match(line)
    if head is None:
        raise refuse(
            "this line of the dump has no offset", (at, at + len(line)), "an offset and bytes on each line"
        )
    data, best, pos = bytearray(), None, head.end()
    while found := _BYTES.match(line, pos):
        data += bytes.fromhex(found.group())
        pos = _end(line, found.end())
        if len(data) <= WIDEST and _fits(line[found.end() :], bytes(data)):
            best = bytes(data)
    if best is not None:
        data = bytearray(best)
    elif line[pos:].strip():
        raise refuse(
            "here the dump has neither bytes nor a text that fits the bytes before it",
            (at + pos, at + len(line.rstrip())),
            "paste the dump as it was printed, or the bytes alone",
        )
    return Row(int(head[1], 16), bytes(data))


def _end(line: str, at: int) -> int:
    found = _GAP.match(line, at)
    return found.end() if found else at


def _fits(column: str, data: bytes) -> bool:
    """Whether a column of text shows these bytes: each printable one as itself or as a dot."""
    shown = column.strip()
    if not shown or not column[:2].isspace():
        return False
    for left, right in (("|", "|"), (">", "<")):
        if len(shown) > 1 and shown[0] == left and shown[-1] == right and len(shown) - 2 == len(data):
            shown = shown[1:-1]
    return any(_shows(shown, data, blank) for blank in ("", "."))


def _shows(column: str, data: bytes, blank: str) -> bool:
    """``blank``: how the column shows a blank, besides leaving one out."""
    chars = iter(column.replace(" ", ""))
    for byte in data:
        if byte == 0x20 and not blank:
            continue
        char = next(chars, "")
        if not char or not (char == "." or char == chr(byte) or not 0x20 < byte < 0x7F):
            return False
    return next(chars, None) is None
