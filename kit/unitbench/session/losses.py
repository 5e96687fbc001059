"""What the end of a session's keeper would take along, or has taken, in words."""

from __future__ import annotations

import time

from unitbench.session.model import Job, Unit
from unitbench.session.stream import State


def held(state: State) -> str:
    """Logins, links, running jobs and simulated units of a session, as part of a sentence; empty: nothing."""
    return _listed(_held(state.units, state.jobs, state.sim))


def went(units: tuple[Unit, ...], jobs: tuple[Job, ...], sim: str, exchanges: int, since_ns: int) -> str:
    """What the journal has of a keeper that was killed, and what is gone with it."""
    lost = _listed(_held(units, jobs, sim))
    count = f"{exchanges} exchange{'s' * (exchanges != 1)}"
    text = (
        f"the keeper of this session was killed; its journal goes on, with {count} since {_clock(since_ns)}"
    )
    return text + (f"; gone with that keeper: {lost}" if lost else "")


def _clock(t_ns: int) -> str:
    """A time of day, with the day where that is not today."""
    then, now = time.localtime(t_ns / 1e9), time.localtime()
    today = (then.tm_year, then.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M" if today else "%Y-%m-%d %H:%M", then)


def _held(units: tuple[Unit, ...], jobs: tuple[Job, ...], block: str) -> list[str]:
    login = [f"the {unit.login} login on {unit.name}" for unit in units if unit.login]
    link = [unit.name for unit in units if unit.link != "closed" and not unit.login]
    links = [f"the link{'s' * (len(link) > 1)} to {_listed(link)}"] if link else []
    running = [f"job {job.id} ({job.title})" for job in jobs if job.state == "running"]
    sim = [f"the simulated units in {block}"] if block else []
    return [*login, *links, *running, *sim]


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
