"""Damage that any bytes may have suffered, and that any line may have: the edits that would undo it.

One edit undoes one kind of damage; ``repair`` tries them, alone and in pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unitbench.schema.dissection import Edit

UNSEEN = 0.5
"""The cost of a line end that is missing: nothing that is copied from a screen has one."""
STRAY = 64
"""The most bytes that are tried as stray ones before or behind a frame."""
_TELNET = re.compile(rb"\xff[\xfb-\xfe].|\xff\xfa.*?\xff\xf0", re.DOTALL)
_DOUBLE_END = re.compile(rb"(\r\n|\r|\n)[\r\n]+$")
_INNER_CRLF = re.compile(rb"\r\n")
_BARE_LF = re.compile(rb"(?<!\r)\n")


def whole(data: bytes, new: bytes, why: str, cost: float = 1.2) -> Iterator[Edit]:
    """The edit that makes ``new`` of all bytes, cut to what differs; none where nothing does."""
    if new == data:
        return
    start = next((at for at, (one, other) in enumerate(zip(data, new, strict=False)) if one != other), -1)
    start = min(len(data), len(new)) if start < 0 else start
    tail = 0
    while tail < min(len(data), len(new)) - start and data[-1 - tail] == new[-1 - tail]:
        tail += 1
    yield Edit(start, data[start : len(data) - tail], new[start : len(new) - tail], why, cost)


def common(data: bytes) -> Iterator[Edit]:
    """What a terminal, a page or a converter on the way does to bytes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.startswith("\ufeff"):
        yield Edit(0, b"\xef\xbb\xbf", b"", "a UTF-8 byte order mark stands before the frame")
    if text and not text.isascii():
        plain = text.replace("\u00a0", " ").replace("\u2018", "'").replace("\u2019", "'")
        if all(ord(char) < 256 for char in text):
            yield from whole(data, text.encode("latin-1"), "bytes above 7Fh came as UTF-8, two for one")
        if plain.isascii():
            yield from whole(data, plain.encode(), "a page's blanks or quotes stand in place of ASCII")
    yield from whole(data, _TELNET.sub(b"", data), "Telnet negotiation (IAC ...) stands among the bytes")
    yield from whole(data, data.replace(b"\xff\xff", b"\xff"), "FFh is doubled, as Telnet does")
    yield from whole(data, data.replace(b"\r\0", b"\r"), "a NUL follows CR, as Telnet does")
    yield from whole(data, _INNER_CRLF.sub(b"\n", data), "each LF became CR LF on the way", 1.3)
    yield from whole(data, _INNER_CRLF.sub(b"\r", data), "each CR became CR LF on the way", 1.3)
    yield from whole(data, _BARE_LF.sub(b"\r\n", data), "each CR LF lost its CR on the way", 1.3)
    if any(byte > 0x7F for byte in data):
        yield from whole(data, bytes(byte & 0x7F for byte in data), "bit 7 is a parity bit here", 1.5)


def stray(data: bytes) -> Iterator[Edit]:
    """Bytes that do not belong to the frame, before and behind it."""
    for count in range(1, min(STRAY, len(data) - 1) + 1):
        cost = 1.0 + 0.05 * (count - 1)
        many = f"{count} stray byte{'s' * (count > 1)}"
        yield Edit(0, data[:count], b"", f"{many} before the frame", cost)
        yield Edit(len(data) - count, data[-count:], b"", f"{many} behind the frame", cost)


def line_end(data: bytes, end: bytes) -> Iterator[Edit]:
    """A line's end: missing, doubled, or another one."""
    spelt = end.replace(b"\r", b"CR ").replace(b"\n", b"LF ").decode().strip()
    body = len(data.rstrip(b"\r\n"))
    seen = data[body:]
    if not seen:
        yield Edit(len(data), b"", end, f"{spelt} is missing at the end", UNSEEN)
    elif _DOUBLE_END.search(data):
        yield Edit(body, seen, end, f"the line end is doubled: {spelt} is enough")
    elif seen != end:
        yield Edit(body, seen, end, f"{spelt} belongs at the end")


def flips(data: bytes, places: range | list[int]) -> Iterator[Edit]:
    """Each bit of the bytes at ``places``."""
    for at in places:
        for bit in range(8):
            new = data[at] ^ 1 << bit
            yield Edit(
                at,
                data[at : at + 1],
                bytes([new]),
                f"bit {bit} of byte {at} is off: {data[at]:02X}h in place of {new:02X}h",
            )


def drops(data: bytes, places: range | list[int]) -> Iterator[Edit]:
    """Each of the bytes at ``places`` left out; likelier for one that is the same as its neighbour."""
    for at in places:
        twin = at > 0 and data[at - 1] == data[at]
        why = f"byte {at} ({data[at]:02X}h) is " + ("doubled" if twin else "one too many")
        yield Edit(at, data[at : at + 1], b"", why, 1.1 if twin else 1.6)
