"""A session becomes a simulated one while others look on: they learn it from the stream."""

from __future__ import annotations

import threading
from pathlib import Path

from unitbench import Session
from unitbench.session.stream import Event


def test_a_view_that_joined_before_sees_it_at_once(runtime: Path) -> None:
    with Session.attach("seen", who="first") as first:
        assert first.state.sim == ""
        told: list[Event] = []
        came = threading.Event()
        first.subscribe(lambda event: (told.append(event), came.set()) if event.sim else None)
        with Session.attach("seen", sim=True, who="second") as second:
            block = second.state.sim
            assert block and came.wait(20)
            assert first.state.sim == block
            (event,) = told
            assert event.origin == "second" and block in event.text
        with Session.attach("seen", sim=True, who="third") as third:
            assert third.state.sim == block
        first.ask("SECUR?")
        assert len(told) == 1, "a set that runs already is not told again"


def test_a_session_in_this_process_has_it_from_the_start() -> None:
    with Session.local(sim=True) as session:
        told: list[str] = []
        session.subscribe(lambda event: told.append(event.sim), since=0)
        assert [block for block in told if block] == [session.state.sim]
