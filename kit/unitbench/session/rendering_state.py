"""What a session is made of, as text: units, jobs, the state. They are seen where Python shows a value."""

from __future__ import annotations

from unitbench.schema.printable import printable
from unitbench.session.changing import showing as changes
from unitbench.session.items import Jobs, Units
from unitbench.session.jobtext import line as job_line
from unitbench.session.model import Exchange, Job, Unit
from unitbench.session.rendering import WIDTH, render, unit_state
from unitbench.session.showing import Listed
from unitbench.session.stream import State

__all__ = ["changes", "render"]


@render.register(Unit)
def _(item: Unit, width: int = WIDTH) -> str:
    return printable(f"{item.name}: {item.maker} at {item.address}, {unit_state(item)}")


@render.register(Job)
def _(item: Job, width: int = WIDTH) -> str:
    return f"job {item.id} by {printable(item.origin)}: {job_line(item)}"


@render.register(State)
def _(item: State, width: int = WIDTH) -> str:
    where = f"simulated units at {item.sim}" if item.sim else "real units"
    others = [client for client in item.clients if client != item.who]
    views = f", with {', '.join(others)}" if others else ""
    head = f"session {item.session} as {item.who}{views}; {where}"
    parts = [printable(head), render(Units(item.units, item.speed), width)]
    if item.jobs:
        parts += ["", render(Jobs(item.jobs), width)]
    return "\n".join(parts)


@render.register(Listed)
def _(item: Listed[Unit | Job | Exchange], width: int = WIDTH) -> str:
    units = tuple(each for each in item if isinstance(each, Unit))
    jobs = tuple(each for each in item if isinstance(each, Job))
    if units:
        return render(Units(units), width)
    if jobs:
        return render(Jobs(jobs), width)
    return "\n".join(render(each, width) for each in item)
