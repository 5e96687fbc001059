"""A serial line for tests: a pseudo-terminal whose near end is the device, and whose far end a test plays."""

from __future__ import annotations

import os
import select
import tty
from types import TracebackType
from typing import Self

WAIT_S = 10.0


class Wire:
    """``device`` is what a program opens; ``say`` and ``hear`` are the far end's."""

    def __init__(self) -> None:
        self._far, self._near = os.openpty()
        tty.setraw(self._near)
        self.device = os.ttyname(self._near)

    def say(self, data: bytes) -> None:
        """Send bytes to whoever has the device open."""
        os.write(self._far, data)

    def hear(self, count: int) -> bytes:
        """The next ``count`` bytes that come."""
        came = b""
        while len(came) < count:
            ready, _, _ = select.select([self._far], [], [], WAIT_S)
            assert ready, f"in {WAIT_S} s only {came!r} came"
            came += os.read(self._far, count - len(came))
        return came

    def unplug(self) -> None:
        """Take the device away."""
        for end in (self._far, self._near):
            if end >= 0:
                os.close(end)
        self._far = self._near = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
