"""Events as a session tells them, for models and views."""

from __future__ import annotations

from itertools import count

from unitbench.session.model import Exchange, Job, Problem, Reply, Unit
from unitbench.session.results import Arrival, Discovery, JobResult, Round, Sighting, Timing
from unitbench.session.stream import Event

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202eevil"
_numbers = count(1)


def event(kind: str, origin: str = "shell-1", **payload: object) -> Event:
    """An event with the next sequence number."""
    return Event(next(_numbers), 1_700_000_000_123_456_789, kind, origin, **payload)  # type: ignore[arg-type]


def unit(name: str, **more: object) -> Unit:
    """A Q.station."""
    values = {"mac": "02:00:00:00:00:31", "evidence": ("DEVICEIDENT? answered",), "simulated": True, **more}
    return Unit(name, "qstation", "Gantner Q.station", f"qstation://{name}", **values)  # type: ignore[arg-type]


def sighting(name: str, rtt_s: float, job: int = 1, **more: object) -> Sighting:
    """A unit that answered a discovery."""
    return Sighting(
        job, unit(name, **more), f"{name}:5565", rtt_s, 1, "qstation DEVICEIDENT? -> all:5565/udp"
    )


def sighted(name: str, rtt_s: float, job: int = 1, **more: object) -> Event:
    """The event of it."""
    return event("sighting", sighting=sighting(name, rtt_s, job, **more))


def told(number: int, kind: str, state: str = "running", **more: object) -> Event:
    """A job's progress."""
    job = Job(number, kind, f"{kind} something", "shell-1", state=state, **more)  # type: ignore[arg-type]
    return event("job", job=job)


def round_of(number: int, job: int = 1, voided: str = "", **rtts_s: float) -> Round:
    """A round in which each unit named answered once."""
    return Round(job, number, 1, tuple(Arrival(name, rtt) for name, rtt in rtts_s.items()), voided)


def asked(each: Round) -> Event:
    """The event of a round."""
    return event("round", round=each)


def timing(*rounds: Round, units: tuple[str, ...] = ("q1", "q2"), job: int = 1) -> Timing:
    """The result of a timing job."""
    return Timing(job, "DEVICESYNC", units, rounds, len(rounds), 1.0, 0.05, "kernel")


def result(found: Timing | Discovery) -> JobResult:
    """The result of a job."""
    return JobResult(timing=found) if isinstance(found, Timing) else JobResult(discovery=found)


def exchange(number: int, text: str = "~01@SECUR ON", **more: object) -> Exchange:
    """An exchange with a Kramer unit."""
    reply = Reply("k1:5000", "k1", text.encode(), text, 2, 0.0004, {}, "ok")
    values = {"replies": (reply,), "t_ns": 1_700_000_000_123_456_789, "rtt_s": 0.0004, **more}
    head = (
        number,
        "s",
        "shell-1",
        "k1",
        "kramer://k1",
        True,
        "kramer",
        "SECUR?",
        b"#SECUR?\r",
        "#SECUR?",
        "ok",
    )
    fields = dict(zip(Exchange.__dataclass_fields__, head, strict=False))
    return Exchange(**{**fields, **values})  # type: ignore[arg-type]


def exchanged(number: int, text: str = "~01@SECUR ON", **more: object) -> Event:
    """The event of it."""
    made = exchange(number, text, **more)
    return event("exchange", made.origin, exchange=made)


def refused(number: int) -> Event:
    """A login that was refused."""
    problem = Problem("ERR004", "unauthorized access", "try again")
    return exchanged(number, "~01@LOGIN ERR004", outcome="refused", error=problem, command="LOGIN USER,***")
