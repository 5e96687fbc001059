"""``ask`` and ``aask`` wherever a program may be: a script, threads, async programs, other loops, callbacks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unitbench import BenchError, Session
from unitbench.session.model import Exchange
from unitbench.session.operations import StopJob
from unitbench.session.stream import Event

ON = "~01@SECUR ON"


@pytest.fixture(scope="module", params=["in this process", "in a keeper"])
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    made = Session.local(sim=True) if "process" in request.param else Session.attach("anywhere", sim=True)
    with made:
        yield made


def test_in_threads_at_once(session: Session) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: session.ask("SECUR?").text, range(24)))
    assert told == [ON] * 24


def test_in_an_async_program_plain_and_awaited(session: Session) -> None:
    async def program() -> list[str]:
        awaited = await asyncio.gather(*(session.aask("SECUR?") for _ in range(4)))
        threaded = await asyncio.to_thread(session.ask, "SECUR?")
        return [*(each.text for each in awaited), threaded.text, session.ask("SECUR?").text]

    assert asyncio.run(program()) == [ON] * 6


def test_on_two_loops_at_once(session: Session) -> None:
    """A session belongs to no loop of its users."""
    with ThreadPoolExecutor(2) as pool:
        loops = [pool.submit(asyncio.run, _some(session)) for _ in range(2)]
        assert [done.result() for done in loops] == [[ON] * 5] * 2


async def _some(session: Session) -> list[str]:
    return [(await session.aask("SECUR?")).text for _ in range(5)]


def test_awaiting_stops_when_its_task_is_cancelled(session: Session) -> None:
    async def program() -> str:
        waiting = asyncio.create_task(session.alisten("v1", 60))
        await session.aask("SECUR?")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return (await session.aask("SECUR?")).text

    assert asyncio.run(program()) == ON
    for job in session.jobs:
        if job.state == "running":
            session.perform(StopJob(job.id))


def test_a_plain_call_in_a_callback_is_refused_and_an_awaited_one_works(session: Session) -> None:
    refused: list[BenchError] = []
    answered: list[Exchange] = []
    tasks = []
    done = threading.Event()

    async def again() -> None:
        answered.append(await session.aask("LOGIN?"))
        done.set()

    def heed(event: Event) -> None:
        if event.exchange is None or event.exchange.command != "SECUR?":
            return
        try:
            session.ask("LOGIN?")
        except BenchError as error:
            refused.append(error)
        tasks.append(asyncio.get_running_loop().create_task(again()))

    leave = session.subscribe(heed)
    try:
        assert session.ask("SECUR?").text == ON
        assert done.wait(20)
    finally:
        leave()
    (error,) = refused
    assert "on the session's own thread" in error.message and "await" in error.hint
    assert answered[0].ok


def test_in_a_plain_script_that_just_ends(runtime: Path) -> None:
    code = (
        "import asyncio\n"
        "from unitbench import Session\n"
        "s = Session.local(sim=True)\n"
        "print(s.ask('SECUR?').text)\n"
        "print(asyncio.run(s.aask('SECUR?')).text)\n"
        "print(s.ask('SECUR?'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[:2] == [ON] * 2 and done.stderr == ""
    assert "<- ~01@SECUR ON" in done.stdout, "a record shows itself as text outside of a notebook"
