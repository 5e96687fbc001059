"""Verbs about what takes a while: listen, time, list, stop."""

from __future__ import annotations

from collections.abc import Iterator
from queue import SimpleQueue

from unitbench.errors import UsageError
from unitbench.session import operations as op
from unitbench.session.arguments import duration, job, seconds, whole
from unitbench.session.items import Jobs, Notice
from unitbench.session.model import Event
from unitbench.session.verbs.turn import Handler, Turn

LISTEN_S = 10.0
"""How long ``listen`` reads where no time is said."""


def _listen(turn: Turn) -> Iterator[object]:
    """Reports as they come, then how many there were."""
    session, args = turn.session, turn.args
    news: SimpleQueue[Event] = SimpleQueue()
    leave = session.subscribe(news.put, since=session.state.seq)
    try:
        lasts_s = duration(args[1]) if len(args) > 1 else LISTEN_S
        handle = session.start_listening(args[0], lasts_s, turn.options.get("framing", "line"))
        while True:
            event = news.get()
            if event.line is not None and event.line.job == handle.id:
                yield event.line
            ended = event.job is not None and event.job.id == handle.id and event.job.state != "running"
            if ended or (event.kind == "notice" and event.origin == "session"):
                break
        yield handle.result()
    finally:
        leave()


def _timing(turn: Turn) -> Iterator[object]:
    options = turn.options
    if turn.console.dry_run and turn.args:
        raise UsageError(
            "an experiment cannot be shown without sending", hint=f"encode {turn.args[0]} shows the bytes of a round"
        )
    yield turn.session.timing(
        turn.args[0] if turn.args else "",
        whole(options, "rounds", 20),
        seconds(options, "gap_s", 0.05),
        window_s=seconds(options, "window_s", 1.0),
        units=options.get("units", ""),
        allow=turn.allow,
    ).result()


def _jobs(turn: Turn) -> Iterator[object]:
    yield Jobs(turn.session.jobs)


def _stop(turn: Turn) -> Iterator[object]:
    ended = turn.session.perform(op.StopJob(job(turn.args[0])))
    yield Notice(f"job {ended.id} ({ended.title}) is {ended.state}")


HANDLERS: dict[str, Handler] = {"listen": _listen, "timing": _timing, "jobs": _jobs, "stop": _stop}
