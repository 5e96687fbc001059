"""How a DCOL packet gets damaged beyond a bit: a lost start or end, a wrong LENGTH or CHECKSUM, a lost byte."""

from __future__ import annotations

from collections.abc import Iterator

from unitbench.schema.dissection import Edit
from unitbench.wire.dcol.frames import ETX, HEAD, STX, TAIL

LOST = 2.0
"""The cost of a byte that came from nowhere but the checksum."""


def packet_mends(data: bytes) -> Iterator[Edit]:
    """The edits that would make a packet of these bytes, one at a time."""
    yield from _start(data)
    if len(data) < HEAD or data[0] != STX:
        return
    end = HEAD + data[3]
    have = len(data) - HEAD - TAIL
    if have != data[3] and 0 < have <= 255:
        yield Edit(
            3, data[3:4], bytes([have]), f"LENGTH {data[3]} is wrong: {have} data bytes are there", 1.3
        )
    if len(data) > end:
        right = sum(data[1:end]) % 256
        one_bit = (data[end] ^ right).bit_count() == 1
        why = f"CHECKSUM {data[end]:02X}h is wrong: {right:02X}h is that of the bytes"
        yield Edit(end, data[end : end + 1], bytes([right]), why, 1.0 if one_bit else 1.2)
    if len(data) == end:
        yield Edit(end, b"", bytes([sum(data[1:end]) % 256, ETX]), "CHECKSUM and ETX are missing", 1.3)
    elif len(data) == end + 1:
        yield Edit(end + 1, b"", bytes([ETX]), "ETX is missing")
    elif data[end + 1 : end + TAIL] != bytes([ETX]):
        yield Edit(end + 1, data[end + 1 : end + TAIL], bytes([ETX]), "ETX belongs behind CHECKSUM", 1.2)
    if len(data) > end + TAIL:
        yield Edit(end + TAIL, data[end + TAIL :], b"", f"{len(data) - end - TAIL} bytes behind ETX", 1.1)
    if len(data) == end + 1 and data[-1] == ETX:
        lost = (data[-TAIL] - sum(data[1:-TAIL])) % 256
        for at in range(HEAD, len(data) - 1):
            why = f"a byte is lost; by CHECKSUM it was {lost:02X}h, here at {at} or elsewhere"
            yield Edit(at, b"", bytes([lost]), why, LOST)


def _start(data: bytes) -> Iterator[Edit]:
    if data[:1] != bytes([STX]):
        yield Edit(0, b"", bytes([STX]), "STX is missing")
        yield Edit(0, data[:1], bytes([STX]), "STX belongs at the start", 1.2)
    at = data.find(STX, 1)
    for _ in range(8):
        if at < 0:
            return
        many = f"{at} stray byte{'s' * (at > 1)}"
        yield Edit(0, data[:at], b"", f"{many} before STX", 1.0 + min(at, 64) / 100)
        at = data.find(STX, at + 1)
