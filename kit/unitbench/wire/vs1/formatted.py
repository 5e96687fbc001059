"""Formatted output cut into reports: by line, by length, or by a gap in time.

The bytes are a job's own text and have no framing. Every mode has a cap, and none waits for ever: what is
left is given when the unit falls silent, and when it closes.
"""

from __future__ import annotations

from enum import Enum

from unitbench.errors import InvalidValue
from unitbench.schema.record import record

CAP = 65536
"""The longest report, in bytes."""
IDLE_S = 0.05
"""The gap that ends a report in mode ``idle``."""
SILENCE_S = 1.0
"""The gap after which the modes ``line`` and ``fixed`` give what they have."""
RULE = "line, fixed N (bytes) or idle T (milliseconds)"
CR, LF = 0x0D, 0x0A
SEPARATORS = "\t;,"


class By(Enum):
    """What ended a report."""

    LINE_END = "line end"
    LENGTH = "length"
    SILENCE = "silence"
    CLOSE = "close"
    CAP = "longest report"


@record
class Mode:
    """How reports are cut. ``size`` is that of mode ``fixed``; ``gap_s`` the silence that ends a report."""

    name: str = "line"
    size: int = 0
    gap_s: float = SILENCE_S

    @classmethod
    def parse(cls, text: str) -> Mode:
        """``line``, ``fixed 16`` or ``idle 50``; raises ``InvalidValue``."""
        match text.split():
            case ["line"]:
                return cls()
            case ["fixed", size] if _whole(size) and 1 <= int(size) <= CAP:
                return cls("fixed", int(size))
            case ["idle"]:
                return cls("idle", gap_s=IDLE_S)
            case ["idle", gap] if _whole(gap) and 1 <= int(gap) <= 60_000:
                return cls("idle", gap_s=int(gap) / 1000)
        raise InvalidValue(f"'{text}' is no way to cut reports", field="framing", rule=RULE, hint=RULE)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


@record
class Cut:
    """One report with all its bytes, its end included, and what ended it."""

    data: bytes
    by: By

    @property
    def text(self) -> str:
        """The report without its line end; every byte maps to a character."""
        return self.data.rstrip(b"\r\n").decode("latin-1")

    @property
    def columns(self) -> tuple[str, ...]:
        """The text at its tabs; without any at its semicolons, without these at its commas."""
        mark = next((mark for mark in SEPARATORS if mark in self.text), None)
        return tuple(self.text.split(mark)) if mark else (self.text,)


class Cutter:
    """Cuts the stream of one connection. A CR LF that is split between two reads is one end."""

    def __init__(self, mode: Mode | None = None, *, cap: int = CAP) -> None:
        self.mode = mode or Mode()
        self._cap = cap
        self._have = bytearray()
        self._seen = 0
        self._last = 0.0
        self._drop_lf = False

    @property
    def pending(self) -> bytes:
        """Bytes that belong to no report yet."""
        return bytes(self._have)

    def feed(self, data: bytes, now: float) -> list[Cut]:
        """Take bytes, give the reports that are now whole."""
        cuts = self.tick(now)
        if not data:
            return cuts
        self._last = now
        if self._drop_lf:
            self._drop_lf = False
            data = data[1:] if data[0] == LF else data
        self._have += data
        if self.mode.name == "line":
            cuts += self._lines()
        size = self.mode.size if self.mode.name == "fixed" else self._cap
        by = By.LENGTH if self.mode.name == "fixed" else By.CAP
        while len(self._have) > size or (by is By.LENGTH and len(self._have) == size):
            cuts.append(self._take(size, by))
        return cuts

    def _lines(self) -> list[Cut]:
        cuts = []
        while (end := self._end()) is not None:
            while end > self._cap:
                cuts.append(self._take(self._cap, By.CAP))
                end -= self._cap
            cuts.append(self._take(end, By.LINE_END))
        return cuts

    def _end(self) -> int | None:
        """Where the first line ends, if that is certain: behind a CR at the end an LF may still come."""
        have = self._have
        found = [at for at in (have.find(CR, self._seen), have.find(LF, self._seen)) if at >= 0]
        if not found:
            self._seen = len(have)
            return None
        at = self._seen = min(found)
        if have[at] == LF:
            return at + 1
        if at + 1 == len(have):
            return None
        return at + 2 if have[at + 1] == LF else at + 1

    def _take(self, size: int, by: By) -> Cut:
        data = bytes(self._have[:size])
        del self._have[:size]
        self._seen = 0
        return Cut(data, by)

    def tick(self, now: float) -> list[Cut]:
        """The clock has moved."""
        if self._have and now - self._last >= self.mode.gap_s:
            return self._rest(By.SILENCE)
        return []

    def close(self) -> list[Cut]:
        """The connection is over."""
        return self._rest(By.CLOSE) if self._have else []

    def _rest(self, by: By) -> list[Cut]:
        if self.mode.name == "line" and self._have[-1] == CR:
            self._drop_lf = by is By.SILENCE
            by = By.LINE_END
        return [self._take(len(self._have), by)]

    def deadline(self) -> float | None:
        """When ``tick`` wants to be called next."""
        return self._last + self.mode.gap_s if self._have else None
