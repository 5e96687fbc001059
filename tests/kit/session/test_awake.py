"""Sleep is told from a stepped clock, and timers know how long it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.support.clocks import Machine
from unitbench.session.awake import Awake, Clocks


class Told:
    """An ``Awake`` on a machine of ours, and what it told."""

    def __init__(self, *, tells: bool = True) -> None:
        self.machine = Machine(tells=tells)
        self.awake = Awake(self.machine.clocks)
        self.slept: list[int] = []
        self.stepped: list[int] = []
        self.awake.slept = lambda seconds: self.slept.append(round(seconds))
        self.awake.stepped = lambda seconds: self.stepped.append(round(seconds))

    def look(self, **options: float) -> tuple[list[int], list[int]]:
        self.awake.look(**options)
        return self.slept, self.stepped


def test_a_system_that_tells_is_believed_to_the_second() -> None:
    told = Told()
    assert told.look() == ([], [])
    told.machine.sleep(62)
    assert told.look() == ([62], [])
    assert told.look() == ([62], [])
    told.machine.step(-3600)
    assert told.look() == ([62], [-3600])
    told.machine.sleep(5)
    told.machine.step(40)
    assert told.look() == ([62, 5], [-3600, 40])
    told.machine.stand(1000)
    assert told.look(due_s=1) == ([62, 5], [-3600, 40])


def test_elsewhere_the_wall_clock_is_all_there_is() -> None:
    told = Told(tells=False)
    told.machine.sleep(62)
    assert told.look() == ([62], [])
    told.machine.step(-3600)
    assert told.look() == ([62], [-3600])
    told.machine.stand(62)
    assert told.look() == ([62], [-3600])
    told.machine.stand(62)
    assert told.look(due_s=1) == ([62, 61], [-3600])


@pytest.mark.parametrize("tells", [True, False])
def test_time_asleep_has_passed(tells: bool) -> None:
    told = Told(tells=tells)
    before = told.awake.elapsed_s()
    told.machine.sleep(62)
    told.look()
    assert 62 <= told.awake.elapsed_s() - before < 70


def test_the_clocks_of_this_machine_are_one_when_it_has_not_slept() -> None:
    awake = Awake(Clocks())
    awake.slept = awake.stepped = lambda seconds: pytest.fail(f"{seconds} s")
    for _ in range(100):
        awake.look()


async def ring(move: Callable[[Told], None]) -> list[str]:
    """What of three timers has rung after something has happened."""
    told, rung = Told(), list[str]()
    told.awake.slept = lambda seconds: rung.append("slept")
    told.awake.call_later(300, lambda: rung.append("300"))
    told.awake.call_later(100, lambda: rung.append("100"))
    told.awake.call_later(100, lambda: rung.append("sleeps too"), sleeps=True)
    cancelled = told.awake.call_later(1, lambda: rung.append("never"))
    cancelled.cancel()
    move(told)
    told.awake.look()
    told.awake.close()
    return rung


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(50, ["slept"]), (200, ["100", "slept"]), (400, ["100", "300", "slept"])],
)
def test_what_came_due_asleep_rings_before_the_sleep_is_told(seconds: float, expected: list[str]) -> None:
    assert asyncio.run(ring(lambda told: told.machine.sleep(seconds))) == expected


def test_a_stepped_clock_rings_nothing() -> None:
    assert asyncio.run(ring(lambda told: told.machine.step(400))) == []


def test_what_lies_across_is_told_and_nothing_else() -> None:
    told = Told()
    mark = told.awake.mark()
    assert told.awake.disturbed(mark, "10.0.0.1") == ""
    told.awake.disturb("eth1 is down", frozenset({"10.0.0.2"}))
    assert told.awake.disturbed(mark, "10.0.0.1") == ""
    assert told.awake.disturbed(mark, "10.0.0.2") == "eth1 is down"
    mark = told.awake.mark()
    assert told.awake.disturbed(mark, "10.0.0.2") == ""
    told.machine.step(0.02)
    assert told.awake.disturbed(mark, "10.0.0.2") == "the clock was stepped"
    mark = told.awake.mark()
    told.machine.sleep(62)
    assert told.awake.disturbed(mark, "10.0.0.2") == "this machine slept for 62 s"
