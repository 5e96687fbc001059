"""Reservations by themselves, on clocks that a test turns: when they end, whom they stop, what is one unit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.support.clocks import Machine
from unitbench.errors import Reserved, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect
from unitbench.session.awake import Awake
from unitbench.session.bus import Bus
from unitbench.session.places import Places
from unitbench.session.registry import Registry
from unitbench.session.reserving import GRACE_S, Reservations
from unitbench.session.writing import Writing


class Held:
    """Reservations of a session with a few units, none of them there."""

    def __init__(self) -> None:
        self.clocks = Machine()
        self.bus = Bus()
        self.registry = Registry(lambda where: False, lambda unit: None)
        self.awake = Awake(self.clocks.clocks)
        self.reservations = Reservations(self.bus, self.registry, Places(), self.awake)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: only some clocks go on."""
        self.clocks.sleep(seconds)
        self.awake.look()

    def passes(self, address: str, who: str = "b", effect: Effect = Effect.RECONFIGURES, raw: bool = False) -> bool:
        """Whether a write goes through."""
        where = self.registry.address(address)
        try:
            self.reservations.check(Writing(who, effect, (), where, raw))
        except Reserved:
            return False
        return True

    @property
    def told(self) -> list[str]:
        """The notices so far."""
        return [event.text for event in self.bus.since(0, 100).events if event.kind == "notice"]


def run(case: Callable[[Held], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        await case(Held())

    asyncio.run(main())


K1 = "kramer://192.168.1.39"


def test_only_what_the_catalogue_calls_harmless_passes() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 60, "a", False)
        for effect in Effect:
            harmless = effect in (Effect.READ, Effect.VISIBLE)
            assert held.passes(K1, effect=effect) is harmless
            assert held.passes(K1, "a", effect=effect)

    run(case)


@pytest.mark.parametrize(
    ("held_at", "written_to", "one"),
    [
        (K1, "kramer+udp://192.168.1.39", True),
        ("kramer+udp://192.168.1.39", K1, True),
        (K1, "dcol+tcp://192.168.1.39:5000", True),
        (K1, "kramer://192.168.1.40", False),
        (K1, "kramer://192.168.1.39:5001", False),
        ("dcol://192.168.1.39", "dcol://192.168.1.39:5018", True),
        ("kramer+serial:///dev/ttyS0?id=1", "kramer+serial:///dev/ttyS0?id=2", False),
        ("kramer+serial:///dev/ttyS0?id=1", "kramer+serial:///dev/ttyS0", True),
        ("kramer://127.0.0.1", "kramer+udp://127.0.0.1", False),
    ],
)
def test_what_is_one_unit(held_at: str, written_to: str, one: bool) -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(held_at, 60, "a", False)
        assert held.passes(written_to) is not one
        if one:
            with pytest.raises(Reserved):
                held.reservations.reserve(written_to, 60, "b", False)

    run(case)


def test_bytes_as_they_are_reach_every_unit_on_a_line() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve("kramer+serial:///dev/ttyS0?id=1", 60, "a", False)
        assert not held.passes("kramer+serial:///dev/ttyS0?id=2", raw=True)

    run(case)


def test_time_asleep_counts_and_a_stepped_clock_does_not() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 600, "a", False)
        held.clocks.step(3600)
        held.awake.look()
        assert not held.passes(K1), "it is over by the wall clock alone"
        held.sleep(599)
        assert not held.passes(K1)
        held.sleep(2)
        assert held.passes(K1) and not held.registry.find(K1).reserved_by
        assert held.told[-1].startswith("k1 is free again: the time")

    run(case)


def test_a_time_that_is_none() -> None:
    async def case(held: Held) -> None:
        for seconds in (0, -1, 86_401, float("nan"), float("inf")):
            with pytest.raises(UsageError, match="at most 24 h"):
                held.reservations.reserve(K1, seconds, "a", False)

    run(case)


def test_a_numbered_view_that_comes_back_keeps_it_and_one_that_does_not_loses_it() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 600, "shell-1", False)
        held.reservations.left("shell-1")
        assert [*held.reservations.awaited] == ["shell-1"]
        held.reservations.joined("shell-1")
        held.sleep(GRACE_S + 1)
        assert not held.passes(K1) and not held.reservations.awaited
        held.reservations.left("shell-1")
        held.sleep(GRACE_S + 1)
        assert held.passes(K1) and not held.reservations.awaited
        assert "shell-1, which had reserved it, has left" in held.told[-1]

    run(case)


def test_a_broadcast_names_who_is_reserved() -> None:
    async def case(held: Held) -> None:
        unit = held.reservations.reserve("qstation://192.168.1.18", 60, "a", False)
        where = UnitAddress("qstation", "udp", "192.168.1.255", 5565)
        with pytest.raises(Reserved, match="this reaches q1, which is reserved by a until") as caught:
            held.reservations.check(Writing("b", Effect.RECONFIGURES, ("q1", "q2"), where))
        assert caught.value.holder == "a" and caught.value.until_ns == unit.reserved_until_ns
        assert "reserve q1 10m take=yes" in caught.value.hint and not caught.value.allow_with

    run(case)
