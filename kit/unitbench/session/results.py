"""What jobs give: what was found, timed and heard. The records travel to every view."""

from __future__ import annotations

from unitbench.schema.record import record
from unitbench.session.model import Unit
from unitbench.session.showing import shown


@record
class Sighting:
    """A unit that answered a discovery: who, from where, after how long (seconds), to what."""

    job: int
    unit: Unit
    sender: str
    rtt_s: float
    t_ns: int
    asked: str


@record
class Arrival:
    """An answer within a round: which unit, how long after the request (seconds), and how it counts:
    ``ok``, ``late`` (of the round before), ``duplicate``. ``size`` is how many octets it had; 0: not known."""

    unit: str
    rtt_s: float
    kind: str = "ok"
    size: int = 0


@record
class Round:
    """One round of a timing experiment: when the request left (wall clock), and what arrived.

    ``voided`` says why a round does not count: the clock was stepped, this machine slept, its network changed.
    """

    job: int
    number: int
    t_ns: int
    arrivals: tuple[Arrival, ...]
    voided: str = ""


@shown
@record
class Discovery:
    """What a discovery found. ``sent`` lists what went where, ``skipped`` what was left alone and why,
    ``listened`` whose announces were waited for. ``findings``: what does not fit, and hosts that are none of ours;
    ``doubts``: where nothing answered, what may be the reason and what to try."""

    job: int
    units: tuple[Unit, ...]
    sightings: tuple[Sighting, ...] = ()
    sent: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    took_s: float = 0.0
    listened: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@shown
@record
class Timing:
    """The rounds of a timing experiment. ``units`` are the names of those expected to answer.

    Times are arrivals of replies at this computer: what they bound, and what they do not, is in ``caveat``.
    ``effect`` is what the command does to a unit. With ``accept_s`` rounds were repeated until all bounds of one were
    under so many seconds; ``verdict`` says how that ended, or why the rounds ended early.
    """

    job: int
    command: str
    units: tuple[str, ...]
    rounds: tuple[Round, ...]
    asked_rounds: int
    window_s: float
    gap_s: float
    stamp: str
    mode: str = "broadcast"
    effect: str = "read"
    accept_s: float | None = None
    verdict: str = ""

    caveat = "arrival of replies at this computer; not the instant at which a unit took effect"


@record
class HeardLine:
    """A report that a port which is only read has sent: ``t_ns`` is the receive stamp (wall clock) of its last
    byte, by ``stamp`` (``kernel`` or ``user``), ``ended`` what ended it. ``data`` are its bytes, of a long one only
    the first of all ``size``."""

    job: int
    unit: str
    service: str
    port: int
    t_ns: int
    stamp: str
    data: bytes
    size: int
    columns: tuple[str, ...]
    ended: str

    @property
    def text(self) -> str:
        """Its columns in one line."""
        return " | ".join(self.columns)


@shown
@record
class Listening:
    """What was read of a unit, and at which services. ``count`` are all reports; of very many only the first are
    in ``lines``. ``skipped``: what could not be read, or ended early, and why."""

    job: int
    unit: str
    services: tuple[str, ...]
    lines: tuple[HeardLine, ...]
    count: int
    skipped: tuple[str, ...] = ()
    took_s: float = 0.0


@record
class JobResult:
    """What a job gave; the one of its kind is set."""

    discovery: Discovery | None = None
    timing: Timing | None = None
    listening: Listening | None = None
