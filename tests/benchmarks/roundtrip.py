"""Command to answer: in-process and through the keeper, beside what a person would write by hand, to the same unit.

On one processor what is done counts; on two also how often one has to wake the other.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Set
from contextlib import ExitStack, contextmanager

from tests.benchmarks.measure import Ratio, compare, each
from tests.benchmarks.rivals.toy import Plain, Toy, Unit
from unitbench import Session
from unitbench.session.operations import Stop

COUNT = 300
NAME = "bench-roundtrip"
PLAIN, TOY = "a blocking socket", "a session of 20 lines in a thread"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    processors = os.sched_getaffinity(0)
    first = min(processors)
    for used in ({first}, processors):
        with pinned(used), ExitStack() as end:
            unit = end.enter_context(Unit())
            plain, toy = Plain(unit), Toy(unit)
            end.callback(plain.close)
            end.callback(toy.close)
            local = end.enter_context(Session.local())
            remote = end.enter_context(Session.attach(NAME))
            end.callback(remote.perform, Stop())
            sides = (("in-process", local), ("through the keeper", remote))
            for words, session in sides:
                for floor, theirs in ((PLAIN, plain.ask), (TOY, toy.ask)):
                    name = f"{words}, {len(used)} CPU"
                    ratio = compare(name, many(asks(session, unit)), many(theirs), floor, turns=9)
                    yield each(COUNT, ratio)
            yield each(
                COUNT,
                compare(
                    f"keeper beside in-process, {len(used)} CPU",
                    many(asks(remote, unit)),
                    many(asks(local, unit)),
                    "Session.local",
                    turns=9,
                ),
            )


@contextmanager
def pinned(processors: Set[int]) -> Iterator[None]:
    """Run on these processors, with all processes that are started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def asks(session: Session, unit: Unit) -> Callable[[], None]:
    """One request of a session."""

    def once() -> None:
        assert session.ask("SECUR?", unit.address).ok

    return once


def many(once: Callable[[], None]) -> Callable[[], None]:
    """It, many times."""

    def run() -> None:
        for _ in range(COUNT):
            once()

    return run
