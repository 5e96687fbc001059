"""The stream of events: numbers without gap or double for whoever joins, whenever, and the journal made of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.commands import unitbench
from unitbench import Session
from unitbench.session.bus import Bus
from unitbench.session.stream import Event


@pytest.fixture
def session(runtime: Path) -> Iterator[Session]:
    with Session.attach("stream", sim=True, who="first") as session:
        yield session


def test_the_bus_gives_what_is_kept_in_parts() -> None:
    bus = Bus()
    for number in range(30):
        bus.emit("notice", "x", text=str(number))
    assert [event.seq for event in bus.since(0, 10).events] == list(range(1, 11)) and bus.since(0, 10).more
    assert [event.seq for event in bus.since(25, 10).events] == [26, 27, 28, 29, 30]
    assert not bus.since(25, 10).more and not bus.since(30, 10).events and not bus.since(99, 10).events
    heard: list[int] = []
    bus.listen(lambda event: heard.append(event.seq), 27)
    bus.emit("notice", "x")
    assert heard == [28, 29, 30, 31]


def test_the_bus_says_what_it_no_longer_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unitbench.session.bus.KEPT", 5)
    from collections import deque

    bus = Bus()
    bus._kept = deque(maxlen=5)
    for _ in range(12):
        bus.emit("notice", "x")
    found = bus.since(3, 100)
    assert [event.seq for event in found.events] == [8, 9, 10, 11, 12] and found.missing == 4


def test_whoever_joins_while_it_flows_misses_nothing(session: Session) -> None:
    """Eight join from the start of the stream while it flows; each hears every number once and in order."""
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            session.ask("0Ch")

    heard: list[list[int]] = [[] for _ in range(8)]
    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        views = [Session.attach("stream", start=False, who=f"view-{n}") for n in range(4)]
        for number, numbers in enumerate(heard):

            def take(event: Event, numbers: list[int] = numbers) -> None:
                numbers.append(event.seq)

            views[number % 4].subscribe(take, since=0)
        enough.set()
        for done in asking:
            done.result()
    last = session.ask("SECUR?")
    for view in views:
        view.ask("LOGIN?")
        view.close()
    for numbers in heard:
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > last.id


def test_a_subscription_in_the_middle_starts_behind_its_number(session: Session) -> None:
    for _ in range(5):
        session.ask("0Ch")
    since = session.state.seq
    session.ask("SECUR?")
    heard: list[Event] = []
    stop = session.subscribe(heard.append, since=since)
    session.ask("LOGIN?")
    stop()
    session.ask("0Ch")
    commands = [event.exchange.command for event in heard if event.exchange]
    assert commands == ["SECUR?", "LOGIN?"] and heard[0].seq == since + 1


def test_views_see_each_other_with_their_origin(session: Session) -> None:
    heard: list[tuple[str, str]] = []
    came = threading.Event()

    def take(event: Event) -> None:
        if event.exchange:
            heard.append((event.origin, event.exchange.command))
            came.set()

    session.subscribe(take)
    with Session.attach("stream", start=False, who="nb:tour.ipynb") as other:
        assert other.ask("SECUR?").origin == "nb:tour.ipynb"
    assert came.wait(20) and heard == [("nb:tour.ipynb", "SECUR?")]
    came.clear()
    assert unitbench("--session", "stream", "-c", "0Ch", env={"UNITBENCH_WHO": "cron"}).code == 0
    assert came.wait(20) and heard[-1] == ("cron", "AEh 0Ch")


def test_names_with_a_dash_get_numbers(session: Session) -> None:
    with Session.attach("stream", who="shell-") as one, Session.attach("stream", who="shell-") as two:
        assert (one.who, two.who) == ("shell-1", "shell-2")
    with Session.attach("stream", who="shell-") as three:
        assert three.who == "shell-1"


def test_the_state_follows_in_every_view(session: Session) -> None:
    with Session.attach("stream", start=False) as other:
        session.ask("LOGIN ADMIN,4321")
        other.ask("0Ch")
        assert [unit.login for unit in other.units if unit.protocol == "kramer"] == ["ADMIN"]
        other.ask("LOGOUT")
        session.ask("0Ch")
        assert [unit.login for unit in session.units if unit.protocol == "kramer"] == [""]


def test_the_journal_is_read_in_parts_while_it_grows(session: Session) -> None:
    for _ in range(600):
        assert session.ask("0Ch").ok
    with ThreadPoolExecutor(1) as pool:
        growing = pool.submit(lambda: [session.ask("SECUR?") for _ in range(100)])
        journal = session.journal
        growing.result()
    assert [exchange.id for exchange in journal] == list(range(1, len(journal) + 1))
    assert len(journal) >= 600


def test_a_thousand_asks_in_process() -> None:
    with Session.local(sim=True) as session:
        assert all(session.ask("SECUR?").ok for _ in range(1000))
        assert len(session.journal) == 1000 and session.journal[-1].id == 1000
