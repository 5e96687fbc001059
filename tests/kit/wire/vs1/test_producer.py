"""Report connections: a lossless one stalls the inspection or is dropped, a lossy one misses reports."""

from __future__ import annotations

from unitbench.wire.vs1.producer import Delivery, Producer

REPORT = b"PASS,12.345\r\n"


def sent(producer: Producer) -> dict[object, bytes]:
    return {out.peer: out.data for out in producer.outgoing()}


def test_every_client_gets_every_report() -> None:
    producer = Producer()
    for peer in "abc":
        producer.join(peer, Delivery.LOSSLESS)
    assert producer.offer(REPORT, 0.0) and producer.offer(REPORT, 1.0)
    assert sent(producer) == dict.fromkeys("abc", REPORT * 2)
    assert sent(producer) == {}


def test_a_slow_lossless_client_stalls_all_and_loses_nothing() -> None:
    producer = Producer(room=2 * len(REPORT), stall_s=5.0)
    for peer in "ab":
        producer.join(peer, Delivery.LOSSLESS)
    producer.writable("a", False)
    assert all(producer.offer(REPORT, now) for now in (0.0, 1.0))
    assert not producer.offer(REPORT, 2.0) and producer.stalled
    assert sent(producer) == {"b": REPORT * 2}
    assert not producer.offer(REPORT, 3.0) and producer.stalls == 1
    producer.writable("a", True)
    assert sent(producer) == {"a": REPORT * 2}
    assert producer.offer(REPORT, 4.0) and not producer.stalled
    assert sent(producer) == dict.fromkeys("ab", REPORT)


def test_one_that_stalls_too_long_is_dropped() -> None:
    producer = Producer(room=len(REPORT), stall_s=5.0)
    for peer in "ab":
        producer.join(peer, Delivery.LOSSLESS)
    producer.writable("a", False)
    producer.offer(REPORT, 0.0)
    sent(producer)
    assert not producer.offer(REPORT, 1.0) and not producer.offer(REPORT, 5.9)
    assert producer.cuts() == []
    assert producer.offer(REPORT, 6.0)
    assert producer.cuts() == ["a"] and producer.cuts() == []
    assert [client.peer for client in producer.dropped] == ["a"] and list(producer.clients) == ["b"]


def test_a_slow_lossy_client_skips_and_holds_nobody_up() -> None:
    producer = Producer(room=len(REPORT))
    lossy = producer.join("a", Delivery.LOSSY)
    producer.join("b", Delivery.LOSSLESS)
    producer.writable("a", False)
    for now in range(5):
        assert producer.offer(REPORT, float(now))
        assert sent(producer) == {"b": REPORT}
    assert (lossy.sent, lossy.skipped, producer.stalls) == (1, 4, 0)
    producer.writable("a", True)
    assert sent(producer) == {"a": REPORT}


def test_a_lossy_rate() -> None:
    producer = Producer()
    lossy = producer.join("a", Delivery.LOSSY, per_s=2.0)
    for tenth in range(20):
        producer.offer(REPORT, tenth / 10)
    assert (lossy.sent, lossy.skipped) == (4, 16)


def test_one_report_larger_than_the_room_still_goes() -> None:
    producer = Producer(room=10)
    producer.join("a", Delivery.LOSSLESS)
    assert producer.offer(b"x" * 65536, 0.0)
    producer.leave("a")
    assert sent(producer) == {} and producer.offer(b"y", 1.0)
