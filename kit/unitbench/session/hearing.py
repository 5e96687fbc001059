"""Listening at a port that commands go to, as a job: the link is held open for a time, nothing is sent, and what the
unit says by itself is told as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.session.bus import Bus
from unitbench.session.links import Links
from unitbench.session.model import Job, Unit
from unitbench.session.places import Places
from unitbench.session.results import HeardLine, JobResult, Listening
from unitbench.session.running import RunningJob
from unitbench.transport.base import Stamp

KEPT = 10_000
"""Lines that a job's result keeps; all are told on the stream."""
LONGEST = 2048
"""Bytes of a line that are kept."""


@dataclass
class _Run:
    """One listening while it runs."""

    job: Job
    unit: str
    where: UnitAddress
    service: str
    lines: list[HeardLine] = field(default_factory=list)
    count: int = 0


class Hearing:
    """``start`` begins a job."""

    def __init__(self, bus: Bus, places: Places, links: Links, start: Callable[..., Job]) -> None:
        self._bus = bus
        self._places = places
        self._links = links
        self._start = start
        self._runs: dict[UnitAddress, _Run] = {}

    def listen(self, unit: Unit, where: UnitAddress, seconds: float, origin: str) -> Job:
        """Begin to listen; raises ``UsageError`` where that would take a unit's only place, or is done already."""
        service = self._places.service(where)
        if service is not None and service.exclusive:
            raise UsageError(
                f"{unit.name} has no port that is only read, and one place for a command client",
                hint=f"connect {unit.name} takes that place; what the unit says unasked is shown then",
            )
        running = self._runs.get(where.way)
        if running is not None:
            raise UsageError(
                f"{unit.name} is listened to already by {running.job.origin}",
                hint=f"stop {running.job.id} ends that",
            )
        name = service.name if service is not None else f"port {where.port}"
        return self._start(
            "listen",
            f"listen {unit.name}",
            origin,
            1,
            lambda job: self._hear(job, _Run(job.job, unit.name, where, name), seconds),
            [unit.name],
            lasts_s=seconds,
        )

    async def _hear(self, job: RunningJob, run: _Run, seconds: float) -> JobResult:
        began = time.monotonic()
        self._runs[run.where.way] = run
        try:
            if await job.unless_stopped(self._links.to(run.where)) is not None:
                await job.pause(seconds)
        finally:
            del self._runs[run.where.way]
        job.progress(done=1)
        took = time.monotonic() - began
        return JobResult(
            listening=Listening(
                job.job.id, run.unit, (run.service,), tuple(run.lines), run.count, took_s=took
            )
        )

    def took(self, where: UnitAddress, text: str, data: bytes, stamp: Stamp | None) -> bool:
        """A unit has said something unasked; False where nobody listens to it."""
        run = self._runs.get(where.way)
        if run is None:
            return False
        at = stamp or Stamp.now()
        line = HeardLine(
            run.job.id,
            run.unit,
            run.service,
            where.port,
            at.wall_ns,
            at.source,
            data[:LONGEST],
            len(data),
            (text,),
            "line end",
        )
        run.count += 1
        if len(run.lines) < KEPT:
            run.lines.append(line)
        self._bus.emit("unasked", run.job.origin, text=f"{run.unit} {run.service}: {text}", line=line)
        return True
