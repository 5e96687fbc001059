"""What a line waits for, in a line that is brought up to date: how far its job is, how long it still takes, what came
so far; else the command, and how long it is known to take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.secrets import masked_text
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.printable import printable
from unitbench.session.face import Session
from unitbench.session.jobtext import rest_s
from unitbench.session.model import Job
from unitbench.session.rendering import milliseconds
from unitbench.session.results import Round
from unitbench.session.stream import Event

BAR = 20
SHORT_BAR = 10
SHOWN = 40
"""Characters of a command that is waited for."""
ENDS, LEAVES = "ends it", "stops waiting"
"""What Ctrl-C does."""


@dataclass
class _Came:
    """What has come of the rounds of a job."""

    spreads: list[float] = field(default_factory=list)
    lost: int = 0


class Progress:
    """Follows the rounds of this view's own jobs, for the line that says how they go."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._came: dict[int, _Came] = {}
        session.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        if event.round is not None and event.origin == self._session.who:
            self._round(event.round)

    def _round(self, found: Round) -> None:
        if found.voided:
            return
        expected = next((job.units for job in self._session.jobs if job.id == found.job), ())
        came = self._came.setdefault(found.job, _Came())
        times = {arrival.unit: arrival.rtt_s for arrival in found.arrivals if arrival.kind == "ok"}
        came.lost += sum(unit not in times for unit in expected)
        if len(times) > 1:
            came.spreads.append(max(times.values()) - min(times.values()))

    def of(self, job: Job) -> str:
        """How far a job is: by its steps, or by the time that it takes."""
        now_ns = time.time_ns()
        if job.lasts_s:
            passed_s = min(job.lasts_s, max(0.0, (now_ns - job.started_ns) / 1e9))
            return f"{job.title}  {bar(passed_s / job.lasts_s)} of {job.lasts_s:g} s"
        if job.total < 2:
            return job.title
        rest = rest_s(job, now_ns)
        ends = [f"ETA {rest:.0f} s"] if rest is not None else []
        return "  ".join(
            [f"{job.title}  {bar(job.done / job.total)} {job.done}/{job.total}", *ends, *self._rounds(job)]
        )

    def _rounds(self, job: Job) -> list[str]:
        came = self._came.get(job.id)
        if came is None:
            return []
        middle = sorted(came.spreads)[len(came.spreads) // 2] if came.spreads else None
        spread = [f"spread p50 {milliseconds(middle)}"] if middle is not None else []
        return [f"lost {came.lost}", *spread]


def bar(share: float, width: int = BAR) -> str:
    """How much of the whole is done, as text."""
    full = int(min(1.0, max(0.0, share)) * width)
    return f"[{'#' * full}{'-' * (width - full)}]"


class Waiting:
    """What one line waits for. ``before``: the jobs that it has not begun; ``running`` gives those that run."""

    def __init__(
        self,
        line: str,
        vocabulary: Callable[[], Vocabulary],
        progress: Progress,
        running: Callable[[], list[Job]],
        before: set[int],
    ) -> None:
        self._progress = progress
        self._running = running
        self._before = before
        self._since = time.monotonic()
        statements = parse(line, vocabulary()).statements
        self._text = printable(masked_text(line, statements), 400)[:SHOWN]
        self._shows_s = max((shows_s(statement, vocabulary()) for statement in statements), default=0.0)

    def __call__(self) -> tuple[str, str]:
        """What is waited for, and what Ctrl-C does."""
        mine = next((job for job in self._running() if job.id not in self._before), None)
        if mine is not None:
            return self._progress.of(mine), ENDS
        if self._shows_s:
            share = (time.monotonic() - self._since) / self._shows_s
            return f"waiting: {self._text}  {bar(share, SHORT_BAR)}", LEAVES
        return f"waiting: {self._text}", LEAVES


def shows_s(statement: Statement, vocabulary: Vocabulary) -> float:
    """How long a statement has a unit show which one it is, in seconds; 0 where it does not."""
    if statement.command is not None:
        return statement.command.shows_s
    if statement.verb is None or statement.verb.name != "identify":
        return 0.0
    name = statement.args[0] if statement.args else vocabulary.current
    unit = next((item for item in vocabulary.units if item.name == name), None)
    commands = catalogue.protocol(unit.protocol).commands if unit else ()
    return max((command.shows_s for command in commands), default=0.0)
