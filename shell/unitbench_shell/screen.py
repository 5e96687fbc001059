"""Everything that the shell writes to the terminal, from whichever thread, in whole lines.

prompt_toolkit's ``patch_stdout`` is not used: it holds every line back for 0.2 s, its thread dies when a
prompt ends at the wrong moment, and it hands the keyboard back to the system while it writes, which then
echoes what is typed meanwhile. Here a line waits in a queue until it is really written, and while a prompt is
open it is written by the prompt's own loop between two keys.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.output import Output
from prompt_toolkit.utils import is_dumb_terminal

from unitbench.session.rendering.folding import folded
from unitbench_shell.hush import hushed
from unitbench_shell.reflow import rows_now

BUNDLE_S = 0.03
"""Lines that come in this time are written together."""
PATIENCE_S = 0.5
"""How long a command may take before the screen says that it waits."""
ECHO = 3
"""Columns left free behind it: the system shows Ctrl-C as two characters."""
TICK_S = 0.2
"""How often that is brought up to date."""


class Screen:
    """``ticking`` says whether something on the screen counts seconds while a prompt is open."""

    def __init__(self, output: Output, ticking: Callable[[], bool] = lambda: False) -> None:
        self._output = output
        self._ticking = ticking
        self._lock = threading.RLock()
        self._news: deque[str] = deque()
        self._app: Application[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: Callable[[], tuple[str, str]] | None = None
        self._since = 0.0
        self._shown = ""
        self._block: list[str] = []
        self._closed = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="unitbench screen", daemon=True)
        self._thread.start()

    @property
    def columns(self) -> int:
        """The width of the terminal."""
        return self._output.get_size().columns

    @property
    def real(self) -> bool:
        """Whether it is a terminal, which another program can take over for a while."""
        try:
            return os.isatty(self._output.fileno())
        except NotImplementedError:
            return False

    @property
    def rows(self) -> int:
        """Its height."""
        return self._output.get_size().rows

    # -- writing

    def say(self, text: str) -> None:
        """Write a text now; only while no prompt is open."""
        with self._lock:
            self._write(text)

    def block(self, text: str, *, first: bool) -> None:
        """Write a text in place of the last one of this kind, where nothing was written since; ``first``: below."""
        with self._lock:
            self._clear_wait()
            lines = folded(text, self.columns).split("\n")[: max(1, self.rows - 2)]
            if self._block and not first:
                self._output.write_raw(f"\x1b[{rows_now(self._block, self.columns)}F\x1b[J")
            self._write("\n".join(lines))
            self._block = lines

    def news(self, line: str) -> None:
        """Write a line soon, above the prompt if there is one; from any thread."""
        self._news.append(line)
        self._wake.set()
        if self._closed:  # the thread writes no more
            with self._lock:
                self._write_news()

    def ring(self) -> None:
        """Have the terminal ring."""
        with self._lock:
            self._output.bell()
            self._output.flush()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Something else has the terminal: lines wait; only while no prompt is open."""
        with self._lock:
            self._clear_wait()
            yield

    def changed(self) -> None:
        """Something that the prompt shows has changed; from any thread."""
        self._wake.set()

    def _write(self, text: str) -> None:
        self._clear_wait()
        self._block = []
        self._output.enable_autowrap()
        self._output.write(folded(text, self.columns) + "\n")
        self._output.flush()

    def _write_news(self) -> None:
        lines = []
        while self._news:
            lines.append(self._news.popleft())
        if lines:
            self._write("\n".join(lines))

    # -- while a prompt is open

    @contextmanager
    def prompting(self, app: Application[Any]) -> Iterator[Callable[[], None]]:
        """A prompt is open; what is yielded must be called in its loop when that runs."""
        with self._lock:
            self._clear_wait()
            self._write_news()
            self._app = app
        try:
            yield self._ready
        finally:
            with self._lock:
                self._app = self._loop = None
                self._since = time.monotonic()
                self._write_news()

    def _ready(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake.set()

    def _above(self) -> None:
        """In the prompt's loop: take the prompt away, write, draw it again."""
        app = self._app
        if app is None or not app.is_running or app.is_done:
            return
        if self._news:
            app.renderer.erase()
            self._write_news()
            app.renderer.request_absolute_cursor_position()
        app.invalidate()

    # -- while a command runs

    @contextmanager
    def working(self, describe: Callable[[], tuple[str, str]]) -> Iterator[None]:
        """A command runs; if it takes long, ``describe`` says what it waits for, and what Ctrl-C does."""
        with self._lock:
            self._waiting, self._since = describe, time.monotonic()
        self._wake.set()
        try:
            with hushed():
                yield
        finally:
            with self._lock:
                self._clear_wait()
                self._waiting = None

    def _show_wait(self) -> None:
        passed = time.monotonic() - self._since
        if self._waiting is None or passed < PATIENCE_S or is_dumb_terminal():
            return
        what, ends = self._waiting()
        passing = f"  {passed:.1f} s, Ctrl-C {ends}"
        line = cut(what, self.columns - ECHO - len(passing)) + passing
        self._clear_wait()
        self._shown = line[: max(0, self.columns - ECHO)]
        self._output.write_raw("\r")
        self._output.erase_end_of_line()
        self._output.write(self._shown)
        self._output.flush()

    def _clear_wait(self) -> None:
        if self._shown:
            above = rows_now([self._shown], self.columns) - 1
            self._output.write_raw(f"\x1b[{above}A\r\x1b[J" if above else "\r")
            self._output.erase_end_of_line()
            self._shown = ""

    # -- the thread that brings what comes from elsewhere

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(self._pace())
            self._wake.clear()
            self._deliver()
            time.sleep(BUNDLE_S)

    def _pace(self) -> float | None:
        if self._waiting is not None:
            return TICK_S
        return 1.0 if self._app is not None and self._ticking() else None

    def _deliver(self) -> None:
        with self._lock:
            if self._app is None:
                self._write_news()
                self._show_wait()
            elif self._loop is not None:
                # A loop that has just ended takes nothing more: the lines stay until ``prompting`` writes them.
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._above)

    def close(self) -> None:
        """Write what is left and end the thread."""
        with self._lock:
            self._write_news()
        self._closed = True
        self._wake.set()
        self._thread.join()


def cut(text: str, room: int) -> str:
    """As many of a text's parts, which two blanks separate, as there is room for; of the first one as much as fits."""
    if len(text) <= room:
        return text
    return text[: max(0, room) + 2].rpartition("  ")[0] or text[: max(0, room)]
