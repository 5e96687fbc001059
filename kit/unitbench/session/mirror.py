"""A view's copy of the state, kept by the stream of events alone."""

from __future__ import annotations

import threading
from dataclasses import replace

from unitbench.session.model import Job, Unit
from unitbench.session.stream import Event, State

KEPT_JOBS = 100
"""Jobs that have ended, and their results, are kept so many."""


class Mirror:
    """An event costs the same however many units there are; the snapshot is made when it is asked for."""

    def __init__(self, state: State) -> None:
        self._lock = threading.Lock()
        self._whole = state
        self._seq = state.seq
        self._units = {unit.name: unit for unit in state.units}
        self._stale = False

    @property
    def state(self) -> State:
        """A frozen snapshot of now; any thread may ask for it at any time."""
        with self._lock:
            if self._stale:
                self._whole = replace(self._whole, units=tuple(self._units.values()))
                self._stale = False
            if self._whole.seq != self._seq:
                self._whole = replace(self._whole, seq=self._seq)
            return self._whole

    def apply(self, event: Event) -> None:
        """Bring the copy up to date with one event."""
        changes: dict[str, object] = {}
        if event.sim:
            changes["sim"] = event.sim
        if event.speed is not None:
            changes["speed"] = event.speed
        if event.journal is not None:
            changes["journal"] = event.journal
        with self._lock:
            self._seq = event.seq
            if event.unit is not None and event.kind == "unit":
                self._units[event.unit.name] = event.unit
                self._stale = True
            if event.job is not None:
                changes["jobs"] = merged_jobs(self._whole.jobs, event.job)
            if changes:
                self._whole = replace(self._whole, **changes)  # type: ignore[arg-type]

    def lose(self) -> None:
        """The session is gone, and with it every link, login and running job."""
        state = self.state
        jobs = tuple(
            replace(job, state="failed", message="the session is gone") if job.state == "running" else job
            for job in state.jobs
        )
        with self._lock:
            self._units = {unit.name: unlinked(unit) for unit in state.units}
            self._whole = replace(state, jobs=jobs, clients=())
            self._stale = True


def unlinked(unit: Unit) -> Unit:
    """A unit when all that a keeper held of it is gone."""
    return replace(
        unit,
        link="closed",
        login="",
        unlocked_until_ns=0,
        doubt="",
        exclusive="",
        reserved_by="",
        reserved_until_ns=0,
        holder_left_ns=0,
        keepalive_s=0.0,
    )


def merged_jobs(jobs: tuple[Job, ...], job: Job) -> tuple[Job, ...]:
    """``jobs`` with one added, or replaced by its number."""
    if any(known.id == job.id for known in jobs):
        return tuple(job if known.id == job.id else known for known in jobs)
    return kept_jobs((*jobs, job))


def kept_jobs(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Those that run, and of the ended ones the newest; session and views forget the others alike."""
    ended = [job.id for job in jobs if job.state != "running"]
    if len(ended) <= KEPT_JOBS:
        return jobs
    oldest = sorted(ended)[-KEPT_JOBS]
    return tuple(job for job in jobs if job.state == "running" or job.id >= oldest)
