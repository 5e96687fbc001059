"""A view that was cut goes on where it was, in its own session only; played without a keeper."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from unitbench import Session
from unitbench.errors import SessionGone
from unitbench.session import messages, remote
from unitbench.session.connection import Connection
from unitbench.session.endpoint import Endpoint
from unitbench.session.operations import Look, Since
from unitbench.session.port import ENDED
from unitbench.session.remote import CUT, RETURNS, RemotePort
from unitbench.session.stream import Catchup, Event, State

STATE = State("a", "shell-1", 5, 4711, 1, "")
WHERE = Endpoint("a", Path("/nowhere"))
PAGE = 2


def event(seq: int) -> Event:
    return Event(seq, 0, "notice", "other")


class Played:
    """A connection to a session whose stream stands at ``newest``; ``live`` comes on it as news after the welcome."""

    def __init__(
        self,
        newest: int,
        live: tuple[int, ...] = (),
        missing: int = 0,
        ends_after: int | None = None,
    ) -> None:
        self.asked: list[object] = []
        self.closed = False
        self.lost: Callable[[], None] = lambda: None
        self._newest, self._live, self._missing = newest, live, missing
        self._ends_after = ends_after

    async def call(self, operation: object) -> Any:
        self.asked.append(operation)
        if self._ends_after is not None and len(self.asked) > self._ends_after:
            raise SessionGone("gone")
        if isinstance(operation, Since):
            seqs = range(operation.seq + 1, min(operation.seq + PAGE, self._newest) + 1)
            return Catchup(tuple(map(event, seqs)), self._missing, seqs.stop <= self._newest)
        return STATE

    def listen(self, heard: Callable[[Event], None], lost: Callable[[], None]) -> None:
        self.lost = lost
        for seq in self._live:
            heard(event(seq))

    def close(self) -> None:
        self.closed = True


def cut(
    monkeypatch: pytest.MonkeyPatch, *following: tuple[Played, State] | None
) -> tuple[list[int], list[str], Played]:
    """Cut a view that has heard up to 5, which finds these one after the other; what it hears, whether it is lost,
    and its first connection."""
    first, heard, lost, names = Played(5), list[int](), list[str](), list[str]()
    found = iter(following)

    async def join(where: Endpoint, who: str) -> tuple[Played, State] | None:
        names.append(who)
        return next(found)

    async def played() -> None:
        port = RemotePort(WHERE, cast(Connection, first), STATE)
        await port.listen(lambda event: heard.append(event.seq), lost.append)
        first.lost()
        await port.perform(Look())

    monkeypatch.setattr(remote, "join", join)
    asyncio.run(played())
    assert names == ["shell-1"] * len(following), (
        "it comes back under the name that it had, and no more than need be"
    )
    return heard, lost, first


def test_what_was_missed_comes_first_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    following = Played(newest=11, live=(9, 10, 11))
    heard, lost, first = cut(monkeypatch, (following, replace(STATE, seq=8)))
    assert heard == [6, 7, 8, 9, 10, 11] and lost == []
    assert following.asked == [Since(5), Since(7), Look()], (
        "what is asked meanwhile waits, and goes the new way"
    )
    assert first.asked == []


def test_another_keeper_of_that_name_is_not_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    for other in (replace(STATE, pid=4712, seq=8), replace(STATE, started_ns=2, seq=8)):
        following = Played(newest=8)
        heard, lost, first = cut(monkeypatch, (following, other))
        assert (heard, lost) == ([], [ENDED])
        assert following.closed and following.asked == [] and first.asked == [Look()]


def test_no_keeper_and_one_that_ends_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cut(monkeypatch, None)[:2] == ([], [ENDED])
    assert cut(monkeypatch, (Played(8, ends_after=0), replace(STATE, seq=8)), None)[:2] == ([], [ENDED])


def test_one_that_is_cut_again_comes_back_again(monkeypatch: pytest.MonkeyPatch) -> None:
    following = Played(newest=8)
    heard, lost, _ = cut(
        monkeypatch, (Played(8, ends_after=0), replace(STATE, seq=8)), (following, replace(STATE, seq=8))
    )
    assert (heard, lost) == ([6, 7, 8], []) and following.asked == [Since(5), Since(7), Look()]


def test_one_that_is_cut_each_time_says_that_the_session_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = [(Played(8, ends_after=0), replace(STATE, seq=8)) for _ in range(RETURNS)]
    heard, lost, _ = cut(monkeypatch, *cuts)
    assert (heard, lost) == ([], [CUT]) and "goes on" in CUT


def test_one_that_reads_on_each_time_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time it is cut behind two events."""
    cuts = [(Played(20, ends_after=1), replace(STATE, seq=20)) for _ in range(7)]
    heard, lost, _ = cut(monkeypatch, *cuts, (Played(20), replace(STATE, seq=20)))
    assert heard == list(range(6, 21)) and lost == []


def test_only_what_has_ended_is_told_as_lost_with_it() -> None:
    with Session.local(sim=True) as session:
        session.ask("LOGIN USER,1234")
        session._lost(CUT)
        assert session.gone == f"the session is gone for this view: {CUT}"
    with Session.local(sim=True) as session:
        session.ask("LOGIN USER,1234")
        session._lost(ENDED)
        assert session.gone.startswith(f"the session is gone: {ENDED}; gone with it: the USER login on k1")


def test_a_gap_that_cannot_be_closed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    following = Played(newest=30, missing=3)
    heard, lost, _ = cut(monkeypatch, (following, replace(STATE, seq=30)))
    assert heard == [] and following.closed
    assert lost == ["3 events came too fast for this view and are no longer kept"]


def test_a_connection_that_ended_before_anybody_listened_says_so() -> None:
    async def played() -> list[str]:
        told: list[str] = []
        connection = Connection("a")
        connection.welcome.set_result(STATE)
        connection.connection_lost(None)
        connection.listen(lambda event: None, lambda: told.append("lost"))
        with pytest.raises(SessionGone, match="keeper is gone"):
            connection.say(messages.Hello(messages.PROTOCOL, "me"))
        return told

    assert asyncio.run(played()) == ["lost"]


def test_news_between_the_welcome_and_the_listening_comes_first_and_once() -> None:
    async def played() -> list[int]:
        heard: list[int] = []
        connection = Connection("a")
        for message in (messages.Welcome(STATE), *(messages.News(event(seq)) for seq in (6, 7))):
            connection.data_received(messages.packed(message))
        connection.listen(lambda event: heard.append(event.seq), lambda: None)
        connection.data_received(messages.packed(messages.News(event(8))))
        return heard

    assert asyncio.run(played()) == [6, 7, 8]


def test_a_welcome_that_comes_when_nobody_waits_any_more_hurts_nobody() -> None:
    async def played() -> bool:
        connection = Connection("a")
        connection.welcome.cancel()
        connection.data_received(messages.packed(messages.Welcome(STATE)))
        return connection.welcome.cancelled()

    assert asyncio.run(played())
