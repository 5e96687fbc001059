"""What other views do, as it happens: a line each, with its origin. A job gets one when it has ended; how far it is
shows a line at the toolbar, or where there is none, a line when it begins."""

from __future__ import annotations

from collections.abc import Callable

from unitbench.session.face import Session
from unitbench.session.model import Job
from unitbench.session.muting import Muted
from unitbench.session.origin import OURS
from unitbench.session.rendering import event_line
from unitbench.session.stream import Event

SPOKEN = ("exchange", "notice", "unasked")


class Others:
    """What of the stream deserves a line in this view. ``muted``: whose lines it does not want; they are counted.
    ``begins``: a job of another gets a line when it begins, too."""

    def __init__(self, session: Session, muted: Muted, *, begins: bool) -> None:
        self._session = session
        self._muted = muted
        self.begins = begins
        self._jobs = {job.id for job in session.jobs}

    def line(self, event: Event) -> str | None:
        """The line for an event; None for what deserves none, and for what is muted."""
        spoken = self._job(event, event.job) if event.job is not None else self._spoken(event)
        line = event_line(event, self._session.who) if spoken else None
        if line and self._kept_back(event):
            self._muted.keep(event.origin)
            return None
        return line

    def _spoken(self, event: Event) -> bool:
        if event.exchange is not None and event.exchange.ok and event.origin == OURS:
            return False  # what the session asks by itself, and is answered, is in the journal
        return event.kind in SPOKEN and event.origin != self._session.who

    def _job(self, event: Event, job: Job) -> bool:
        begins = job.id not in self._jobs
        self._jobs.add(job.id)
        if event.origin == self._session.who:  # our own, if another has ended it
            return job.state == "stopped" and job.stopped_by not in ("", self._session.who)
        return job.state != "running" or (begins and self.begins)

    def _kept_back(self, event: Event) -> bool:
        """Whether it is muted: never what the session itself says, by the name of a unit too, and never that
        something was taken from us."""
        if not self._muted.holds(event.origin) or event.origin == self._session.who:
            return False
        ours = event.handover is not None and event.handover.loser == self._session.who
        said_of_unit = event.kind == "notice" and any(
            unit.name == event.origin for unit in self._session.units
        )
        return not (ours or said_of_unit)


class News:
    """Listens to the session's stream. ``tell`` gets lines, ``changed`` is called where the toolbar differs.

    Both are called on the session's thread and must not block. ``again`` is what to do if the session is gone.
    """

    def __init__(
        self,
        session: Session,
        others: Others,
        tell: Callable[[str], None],
        changed: Callable[[], None],
        again: str,
    ) -> None:
        self._session = session
        self._others = others
        self._tell = tell
        self._changed = changed
        self._again = again
        self._endings: dict[int, Callable[[Job], None]] = {}
        self._leave = session.subscribe(self._heard)

    def at_end(self, job: int, then: Callable[[Job], None]) -> None:
        """Call ``then`` when the job has ended, at once where it has."""
        self._endings[job] = then
        known = next((item for item in self._session.jobs if item.id == job), None)
        if known is not None and known.state != "running":
            self._ended(known)

    def close(self) -> None:
        """Listen no more."""
        self._leave()

    def _heard(self, event: Event) -> None:
        if event.job is not None and event.job.state != "running":
            self._ended(event.job)
        line = self._others.line(event)
        if line:
            self._tell(line)
        if self._session.gone:
            self._tell(self._again)
        if event.kind in ("job", "unit") or event.sim or self._session.gone:
            self._changed()

    def _ended(self, job: Job) -> None:
        then = self._endings.pop(job.id, None)
        if then is not None:
            then(job)
