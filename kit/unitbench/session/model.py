"""Units, exchanges and jobs of a session, as the records that travel to every view."""

from __future__ import annotations

from typing import Any

from unitbench.errors import (
    BenchError,
    NoReply,
    OpenFailed,
    RemoteProtocolError,
    Reserved,
    UnitRefused,
    Withheld,
)
from unitbench.schema.record import record
from unitbench.session.reasons.model import Likely, Observation
from unitbench.session.showing import shown

OUTCOMES = ("ok", "refused", "malformed", "silent", "closed", "withheld")


@record
class Problem:
    """Why an exchange is not ok: the code, its meaning, what to try, and the likely causes, the likeliest first."""

    code: str
    meaning: str
    hint: str = ""
    causes: tuple[Likely, ...] = ()


@record
class Reply:
    """One frame that came back. ``data`` are its bytes with secrets masked, ``t_ns`` its receive stamp on the
    wall clock, ``rtt_s`` the time since the request left, ``fields`` its items by
    name (text, numbers, flags, lists), ``status`` ``ok``, ``refused`` or ``malformed``."""

    sender: str
    unit: str
    data: bytes
    text: str
    t_ns: int
    rtt_s: float
    fields: dict[str, Any]
    status: str
    meaning: str = ""


@shown
@record
class Exchange:
    """A request and what became of it.

    ``request`` are the bytes sent, secrets masked; ``t_ns`` when they left (wall clock); ``rtt_s`` the time to
    the first reply, by stamps from ``stamp`` (``kernel`` or ``user``). ``partial`` are bytes that arrived and
    were no answer. ``id`` counts within the session. ``allow_with``: what would have let a withheld one pass.
    """

    id: int
    session: str
    origin: str
    unit: str
    address: str
    simulated: bool
    protocol: str
    command: str
    request: bytes
    request_text: str
    outcome: str
    replies: tuple[Reply, ...] = ()
    error: Problem | None = None
    t_ns: int = 0
    rtt_s: float | None = None
    stamp: str = "user"
    waited_s: float = 0.0
    partial: bytes = b""
    effect: str = "read"
    allow_with: str = ""

    @property
    def ok(self) -> bool:
        """Whether the unit did what was asked."""
        return self.outcome == "ok"

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the first reply; empty where there is none."""
        return dict(self.replies[0].fields) if self.replies else {}

    @property
    def text(self) -> str:
        """The first reply as text."""
        return self.replies[0].text if self.replies else ""

    def value(self) -> dict[str, Any]:
        """The fields of the first reply; raises what a script can catch where the outcome is not ok."""
        if self.ok:
            return self.fields
        error = self.error or Problem(self.outcome, self.outcome)
        message = f"{self.unit}: {self.command}: {error.meaning}"
        if self.outcome == "refused":
            raise UnitRefused(message, code=error.code, hint=error.hint)
        if self.outcome == "withheld" and error.code == Reserved.__name__:
            raise Reserved(message, effect=self.effect, hint=error.hint)
        if self.outcome == "withheld":
            raise Withheld(message, effect=self.effect, allow_with=self.allow_with, hint=error.hint)
        if self.outcome == "malformed":
            raise RemoteProtocolError(message, hint=error.hint)
        if error.code == "OpenFailed":
            raise OpenFailed(message, endpoint=self.address, hint=error.hint)
        if self.outcome in ("silent", "closed"):
            raise NoReply(
                message, sent=self.request, waited_s=self.waited_s, partial=self.partial, hint=error.hint
            )
        raise BenchError(message, hint=error.hint)


@shown
@record
class Unit:
    """A unit that the session knows. ``score`` 0..1 says how sure its protocol is, ``evidence`` why.

    ``link`` is ``closed``, ``open`` or ``busy``; ``login`` the access level held, or empty; ``unlocked_until_ns``
    until when (wall clock) plain writes pass without asking. ``simulated`` only if a running set of this user says so.
    ``commands`` are those that the unit itself has named and the catalogue does not know. ``faults`` are those that a
    simulated unit was given. ``doubt`` is why it is not known whether link and login still stand, or empty.
    ``exclusive``: its open link is one that only one client can have, and how long this session holds it.
    ``reserved_by`` is the origin that keeps writes to it for itself until ``reserved_until_ns`` (wall clock), or empty;
    it is not connected since ``holder_left_ns``, or that is 0. ``seen`` are the observations among its evidence, with
    weights and bytes. ``keepalive_s``: every how many seconds of its clock a read keeps its login; 0: none does.
    """

    name: str
    protocol: str
    maker: str
    address: str
    mac: str = ""
    score: float = 0.0
    evidence: tuple[str, ...] = ()
    simulated: bool = False
    about: str = ""
    link: str = "closed"
    login: str = ""
    unlocked_until_ns: int = 0
    commands: tuple[str, ...] = ()
    faults: str = ""
    doubt: str = ""
    exclusive: str = ""
    reserved_by: str = ""
    reserved_until_ns: int = 0
    holder_left_ns: int = 0
    keepalive_s: float = 0.0
    seen: tuple[Observation, ...] = ()


@shown
@record
class Job:
    """Something that takes a while: ``discover``, ``timing``, ``listen``. ``state``: running, done, stopped, failed.

    ``units`` names those expected to answer, where that is known beforehand. ``started_ns`` and ``ended_ns`` (0: it
    runs) are by the wall clock; ``stopped_by`` is the origin that ended it early. ``lasts_s``: how long it takes,
    in seconds (0: not known).
    """

    id: int
    kind: str
    title: str
    origin: str
    done: int = 0
    total: int = 0
    state: str = "running"
    message: str = ""
    units: tuple[str, ...] = ()
    started_ns: int = 0
    ended_ns: int = 0
    stopped_by: str = ""
    lasts_s: float = 0.0


@record
class Place:
    """A service of a unit: the port of the catalogue (``usual``) and the one that this unit has, and what the
    session does there (``touch``)."""

    name: str
    carrier: str
    port: int
    usual: int
    about: str
    touch: str


@record
class SimUnitState:
    """A unit of a simulated set: ``faults`` as people read them, and how often each was ``met``."""

    name: str
    protocol: str
    host: str
    faults: str
    met: dict[str, int]


@shown
@record
class SimState:
    """A set of simulated units: its block of addresses, how much faster than real its clocks run, its units."""

    block: str
    speed: float
    units: tuple[SimUnitState, ...]
