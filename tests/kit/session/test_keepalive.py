"""A login is kept by a harmless read in time, while a view is there, and no longer than it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect
from unitbench.session.bus import Bus
from unitbench.session.keepalive import KeepAlives, harmless
from unitbench.session.operations import Ask
from unitbench.session.registry import Registry


class Ring:
    """A timer that rings when a test says so."""

    def __init__(self, seconds: float, call: Callable[[], None]) -> None:
        self.left_s, self.call, self.cancelled = seconds, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Desk:
    """Keep-alives of a session with a Kramer unit ``k1`` that is logged in, and a DCOL one."""

    def __init__(self) -> None:
        self.timers: list[Ring] = []
        self.asked: list[tuple[str, str, str]] = []
        self.told: list[str] = []
        self.watched, self.speed = True, 1.0
        bus = Bus()
        bus.listen(lambda event: self.told.append(event.text) if event.kind == "notice" else None, 0)
        self.registry = Registry(lambda where: False, self.changed, lambda where: "")
        for address in ("kramer://192.0.2.1", "dcol://192.0.2.2"):
            self.registry.add(address)
        self.kept: KeepAlives = KeepAlives(
            bus, self.registry, self.ask, lambda: self.watched, self.later, lambda where: self.speed
        )
        self.registry.update("k1", login="USER")

    def changed(self, unit: Any) -> None:
        if not unit.login and hasattr(self, "kept"):
            self.kept.ended(unit.name)

    def later(self, where: UnitAddress, seconds: float, call: Callable[[], None]) -> Any:
        self.timers.append(Ring(seconds, call))
        return self.timers[-1]

    async def ask(self, wanted: Ask, origin: str) -> Any:
        self.asked.append((wanted.unit, wanted.command, origin))

    async def ring(self) -> None:
        """The newest timer rings."""
        self.timers[-1].call()
        for _ in range(5):
            await asyncio.sleep(0)


def at(desk: Desk) -> float:
    return desk.registry.find("k1").keepalive_s


def test_it_reads_in_time_again_and_again() -> None:
    async def run() -> None:
        desk = Desk()
        unit = desk.kept.keep("k1", None)
        assert unit.keepalive_s == 240 and [timer.left_s for timer in desk.timers] == [240]
        for _ in range(3):
            await desk.ring()
        assert desk.asked == 3 * [("k1", "#", "session")]
        assert len(desk.timers) == 4

    asyncio.run(run())


def test_it_counts_by_the_unit_s_clock() -> None:
    async def run() -> None:
        desk = Desk()
        desk.speed = 60.0
        desk.kept.keep("k1", 120)
        assert desk.timers[-1].left_s == 2
        desk.speed = 120.0
        desk.kept.paced(lambda where: True, 2)
        assert desk.timers[-2].cancelled and desk.timers[-1].left_s == 1
        await desk.ring()
        assert len(desk.asked) == 1 and desk.timers[-1].left_s == 1

    asyncio.run(run())


def test_nothing_is_sent_while_nobody_watches() -> None:
    async def run() -> None:
        desk = Desk()
        desk.kept.keep("k1", None)
        desk.watched = False
        await desk.ring()
        assert desk.asked == []
        desk.watched = True
        await desk.ring()
        assert len(desk.asked) == 1

    asyncio.run(run())


def test_it_ends_with_the_login() -> None:
    async def run() -> None:
        desk = Desk()
        desk.kept.keep("k1", None)
        desk.registry.update("k1", login="")
        assert at(desk) == 0 and desk.timers[-1].cancelled
        assert desk.told == ["k1: the login has ended, so nothing keeps it any more"]
        count = len(desk.timers)
        desk.registry.update("k1", link="open")
        assert len(desk.timers) == count and len(desk.told) == 1

    asyncio.run(run())


def test_it_can_be_set_anew_and_switched_off() -> None:
    async def run() -> None:
        desk = Desk()
        desk.kept.keep("k1", 60)
        assert desk.kept.keep("k1", 30).keepalive_s == 30
        assert [timer.cancelled for timer in desk.timers] == [True, False]
        assert desk.kept.keep("k1", 0).keepalive_s == 0
        assert all(timer.cancelled for timer in desk.timers)
        assert desk.told == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("unit", "every_s", "said"),
    [("d1", None, "does not end for idleness"), ("k1", 300.0, "is too long"), ("k1", 500.0, "is too long")],
)
def test_what_makes_no_sense_is_refused(unit: str, every_s: float | None, said: str) -> None:
    desk = Desk()
    name = unit if unit == "k1" else next(u.name for u in desk.registry.units if u.protocol == "dcol")
    with pytest.raises(UsageError, match=said):
        desk.kept.keep(name, every_s)


def test_without_a_login_there_is_nothing_to_keep() -> None:
    desk = Desk()
    desk.registry.update("k1", login="")
    with pytest.raises(UsageError, match="no login on k1 is held"):
        desk.kept.keep("k1", None)


@pytest.mark.parametrize("protocol", [p.name for p in catalogue.protocols() if p.login_idle_s is not None])
def test_what_is_read_does_nothing(protocol: str) -> None:
    found = harmless(protocol)
    assert found.effect is Effect.READ and not found.args and not found.ends_login
