"""What is held of a unit is kept up while somebody watches, dropped when it is refused, and given back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from unitbench import catalogue
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Request
from unitbench.session.holds import Holds

WHERE = UnitAddress("vs1", "udp", "192.0.2.1", 49493)
CONTROL = catalogue.command("vs1", "SIMCONTROL")


def kept(every_s: float) -> Command:
    """The command, with another time between two signs of life."""
    assert CONTROL.held is not None
    return replace(CONTROL, held=replace(CONTROL.held, every_s=every_s))


QUICK = kept(0.0)


class Unit:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.outcome = "ok"
        self.watched = True
        self.told: list[tuple[str, str]] = []
        self.lost: list[tuple[str, str]] = []
        self.holds = Holds(
            self.ask,
            lambda: self.watched,
            lambda unit, what: self.told.append((unit, what)),
            lambda unit, what: self.lost.append((unit, what)),
        )

    async def ask(self, where: UnitAddress, request: Request) -> str:
        assert (where, request.command) == (WHERE, QUICK.name)
        self.asked.append(request.fields["action"])
        return self.outcome

    def says(self, action: str, outcome: str = "ok") -> None:
        request = Request("vs1", QUICK.name, (("action", action),))
        self.holds.answered(WHERE, "v1", request, QUICK, outcome)


async def turns(count: int = 50) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_it_is_kept_until_it_is_given_back() -> None:
    async def run() -> None:
        unit = Unit()
        unit.says("TAKE")
        await turns()
        assert set(unit.asked) == {"KEEP"} and unit.told == [("v1", "control")]
        unit.says("RELEASE")
        kept = len(unit.asked)
        await turns()
        assert len(unit.asked) == kept and unit.told[-1] == ("v1", "")

    asyncio.run(run())


def test_nothing_is_kept_for_nobody() -> None:
    async def run() -> None:
        unit = Unit()
        unit.watched = False
        unit.says("TAKE")
        await turns()
        assert unit.asked == []
        await unit.holds.give_back()
        assert unit.asked == ["RELEASE"]

    asyncio.run(run())


def test_what_is_not_granted_any_longer_is_lost() -> None:
    async def run() -> None:
        unit = Unit()
        unit.says("TAKE")
        unit.outcome = "silent"
        await turns()
        assert unit.asked == ["KEEP"] and unit.lost == [("v1", "control")]
        assert unit.told == [("v1", "control"), ("v1", "")]
        await unit.holds.give_back()
        assert unit.asked == ["KEEP"]

    asyncio.run(run())


def test_a_faster_clock_is_kept_up_with() -> None:
    slow = kept(1e9)

    async def run(speed: float) -> list[object]:
        unit = Unit()
        unit.holds = Holds(unit.ask, lambda: True, lambda *_: None, lambda *_: None, lambda where: speed)
        request = Request("vs1", slow.name, (("action", "TAKE"),))
        unit.holds.answered(WHERE, "v1", request, slow, "ok")
        async with asyncio.timeout(5):
            while speed > 1 and not unit.asked:
                await asyncio.sleep(0)
        await turns()
        return unit.asked

    assert asyncio.run(run(1e15))[0] == "KEEP"
    assert asyncio.run(run(1.0)) == []


def test_a_refusal_takes_nothing() -> None:
    async def run() -> None:
        unit = Unit()
        for outcome in ("refused", "silent", "malformed", "closed"):
            unit.says("TAKE", outcome)
        await turns()
        assert unit.asked == unit.told == unit.lost == []

    asyncio.run(run())
