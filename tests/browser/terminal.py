"""The shell in a pseudo-terminal, with a terminal emulator that knows what stands on the screen."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pyte

COLUMNS, ROWS = 120, 50
WAIT_S = 20.0
ASKS_CURSOR = b"\x1b[6n"


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(self, child: pexpect.spawn) -> None:
        self._child = child
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display if line.strip())

    def type(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def until(self, wanted: str) -> None:
        """Wait until ``wanted`` stands on the screen."""
        until = time.monotonic() + WAIT_S
        while wanted not in self.text:
            assert time.monotonic() < until, f"{wanted!r} did not appear:\n{self.text}"
            self._look()

    def _look(self) -> None:
        try:
            data = self._child.read_nonblocking(65536, 0.05)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError(f"the program ended:\n{self.text}") from None
        self._stream.feed(data)
        if ASKS_CURSOR in data:
            self._child.send(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")


@contextmanager
def shell(*arguments: str) -> Iterator[Terminal]:
    """The shell, ready for the first command; killed at the end, as a closed window does it."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "unitbench_shell", *arguments],
        dimensions=(ROWS, COLUMNS),
        env={**os.environ, "TERM": "xterm-256color"},
    )
    terminal = Terminal(child)
    try:
        terminal.until("]>")
        yield terminal
    finally:
        child.close(force=True)
