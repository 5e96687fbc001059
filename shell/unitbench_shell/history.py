"""What was typed before, one file per session, never with a secret in it, on disk or in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from prompt_toolkit.history import FileHistory

from unitbench import runtime
from unitbench.line.parse import parse
from unitbench.line.secrets import without_secrets
from unitbench.line.vocabulary import Vocabulary

MOST = 10_000
"""Lines that a file keeps where nothing else is said."""


def history_file(session: str) -> Path:
    """Where the history of a session lies."""
    return runtime.kept() / "history" / session


class SafeHistory(FileHistory):
    """Lines are stored without their secrets: taken up again, they ask for them. ``most`` lines are kept in the file;
    of more the newest, from the next start on.

    Where the file cannot be read or written, ``complain`` is told once and the history stays in memory.
    """

    def __init__(
        self,
        path: Path,
        vocabulary: Callable[[], Vocabulary],
        complain: Callable[[str], None],
        most: int = MOST,
    ) -> None:
        super().__init__(path)
        self._path = path
        self._vocabulary = vocabulary
        self._complain = complain
        self._most = most
        self._works = most > 0

    def append_string(self, string: str) -> None:
        for line in string.splitlines():
            clean = without_secrets(line, parse(line, self._vocabulary()).statements).strip()
            if clean and self._loaded_strings[:1] != [clean]:
                super().append_string(clean)

    def load_history_strings(self) -> Iterable[str]:
        try:
            known = list(super().load_history_strings())
            if len(known) > self._most:
                known = known[: self._most]
                self._shorten(known)
        except OSError as error:
            self._fail(error)
            return []
        return known

    def lines(self) -> list[str]:
        """The lines that were typed before, oldest first."""
        known = self.get_strings() if self._loaded else list(self.load_history_strings())[::-1]
        return [line for entry in known for line in entry.splitlines()]

    def _shorten(self, known: Sequence[str]) -> None:
        """Write the file anew, in one step, with the newest lines alone."""
        beside = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with open(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                file.writelines(f"\n+{line}\n" for entry in reversed(known) for line in entry.splitlines())
            os.replace(beside, self._path)
        finally:
            beside.unlink(missing_ok=True)

    def store_string(self, string: str) -> None:
        if not self._works:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            super().store_string(string)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if self._works:
            self._works = False
            self._complain(f"the history stays in memory: {self._path}: {error.strerror}")
