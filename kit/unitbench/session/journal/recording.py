"""A session's recording: its stream goes to a file as it happens, and where a keeper was killed, the next one of
that name goes on from what is found there."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec

from unitbench._version import __version__
from unitbench.errors import SessionError
from unitbench.session.asking import Asking
from unitbench.session.bus import KEPT, Bus
from unitbench.session.experiments import Experiments
from unitbench.session.journal import files, past, records
from unitbench.session.journal.files import Limits
from unitbench.session.journal.past import Past
from unitbench.session.journal.reader import Reader
from unitbench.session.journal.records import Head
from unitbench.session.journal.writer import Writer
from unitbench.session.losses import went
from unitbench.session.operations import Since
from unitbench.session.registry import Registry
from unitbench.session.stream import Catchup, Event

ORIGIN = "journal"
"""Who says what there is to say of the journal."""


class Recording:
    """Used on the session's loop only, but for ``since``. ``sim`` gives the block of the simulated units."""

    def __init__(
        self,
        session: str,
        bus: Bus,
        registry: Registry,
        experiments: Experiments,
        asking: Asking,
        sim: Callable[[], str],
    ) -> None:
        self.where = ""
        """The file that is written; empty where none is."""
        self._session = session
        self._bus = bus
        self._registry = registry
        self._experiments = experiments
        self._asking = asking
        self._sim = sim
        self._head = records.first(session)
        self._exchanges = 0
        self._writer: Writer | None = None
        self._reader: Reader | None = None
        self._past: Past | None = None
        self._found: list[str] = []
        self._found_at = 0

    @property
    def found(self) -> str:
        """What there was to say at the beginning; empty as soon as something has happened."""
        return "\n".join(self._found) if self._bus.seq == self._found_at else ""

    # -- its beginning

    def begin(self, path: Path | None, limits: Limits | None) -> None:
        """As ``Bench.record``."""
        if path is not None:
            self._begin_at(path, limits or Limits())
        else:
            self._go_on(limits or Limits())

    def _begin_at(self, path: Path, limits: Limits) -> None:
        """Record into a file of that name, which must not be there yet. Raises ``SessionError``."""
        try:
            with ExitStack() as undo:
                file = files.opened(path, new=True)
                undo.callback(os.close, file)
                self._begin(path, file, None, limits)
                undo.pop_all()
        except FileExistsError:
            raise SessionError(
                f"the journal {path} is there already", hint="name another file, or move it away"
            ) from None
        except OSError as error:
            raise SessionError(f"the journal {path} cannot be written: {error.strerror}") from None

    def _go_on(self, limits: Limits) -> None:
        """Record into the file of this session's name, and go on where a keeper that was killed has left off.

        Where that cannot be, it is said, and the session is in memory.
        """
        try:
            self._open(files.journal_file(self._session), limits)
        except SessionError as error:
            self._found.append(f"{error.message}; this session is in memory only")
        except OSError as error:
            why = f"the journal {error.filename or ''} cannot be written: {error.strerror}"
            self._found.append(f"{why}; this session is in memory only")
        if self._past is not None:
            self._take_up(self._past)
        for text in self._found:
            self._bus.emit("notice", ORIGIN, text=text)
        self._past, self._found_at = None, self._bus.seq

    def _open(self, path: Path, limits: Limits) -> None:
        """Raises ``OSError``, ``SessionError``; what is found of a keeper that was killed is remembered first."""
        files.finished(path)
        with ExitStack() as undo:
            file = files.opened(path)
            undo.callback(os.close, file)
            found = past.read(path, KEPT)
            unfinished = found if found is not None and not found.ended else None
            if unfinished is not None:
                self._past, self._head = unfinished, unfinished.head
                self._exchanges = unfinished.head.exchanges
                self._bus.resume(unfinished.head.seq, unfinished.events)
            if not (unfinished and unfinished.ours) and not past.blank(path):
                part = files.put_by(path)
                undo.close()
                file = files.opened(path, new=True)
                undo.callback(os.close, file)
                if found is None:
                    self._found.append(
                        f"{part} is no journal that this version can read; it is left as it is"
                    )
            self._begin(path, file, unfinished, limits)
            undo.pop_all()
        files.sweep(path, limits)

    def _begin(self, path: Path, file: int, found: Past | None, limits: Limits) -> None:
        writer = Writer(path, self._now, self._failed, self._harmed, limits)
        if found is not None and found.ours:
            writer.take_over(file, found.mark, found.size)
        else:
            os.ftruncate(file, 0)
            writer.begin(file)
        self._writer, self._reader = writer, Reader(path, self._head.began_ns)
        self._bus.recorder = self._put
        self.where = str(path)

    def _take_up(self, found: Past) -> None:
        """Have the session know what was found, and put it into words."""
        head = found.head
        self._asking.count = head.exchange
        self._found.append(went(head.units, head.jobs, head.sim, head.exchanges, head.began_ns))
        self._found += [f"the journal is damaged: {place} cannot be read" for place in found.damaged]
        gone = self._registry.resume(head.units)
        strange = [unit.name for unit in gone if not unit.simulated]
        if strange:
            names = ", ".join(strange)
            self._found.append(f"not known any more, since their protocol is not loaded: {names}")
        self._experiments.resume(head.jobs)

    def _now(self) -> Head:
        """What a head says now."""
        now = msgspec.structs.replace(
            self._head, format=records.FORMAT, written_ns=time.time_ns(), program=__version__
        )
        if self._writer is None:  # what was found is not taken up yet
            return now
        return msgspec.structs.replace(
            now,
            seq=self._bus.seq,
            exchange=self._asking.count,
            exchanges=self._exchanges,
            units=self._registry.units,
            jobs=self._experiments.jobs,
            sim=self._sim(),
        )

    # -- its course

    def _put(self, event: Event) -> None:
        assert self._writer is not None
        self._exchanges += event.exchange is not None
        self._writer.put(event)

    def _failed(self, error: OSError) -> None:
        self._bus.recorder = None
        where, self.where = self.where, ""
        why = f"the journal {where} cannot be written any more: {error.strerror or error}"
        text = f"{why}; the session goes on in memory, the file has what was before"
        self._bus.emit("notice", ORIGIN, text=text, journal="")

    def _harmed(self, how: str) -> None:
        text = f"the journal {self.where} {how}: what is missing of it is lost; it goes on in a new file of that name"
        self._bus.emit("notice", ORIGIN, text=text)

    async def since(self, wanted: Since) -> Catchup | None:
        """The next events of those that the bus no longer has, where they are wanted; None where no file has them.
        Files are read off the loop."""
        first = self._bus.first
        if self._reader is None or not wanted.recorded or wanted.seq + 1 >= first:
            return None
        events = await asyncio.to_thread(self._reader.piece, wanted.seq, first, wanted.most)
        if not events:
            return None
        return Catchup(tuple(events), events[-1].seq - wanted.seq - len(events), more=True)

    def close(self) -> None:
        """The session has ended in order."""
        if self._writer is not None:
            self._bus.recorder = None
            self._writer.close()
            self._writer = None
            self.where = ""
