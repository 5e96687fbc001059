"""Reservations by themselves, on clocks that a test turns: when they end, whom they stop, what is one unit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from tests.support.clocks import Machine
from unitbench.errors import Reserved, UsageError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Effect
from unitbench.session.awake import Awake
from unitbench.session.bus import Bus
from unitbench.session.items import Units
from unitbench.session.model import Job
from unitbench.session.places import Places
from unitbench.session.reaching import Reaching
from unitbench.session.registry import Registry
from unitbench.session.rendering import render
from unitbench.session.reserving import GRACE_S, Reservations
from unitbench.session.running import RunningJob
from unitbench.session.spans import time_of
from unitbench.session.writing import Writing
from unitbench.sim.book import Endpoint


class Held:
    """Reservations of a session with a few units, none of them there."""

    def __init__(self) -> None:
        self.clocks = Machine()
        self.bus = Bus()
        self.registry = Registry(lambda where: False, lambda unit: None)
        self.awake = Awake(self.clocks.clocks)
        self.targets: dict[UnitAddress, str] = {}
        self.owners: dict[str, str] = {}
        self.places = Places()
        self.reaching = reaching = Reaching(
            self.registry,
            self.places,
            lambda: self.targets,
            lambda where: self.owners.get(where.endpoint, ""),
        )
        self.reservations = Reservations(self.bus, self.registry, reaching, self.awake)

    def sleep(self, seconds: float) -> None:
        """The machine sleeps: only some clocks go on."""
        self.clocks.sleep(seconds)
        self.awake.look()

    def passes(
        self, address: str, who: str = "b", effect: Effect = Effect.RECONFIGURES, raw: bool = False
    ) -> bool:
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
        (K1, "kramer://192.168.1.39:5001", True),
        (K1, "recorder+udp://192.168.1.39:50000", True),
        (K1, "recorder+tcp://192.168.1.39:9000", True),
        ("dcol://192.168.1.39:28001", "dcol://192.168.1.39", True),
        ("dcol://192.168.1.39", "dcol://192.168.1.39:5018", True),
        ("kramer://192.168.1.39?id=1", "kramer+udp://192.168.1.39?id=2", False),
        ("kramer://192.168.1.39?id=1", "kramer+udp://192.168.1.39", True),
        ("kramer://192.168.1.39?id=1", "recorder://192.168.1.39", True),
        ("kramer+serial:///dev/ttyS0", "kramer+serial:///dev/../dev/ttyS0", True),
        ("kramer+serial:///dev/ttyS0", "kramer+serial:///dev/ttyS1", False),
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
        held.reservations.reserve("kramer://192.168.1.39?id=1", 60, "a", False)
        assert not held.passes("kramer+udp://192.168.1.39?id=2", raw=True)
        held.reservations.reserve("kramer://127.0.0.1", 60, "a", False)
        assert held.passes("recorder+udp://127.0.0.1:50000")
        assert not held.passes("recorder+udp://127.0.0.1:50000", raw=True)
        assert held.passes("recorder+udp://127.0.0.1:50000", effect=Effect.READ, raw=True)

    run(case)


def test_simulated_units_that_share_an_address_are_several() -> None:
    async def case(held: Held) -> None:
        held.owners = {"127.0.0.1:5000/tcp": "k1", "127.0.0.1:50000/udp": "k1", "127.0.0.1:5017/tcp": "t1"}
        held.reservations.reserve("kramer://127.0.0.1", 60, "a", False)
        assert not held.passes("recorder+udp://127.0.0.1:50000")
        assert held.passes("dcol://127.0.0.1") and held.passes("dcol://127.0.0.1", raw=True)

    run(case)


def test_a_name_is_what_it_leads_to() -> None:
    """The link of the one who writes tells it, or that of the one who has reserved, or the name service."""

    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 60, "a", False)
        where = held.registry.address("kramer://box.example")
        writing = Writing("b", Effect.RECONFIGURES, (), where)
        held.reservations.check(writing)
        held.reservations.check(writing, "192.168.1.40")
        with pytest.raises(Reserved, match="k1 is reserved"):
            held.reservations.check(writing, "192.168.1.39")
        with held.reservations.queued(writing, lambda: "192.168.1.39") as turn, pytest.raises(Reserved):
            turn()
        held.targets[where] = "192.168.1.39"
        assert not held.passes("kramer+udp://BOX.example.")
        with pytest.raises(Reserved):
            held.reservations.reserve("kramer+udp://box.example", 60, "b", False)

    run(case)


def test_a_unit_reserved_by_its_name_is_so_by_its_address() -> None:
    async def case(held: Held) -> None:
        await held.reservations.look_up("kramer://localhost")
        held.reservations.reserve("kramer://localhost", 60, "a", False)
        assert not held.passes("kramer://127.0.0.1") and held.passes("kramer://127.0.0.2")
        name = "kramer://nobody.invalid"
        await held.reservations.look_up(name)
        held.reservations.reserve(name, 60, "a", False)
        assert held.passes(K1) and not held.passes(name)
        held.targets[held.registry.address(name)] = "192.168.1.39"
        assert not held.passes(K1)

    run(case)


@pytest.mark.parametrize(
    ("to", "raw", "passes"),
    [
        ("qstation://192.168.1.255", False, True),
        ("qstation://192.168.1.255", True, False),
        ("qstation://192.168.1.255:50000", False, False),
        ("qstation://192.168.2.255:50000", True, True),
        ("qstation://255.255.255.255", True, False),
    ],
)
def test_a_broadcast_of_another_protocol(to: str, raw: bool, passes: bool) -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 60, "a", False)
        held.reservations.reserve("kramer+serial:///dev/ttyS0", 60, "a", False)
        assert held.passes(to, raw=raw) is passes

    run(case)


def test_a_broadcast_goes_where_a_set_has_moved_its_protocol_to() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve("kramer://127.77.0.11", 60, "a", False)
        held.registry.add("qstation://127.77.0.31")
        moved = "qstation://127.77.0.255:15565"
        assert not held.passes(moved), "no unit is known to listen there"
        held.places.learn(
            Endpoint("q1", "qstation", "udp", "127.77.0.31", 15565, main=True, service="broadcast port")
        )
        assert held.passes(moved) and not held.passes(moved, raw=True)

    run(case)


def test_ids_of_two_protocols_are_not_compared() -> None:
    reaching = Held().reaching
    one = UnitAddress("kramer", "tcp", "192.168.1.39", 5000, unit_id=1)
    two = UnitAddress("kramer", "tcp", "192.168.1.39", 5000, unit_id=2)
    assert not reaching.one(one, two) and reaching.one(one, replace(two, protocol="other"))


def test_a_longer_time_is_not_ended_by_the_shorter_one() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 60, "a", False)
        held.reservations.reserve(K1, 600, "a", False)
        held.sleep(61)
        assert not held.passes(K1) and held.registry.find(K1).reserved_by == "a"
        held.sleep(540)
        assert held.passes(K1)

    run(case)


def test_taking_over_stops_the_jobs_that_write_there_and_no_others() -> None:
    async def case(held: Held) -> None:
        def job(number: int, address: str, effect: Effect, who: str) -> RunningJob:
            writes = Writing(who, effect, (), held.registry.address(address))
            return RunningJob(Job(number, "timing", "rounds", who), held.bus, writes)

        theirs = job(1, "kramer+udp://192.168.1.39", Effect.DISRUPTS, "a")
        others = [
            job(2, K1, Effect.READ, "a"),
            job(3, "kramer://192.168.1.40", Effect.DISRUPTS, "a"),
            job(4, K1, Effect.DISRUPTS, "b"),
            RunningJob(Job(5, "listen", "listen", "a"), held.bus),
        ]
        held.reservations.running = lambda: [*others, theirs]
        with pytest.raises(Reserved, match="job 1 of a"):
            held.reservations.reserve(K1, 60, "b", False)
        assert not theirs.stopping.is_set()
        held.reservations.reserve(K1, 60, "b", True)
        assert theirs.stopping.is_set() and theirs.job.stopped_by == "b"
        assert not any(other.stopping.is_set() for other in others)

    run(case)


def test_a_holder_who_is_gone_is_told_as_gone() -> None:
    async def case(held: Held) -> None:
        held.reservations.reserve(K1, 600, "anna", False)
        writing = Writing("b", Effect.RECONFIGURES, (), held.registry.address(K1))
        with pytest.raises(Reserved) as there:
            held.reservations.check(writing)
        assert "ask anna to release k1" in there.value.hint
        held.reservations.left("anna", numbered=False)
        left_ns = held.registry.find(K1).holder_left_ns
        assert left_ns > 0 and not held.reservations.awaited
        with pytest.raises(Reserved) as gone:
            held.reservations.check(writing)
        since = f"anna is not connected (since {time_of(left_ns)}); reserve k1 10m take=yes takes it over"
        assert gone.value.hint == since
        assert f"k1: {since}" in render(Units((held.registry.find(K1),)))
        held.reservations.left("anna", numbered=False)
        assert held.registry.find(K1).holder_left_ns == left_ns, "it left when it left"
        held.reservations.joined("ben")
        assert held.registry.find(K1).holder_left_ns == left_ns
        held.reservations.joined("anna")
        assert held.registry.find(K1).holder_left_ns == 0
        assert "not connected" not in render(Units((held.registry.find(K1),)))
        held.reservations.left("anna", numbered=False)
        held.reservations.reserve(K1, 600, "b", True)
        assert held.registry.find(K1).holder_left_ns == 0

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
        held.reservations.left("shell-1", numbered=True)
        assert [*held.reservations.awaited] == ["shell-1"]
        held.reservations.joined("shell-1")
        held.sleep(GRACE_S + 1)
        assert not held.passes(K1) and not held.reservations.awaited
        held.reservations.left("shell-1", numbered=True)
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
