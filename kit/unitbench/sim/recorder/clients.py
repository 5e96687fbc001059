"""What a recorder does by itself: it sets its clock by NTP, backs its files up by FTP and looks names up by DNS.

Each connection is taken from the same ledger as those of its clients. Where no place is left, or nobody
answers, that is noted and tried again later.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Iterator
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, TypeVar

from unitbench.errors import BenchError, InvalidValue, LinkLost, LocalProtocolError
from unitbench.schema.printable import printable
from unitbench.sim.recorder.files import Files
from unitbench.sim.recorder.questions import DNS_PORT, NTP_PORT, Place, address_of, time_ahead
from unitbench.wire.dhcp.message import NOWHERE
from unitbench.wire.recorder.ledger import TOTAL, Use
from unitbench.wire.recorder.unit import Backup, RecorderUnit

if TYPE_CHECKING:
    from unitbench.sim.recorder.upload import Upload

T = TypeVar("T")
FTP_PORT = 21
RETRY_S = 60.0
"""A scheduled run that failed is tried again after so long, by the unit's clock."""
NEEDED = {Use.NTP_CLIENT: "ntp", Use.FTP_CLIENT: "ftp-client", Use.DNS_CLIENT: "dns"}


class Clients:
    """The client side of one recorder. ``settle`` is called when the ledger has changed.

    ``set_clock``, ``back_up`` and ``schedule`` may be called from any thread but the units' own.
    """

    def __init__(self, core: RecorderUnit, files: Files, settle: Callable[[], None]) -> None:
        self._core, self._files, self._settle = core, files, settle
        self._state = core.state
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pump: Callable[[], None] = lambda: None
        self._now: Callable[[], float] = float
        self._plan = 0
        self._runs: set[asyncio.Task[Any]] = set()
        self._upload: Upload | None = None

    def start(self, now: Callable[[], float], pump: Callable[[], None]) -> None:
        """``now`` is the unit's clock; ``pump`` has it look at its deadlines anew."""
        self._loop, self._now, self._pump = asyncio.get_running_loop(), now, pump
        self._arrange(now())

    def set_clock(self, server: str = "") -> float:
        """Correct the clock by NTP; by how many seconds. Raises ``BenchError``."""
        return self._wait(self._clock(server))

    def back_up(self, to: Backup | None = None) -> list[str]:
        """Save all files to an FTP server; their names. Raises ``BenchError``."""
        return self._wait(self._save(to))

    def schedule(self, *, ntp_every_s: float | None = None, backup_every_s: float | None = None) -> None:
        """Change how often the clock is corrected and the files are saved; 0 stops it."""

        async def change() -> None:
            state = self._state
            state.ntp_every_s = state.ntp_every_s if ntp_every_s is None else ntp_every_s
            state.backup_every_s = state.backup_every_s if backup_every_s is None else backup_every_s
            self._arrange(self._now())
            self._pump()

        self._wait(change())

    def _wait(self, job: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            job.close()
            raise LocalProtocolError("the unit does not run", hint="start its set first")
        return asyncio.run_coroutine_threadsafe(self._asked(job), self._loop).result()

    async def _asked(self, job: Coroutine[Any, Any, T]) -> T:
        """A job on demand: who asked hears how it failed, and so does the log."""
        try:
            return await self._run(job)
        except BenchError as error:
            self._note(str(error))
            raise

    async def _run(self, job: Coroutine[Any, Any, T]) -> T:
        """A job that a network restart can end."""
        task = asyncio.get_running_loop().create_task(job)
        self._runs.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            raise LinkLost("the recorder's network function ended") from None
        finally:
            self._runs.discard(task)

    def cut(self) -> None:
        """The network is gone: nothing that runs comes to its end."""
        if self._upload is not None:
            self._upload.cut()
        for task in self._runs:
            task.cancel()

    def _arrange(self, now: float) -> None:
        """Wake at the next runs; those of an older plan are off."""
        self._plan += 1
        for every, job in ((self._state.ntp_every_s, self._clock), (self._state.backup_every_s, self._save)):
            if every > 0:
                self._core.later(now + every, self._due(self._plan, every, job))

    def _due(
        self, plan: int, every: float, job: Callable[[], Coroutine[Any, Any, Any]]
    ) -> Callable[[float], None]:
        def again(at: float) -> None:
            if plan == self._plan and self._loop is not None:
                self._core.later(at + every, self._due(plan, every, job))
                self._loop.create_task(self._try(plan, job, min(RETRY_S, every)))

        return again

    async def _try(self, plan: int, job: Callable[[], Coroutine[Any, Any, Any]], again_s: float) -> None:
        try:
            await self._run(job())
        except BenchError as error:
            now = self._now()
            self._core.note(now, "", b"", f"tried again later: {error}")
            if again_s >= RETRY_S and plan == self._plan:
                self._core.later(now + again_s, lambda _: self._once(plan, job))
                self._pump()

    def _once(self, plan: int, job: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        if plan == self._plan and self._loop is not None:
            self._loop.create_task(self._try(plan, job, RETRY_S))

    @contextlib.contextmanager
    def _taken(self, use: Use, count: int = 1) -> Iterator[None]:
        """Places in the ledger, for as long as they are needed."""
        if NEEDED[use] not in self._state.features:
            raise LocalProtocolError(f"this model has no {use.value}")
        if self._state.down:
            raise LocalProtocolError("the recorder's network function is down")
        if self._state.ip_address == NOWHERE:
            raise LocalProtocolError(f"the recorder has no address: {self._state.network}")
        if not self._state.ledger.take(use, count):
            raise LocalProtocolError(f"no place for the {use.value}: all {TOTAL} connections are taken")
        self._settle()
        try:
            yield
        finally:
            self._state.ledger.give(use, count)
            self._settle()

    async def _clock(self, server: str = "") -> float:
        state = self._state
        place = await self._place(server or state.ntp_server, NTP_PORT, "NTP")
        with self._taken(Use.NTP_CLIENT):
            ahead = await time_ahead(state.ip_address, place, lambda: time.time() + state.clock_offset_s)
        state.clock_offset_s += ahead
        self._note(f"clock corrected by {ahead:+.3f} s")
        return ahead

    async def _save(self, to: Backup | None = None) -> list[str]:
        from unitbench.sim.recorder.upload import Upload

        to = to or self._state.backup or Backup("")
        place = await self._place(to.server, FTP_PORT, "FTP")
        if self._upload is not None:
            raise LocalProtocolError("a backup runs already")
        with self._taken(Use.FTP_CLIENT, 2):
            upload = self._upload = Upload(self._state.ip_address, place, to)
            try:
                names = await asyncio.to_thread(upload.save, self._files.root, self._files.listed())
            finally:
                self._upload = None
        self._note(f"{len(names)} files saved")
        return names

    async def _place(self, server: str, port: int, what: str) -> Place:
        """Where a server is; its name is looked up if it has one."""
        if not server:
            raise LocalProtocolError(f"no {what} server is set")
        host, port = _split(server, port, what)
        with contextlib.suppress(ValueError):
            return str(IPv4Address(host)), port
        if not self._state.dns_server:
            raise LocalProtocolError(f"{printable(host)} is a name, and no DNS server is set")
        with self._taken(Use.DNS_CLIENT):
            asked = _split(self._state.dns_server, DNS_PORT, "DNS")
            found = await address_of(self._state.ip_address, asked, host)
        return found, port

    def _note(self, text: str) -> None:
        self._core.note(self._now(), "", b"", text)


def _split(server: str, port: int, what: str) -> Place:
    """Host and port of ``host`` or ``host:port``; raises ``InvalidValue``."""
    host, colon, given = server.partition(":")
    if colon and not (given.isascii() and given.isdigit() and 0 < int(given) < 65536):
        raise InvalidValue(
            f"'{printable(server)}' is no place of a server",
            field=f"{what.lower()}_server",
            rule="host or host:port",
            hint=f"{printable(host)} alone has port {port}",
        )
    return host, int(given or port)
