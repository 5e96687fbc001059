"""Verbs about other lines around those that change a unit, and around one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import free_block, inside
from unitbench import Session, Sim
from unitbench.errors import UsageError
from unitbench.session.console import Console
from unitbench.session.items import Notice
from unitbench.session.model import Exchange
from unitbench.session.rendering import render
from unitbench.session.scripted import Expected, Repeated, Turned

SET = "set t1 virtual_port=20 udp_timeout={}"
pytestmark = pytest.mark.usefixtures("own_state")


@pytest.fixture
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with (
        Sim({"recorder": 1, "vs1": 0, "kramer": 1, "qstation": 0, "dcol": 1}, address=free_block()) as sim,
        Session.local(sim=sim) as found,
    ):
        yield found


@pytest.fixture
def console(session: Session) -> Iterator[Console]:
    made = Console(session)
    made.pause = lambda seconds: None
    yield made
    session.set("t1", virtual_port=20, udp_timeout=60)


def repeated(items: list[object]) -> Repeated:
    found = items[-1]
    assert isinstance(found, Repeated)
    return found


def test_what_was_set_can_be_expected(console: Console) -> None:
    *_, done = console.run(f"{SET.format(31)}; expect outcome=ok")
    assert isinstance(done, Expected) and done.ok and done.exchange.command.split()[1] == "10h"
    *_, same = console.run(f"SECUR?; {SET.format(31)}; expect outcome=ok")
    assert isinstance(same, Expected) and same.ok, "it is as was wanted"
    assert same.exchange.protocol == "dcol", "not what was asked before"
    assert inside("--sim", "-c", f"{SET.format(31)}; expect outcome=refused").code == 1


def test_a_set_that_could_not_be_done_leaves_nothing_to_expect(console: Console) -> None:
    list(console.run("SECUR?"))
    with pytest.raises(UsageError):
        list(console.run("set t1 nosuch=1"))
    console.preferences.put("confirm", "always")
    *_, held = console.run(f"{SET.format(32)}; expect outcome=withheld")
    assert isinstance(held, Expected) and held.ok


def test_a_set_is_counted_when_it_is_repeated(console: Console) -> None:
    found = repeated(list(console.run(f"repeat 3 {SET.format(33)}")))
    assert (found.done, found.outcomes, len(found.rtts_s)) == (3, {"ok": 3}, 3)


def test_a_set_that_is_withheld_is_not_tried_again(console: Console) -> None:
    console.preferences.put("confirm", "always")
    items = list(console.run(f"repeat 3 {SET.format(34)}"))
    found = repeated(items)
    assert (found.done, found.outcomes) == (1, {"withheld": 1})
    assert sum(isinstance(item, Turned) for item in items) == 1


def test_repetitions_within_repetitions_are_counted(console: Console) -> None:
    found = repeated(list(console.run("repeat 2 repeat 2 SECUR?")))
    assert (found.done, found.outcomes, len(found.rtts_s)) == (2, {"ok": 4}, 4)
    found = repeated(list(console.run("repeat 2 wait-for 1s SECUR? secur=ON")))
    assert found.outcomes == {"ok": 2}
    found = repeated(list(console.run("repeat 2 repeat 2 'SECUR?; expect secur=OFF'")))
    assert found.outcomes == {"ok": 4, "not as expected": 4}


@pytest.mark.parametrize("line", [SET.format(35), "repeat 2 SECUR?", "wait-for 1s SECUR? rtt_s<60"])
def test_times_are_no_changes(console: Console, line: str) -> None:
    list(console.run(SET.format(35)))
    items = list(console.run(f"watch 1s times=4 {line}"))
    assert items[-1] == Notice("watched 4 rounds, 0 changes")
    assert items and isinstance(items[0], Turned) and items[0].rows, "something is watched"


def test_what_is_waited_for_can_be_a_set(console: Console) -> None:
    *_, last = console.run(f"wait-for 5s {SET.format(36)} until outcome=ok")
    assert isinstance(last, Expected) and last.ok and last.asked == 1
    with pytest.raises(UsageError, match="no exchange"):
        list(console.run("SECUR?; wait-for 1s units until secur=ON"))


@pytest.mark.parametrize(
    "line", ["repeat 3 quit", "watch 1s 'SECUR?; quit'", "wait-for 1s quit until outcome=ok"]
)
def test_what_leaves_cannot_be_repeated(console: Console, line: str) -> None:
    seen: list[object] = []
    with pytest.raises(UsageError, match=r"quit cannot stand in (repeat|watch|wait-for)"):
        seen.extend(console.run(f"SECUR?; {line}"))
    assert not seen, "nothing was sent"
    list(console.run("alias away = quit"))
    with pytest.raises(UsageError, match="quit cannot stand in repeat"):
        list(console.run("repeat 2 away"))
    list(console.run("unalias away"))


def test_keepalive_alone_tells(console: Console) -> None:
    def said(line: str) -> list[str]:
        return [render(item) for item in console.run(line) if isinstance(item, Notice)]

    list(console.run("@k1 LOGOUT"))
    assert said("keepalive") == ["no login is kept by reads; keepalive UNIT on keeps one that is held"]
    assert said("keepalive k1") == ["nothing keeps the login on k1"]
    list(console.run("@k1 LOGIN USER,1234; keepalive k1 60s"))
    kept = "k1: the USER login is kept by a read every 60 s, while a view is there"
    assert said("keepalive") == said("keepalive k1") == [kept]
    assert any(isinstance(item, Exchange) for item in console.run("@k1 LOGOUT"))
