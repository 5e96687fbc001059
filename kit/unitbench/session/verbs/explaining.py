"""Verbs that explain, and the one that leaves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from unitbench.errors import SessionError, UsageError
from unitbench.session import operations as op
from unitbench.session.arguments import entries, job
from unitbench.session.items import Leave, Page, Recalled
from unitbench.session.model import Job
from unitbench.session.reasons import exchange as of_exchange
from unitbench.session.reasons import job as of_job
from unitbench.session.reasons import number as of_number
from unitbench.session.reasons import unit as of_unit
from unitbench.session.reasons.past import backwards, newest, numbered
from unitbench.session.results import JobResult, Timing
from unitbench.session.verbs.turn import Handler, Turn

WHOLE = "-v"
LOOKED_AT = 500
"""Exchanges, the newest, that are looked through for answers of a unit."""


def _why(turn: Turn) -> Iterator[object]:
    match turn.args:
        case ():
            yield _newest(turn)
        case ("job",):
            raise UsageError("which job is not said", hint="why job 3; jobs lists them")
        case ("job", number):
            yield _job(turn, job(number))
        case ("job", number, "against", other):
            yield of_number.against(_told(turn, job(number)), _told(turn, job(other)))
        case ("job", number, name, *units):
            yield of_number.page(_told(turn, job(number)), name, " ".join(units))
        case (word,) if word.isascii() and word.isdigit():
            yield of_exchange.page(numbered(turn.session, int(word)))
        case (name,):
            yield of_unit.page(turn.unit(name), exchanges=islice(backwards(turn.session), LOOKED_AT))
        case _:
            raise UsageError("why takes one thing", hint="why, why 31, why UNIT, why job 3, why job 3 p95 q1")


def _newest(turn: Turn) -> Page:
    """What this view did last; where it has done nothing, what anybody did."""
    last = turn.console.last_job or turn.console.last
    if isinstance(last, int):
        return _job(turn, last)
    found = last or next(iter(newest(turn.session, 1)), None)
    if found is None:
        raise UsageError("nothing was sent yet", hint="send a command, then why explains what came back")
    return of_exchange.page(found)


def _job(turn: Turn, number: int) -> Page:
    found = _found(turn, number)
    return of_job.page(found, _result(turn, number) if found.state != "running" else None)


def _found(turn: Turn, number: int) -> Job:
    found = next((item for item in turn.session.jobs if item.id == number), None)
    if found is None:
        raise UsageError(f"no job {number}", hint="jobs lists them")
    return found


def _told(turn: Turn, number: int) -> Timing:
    """What a timing job that has ended tells; raises ``UsageError``."""
    found = _found(turn, number)
    if found.kind != "timing" or found.state == "running":
        was = "still runs" if found.state == "running" else f"is no timing: {found.title}"
        raise UsageError(f"job {number} {was}", hint="numbers are told of timing jobs that have ended")
    result = _result(turn, number)
    if result is None or result.timing is None:
        raise UsageError(
            f"the result of job {number} is not there any more", hint="jobs lists those there are"
        )
    return result.timing


def _result(turn: Turn, number: int) -> JobResult | None:
    """What a job that has ended gave; None where the session no longer has it."""
    try:
        result: JobResult = turn.session.perform(op.Await(number))
    except SessionError:
        return None
    return result


def _last(turn: Turn) -> Iterator[object]:
    words = [word for word in turn.args if word != WHOLE]
    if len(words) > 1:
        raise UsageError("last takes one number", hint=f"last, last {WHOLE}, last 5, last 5 {WHOLE}")
    found = newest(turn.session, entries(words[0])) if words else ()
    if not words:
        found = (turn.console.last,) if turn.console.last else newest(turn.session, 1)
    if not found:
        raise UsageError("nothing was sent yet", hint="send a command, then last shows it again")
    yield Recalled(found, WHOLE in turn.args)


def _help(turn: Turn) -> Iterator[object]:
    from unitbench.session.help.pages import about, overview

    units = turn.session.units
    yield about(" ".join(turn.args), units) if turn.args else overview(units=bool(units))


def _doctor(turn: Turn) -> Iterator[object]:
    from unitbench.session.doctor.examining import (  # which looks at much that nothing else needs
        examined,
        way,
    )

    if not turn.args:
        yield examined()
        return
    unit = turn.unit(turn.args[0])
    yield way(unit.address, unit)


def _quit(turn: Turn) -> Iterator[object]:
    yield Leave()


HANDLERS: dict[str, Handler] = {"why": _why, "last": _last, "help": _help, "doctor": _doctor, "quit": _quit}
