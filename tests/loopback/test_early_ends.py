"""What ends before its end does not count as done: rounds that another view stops, or that cannot go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from tests.support.commands import Process, inside
from unitbench import NoReply, Session, Withheld
from unitbench.session.console import Console
from unitbench.session.model import Exchange
from unitbench.session.operations import StopJob
from unitbench.session.results import Arrival, Round, Timing
from unitbench.session.timed import complete
from unitbench.session.verbs import jobs
from unitbench_shell.tally import Tally

NAME = "kt"


def rounds(count: int, asked: int, **more: object) -> Timing:
    """So many rounds in which q1 and q2 answered 3 ms apart."""
    both = (Arrival("q1", 0.002), Arrival("q2", 0.005))
    made = tuple(Round(1, number, 0, both) for number in range(1, count + 1))
    timing = Timing(1, "DEVICEIDENT?", ("q1", "q2"), made, asked, 0.1, 0.0, "user")
    return replace(timing, **more)  # type: ignore[arg-type]


def test_a_one_shot_whose_rounds_another_view_stops_ends_with_3(runtime: Path) -> None:
    with Session.attach(NAME, sim=True, who="other") as session:
        line = "timing rounds=5000 gap_s=0.01"
        with Process("--session", NAME, "-c", line, "--json") as process:
            session.perform(StopJob(_third_round(session)))
            ran = process.end()
    assert ran.code == 3
    (timing,) = [item for item in ran.objects if item["type"] == "timing"]
    assert 0 < len(timing["rounds"]) < 5000, "what there is by then is on stdout"
    assert f"stopped by other after {len(timing['rounds'])} of 5000 rounds" in ran.err


def _third_round(session: Session) -> int:
    """The job of the one-shot, once some of its rounds are done."""
    news: SimpleQueue[int] = SimpleQueue()
    leave = session.subscribe(
        lambda event: news.put(event.round.job) if event.round and event.round.number == 3 else None,
        since=0,
    )
    try:
        return news.get(timeout=20)
    finally:
        leave()


def test_all_rounds_are_0() -> None:
    ran = inside("--sim", "-c", "timing rounds=2 gap_s=0")
    assert ran.code == 0 and "2 of 2 rounds" in ran.out and "stopped" not in ran.err


def test_rounds_that_could_not_go_on_are_not_complete() -> None:
    assert complete(rounds(20, 20))
    assert not complete(rounds(7, 20)) and not complete(rounds(0, 20))
    assert complete(rounds(7, 20, accept_s=0.02)), "all its bounds are under 20 ms"
    assert not complete(rounds(7, 200, accept_s=0.001)), "there was hope still"
    with Session.local(sim=True) as session:
        (item,) = jobs.early(session, 99, jobs._rounds(rounds(7, 20, verdict="round 8 was not sent: no way")))
    assert isinstance(item.error, NoReply) and Tally().add(item) == 3
    assert item.error.message == "ended after 7 of 20 rounds: round 8 was not sent: no way"


@pytest.mark.parametrize("line", ["listen v1 60s", "discover"])
def test_a_listening_and_a_discovery_that_another_stops_are_3(line: str) -> None:
    begun: SimpleQueue[int] = SimpleQueue()
    with Session.local(sim=True) as session:
        session.subscribe(lambda event: begun.put(event.job.id) if event.job else None)
        stopping = Thread(target=lambda: session.perform(StopJob(begun.get(timeout=20))))
        stopping.start()
        *_, last = Console(session).run(line)
        stopping.join()
        assert Tally().add(last) == 3 and "stopped by" in str(last)


@pytest.mark.parametrize("line", ["timing DEVICESYNC rounds=2 gap_s=0", "@k1 raw #SECUR?\\r"])
def test_confirm_always_asks_for_simulated_units(line: str) -> None:
    with Session.local(sim=True) as session:
        console, asked = Console(session), list[Exchange]()
        console.preferences.put("confirm", "always")

        def answer(held: Exchange, says: bool = True) -> str:
            asked.append(held)
            return held.allow_with if says else ""

        (done,) = console.run(line, confirm=answer)
        (held,) = asked
        assert held.outcome == "withheld" and held.error is not None
        assert "confirm is always" in held.error.meaning
        assert "DEVICESYNC" in held.command or held.command.startswith("raw")
        assert done.outcome == "ok" if isinstance(done, Exchange) else len(done.rounds) == 2  # type: ignore
        sent = len(session.jobs)
        try:
            (refused,) = console.run(line, confirm=lambda held: answer(held, False))
            assert refused.outcome == "withheld"  # type: ignore[attr-defined]
        except Withheld as error:
            assert "confirm is always" in error.message
        assert len(session.jobs) == sent
        console.preferences.put("confirm", "policy")
        list(console.run(line))
        assert len(asked) == 2


def test_rounds_that_change_nothing_are_not_asked_for() -> None:
    with Session.local(sim=True) as session:
        console = Console(session)
        console.preferences.put("confirm", "always")
        (done,) = console.run("timing rounds=1")
    assert isinstance(done, Timing) and len(done.rounds) == 1
