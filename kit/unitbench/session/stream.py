"""The stream that views follow: its events, the state that a joining view gets, and what it missed."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.session.handover import Handover
from unitbench.session.model import Exchange, Job, Unit
from unitbench.session.results import HeardLine, Round, Sighting
from unitbench.session.showing import shown


@record
class Event:
    """One entry of the stream. ``seq`` counts without gaps; ``kind`` says which payload is set:
    ``exchange``, ``unit``, ``job``, ``sighting``, ``round``, ``unasked`` (text, and ``line`` where it is a
    report that was listened for) or ``notice`` (text, and ``speed`` where that of the simulated units was changed,
    ``sim``, their block, where they were started, ``journal`` where the stream is no longer written there, and
    ``handover`` where a unit was taken over)."""

    seq: int
    t_ns: int
    kind: str
    origin: str
    text: str = ""
    exchange: Exchange | None = None
    unit: Unit | None = None
    job: Job | None = None
    sighting: Sighting | None = None
    round: Round | None = None
    line: HeardLine | None = None
    speed: float | None = None
    sim: str = ""
    journal: str | None = None
    handover: Handover | None = None


@shown
@record
class State:
    """What a joining view gets: who it is, where the stream stands, and all that is known. ``speed`` is how much
    faster than real the clocks of the simulated units run. ``journal`` is the file that the stream is written to;
    empty where it is in memory only. ``found``: what there is to say of it, of a keeper that was killed above all;
    told to who joins before anything else happens."""

    session: str
    who: str
    seq: int
    pid: int
    started_ns: int
    sim: str
    units: tuple[Unit, ...] = ()
    jobs: tuple[Job, ...] = ()
    clients: tuple[str, ...] = ()
    linger_s: float = 600.0
    speed: float = 1.0
    journal: str = ""
    found: str = ""


@record
class Catchup:
    """Past events from a sequence number on; ``missing`` is how many are no longer kept, ``more`` whether
    there are some behind these."""

    events: tuple[Event, ...]
    missing: int = 0
    more: bool = False
