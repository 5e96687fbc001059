"""The views: each is its model on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import traitlets

from unitbench.schema.text import format_value
from unitbench.schema.values import Value
from unitbench.session.face import Session
from unitbench.session.jobs import JobHandle
from unitbench.session.results import JobResult, Timing
from unitbench.widgets.discovery_model import DiscoveryModel
from unitbench.widgets.draft import Draft
from unitbench.widgets.form_view import CommandForm
from unitbench.widgets.frame_model import FrameModel, Source
from unitbench.widgets.live import LiveView
from unitbench.widgets.timing_model import TimingModel
from unitbench.widgets.traffic_view import TrafficView

__all__ = ["CommandForm", "DiscoveryView", "FrameView", "TimingView", "TrafficView"]

Octets = bytes


class DiscoveryView(LiveView):
    """Who answered, from where, after how long, to what: every discovery of the session, live."""

    follows = "discover"

    def __init__(self, session: Session) -> None:
        super().__init__(session, DiscoveryModel())


class TimingView(LiveView):
    """The reply raster, unit by round, and plain figures: live.

    ``source`` is a session, whose newest timing job is followed; one job; or a result.
    """

    follows = "timing"

    def __init__(self, source: Session | JobHandle[Timing] | Timing) -> None:
        if isinstance(source, Timing):
            model = TimingModel(source.job)
            model.load(JobResult(timing=source))
            super().__init__(None, model)
        elif isinstance(source, JobHandle):
            super().__init__(source.session, TimingModel(source.id))
        else:
            super().__init__(source, TimingModel())


class FrameView(LiveView):
    """Frames taken apart: bytes beside fields, each named, explained, and what breaks a rule marked.

    ``sources`` is one, or several, of: bytes; bytes as people paste them; an exchange of a session. Without
    ``protocol`` the one that fits best is taken. A click on a byte finds its field, and the other way round; either
    can be edited, and the other follows. Several frames of one kind are compared field by field. Nothing is sent.
    """

    chosen = traitlets.Unicode().tag(sync=True)

    def __init__(self, sources: Source | Iterable[Source], protocol: str = "") -> None:
        self._edited = FrameModel(sources, protocol)
        super().__init__(None, self._edited)
        self.on_msg(self._asked)

    def _asked(self, _: object, what: object, buffers: object) -> None:
        """The front end asks for an edit."""
        with self._lock:
            if isinstance(what, dict) and self._edited.asked(what):
                self._changed()

    @property
    def selected(self) -> dict[str, object] | None:
        """The field that was chosen last, as one of ``rows``; None before."""
        return next((row for row in self.rows if row["key"] == self.chosen), None)

    @property
    def frames(self) -> tuple[bytes, ...]:
        """The bytes of each frame as they are now, secrets as three stars."""
        with self._lock:
            return tuple(draft.raw for draft in self._edited.frames)

    @property
    def bytes(self) -> bytes:
        """The bytes of the first frame as they are now; raises ``InvalidValue`` where there is none."""
        with self._lock:
            return self._edited.draft().raw

    def edit(self, field: str, value: Value, frame: int = 0) -> None:
        """Give a field of a frame another value, as it would be typed; raises ``UsageError``."""
        self._with(frame, lambda draft: draft.put(draft.index(field), format_value(value)))

    def splice(self, start: int, end: int, new: Octets, frame: int = 0) -> None:
        """Put ``new`` in place of bytes ``start`` (inclusive) to ``end`` (exclusive); raises ``UsageError``."""
        self._with(frame, lambda draft: draft.splice(start, end, new))

    def mend(self, frame: int = 0) -> None:
        """Make lengths, counts and checksum agree with the rest."""
        self._with(frame, Draft.mend)

    def repair(self, frame: int = 0) -> None:
        """Apply the likeliest repair of a broken frame; of a good one there is none."""
        self._with(frame, Draft.repair)

    def undo(self, frame: int = 0) -> None:
        """Take the last edit back."""
        self._with(frame, Draft.undo)

    def reset(self, frame: int = 0) -> None:
        """Go back to the original bytes."""
        self._with(frame, Draft.reset)

    def _with(self, frame: int, edit: Callable[[Draft], None]) -> None:
        with self._lock:
            edit(self._edited.draft(frame))
            self._changed()
