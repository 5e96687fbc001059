"""A view's copy of the state, kept by the stream of events alone."""

from __future__ import annotations

from dataclasses import replace

from unitbench.session.model import Event, Job, State, Unit


class Mirror:
    """``state`` is a frozen snapshot, swapped whole, so any thread may read it at any time."""

    def __init__(self, state: State) -> None:
        self.state = state

    def apply(self, event: Event) -> None:
        """Bring the copy up to date with one event."""
        state = replace(self.state, seq=event.seq)
        if event.unit is not None and event.kind == "unit":
            state = replace(state, units=merged_units(state.units, event.unit))
        if event.speed is not None:
            state = replace(state, speed=event.speed)
        if event.job is not None:
            state = replace(state, jobs=merged_jobs(state.jobs, event.job))
        self.state = state

    def lose(self) -> None:
        """The session is gone, and with it every link, login and running job."""
        units = tuple(
            replace(unit, link="closed", login="", unlocked_until_ns=0) for unit in self.state.units
        )
        jobs = tuple(
            replace(job, state="failed", message="the session is gone") if job.state == "running" else job
            for job in self.state.jobs
        )
        self.state = replace(self.state, units=units, jobs=jobs, clients=())


def merged_units(units: tuple[Unit, ...], unit: Unit) -> tuple[Unit, ...]:
    """``units`` with one added, or replaced by its name."""
    if any(known.name == unit.name for known in units):
        return tuple(unit if known.name == unit.name else known for known in units)
    return (*units, unit)


def merged_jobs(jobs: tuple[Job, ...], job: Job) -> tuple[Job, ...]:
    """``jobs`` with one added, or replaced by its number."""
    if any(known.id == job.id for known in jobs):
        return tuple(job if known.id == job.id else known for known in jobs)
    return (*jobs, job)
