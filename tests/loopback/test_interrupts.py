"""Ctrl-C, the interrupt of a cell, a cancelled task: they end one's own wait or job, never the session."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.session.console import Console
from unitbench.session.results import Timing
from unitbench.session.stream import Event

MANY = 100_000


@pytest.fixture
def session() -> Iterator[Session]:
    with Session.local(sim=True) as session:
        yield session


class Interrupting:
    """Presses Ctrl-C at the second round after ``armed`` was set: the wait has begun by then."""

    def __init__(self, session: Session) -> None:
        self.armed = threading.Event()
        self._left = 2
        session.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if event.round is None or not self.armed.is_set() or not self._left:
            return
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGINT)


def test_it_ends_the_job_that_is_waited_for_and_what_it_has_is_kept(session: Session) -> None:
    keys = Interrupting(session)
    job = session.timing("DEVICEIDENT?", rounds=MANY, gap_s=0)
    with pytest.raises(KeyboardInterrupt):
        keys.armed.set()
        job.result()
    assert job.job.state == "stopped" and job.job.stopped_by == session.who
    assert 2 <= len(job.result().rounds) < MANY
    assert session.ask("SECUR?").ok


def test_a_line_gives_what_the_job_has_and_then_stops(session: Session) -> None:
    keys = Interrupting(session)
    shown: list[object] = []
    with pytest.raises(KeyboardInterrupt, match=r"job 1 \(timing DEVICEIDENT\?\) is stopped at \d+/100000"):
        keys.armed.set()
        for item in Console(session).run(f"timing DEVICEIDENT? rounds={MANY} gap_s=0; SECUR?"):
            shown.append(item)
    assert [type(item) for item in shown] == [Timing], "the rest of the line is not sent"
    assert not session.journal


def test_a_wait_for_an_answer_ends_alone(session: Session) -> None:
    def pressed(data: bytes) -> bytes:
        os.kill(os.getpid(), signal.SIGINT)
        return b""

    with TcpCounterpart(pressed) as silent, pytest.raises(KeyboardInterrupt):
        session.ask("SECUR?", f"kramer://127.0.0.1:{silent.port}", timeout_s=60)
    assert session.ask("@k1 SECUR?").ok
    (stopped, _) = session.journal
    assert stopped.error is not None and stopped.error.code == "Cancelled"


def test_a_cancelled_task_ends_the_job_that_nobody_else_holds(session: Session) -> None:
    ended = threading.Event()
    session.subscribe(lambda event: ended.set() if event.job and event.job.state == "stopped" else None)
    began = threading.Event()
    session.subscribe(lambda event: began.set() if event.round else None)

    async def main() -> None:
        timing = asyncio.ensure_future(session.atiming("DEVICEIDENT?", rounds=MANY, gap_s=0))
        await asyncio.to_thread(began.wait, 20)
        timing.cancel()
        await asyncio.wait([timing])

    asyncio.run(main())
    assert ended.wait(20), "the job goes on alone"


def test_a_handle_whose_wait_is_cancelled_goes_on(session: Session) -> None:
    async def main() -> None:
        job = session.timing("DEVICEIDENT?", rounds=3, gap_s=0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await job.aresult()
        assert len((await job.aresult()).rounds) == 3

    asyncio.run(main())
