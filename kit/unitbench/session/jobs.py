"""A job as its caller holds it: live at once, waited for when wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from unitbench.errors import BenchError
from unitbench.session.loop import LoopThread
from unitbench.session.model import Job
from unitbench.session.operations import Operation, StopJob
from unitbench.session.showing import html

if TYPE_CHECKING:
    from unitbench.session.face import Session

R = TypeVar("R")


class JobHandle(Generic[R]):
    """A running experiment or discovery of ``session``, which goes on with it when this handle is dropped."""

    def __init__(
        self,
        session: Session,
        job: Job,
        loop: LoopThread,
        wait: Callable[[int], Coroutine[Any, Any, R]],
        perform: Callable[[Operation], Coroutine[Any, Any, Any]],
    ) -> None:
        self.session = session
        self.job = job
        self._loop = loop
        self._wait = wait
        self._perform = perform

    @property
    def id(self) -> int:
        """The job's number in the session."""
        return self.job.id

    def result(self, timeout_s: float | None = None) -> R:
        """Wait for the end; a stopped job gives what it has.

        Ctrl-C, or the interrupt of a cell, ends the job too; what it has by then is still to be had here.
        """
        try:
            return self._loop.run(self._wait(self.job.id), timeout_s)
        except KeyboardInterrupt:
            with suppress(BenchError):
                self.stop()
            raise

    def waited(self) -> Iterator[R]:
        """The result for a person who waits for it: at Ctrl-C what the job has by then, and the interrupt behind it,
        with words that say so."""
        try:
            yield self.result()
        except KeyboardInterrupt:
            with suppress(BenchError):
                yield self.result()
            raise KeyboardInterrupt(self.told()) from None

    def told(self) -> str:
        """That this job was ended, and how far it was."""
        job = self.job
        reached = f" at {job.done}/{job.total}" if job.total > 1 else ""
        return f"job {job.id} ({job.title}) is {job.state}{reached}"

    async def aresult(self) -> R:
        """As ``result``, to be awaited on any event loop; the job goes on where that is cancelled."""
        return await self._loop.start(self._wait(self.job.id))

    async def alone(self) -> R:
        """As ``aresult``, where nobody else can wait for the job or end it: it ends where this is cancelled."""
        try:
            return await self.aresult()
        except asyncio.CancelledError:
            with suppress(BenchError):
                self._loop.submit(self._perform(StopJob(self.job.id)))
            raise

    def stop(self) -> Job:
        """End the job."""
        self.job = self._loop.run(self._perform(StopJob(self.job.id)))
        return self.job

    def _repr_html_(self) -> str:
        return html(next((job for job in self.session.jobs if job.id == self.id), self.job))

    def __repr__(self) -> str:
        return f"<job {self.job.id}: {self.job.title}>"
