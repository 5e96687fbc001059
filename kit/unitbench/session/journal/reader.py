"""Reads on in a journal's files where the session's memory ends: some events at a time, off the session's loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unitbench.session.bus import weight
from unitbench.session.journal import files, frames, records
from unitbench.session.journal.frames import Found
from unitbench.session.stream import Event

AT_ONCE = 256 * 1024
"""Bytes of a file that are read at once, where no record is longer."""


class _Place(NamedTuple):
    """Behind which event a piece has ended: in which file, and where in it."""

    seq: int
    file: int
    at: int


class Reader:
    """Reads the stream that began at ``began_ns``. It remembers where it was, for who reads on."""

    def __init__(self, path: Path, began_ns: int) -> None:
        self._path = path
        self._began_ns = began_ns
        self._place = _Place(-1, 0, 0)

    def piece(self, since: int, before: int, most: int) -> list[Event]:
        """Events behind ``since`` whose numbers are below ``before``; so many that ``most`` is just met by their
        weights."""
        found: list[Event] = []
        place = self._place
        for path in self._files(since):
            try:
                number = path.stat().st_ino
                start = place.at if (place.seq, place.file) == (since, number) else frames.START
                for body, end in _bodies(path, start):
                    if not since < records.seq_of(body) < before:
                        continue
                    event = records.event_of(body)
                    if event is None:
                        continue
                    found.append(event)
                    most -= weight(event)
                    if most <= 0:
                        self._place = _Place(event.seq, number, end)
                        return found
            except FileNotFoundError:  # it was the oldest, or is just being made a part
                break
        return found

    def _files(self, since: int) -> list[Path]:
        """The files of the stream that may hold what is behind ``since``."""
        found: list[Path] = []
        for path in [*files.parts(self._path), self._path]:
            first = first_head(path)
            if first is None or first.began_ns != self._began_ns:
                continue
            if first.seq <= since:
                found.clear()
            found.append(path)
        return found


def _bodies(path: Path, at: int) -> Iterator[tuple[bytes, int]]:
    """The events of a file from byte ``at`` on, and where each ends; not more of the file at once than need be."""
    size = AT_ONCE
    with path.open("rb") as file:
        opening = file.read(frames.START)
        while True:
            file.seek(at)
            data = opening + file.read(size)
            done = frames.START
            for entry in frames.scan(data):
                if isinstance(entry, Found):
                    done = entry.end
                    if entry.kind == frames.EVENT:
                        yield entry.body, at + done - frames.START
            if len(data) - frames.START < size:
                return
            size = size if done > frames.START else 2 * size
            at += done - frames.START


def first_head(path: Path) -> records.Head | None:
    """The head that a file begins with; None where there is none to be read."""
    try:
        with path.open("rb") as file:
            data = file.read(frames.START + frames.BEFORE_BODY)
            data += file.read(frames.body_bytes(data))
    except FileNotFoundError:
        return None
    first = next(frames.scan(data), None)
    return records.head_of(first.body) if isinstance(first, Found) else None
