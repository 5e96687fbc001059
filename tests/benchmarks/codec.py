"""Encode and decode into typed objects, beside a hand-written floor that does the least."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tests.benchmarks.measure import Ratio, compare, each
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of

COUNT = 2000
PORT = struct.Struct("!BBHBBBBBH7sB")
FRAME = bytes.fromhex("0200AE140F13011399003C00000000000000000000000000CD03")
LINE = b"~01@LOGIN USER OK\r\n"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    dcol, kramer = codec_of("dcol"), codec_of("kramer")
    request = Request("dcol", "AEh 0Eh", (("virtual_port", 19),))

    def ours() -> None:
        for _ in range(COUNT):
            dcol.encode(request)

    def floor() -> None:
        for _ in range(COUNT):
            body = bytes((2, 0, 0xAE, 2, 0x0E, 19))
            body + bytes((sum(body[1:]) & 255, 3))

    yield each(
        COUNT, compare("encode AEh 0Eh, checked against the catalogue", ours, floor, "hand-written bytes")
    )

    def ours_decode() -> None:
        for _ in range(COUNT):
            dcol.dissect(FRAME, Role.UNIT)

    def floor_decode() -> None:
        for _ in range(COUNT):
            assert sum(FRAME[1:-2]) & 255 == FRAME[-2]
            PORT.unpack_from(FRAME, 5)

    yield each(
        COUNT, compare("AEh 0Fh taken apart: leaves, meanings, spans", ours_decode, floor_decode, "struct")
    )

    def ours_line() -> None:
        for _ in range(COUNT):
            kramer.dissect(LINE, Role.UNIT)

    def floor_line() -> None:
        for _ in range(COUNT):
            head, _, rest = LINE.decode("latin-1").partition("@")
            name, _, words = rest.strip().partition(" ")
            (head[1:], name, words.split())

    yield each(COUNT, compare("Kramer line taken apart", ours_line, floor_line, "str.partition"))
