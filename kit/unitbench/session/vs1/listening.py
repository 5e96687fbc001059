"""Formatted output as a job: ports are read for a time, each report is told as it comes, nothing is sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.errors import OpenFailed, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.printable import printable
from unitbench.schema.records import Touch
from unitbench.session.bus import Bus
from unitbench.session.links import OPEN_S
from unitbench.session.model import Job, Unit
from unitbench.session.operations import Listen
from unitbench.session.places import Places
from unitbench.session.registry import Registry
from unitbench.session.results import HeardLine, JobResult, Listening
from unitbench.session.running import RunningJob
from unitbench.session.vs1.companion import Companion
from unitbench.session.vs1.reading import Reading
from unitbench.transport.base import Stamp
from unitbench.wire.vs1.formatted import Cut, Mode

KEPT = 10_000
"""Lines that a job's result keeps; all are told on the stream."""
LONGEST = 2048
"""Bytes of a report that are kept: it may have an image in it."""
VERDICT_S = 0.5
"""How long the heartbeat may take to say that the unit is gone, when all that was read of it has ended."""
Start = Callable[..., Job]


@dataclass
class _Run:
    """One listening while it runs."""

    unit: Unit
    readings: list[Reading] = field(default_factory=list)
    lines: list[HeardLine] = field(default_factory=list)
    count: int = 0
    skipped: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Listener:
    """``start`` begins a job. The services that are read, and the one that is held beside them, are those that the
    catalogue marks so. ``spoken`` listens to a unit that has none that is only read."""

    def __init__(self, bus: Bus, registry: Registry, places: Places, start: Start, spoken: Start) -> None:
        self._spoken = spoken
        self._bus = bus
        self._registry = registry
        self._places = places
        self._start = start
        self._runs: list[_Run] = []

    def disturbed(self, text: str) -> None:
        """Something has happened that may have cost reports: each listening that runs says so in its result."""
        for run in self._runs:
            run.skipped.append(f"{run.unit.name}: {text}; reports may be missing")

    def listen(self, wanted: Listen, origin: str) -> Job:
        """Begin to read; raises ``UsageError`` where the unit has no port that may be."""
        mode = Mode.parse(wanted.framing.replace(":", " "))
        if wanted.seconds <= 0:
            raise UsageError("the time to listen must be more than 0", hint="such as 5s or 2m")
        unit, ways = self._ways(wanted.unit)
        if not ways:
            return self._spoken(unit, self._registry.address(unit), wanted.seconds, origin)
        title = f"listen {unit.name}"

        async def work(job: RunningJob) -> JobResult:
            return await self._read(job, unit, ways, mode, wanted.seconds)

        return self._start("listen", title, origin, 1, work, [unit.name], lasts_s=wanted.seconds)

    def _ways(self, name: str) -> tuple[Unit, list[UnitAddress]]:
        """The unit that is meant, and its ports that are only read: all of them, or the one of an address. None where
        the protocol has no such ports."""
        where = self._registry.address(name) if "://" in name else None
        beside = self._registry.beside(where) if where else None
        unit = beside or self._registry.find(name)
        site = where or self._registry.address(unit)
        services = catalogue.protocol(unit.protocol).services
        if where is not None and where.carrier == "tcp":
            service = self._places.service(where)
            if service is None or service.touch is Touch.READS:
                return unit, [where]
            raise UsageError(
                f"{service.name} ({service.port}/{service.carrier}) is {service.touch.value}",
                hint=f"services {unit.name} tells which ports are read",
            )
        read = [s for s in services if s.carrier == "tcp" and s.touch is Touch.READS]
        return unit, [self._places.of(site, service) for service in read]

    async def _read(
        self, job: RunningJob, unit: Unit, ways: list[UnitAddress], mode: Mode, seconds: float
    ) -> JobResult:
        began = time.monotonic()
        run = _Run(unit)
        self._runs.append(run)
        companion = None
        try:
            await job.unless_stopped(self._open(job, run, ways, mode))
            if run.readings:
                companion = await self._beside(run, ways[0])
                await job.unless_stopped(self._wait(run, seconds))
        finally:
            self._runs.remove(run)
            for reading in run.readings:
                reading.close()
            if companion is not None:
                companion.close()
            self._registry.update(unit.name, link="closed")
        if not run.readings and not job.stopping.is_set():
            raise OpenFailed(
                run.skipped[0], endpoint=ways[0].endpoint, hint="is the unit on, the address right?"
            )
        job.progress(done=1)
        took = time.monotonic() - began
        ports = tuple(self._label(reading.where) for reading in run.readings)
        return JobResult(
            listening=Listening(
                job.job.id, unit.name, ports, tuple(run.lines), run.count, tuple(run.skipped), took
            )
        )

    async def _open(self, job: RunningJob, run: _Run, ways: list[UnitAddress], mode: Mode) -> None:
        for where in ways:
            reading = self._reading(job, run, where, mode)
            try:
                await reading.open(OPEN_S)
            except OpenFailed as error:
                run.skipped.append(error.message)
                continue
            run.readings.append(reading)
            self._registry.update(run.unit.name, link="open")

    def _reading(self, job: RunningJob, run: _Run, where: UnitAddress, mode: Mode) -> Reading:
        def took(cut: Cut, stamp: Stamp) -> None:
            shown = Cut(cut.data[:LONGEST], cut.by)
            columns = tuple(printable(part, LONGEST) for part in shown.columns)
            label = self._label(where)
            line = HeardLine(
                job.job.id,
                run.unit.name,
                label,
                where.port,
                stamp.wall_ns,
                stamp.source,
                shown.data,
                len(cut.data),
                columns,
                cut.by.value,
            )
            run.count += 1
            if len(run.lines) < KEPT:
                run.lines.append(line)
            self._bus.emit("unasked", job.job.origin, text=f"{run.unit.name} {label}: {line.text}", line=line)

        def ended(error: OSError | None) -> None:
            why = f": {error.strerror}" if error else " by the unit"
            text = f"{run.unit.name} {self._label(where)} was closed{why}"
            run.skipped.append(text)
            self._bus.emit("notice", run.unit.name, text=text)
            if all(other.over for other in run.readings):
                asyncio.get_running_loop().call_later(VERDICT_S, run.over.set)

        return Reading(where, mode, took=took, ended=ended)

    def _label(self, where: UnitAddress) -> str:
        service = self._places.service(where)
        return service.name if service else f"port {where.port}"

    async def _beside(self, run: _Run, where: UnitAddress) -> Companion | None:
        """The connection that tells that the unit is there; None where it has none."""
        services = catalogue.protocol(where.protocol).services
        held = next((service for service in services if service.touch is Touch.HOLDS), None)
        if held is None:
            return None

        def gone(reason: str) -> None:
            text = f"{run.unit.name} is gone: {reason}; its other connections are closed"
            run.skipped.append(text)
            self._bus.emit("notice", run.unit.name, text=text)
            run.over.set()

        place = self._places.of(where, held)
        companion = Companion(place, simulated=self._registry.is_simulated(place), gone=gone)
        try:
            await companion.open(OPEN_S)
        except OpenFailed as error:
            text = f"{run.unit.name} has no heartbeat beside what is read: {error.message}"
            self._bus.emit("notice", run.unit.name, text=text)
            return None
        return companion

    @staticmethod
    async def _wait(run: _Run, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await run.over.wait()
        except TimeoutError:
            return
