"""Writes a journal as things happen: what one turn of the loop brings goes out by one write, in its order.

What is written outlives a kill of this process, though not a power cut: nothing waits for the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from unitbench.session.journal import files, frames, records
from unitbench.session.journal.files import Limits
from unitbench.session.journal.frames import Found
from unitbench.session.stream import Event

AT_ONCE = 256 * 1024
"""Bytes that wait for the end of a turn at most."""


class Writer:
    """Used on the session's loop only. ``head`` gives what a new part begins with; ``failed`` is told once, after
    which nothing is written any more; ``harmed`` what somebody did to the file, after which the next one is written.
    """

    def __init__(
        self,
        path: Path,
        head: Callable[[], records.Head],
        failed: Callable[[OSError], None],
        harmed: Callable[[str], None],
        limits: Limits,
    ) -> None:
        self.path = path
        self._head = head
        self._failed = failed
        self._harmed = harmed
        self._limits = limits
        self.works = False
        self._file = -1
        self._mark = b""
        self._size = 0
        self._waiting = bytearray()
        self._waiting_exchanges = 0
        self._due = False

    def begin(self, file: int) -> None:
        """Write into a file that is open and empty. Raises ``OSError``."""
        mark = os.urandom(frames.MARK_BYTES)
        self._file, self._mark, self._size = file, mark, 0
        head = self._head()
        head = msgspec.structs.replace(head, exchanges=head.exchanges - self._waiting_exchanges)
        self._write(frames.opening(mark) + records.record(mark, frames.HEAD, head))
        self.works = True

    def take_over(self, file: int, mark: bytes, size: int) -> None:
        """Go on behind byte ``size`` of an open file. Raises ``OSError``."""
        os.ftruncate(file, size)
        self._file, self._mark, self._size = file, mark, size
        self._write(records.record(mark, frames.HEAD, self._head()))
        self.works = True

    def put(self, event: Event) -> None:
        """Have an event written before the loop's next turn."""
        if not self.works:
            return
        self._waiting += records.record(self._mark, frames.EVENT, event)
        self._waiting_exchanges += event.exchange is not None
        if len(self._waiting) >= AT_ONCE:
            self.flush()
        elif not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Write what waits."""
        self._due = False
        if not (self.works and self._waiting):
            return
        try:
            self._put_out()
            if self._size >= self._limits.part_bytes:
                self._turn()
        except OSError as error:
            self._waiting = bytearray()
            self.works = False
            self._failed(error)

    def _put_out(self) -> None:
        """Write what waits, into the next file where somebody has harmed this one. Raises ``OSError``."""
        mark, how = self._mark, self._harm()
        if how:
            self._turn()
        data, self._waiting, self._waiting_exchanges = bytes(self._waiting), bytearray(), 0
        if how:
            waiting = frames.scan(frames.opening(mark) + data)
            data = b"".join(
                frames.packed(self._mark, each.kind, each.body) for each in waiting if isinstance(each, Found)
            )
        self._write(data)
        if how:
            self._harmed(how)

    def _harm(self) -> str:
        """What somebody has done to the file. What was added behind ours is no harm: its readers tell it."""
        try:
            there = os.stat(self.path)
        except FileNotFoundError:
            return "was deleted"
        if not os.path.samestat(there, os.fstat(self._file)):
            return "was replaced by another file"
        return "was cut short" if there.st_size < self._size else ""

    def _write(self, data: bytes) -> None:
        """Write all of it, or leave the file as it was and raise ``OSError``."""
        done = 0
        try:
            while done < len(data):
                done += os.write(self._file, data[done:])
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def _turn(self) -> None:
        """Make a part of the file and begin the next one, which stands ready before the name is free."""
        begun = files.draft(self.path)
        begun.unlink(missing_ok=True)
        full, following = self._file, files.opened(begun, new=True)
        try:
            self.begin(following)
        except OSError:
            self._file = full
            os.close(following)
            raise
        with contextlib.suppress(FileNotFoundError):  # somebody has deleted it
            files.put_by(self.path)
        begun.rename(self.path)
        os.close(full)
        files.sweep(self.path, self._limits)

    def close(self) -> None:
        """Say that the session has ended in order. Where that cannot be written, the file becomes a part: no later
        session takes it for that of one that was killed."""
        self.flush()
        try:
            if self.works:
                self._put_out()
            self._write(records.record(self._mark, frames.END))
        except OSError:
            with contextlib.suppress(OSError):
                files.put_by(self.path)
        self.works = False
        os.close(self._file)
