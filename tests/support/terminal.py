"""The shell in a pseudo-terminal, watched by a terminal emulator: keys in, screens out."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyte

PATIENCE_S = 20.0
"""How long a screen may take to appear."""
SLICE_S = 0.05


class Terminal:
    """``answers``: whether it tells where its cursor is, as all but the dumbest terminals do; ``kept`` is how many
    lines it keeps of what has left the screen at the top."""

    def __init__(
        self, *arguments: str, columns: int = 80, rows: int = 24, answers: bool = True, kept: int = 100
    ) -> None:
        # Here, so that tests which need these modules can be skipped where they are missing.
        import pexpect
        import pyte

        self.output = bytearray()
        self.ended = False
        self._screen = pyte.HistoryScreen(columns, rows, history=kept, ratio=0.01)
        self._stream = pyte.ByteStream(self._screen)
        if answers:
            self._screen.write_process_input = self._child_input
        command = ["-m", "unitbench_shell.cli", *arguments]
        self._quiet, self._over = pexpect.TIMEOUT, pexpect.EOF
        self._child = pexpect.spawn(sys.executable, command, dimensions=(rows, columns), timeout=PATIENCE_S)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    def _child_input(self, data: str) -> None:
        self._child.send(data)

    @property
    def pid(self) -> int:
        """The shell's process."""
        return self._child.pid

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, without the blank ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """What stands on the screen, as one text."""
        return "\n".join(self.lines)

    @property
    def scrolled(self) -> list[str]:
        """What has left the screen at the top, without the blank ends."""
        return [
            "".join(row[x].data for x in range(max(row, default=-1) + 1)).rstrip()
            for row in self._screen.history.top
        ]

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        return self._screen.cursor.x, self._screen.cursor.y

    def style(self, word: str) -> pyte.screens.Char:
        """How the first letter of ``word`` is shown."""
        for y, line in enumerate(self._screen.display):
            x = line.find(word)
            if x >= 0:
                return self._screen.buffer[y][x]
        raise AssertionError(f"{word!r} is not on the screen:\n{self.text}")

    def type(self, keys: str) -> None:
        """Send keys."""
        self._child.send(keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def read(self, seconds: float = SLICE_S) -> bool:
        """Take what the shell writes within a moment; False where nothing came."""
        try:
            data = self._child.read_nonblocking(1 << 16, seconds)
        except self._quiet:
            return False
        except self._over:
            self.ended = True
            return False
        self.output += data
        self._stream.feed(data)
        return True

    def until(self, wanted: str | Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Read until a text stands on the screen, or something holds."""
        holds = wanted if callable(wanted) else lambda: wanted in self.text
        end = time.monotonic() + patience_s
        while not holds():
            if time.monotonic() > end or self.ended:
                name = getattr(wanted, "__name__", wanted)
                raise AssertionError(f"{name!r} did not appear; on the screen is:\n{self.text}")
            self.read()

    def until_end(self) -> int:
        """Read until the shell has ended; gives its exit code."""
        self.until(lambda: self.ended)
        self._child.close()
        code: int = self._child.exitstatus
        return code

    @property
    def line(self) -> str:
        """The newest prompt on the screen with what is typed behind it."""
        found = [line for line in self.lines if line.startswith("unitbench [")]
        return found[-1] if found else ""
