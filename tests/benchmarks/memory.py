"""The keeper's memory with a thousand units and a hundred thousand exchanges, and how it grows."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.fleet import Fleet, resident
from tests.benchmarks.measure import Amount
from unitbench import Session
from unitbench.session.operations import AddUnit, Stop

NAME = "bench-memory"
UNITS, EXCHANGES, AT_ONCE = 1000, 100_000, 32
OURS = ("tests.benchmarks.units", "127.83")
EMPTY = "an empty asyncio process"
SLEEPS = "import asyncio, sys; print(flush=True); sys.stdin.read()"


def ratios() -> Iterator[Amount]:
    """All figures of this part."""
    floor = _empty()
    with ExitStack() as end:
        fleet = end.enter_context(Fleet(*OURS, UNITS))
        session = end.enter_context(Session.attach(NAME))
        end.callback(session.perform, Stop())
        bare = resident(session.state.pid)
        yield Amount("a keeper that has just begun", bare / 1024, floor / 1024, "MiB", EMPTY)
        names = [session.perform(AddUnit(f"qstation://{host}")).name for host in fleet.hosts]
        with_units = resident(session.state.pid)
        yield Amount(f"one of {UNITS} units known", (with_units - bare) / UNITS, 0, "KiB", "")
        marks = []
        for part in range(4):
            asyncio.run(_asked(session, names, EXCHANGES // 4))
            marks.append(resident(session.state.pid))
            done = EXCHANGES // 4 * (part + 1)
            yield Amount(f"after {done:,} exchanges", marks[-1] / 1024, floor / 1024, "MiB", EMPTY)
        half = EXCHANGES // 2
        yield Amount(
            f"a thousand exchanges more, of the last {half:,}",
            (marks[-1] - marks[1]) / half * 1000,
            (marks[1] - with_units) / half * 1000,
            "KiB",
            f"the first {half:,}",
        )


async def _asked(session: Session, names: list[str], count: int) -> None:
    """Ask the units in turns, some of them at once."""
    numbers = iter(range(count))

    async def some() -> None:
        for number in numbers:
            assert (await session.aask("DEVICEIDENT?", names[number % len(names)])).ok

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def _empty() -> int:
    """The memory of a process that has imported asyncio, in KiB."""
    words = [sys.executable, "-c", SLEEPS]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = resident(process.pid)
        process.communicate()
    return found
