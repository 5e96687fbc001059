"""A job as its caller holds it: live at once, waited for when wanted."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, TypeVar

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
        """Wait for the end; a stopped job gives what it has."""
        return self._loop.run(self._wait(self.job.id), timeout_s)

    async def aresult(self) -> R:
        """As ``result``, to be awaited on any event loop."""
        return await self._loop.start(self._wait(self.job.id))

    def stop(self) -> Job:
        """End the job."""
        ended: Job = self._loop.run(self._perform(StopJob(self.job.id)))
        return ended

    def _repr_html_(self) -> str:
        return html(next((job for job in self.session.jobs if job.id == self.id), self.job))

    def __repr__(self) -> str:
        return f"<job {self.job.id}: {self.job.title}>"
