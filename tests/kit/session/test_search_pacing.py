"""The pace of a discovery, on a clock that only moves when it is waited."""

from __future__ import annotations

import asyncio

from unitbench.session.searching.pacing import CONNECTIONS, DATAGRAMS, PER_UNIT, Pacer, Rates


class Clock:
    """Seconds that pass by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def sent_at(count: int, hosts: int, kind: str, free: bool = False) -> list[float]:
    """When so many probes leave to so many hosts in turn."""
    clock = Clock()
    pacer = Pacer(lambda host: free, lambda: clock.now, clock.sleep)

    async def run() -> list[float]:
        times = []
        for number in range(count):
            await getattr(pacer, kind)(f"10.0.0.{number % hosts}")
            times.append(clock.now - 100.0)
        return times

    return asyncio.run(run())


def most_within(times: list[float], seconds: float = 1.0) -> int:
    """The most that leave in any such window."""
    return max(sum(start <= time < start + seconds - 1e-9 for time in times) for start in times)


def test_no_more_than_the_rates_in_any_second() -> None:
    assert most_within(sent_at(1000, 1000, "datagram")) == DATAGRAMS
    assert most_within(sent_at(100, 100, "connection")) == CONNECTIONS
    for kind in ("datagram", "connection"):
        assert most_within(sent_at(40, 1, kind)) == PER_UNIT


def test_a_unit_is_not_asked_more_often_for_being_asked_in_two_ways() -> None:
    rates = Rates()
    waits = [rates.reserve(kind, 200.0, "10.0.0.1", 0.0) for kind in ("datagrams", "connections") * 3]
    assert [round(wait, 3) for wait in waits] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def test_simulated_units_have_no_limit() -> None:
    assert set(sent_at(1000, 1, "datagram", free=True)) == {0.0}


def test_one_connection_to_a_unit_at_once() -> None:
    async def run() -> tuple[bool, bool]:
        pacer = Pacer(lambda host: True)
        async with pacer.alone("10.0.0.1"):
            return pacer.alone("10.0.0.1").locked(), pacer.alone("10.0.0.2").locked()

    assert asyncio.run(run()) == (True, False)
