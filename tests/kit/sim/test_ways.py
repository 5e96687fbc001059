"""Ways of requests and answers: what is drawn, in which order things come, and that a seed decides it all."""

from __future__ import annotations

from itertools import pairwise
from math import log
from statistics import mean, median, stdev

import pytest

from unitbench.schema.delays import parse
from unitbench.sim.ways import Drawn, Port, Way

PEER, OTHER = ("udp", "127.0.0.1", 4000), ("tcp", "127.0.0.1", 4001)


def series(text: str, seed: str = "1", count: int = 20_000) -> list[float]:
    drawn = Drawn(parse(text), seed)
    return [drawn.next() for _ in range(count)]


def test_fixed_and_uniform() -> None:
    assert set(series("5ms", count=50)) == {0.005}
    found = series("1ms..3ms")
    assert min(found) >= 0.001 and max(found) <= 0.003
    assert mean(found) == pytest.approx(0.002, rel=0.02)


def test_lognormal() -> None:
    found = series("lognormal:2ms:0.5")
    assert median(found) == pytest.approx(0.002, rel=0.03)
    assert stdev(map(log, found)) == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("length", [1, 10])
def test_bursts_have_their_share_and_length(length: int) -> None:
    found = [took == 0.02 for took in series(f"bursts:1ms:20ms:20%:{length}", count=60_000)]
    assert mean(found) == pytest.approx(0.2, abs=0.02)
    begun = sum(now and not before for before, now in pairwise(found))
    assert sum(found) / begun == pytest.approx(length if length > 1 else 1, rel=0.25)


def test_the_seed_decides() -> None:
    assert series("lognormal:2ms:0.5", count=50) == series("lognormal:2ms:0.5", count=50)
    assert series("lognormal:2ms:0.5", count=50) != series("lognormal:2ms:0.5", "2", count=50)


def test_a_request_comes_at_its_time() -> None:
    way = Way("1")
    way.enter(b"at once", PEER, 10.0, datagram=True)
    assert way.deadline() == 10.0
    assert [item.data for item in way.arrived(10.0)] == [b"at once"] and way.deadline() is None
    way.set({"forward": "5ms", "processing": "2ms"})
    way.enter(b"later", PEER, 10.0, datagram=True)
    assert not way.arrived(10.0069)
    (found,) = way.arrived(10.0071)
    assert found.due == pytest.approx(10.007) and found.effect_after_s == 0


def test_with_the_answer_first_the_work_comes_behind() -> None:
    way = Way("1")
    way.set({"forward": "5ms", "processing": "2ms", "ack": "first"})
    way.enter(b"sync", PEER, 10.0, datagram=True)
    (found,) = way.arrived(10.0051)
    assert found.due == pytest.approx(10.005) and found.effect_after_s == 0.002


def test_a_stream_keeps_its_order_and_datagrams_need_not() -> None:
    for datagram in (False, True):
        way = Way("1")
        way.set({"forward": "0..1s"})
        for number in range(50):
            way.enter(bytes([number]), OTHER, number / 1000, datagram=datagram)
        order = [item.data[0] for item in way.arrived(99.0)]
        assert (order == list(range(50))) is not datagram


def test_who_leaves_takes_his_requests_along() -> None:
    way = Way("1")
    way.set({"forward": "1s"})
    way.enter(b"a", PEER, 0.0, datagram=True)
    way.enter(b"b", OTHER, 0.0, datagram=False)
    way.left(OTHER)
    assert [item.data for item in way.arrived(9.0)] == [b"a"]
    way.enter(b"c", PEER, 0.0, datagram=True)
    way.forget()
    assert way.deadline() is None


def test_answers_queue_at_the_port_that_they_share() -> None:
    port = Port()
    ways = [Way("1", port), Way("2", port)]
    for way in ways:
        way.set({"port": 100})
        assert way.queues
    left = [ways[number % 2].leaves_port(1.0, 27) - 1.0 for number in range(4)]
    assert left == pytest.approx([7.44e-6 * number for number in range(1, 5)], rel=1e-6)
    assert ways[0].leaves_port(2.0, 27) == pytest.approx(2.0 + 7.44e-6)


def test_a_clock_of_its_own() -> None:
    way = Way("1")
    assert way.clock(100.0) == 100.0
    way.set({"clock_offset": 5, "clock_drift": 100})
    assert way.clock(100.0) == pytest.approx(105.01)
