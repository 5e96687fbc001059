"""Jobs as people read them: how far they are, how long they will still take, who has begun and who has ended them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from unitbench.schema.printable import printable
from unitbench.session.model import Job
from unitbench.session.spans import about

HEAD = ("job", "state", "done", "left", "age", "by", "what")
BAR = 10
LONGEST_LINE = 4000


def rows(jobs: Sequence[Job], now_ns: int) -> list[tuple[str, ...]]:
    """A row for each job, under ``HEAD``."""
    return [
        (str(job.id), state(job), done(job), left(job, now_ns), age(job, now_ns), job.origin, what(job))
        for job in jobs
    ]


def state(job: Job) -> str:
    """Its state, and who ended it early where that was another view than the one that began it."""
    by = job.stopped_by if job.stopped_by != job.origin else ""
    return f"{job.state} by {printable(by, 40)}" if job.state == "stopped" and by else job.state


def share(job: Job) -> float | None:
    """How far it is, 0..1; None where that is not known."""
    return min(1.0, job.done / job.total) if job.total > 1 else None


def done(job: Job) -> str:
    """A bar and how much of how many while it runs; how many of how many when it has ended."""
    found = share(job)
    if job.state != "running":
        return f"{job.done}/{job.total}"
    if found is None:
        return "-"
    full = int(found * BAR)
    return f"{'#' * full}{'-' * (BAR - full)} {found * 100:.0f} % of {job.total}"


def rest_s(job: Job, now_ns: int) -> float | None:
    """How long it will still take at its pace so far, in seconds; None where that cannot be told."""
    found = share(job)
    if job.state != "running" or not found or not job.started_ns:
        return None
    return max(0.0, (now_ns - job.started_ns) / 1e9 * (1 - found) / found)


def left(job: Job, now_ns: int) -> str:
    """How long it will still take, as far as that can be told."""
    rest = rest_s(job, now_ns)
    return "-" if rest is None else about(rest)


def age(job: Job, now_ns: int) -> str:
    """Since when it runs, or how long ago it ended."""
    if not job.started_ns:
        return "-"
    if job.state == "running":
        return about((now_ns - job.started_ns) / 1e9)
    return f"{about((now_ns - job.ended_ns) / 1e9)} ago" if job.ended_ns else "-"


def what(job: Job) -> str:
    """What it does, and what is to be said of it."""
    return f"{job.title}: {job.message}" if job.message else job.title


def line(job: Job) -> str:
    """A job in one line, without its origin."""
    message = f": {job.message}" if job.message else ""
    reached = f" {job.done}/{job.total}" if job.total > 1 else ""
    return printable(f"{job.title}{reached} {state(job)}{message}", LONGEST_LINE)


def live(job: Job) -> str:
    """A job of another view while it runs, in a line that is brought up to date."""
    reached = f" {job.done}/{job.total}" if job.total > 1 else ""
    rest = rest_s(job, time.time_ns())
    ends = f", {about(rest)} left" if rest is not None and rest >= 1 else ""
    who, title = printable(job.origin, 40), printable(job.title, 60)
    return f"[{who}] {title}{reached}{ends} (jobs lists, stop {job.id} ends it)"
