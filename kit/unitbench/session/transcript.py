"""What a view writes to files besides the screen: all that is said and done, or the results alone.

Plain text without escape codes, secrets masked, in files of mode 0600. What stands in a file already stays; the new
lines come behind it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from io import FileIO

from unitbench.errors import UsageError
from unitbench.runtime import from_home
from unitbench.schema.printable import printable
from unitbench.schema.record import replace
from unitbench.session.changing.showing import Planned
from unitbench.session.items import Leave, Notice
from unitbench.session.preferences import Changed
from unitbench.session.rendering_state import render
from unitbench.session.scripted import Turned

UNCUT = 100_000
"""Columns of what is written: no table is cut."""
REMARKS = (Notice, Planned, Changed, Leave)
"""What is no result."""


class Writing:
    """One file that grows. ``results``: the results alone, without what was typed and remarked."""

    def __init__(self, path: str, *, results: bool) -> None:
        self.path = from_home(os.path.abspath(os.path.expanduser(path)))
        self._results = results
        self._file = _opened(path)
        if not results:
            self._write(time.strftime("// %Y-%m-%d %H:%M:%S"))

    def typed(self, line: str) -> None:
        """A line is about to be performed; secrets are masked in it."""
        if not self._results:
            self._write(f"> {line}")

    def item(self, item: object) -> None:
        """What came of it."""
        if not isinstance(item, Leave) and not (self._results and isinstance(item, REMARKS)):
            item = replace(item, block=False) if isinstance(item, Turned) else item
            if text := render(item, UNCUT):
                self._write(text)

    def said(self, text: str) -> None:
        """Something else stood on the screen: an error, or what another view did."""
        if not self._results:
            self._write(text)

    def _write(self, text: str) -> None:
        lines = "\n".join(line.rstrip() for line in text.split("\n")) + "\n"
        left = memoryview(lines.encode(errors="backslashreplace"))
        try:
            while left:
                written = self._file.write(left)
                if written is None:
                    raise BlockingIOError(0, "whoever reads it has stopped")
                left = left[written:]
        except OSError as error:
            raise UsageError(f"{self.path} cannot be written: {error.strerror}") from None

    def close(self) -> None:
        """Write no more."""
        self._file.close()


def _opened(path: str) -> FileIO:
    # A pipe that nobody reads must not hold the session up.
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0)
    try:
        number = os.open(os.path.expanduser(path), flags, 0o600)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{printable(path, 200)} cannot be written: {reason}") from None
    return FileIO(number, "w")  # nothing waits in a buffer that may fail later


class Transcripts:
    """The files that a view writes, by what each is for."""

    def __init__(self) -> None:
        self._open: dict[str, Writing] = {}

    def begin(self, purpose: str, path: str, *, results: bool) -> Writing:
        """Write to a file from now on, and no more to the one before; raises ``UsageError``."""
        opened = Writing(path, results=results)
        self.end(purpose)
        self._open[purpose] = opened
        return opened

    def end(self, purpose: str) -> Writing | None:
        """Write no more for a purpose; the file that was open."""
        found = self._open.pop(purpose, None)
        if found is not None:
            found.close()
        return found

    def of(self, purpose: str) -> Writing | None:
        """The file that is open for a purpose."""
        return self._open.get(purpose)

    def typed(self, line: str) -> None:
        """A line is about to be performed; secrets are masked in it."""
        self._each(lambda file: file.typed(line))

    def item(self, item: object) -> None:
        """What came of it."""
        self._each(lambda file: file.item(item))

    def said(self, text: str) -> None:
        """Something else stood on the screen; from any thread."""
        self._each(lambda file: file.said(text))

    def _each(self, write: Callable[[Writing], None]) -> None:
        """In every file; one that cannot be written is closed, and ``UsageError`` raised."""
        for purpose, file in list(self._open.items()):
            try:
                write(file)
            except UsageError:
                self.end(purpose)
                raise

    def close(self) -> None:
        """Write no more at all."""
        for purpose in list(self._open):
            self.end(purpose)
