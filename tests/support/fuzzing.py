"""Quick random input: random bytes, frames of the manuals with damage, and frames built by the catalogue's names.

Hypothesis spends milliseconds on a case; here it is microseconds, so that a million cases are possible. The same
seed gives the same inputs.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from time import perf_counter

from tests.support import golden
from tests.support.strategies import SCRAPS
from unitbench import catalogue
from unitbench.schema import text
from unitbench.wire.dcol.frames import build

TOTAL = int(os.environ.get("UNITBENCH_FUZZ", "0")) or 6000
"""Inputs of one run, all tests together."""
SEED = int(os.environ.get("UNITBENCH_SEED", "1"))
RAN: list[tuple[str, int, float]] = []
"""What was run: the name, how many inputs, and the seconds."""
PROTOCOLS = [catalogue.protocol(name) for name in catalogue.NAMES]
FRAMES = [frame.data for protocol in golden.PROTOCOLS for frame in golden.frames(protocol)]
NAMES = [
    name.encode()
    for protocol in PROTOCOLS
    if protocol.type_code is None
    for name in (*(c.name for c in protocol.commands), *(r.tag for r in protocol.reports if r.tag))
]
WORDS = [
    word.text.encode()
    for protocol in PROTOCOLS
    for command in protocol.commands
    for field in command.args
    for word in text.words(field.type)
]
KEYS = [
    f"{field.key}:".encode()
    for protocol in PROTOCOLS
    for report in protocol.reports
    for field in report.fields
    if field.key
]
CODES = [
    code
    for protocol in PROTOCOLS
    for record in (*protocol.commands, *protocol.reports)
    if (code := record.code) is not None
]
STARTS = [b"#", b"~", b"~01@", b"#01@", b""]
GAPS = [b" ", b"\t", b",", b"|", b"@", b":", b"="]
ENDS = [b"\r", b"\r\n", b"\n", b"", b"\r\n\r\n", b"\0"]


class Source:
    """Random inputs of every kind."""

    def __init__(self, seed: int | str) -> None:
        self.random = random.Random(seed)
        self._kinds: list[Callable[[], bytes]] = [
            self._bytes,
            self._damaged,
            self._damaged,
            self._line,
            self._packet,
            self._scraps,
            self._spliced,
        ]

    def data(self) -> bytes:
        """Some bytes."""
        return self.random.choice(self._kinds)()

    def frame(self) -> bytes:
        """A frame of the manuals."""
        return self.random.choice(FRAMES)

    def split(self, data: bytes) -> list[bytes]:
        """The same in pieces."""
        places = sorted(self.random.randrange(len(data) + 1) for _ in range(self.random.randrange(5)))
        return [data[one:other] for one, other in zip([0, *places], [*places, len(data)], strict=True)]

    def _bytes(self) -> bytes:
        return self.random.randbytes(self.random.choice((1, 3, 8, 30, 30, 100, 300)))

    def _damaged(self) -> bytes:
        data = bytearray(self.frame())
        for _ in range(self.random.choice((1, 1, 2, 4))):
            at = self.random.randrange(len(data) + 1)
            match self.random.randrange(6):
                case 0 if at < len(data):
                    data[at] ^= 1 << self.random.randrange(8)
                case 1:
                    del data[at : at + self.random.randrange(4)]
                case 2:
                    data[at:at] = self.random.randbytes(self.random.randrange(1, 4))
                case 3:
                    data[at:at] = data[at : at + self.random.randrange(1, 20)]
                case 4:
                    del data[at:]
                case _:
                    data[at:at] = self.random.choice(SCRAPS)
        return bytes(data)

    def _line(self) -> bytes:
        pick = self.random.choice
        parts = [pick(STARTS), pick(NAMES)]
        for _ in range(self.random.randrange(4)):
            parts += [pick(GAPS), pick(pick((WORDS, KEYS, SCRAPS)))]
        return b"".join([*parts, pick(ENDS)])

    def _packet(self) -> bytes:
        """A DCOL packet with a right sum and anything inside."""
        code = bytes([self.random.choice(CODES)]) if self.random.random() < 0.9 else b""
        body = code + self.random.randbytes(self.random.choice((0, 1, 4, 19, 21, 30, 200)))
        return build(
            self.random.choice((0xAE, 0xAE, 0xAE, 6, 7, 0x40)), body, self.random.choice((0, 8, 255))
        )

    def _scraps(self) -> bytes:
        return b"".join(self.random.choice(SCRAPS) for _ in range(self.random.randrange(12)))

    def _spliced(self) -> bytes:
        return b"".join(
            self.random.choice((self.frame, self._damaged))() for _ in range(self.random.choice((2, 2, 3)))
        )


def told() -> list[str]:
    """What was run, a line each, and the sum."""
    lines = [f"{count:>9,} {name}, {spent:.0f} s" for name, count, spent in RAN]
    total, spent = sum(row[1] for row in RAN), sum(row[2] for row in RAN)
    return [*lines, f"{total:>9,} inputs in {spent:.0f} s, seed {SEED}"]


def fuzz(name: str, share: float, step: Callable[[Source, bytes], None]) -> None:
    """Run ``step`` on this share (0..1) of all inputs; a failure names the input and how to see it again."""
    source = Source(f"{SEED}/{name}")
    count = max(50, int(TOTAL * share))
    began = perf_counter()
    for number in range(count):
        data = source.data()
        try:
            step(source, data)
        except Exception as error:
            raise AssertionError(
                f"{name}: input {number} of seed {SEED} ({len(data)} bytes): {data.hex()}\n"
                f"again: UNITBENCH_SEED={SEED} UNITBENCH_FUZZ={TOTAL}\n{type(error).__name__}: {error}"
            ) from error
    RAN.append((name, count, perf_counter() - began))
