"""The views: each is its model on the screen."""

from __future__ import annotations

from collections.abc import Iterable

import traitlets

from unitbench.session.face import Session
from unitbench.session.jobs import JobHandle
from unitbench.session.model import JobResult, Timing
from unitbench.widgets.discovery_model import DiscoveryModel
from unitbench.widgets.frame_model import FrameModel, Source
from unitbench.widgets.live import LiveView
from unitbench.widgets.timing_model import TimingModel
from unitbench.widgets.traffic_model import TrafficModel


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


class TrafficView(LiveView):
    """The last exchanges of the session, newest first, whoever asked: live. ``keep`` is how many."""

    def __init__(self, session: Session, *, keep: int = 50) -> None:
        super().__init__(session, TrafficModel(keep))


class FrameView(LiveView):
    """Frames taken apart: bytes beside fields, each named, explained, and what breaks a rule marked.

    ``sources`` is one, or several, of: bytes; bytes as people paste them; an exchange of a session. Without
    ``protocol`` the one that fits best is taken. A click on a byte finds its field, and the other way round.
    """

    chosen = traitlets.Unicode().tag(sync=True)

    def __init__(self, sources: Source | Iterable[Source], protocol: str = "") -> None:
        super().__init__(None, FrameModel(sources, protocol))

    @property
    def selected(self) -> dict[str, object] | None:
        """The field that was chosen last, as one of ``rows``; None before."""
        return next((row for row in self.rows if row["key"] == self.chosen), None)
