"""What the end of a session's keeper would take along, or has taken, in words."""

from __future__ import annotations

from unitbench.session.model import State


def held(state: State) -> str:
    """Logins, links, running jobs and simulated units of a session, as part of a sentence; empty: nothing."""
    login = [f"the {unit.login} login on {unit.name}" for unit in state.units if unit.login]
    link = [unit.name for unit in state.units if unit.link != "closed" and not unit.login]
    links = [f"the link{'s' * (len(link) > 1)} to {_listed(link)}"] if link else []
    jobs = [f"job {job.id} ({job.title})" for job in state.jobs if job.state == "running"]
    sim = [f"the simulated units in {state.sim}"] if state.sim else []
    return _listed([*login, *links, *jobs, *sim])


def _listed(items: list[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
