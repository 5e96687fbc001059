"""A job while it runs: how far it is, and how it is ended."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from unitbench.session.bus import Bus
from unitbench.session.model import Job
from unitbench.session.results import JobResult
from unitbench.session.writing import Writing

T = TypeVar("T")


class RunningJob:
    """A job while it runs; ``writes`` is what it does to units, where it changes any."""

    def __init__(self, job: Job, bus: Bus, writes: Writing | None = None) -> None:
        self.job = job
        self.writes = writes
        self._bus = bus
        self.stopping = asyncio.Event()
        self.task: asyncio.Task[JobResult] | None = None

    def progress(self, **changes: object) -> None:
        """Tell every view how far it is."""
        self.job = replace(self.job, **changes)  # type: ignore[arg-type]
        self._bus.emit("job", self.job.origin, job=self.job)

    def stop(self, origin: str) -> None:
        """Have it end; ``origin`` is who wants that. It ends with what it has."""
        if self.job.state == "running" and not self.stopping.is_set():
            self.job = replace(self.job, stopped_by=origin)
            self.stopping.set()

    def ended(self, state: str, message: str = "") -> None:
        """Tell every view that it is over. ``message`` says why, where it did not end by itself."""
        changes = {"message": message} if message else {}
        self.progress(state=state, ended_ns=time.time_ns(), **changes)

    async def pause(self, seconds: float) -> None:
        """Wait, but not beyond a stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    async def unless_stopped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of ``work``; None where the job was stopped first."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait([task])
        return None if task.cancelled() else task.result()


def looked_at(task: asyncio.Task[JobResult]) -> None:
    """What a job raised is told by its state; nobody need wait for its result."""
    if not task.cancelled():
        task.exception()
