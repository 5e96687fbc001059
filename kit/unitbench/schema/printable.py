"""Making text from a unit safe to show, and secrets invisible, before any screen, page, file or error."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"
SHORTEST_SECRET = 4
"""A secret shorter than this is masked where the grammar has it, not wherever its letters occur."""
ACCOUNT = re.compile(r"(?<=://)[^/@\s]*:[^@\s]*(?=@)")
"""A name with its password in an address. No address of ours has such, so it is in an error at most."""
_NAMES = {0x09: "<TAB>", 0x0D: "<CR>", 0x0A: "<LF>", 0x1B: "<ESC>", 0x07: "<BEL>", 0x00: "<NUL>"}


def printable(text: str, limit: int = 4096) -> str:
    """``text`` with every control, escape, bidirectional and unpaired character spelt out.

    Longer than ``limit`` characters is cut, and the cut is said.
    """
    if len(text) <= limit and text.isprintable():
        return text
    out = [char if char.isprintable() else _spell(ord(char)) for char in text[:limit]]
    if len(text) > limit:
        out.append(f"... ({len(text) - limit} more)")
    return "".join(out)


def without_account(text: str) -> str:
    """A text with the names and passwords in its addresses masked."""
    return ACCOUNT.sub(MASK, text)


def _spell(code: int) -> str:
    return _NAMES.get(code) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def printable_bytes(data: bytes, limit: int = 4096) -> str:
    """Bytes as Latin-1 text made printable; every byte maps, none is interpreted."""
    return printable(data.decode("latin-1"), limit)


def strip_end(data: bytes) -> bytes:
    """Bytes without the line end, for text protocols."""
    return data.rstrip(b"\r\n")


def masked(data: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """``data`` with each span replaced by three stars, whatever its length."""
    out, at = bytearray(), 0
    for start, end in sorted(spans):
        if start >= at:
            out += data[at:start] + MASK.encode()
        at = max(at, end)
    return bytes(out + data[at:])


def spaced_hex(data: bytes) -> str:
    """Hex for people: upper case, a blank between the bytes."""
    return data.hex(" ").upper()
