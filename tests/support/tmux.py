"""A program in a real tmux, on a server of its own: keys in, panes out, windows that change their size."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE_S = 20.0
SLICE_S = 0.05


class Tmux:
    """The shell in the one pane of a tmux whose socket lies in ``folder``."""

    def __init__(self, folder: Path, *arguments: str, columns: int = 80, rows: int = 24) -> None:
        self._socket = str(folder / "tmux")
        command = shlex.join([sys.executable, "-m", "unitbench_shell.cli", *arguments])
        # A shell below, so that a job can be stopped and taken up again.
        self._do("-f", os.devnull, "new-session", "-d", "-x", str(columns), "-y", str(rows), "sh", "-i")
        self.type(command)
        self.key("Enter")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do("kill-server")

    def _do(self, *words: str) -> str:
        environment = {**os.environ, "TERM": "xterm-256color", "PS1": "sh> ", "ENV": ""}
        return subprocess.run(
            ["tmux", "-S", self._socket, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        ).stdout

    def type(self, text: str) -> None:
        """Send a text as it is."""
        self._do("send-keys", "-l", text)

    def key(self, name: str) -> None:
        """Send a key by tmux's name for it."""
        self._do("send-keys", name)

    def paste(self, text: str) -> None:
        """Paste a text the way that a terminal does: bracketed, where the program asked for that."""
        self._do("set-buffer", text)
        self._do("paste-buffer", "-p", "-r")

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self._do("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def lines(self) -> list[str]:
        """What stands in the pane, as copying gives it: with the blanks at the ends of lines, if there are any."""
        return self._do("capture-pane", "-p", "-N").split("\n")

    @property
    def text(self) -> str:
        """The same without these blanks."""
        return "\n".join(line.rstrip() for line in self.lines)

    def until(self, wanted: str | Callable[[], bool]) -> None:
        """Wait until a text stands in the pane, or something holds."""
        holds = wanted if callable(wanted) else lambda: wanted in self.text
        end = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"{wanted!r} did not appear; in the pane is:\n{self.text}")
            time.sleep(SLICE_S)
