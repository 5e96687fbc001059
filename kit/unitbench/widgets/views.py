"""The views: each is its model on the screen."""

from __future__ import annotations

from unitbench.session.face import Session
from unitbench.session.jobs import JobHandle
from unitbench.session.model import JobResult, Timing
from unitbench.widgets.discovery_model import DiscoveryModel
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
