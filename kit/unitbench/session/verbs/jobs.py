"""Verbs about what takes a while: listen, time, list, stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from queue import SimpleQueue

import msgspec

from unitbench.errors import NoReply, UsageError, Withheld
from unitbench.schema.printable import printable
from unitbench.session import operations as op
from unitbench.session.arguments import duration, job, seconds, whole
from unitbench.session.face import Session
from unitbench.session.items import Jobs, Notice
from unitbench.session.jobs import JobHandle
from unitbench.session.model import Exchange, Job, Problem
from unitbench.session.results import Timing
from unitbench.session.scripted import Failed
from unitbench.session.stream import Event
from unitbench.session.verbs.turn import Handler, Turn

LISTEN_S = 10.0
"""How long ``listen`` reads where no time is said."""
STEPS = {"timing": "rounds"}
"""What the steps of a kind of job are called."""
SHOWN = 5
"""Jobs that are named where it is not said which is meant."""


def _listen(turn: Turn) -> Iterator[object]:
    """Reports as they come, then how many there were."""
    session, args = turn.session, turn.args
    news: SimpleQueue[Event] = SimpleQueue()
    leave = session.subscribe(news.put, since=session.state.seq)
    try:
        lasts_s = duration(args[1]) if len(args) > 1 else LISTEN_S
        handle = session.start_listening(args[0], lasts_s, turn.options.get("framing", "line"))
        while True:
            try:
                event = news.get()
            except KeyboardInterrupt:
                handle.stop()
                yield handle.result()
                raise KeyboardInterrupt(handle.told()) from None
            if event.line is not None and event.line.job == handle.id:
                yield event.line
            ended = event.job is not None and event.job.id == handle.id and event.job.state != "running"
            if ended or (event.kind == "notice" and event.origin == "session"):
                break
        yield handle.result()
        yield from early(session, handle.id)
    finally:
        leave()


def _timing(turn: Turn) -> Iterator[object]:
    options = turn.options
    if turn.console.dry_run and turn.args:
        raise UsageError(
            "an experiment cannot be shown without sending",
            hint=f"encode {turn.args[0]} shows the bytes of a round",
        )
    wanted = op.Time(
        turn.args[0] if turn.args else "",
        whole(options, "rounds", 20),
        seconds(options, "gap_s", 0.0) if "gap_s" in options else None,
        seconds(options, "window_s", 1.0),
        options.get("units", ""),
        turn.allow,
        seconds(options, "accept", 0.0) if "accept" in options else None,
        turn.console.confirm_always,
    )
    handle = _allowed(turn, wanted)
    reached = ""
    for timing in handle.waited():
        yield timing
        reached = _rounds(timing)
    yield from early(turn.session, handle.id, reached)


def _allowed(turn: Turn, wanted: op.Time) -> JobHandle[Timing]:
    """The rounds, once a person has allowed them where the policy asks."""
    try:
        return turn.session.start_timing(wanted)
    except Withheld as error:
        if not error.allow_with or turn.confirm is None:
            raise
        granted = turn.confirm(_as_exchange(turn, wanted, error))
        if not granted:
            raise
    return turn.session.start_timing(msgspec.structs.replace(wanted, allow=granted))


def _as_exchange(turn: Turn, wanted: op.Time, error: Withheld) -> Exchange:
    """Withheld rounds as front ends ask for an exchange; their bytes are not known yet."""
    from unitbench.session.timed import timed

    protocol, command = timed(wanted.command)
    session = turn.session
    return Exchange(
        0,
        session.name,
        session.who,
        "",
        "",
        False,
        protocol,
        f"timing {command.name}, {wanted.rounds} rounds",
        b"",
        "",
        "withheld",
        error=Problem(type(error).__name__, error.message, error.hint),
        effect=error.effect,
        allow_with=error.allow_with,
    )


def _rounds(timing: Timing) -> str:
    """How far rounds came, where they ended too early by themselves; empty where they are complete."""
    from unitbench.session.timed import complete  # with the arithmetic of rounds, which few lines need

    if complete(timing):
        return ""
    reached = f"ended after {len(timing.rounds)} of {timing.asked_rounds} rounds"
    return f"{reached}: {timing.verdict}" if timing.verdict else reached


def early(session: Session, number: int, reached: str = "") -> Iterator[Failed]:
    """That a job did not come to its end, where that is so: who stopped it, or how far it ``reached`` by itself."""
    job = next((item for item in session.jobs if item.id == number), None)
    if job is not None and job.state == "stopped":
        by = printable(job.stopped_by, 40) or "another"
        far = f" after {job.done} of {job.total} {STEPS.get(job.kind, 'steps')}" if job.total > 1 else ""
        yield Failed(NoReply(f"stopped by {by}{far}", hint=f"why job {number} tells what there is"), "")
    elif reached:
        yield Failed(NoReply(reached, hint=f"why job {number} tells what there is"), "")


def _jobs(turn: Turn) -> Iterator[object]:
    yield Jobs(turn.session.jobs, turn.session.who)


def _stop(turn: Turn) -> Iterator[object]:
    number = job(turn.args[0]) if turn.args else _only(turn.session.jobs)
    before = next((item.state for item in turn.session.jobs if item.id == number), "running")
    ended: Job = turn.session.perform(op.StopJob(number))
    had = "had ended before, it" if before != "running" else ""
    yield Notice(" ".join(filter(None, (f"job {ended.id} ({ended.title})", had, f"is {ended.state}"))))


def _only(jobs: Sequence[Job]) -> int:
    """The number of the one job that runs; raises ``UsageError``."""
    running = [item for item in jobs if item.state == "running"]
    if len(running) == 1:
        return running[0].id
    if not running:
        raise UsageError("no job runs", hint="jobs lists those that have ended")
    named = ", ".join(f"{item.id} ({item.title}, {printable(item.origin, 40)})" for item in running[:SHOWN])
    more = f" and {len(running) - SHOWN} more" if len(running) > SHOWN else ""
    raise UsageError(f"{len(running)} jobs run: {named}{more}", hint="say which: stop NUMBER")


HANDLERS: dict[str, Handler] = {"listen": _listen, "timing": _timing, "jobs": _jobs, "stop": _stop}
