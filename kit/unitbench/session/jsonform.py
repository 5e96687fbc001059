"""What a session gives, as JSON-ready dictionaries: one object a line is the promise of ``--json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from unitbench.session.jobtext import rest_s
from unitbench.session.model import Exchange, Job, Place, Problem, Reply, SimState, Unit
from unitbench.session.results import Discovery, HeardLine, Listening, Timing
from unitbench.session.stream import State

if TYPE_CHECKING:
    from unitbench.session.jsontypes import (
        ErrorJson,
        ExchangeJson,
        JobJson,
        LineJson,
        ListeningJson,
        ReplyJson,
        ReservedJson,
        SessionJson,
        UnitJson,
    )


def exchange_json(exchange: Exchange) -> ExchangeJson:
    """An exchange."""
    return {
        "type": "exchange",
        "id": exchange.id,
        "session": exchange.session,
        "origin": exchange.origin,
        "unit": exchange.unit,
        "address": exchange.address,
        "simulated": exchange.simulated,
        "protocol": exchange.protocol,
        "command": exchange.command,
        "effect": exchange.effect,
        "request": {"hex": exchange.request.hex(), "text": exchange.request_text},
        "replies": [_reply(reply) for reply in exchange.replies],
        "outcome": exchange.outcome,
        "error": error_json(exchange.error),
        "t_ns": exchange.t_ns,
        "rtt_s": exchange.rtt_s,
        "stamp": exchange.stamp,
        "waited_s": exchange.waited_s,
        "partial": exchange.partial.hex(),
    }


def error_json(error: Problem | None) -> ErrorJson | None:
    """Why something is not ok; None where it is."""
    if error is None:
        return None
    return {
        "code": error.code,
        "meaning": error.meaning,
        "hint": error.hint,
        "causes": [
            {"text": cause.text, "seen": cause.seen or None, "try": cause.hint} for cause in error.causes
        ],
    }


def _reply(reply: Reply) -> ReplyJson:
    return {
        "from": reply.sender,
        "unit": reply.unit,
        "hex": reply.data.hex(),
        "text": reply.text,
        "t_ns": reply.t_ns,
        "rtt_s": reply.rtt_s,
        "fields": reply.fields,
        "status": reply.status,
        "meaning": reply.meaning,
    }


def unit_json(unit: Unit) -> UnitJson:
    """A unit."""
    return {
        "type": "unit",
        "name": unit.name,
        "protocol": unit.protocol,
        "maker": unit.maker,
        "address": unit.address,
        "mac": unit.mac or None,
        "score": unit.score,
        "evidence": list(unit.evidence),
        "simulated": unit.simulated,
        "about": unit.about,
        "link": unit.link,
        "login": unit.login or None,
        "doubt": unit.doubt or None,
        "faults": unit.faults or None,
        "exclusive": unit.exclusive or None,
        "reserved": reserved_json(unit),
        "keepalive_s": unit.keepalive_s or None,
        "commands": list(unit.commands),
    }


def reserved_json(unit: Unit) -> ReservedJson | None:
    """Who keeps writes to a unit for itself, until when, and since when it is not connected (wall clock); None where
    nobody does."""
    if not unit.reserved_by:
        return None
    left_ns = unit.holder_left_ns or None
    return {"by": unit.reserved_by, "until_ns": unit.reserved_until_ns, "left_ns": left_ns}


def job_json(job: Job, now_ns: int) -> JobJson:
    """A job; ``left_s`` is how long it will still take at its pace so far."""
    return {
        "type": "event",
        "kind": "job",
        "id": job.id,
        "title": job.title,
        "state": job.state,
        "origin": job.origin,
        "done": job.done,
        "total": job.total,
        "left_s": rest_s(job, now_ns),
        "started_ns": job.started_ns or None,
        "ended_ns": job.ended_ns or None,
        "stopped_by": job.stopped_by or None,
        "message": job.message or None,
    }


def discovery_json(found: Discovery) -> list[UnitJson]:
    """A discovery: one object a unit."""
    return [unit_json(unit) for unit in found.units]


def timing_json(timing: Timing) -> dict[str, Any]:
    """A timing experiment with its rounds, and what these tell."""
    from unitbench.session.timingjson import told

    return {"type": "timing", **asdict(timing), "caveat": timing.caveat, **told(timing)}


def line_json(line: HeardLine) -> LineJson:
    """A report that was listened for."""
    return {
        "type": "event",
        "kind": "unasked",
        "unit": line.unit,
        "service": line.service,
        "port": line.port,
        "hex": line.data.hex(),
        "size": line.size,
        "text": line.text,
        "columns": list(line.columns),
        "ended": line.ended,
        "t_ns": line.t_ns,
        "stamp": line.stamp,
    }


def listening_json(heard: Listening) -> ListeningJson:
    """How a listening went; its reports were objects of their own."""
    return {
        "type": "event",
        "kind": "listening",
        "unit": heard.unit,
        "services": list(heard.services),
        "count": heard.count,
        "skipped": list(heard.skipped),
        "took_s": heard.took_s,
    }


def place_json(unit: str, place: Place) -> dict[str, Any]:
    """A service of a unit."""
    return {"type": "service", "unit": unit, **asdict(place)}


def sim_json(state: SimState) -> dict[str, Any]:
    """A set of simulated units."""
    return {"type": "sim", **asdict(state)}


def session_json(state: State, now_ns: int) -> SessionJson:
    """A running session."""
    return {
        "type": "session",
        "name": state.session,
        "pid": state.pid,
        "age_s": round((now_ns - state.started_ns) / 1e9, 3),
        "clients": list(state.clients),
        "units": [unit.name for unit in state.units],
        "links": [unit.name for unit in state.units if unit.link != "closed"],
        "reserved": [{"unit": unit.name, **held} for unit in state.units if (held := reserved_json(unit))],
        "sim": state.sim or None,
        "journal": state.journal or None,
    }
