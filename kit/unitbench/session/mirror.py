"""A view's copy of the state, kept by the stream of events alone."""

from __future__ import annotations

from dataclasses import replace

from unitbench.session.model import Event, Job, State, Unit

KEPT_JOBS = 100
"""Jobs that have ended, and their results, are kept so many."""


class Mirror:
    """``state`` is a frozen snapshot, swapped whole, so any thread may read it at any time."""

    def __init__(self, state: State) -> None:
        self.state = state

    def apply(self, event: Event) -> None:
        """Bring the copy up to date with one event."""
        state = replace(self.state, seq=event.seq)
        if event.unit is not None and event.kind == "unit":
            state = replace(state, units=merged_units(state.units, event.unit))
        if event.sim:
            state = replace(state, sim=event.sim)
        if event.speed is not None:
            state = replace(state, speed=event.speed)
        if event.journal is not None:
            state = replace(state, journal=event.journal)
        if event.job is not None:
            state = replace(state, jobs=merged_jobs(state.jobs, event.job))
        self.state = state

    def lose(self) -> None:
        """The session is gone, and with it every link, login and running job."""
        units = tuple(unlinked(unit) for unit in self.state.units)
        jobs = tuple(
            replace(job, state="failed", message="the session is gone") if job.state == "running" else job
            for job in self.state.jobs
        )
        self.state = replace(self.state, units=units, jobs=jobs, clients=())


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
        keepalive_s=0.0,
    )


def merged_units(units: tuple[Unit, ...], unit: Unit) -> tuple[Unit, ...]:
    """``units`` with one added, or replaced by its name."""
    if any(known.name == unit.name for known in units):
        return tuple(unit if known.name == unit.name else known for known in units)
    return (*units, unit)


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
