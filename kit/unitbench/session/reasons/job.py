"""What became of a job: who began it, how it ended, what it missed, and what would tell more."""

from __future__ import annotations

import time
from collections.abc import Iterator

from unitbench.session.items import Page
from unitbench.session.model import Job
from unitbench.session.results import Discovery, JobResult, Listening, Timing

FEW = 8
"""So many units or remarks are told one by one."""


def page(job: Job, result: JobResult | None) -> Page:
    """Why a job is where it is; ``result`` is what it gave, where it has ended and the session still has that."""
    lines = [f"begun by {job.origin}{_at(job.started_ns)}", _state(job)]
    if job.units:
        lines.append(f"expected to answer: {_few(job.units)}")
    if result is not None:
        lines += _told(result)
    return Page(
        f"job {job.id} {job.title}: {job.state}", "\n".join([*lines, "", f"next: {_next(job, result)}"])
    )


def _at(t_ns: int) -> str:
    return f" at {time.strftime('%H:%M:%S', time.localtime(t_ns / 1e9))}" if t_ns else ""


def _state(job: Job) -> str:
    done = f"{job.done} of {job.total} steps"
    took = f" after {(job.ended_ns - job.started_ns) / 1e9:.1f} s" if job.ended_ns else ""
    by = f" by {job.stopped_by}" if job.stopped_by else ""
    return f"{job.state}{by}{took}, {done}{f': {job.message}' if job.message else ''}"


def _few(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _told(result: JobResult) -> Iterator[str]:
    if result.discovery is not None:
        yield from _discovery(result.discovery)
    if result.timing is not None:
        yield from _timing(result.timing)
    if result.listening is not None:
        yield from _listening(result.listening)


def _discovery(found: Discovery) -> Iterator[str]:
    yield f"{len(found.units)} units answered: {_few(tuple(unit.name for unit in found.units)) or 'none'}"
    yield from (f"sent {text}" for text in found.sent[:FEW])
    yield from (f"listened {text}" for text in found.listened[:FEW])
    yield from (f"skipped {text}" for text in found.skipped[:FEW])


def _timing(found: Timing) -> Iterator[str]:
    voided = [item for item in found.rounds if item.voided]
    yield f"{len(found.rounds)} of {found.asked_rounds} rounds, {len(voided)} of them void"
    yield from (f"round {item.number} is void: {item.voided}" for item in voided[:FEW])
    for unit, lost in lost_in(found).items():
        yield f"{unit} did not answer in {lost} of the rounds that count"


def lost_in(found: Timing) -> dict[str, int]:
    """In how many rounds that count each unit was missed; only those that were."""
    counted = [item for item in found.rounds if not item.voided]
    came = [{arrival.unit for arrival in item.arrivals if arrival.kind == "ok"} for item in counted]
    missed = {unit: sum(unit not in answered for answered in came) for unit in found.units}
    return {unit: count for unit, count in missed.items() if count}


def _listening(found: Listening) -> Iterator[str]:
    yield f"{found.count} reports from {found.unit} ({', '.join(found.services) or 'no service'})"
    yield from (f"skipped {text}" for text in found.skipped[:FEW])


def _next(job: Job, result: JobResult | None) -> str:
    """The step that would tell more."""
    if job.state == "running":
        return f"jobs shows how far it is; stop {job.id} ends it, and keeps what it has"
    timing = result.timing if result else None
    missed = next(iter(lost_in(timing)), "") if timing is not None else ""
    if missed:
        return f"why {missed}"
    found = result.discovery if result else None
    if found is not None and found.units:
        return f"why {found.units[0].name}"
    if job.units:
        return f"services {job.units[0]}"
    return "units lists what is known; doctor tells what this machine can do"
