"""How a journal lies in its file. Pure: bytes in, bytes out.

A file begins with ``MAGIC`` and a mark of its own: random bytes, which a unit cannot know, so that nothing that a
unit has said is ever taken for a record. Each record is that mark, a kind (1 byte), the length of its body and a
CRC-32 over kind and body (4 bytes each, network order), and the body. Behind damage the next mark is looked for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = b"UBJ1"
MARK_BYTES = 8
START = len(MAGIC) + MARK_BYTES
"""Where the first record of a file begins."""
HEAD, EVENT, END = b"H", b"E", b"Z"
"""The kinds of records: who writes from here on, an entry of the stream, and that the session ended in order."""
_SIZES = struct.Struct("!II")
BEFORE_BODY = MARK_BYTES + 1 + _SIZES.size
"""Bytes of a record before its body."""


class Found(NamedTuple):
    """A whole record."""

    kind: bytes
    body: bytes
    at: int
    end: int


class Damage(NamedTuple):
    """Bytes that are no record. ``torn``: they are the beginning of one that was never written to its end."""

    at: int
    end: int
    torn: bool


def opening(mark: bytes) -> bytes:
    """The first bytes of a file."""
    return MAGIC + mark


def mark_of(data: bytes) -> bytes | None:
    """The mark of a file; None where it is no journal."""
    whole = len(data) >= START and data.startswith(MAGIC)
    return data[len(MAGIC) : START] if whole else None


def packed(mark: bytes, kind: bytes, body: bytes) -> bytes:
    """A record as it lies in the file."""
    return mark + kind + _SIZES.pack(len(body), zlib.crc32(body, zlib.crc32(kind))) + body


def body_bytes(data: bytes) -> int:
    """How long the body of a file's first record is; 0 where its start is not there."""
    at = START + MARK_BYTES + 1
    return int(_SIZES.unpack_from(data, at)[0]) if len(data) >= START + BEFORE_BODY else 0


def scan(data: bytes, at: int = START) -> Iterator[Found | Damage]:
    """What is in a file from ``at`` on, in its order: records, and what lies between them."""
    mark = mark_of(data)
    if mark is None:
        return
    while at < len(data):
        found = _whole(data, at, mark)
        if found is None:
            following = _next(data, at + 1, mark)
            end = following.at if following else len(data)
            yield Damage(at, end, torn=following is None and _begun(data, at, mark))
            at = end
        else:
            yield found
            at = found.end


def _next(data: bytes, at: int, mark: bytes) -> Found | None:
    while (at := data.find(mark, at)) >= 0:
        if found := _whole(data, at, mark):
            return found
        at += 1
    return None


def _whole(data: bytes, at: int, mark: bytes) -> Found | None:
    body = at + BEFORE_BODY
    if body > len(data) or not data.startswith(mark, at):
        return None
    kind = data[at + MARK_BYTES : at + MARK_BYTES + 1]
    size, check = _SIZES.unpack_from(data, at + MARK_BYTES + 1)
    end = body + size
    if end > len(data):
        return None
    content = data[body:end]
    return Found(kind, content, at, end) if zlib.crc32(content, zlib.crc32(kind)) == check else None


def _begun(data: bytes, at: int, mark: bytes) -> bool:
    """Whether all that is left is the beginning of one record."""
    if not mark.startswith(data[at : at + MARK_BYTES]):
        return False
    if len(data) - at < BEFORE_BODY:
        return True
    size, _ = _SIZES.unpack_from(data, at + MARK_BYTES + 1)
    return bool(at + BEFORE_BODY + size > len(data))
