"""What other views do, as it happens: a line each, with its origin; a job gets one when it begins and one
when it ends, and the toolbar shows how far it is."""

from __future__ import annotations

from collections.abc import Callable

from unitbench.session.face import Session
from unitbench.session.model import Event, Job
from unitbench.session.rendering import event_line

SPOKEN = ("exchange", "notice", "unasked")


class News:
    """Listens to the session's stream. ``tell`` gets lines, ``changed`` is called where the toolbar differs.

    Both are called on the session's thread and must not block. ``again`` is what to do if the session is gone.
    """

    def __init__(
        self, session: Session, tell: Callable[[str], None], changed: Callable[[], None], again: str
    ) -> None:
        self._session = session
        self._tell = tell
        self._changed = changed
        self._again = again
        self._jobs = {job.id for job in session.jobs}
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
        if event.job is not None:
            self._job(event, event.job)
        elif event.kind in SPOKEN and event.origin != self._session.who:
            self._say(event)
        if self._session.gone:
            self._tell(self._again)
        if event.kind in ("job", "unit") or event.sim or self._session.gone:
            self._changed()

    def _job(self, event: Event, job: Job) -> None:
        begins = job.id not in self._jobs
        self._jobs.add(job.id)
        if job.state != "running":
            self._ended(job)
        if event.origin != self._session.who and (begins or job.state != "running"):
            self._say(event)

    def _ended(self, job: Job) -> None:
        then = self._endings.pop(job.id, None)
        if then is not None:
            then(job)

    def _say(self, event: Event) -> None:
        line = event_line(event)
        if line:
            self._tell(line)
