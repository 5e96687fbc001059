"""The heartbeat of the simulated camera, the clock in the test's hand."""

from __future__ import annotations

from tests.support import golden
from unitbench.wire.vs1.heartbeat import HeartbeatClient, HeartbeatUnit, beat, count_of

B7 = next(frame.data for frame in golden.frames("vs1") if frame.id == "B7")


def beats(unit: HeartbeatUnit, now: float) -> dict[object, bytes]:
    unit.tick(now)
    return {out.peer: out.data for out in unit.outgoing()}


def test_the_first_beat_is_that_of_the_text() -> None:
    unit = HeartbeatUnit()
    assert unit.deadline() is None
    unit.connected("a", "10.0.0.1", 5.0)
    assert beats(unit, 5.0) == {"a": B7}
    assert unit.deadline() == 6.0
    assert beats(unit, 5.9) == {}
    assert beats(unit, 6.0) == {"a": b"HB 00000002\r\n"}


def test_who_echoed_once_and_misses_three_is_lost() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.receive("a", beats(unit, 0.0)["a"])
    for now in (1.0, 2.0, 3.0):
        assert beats(unit, now) and unit.lost() == []
    assert beats(unit, 4.0) == {}
    assert unit.lost() == ["10.0.0.1"] and unit.lost() == []
    assert beats(unit, 5.0) == {} and unit.deadline() is None


def test_an_echo_in_time_keeps_the_client() -> None:
    unit, client = HeartbeatUnit(), HeartbeatClient(simulated=True)
    unit.connected("a", "10.0.0.1", 0.0)
    for now in range(20):
        for data in beats(unit, float(now)).values():
            echo = client.receive(data, float(now))
            if now % 3 == 0:
                unit.receive("a", echo)
    assert unit.lost() == [] and client.beats == 20 and client.foreign == 0 and client.alive(19.0)


def test_who_never_echoed_is_tolerated() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.receive("a", b"hello\r\nHB zzzzzzzz\r\nHB 00000099\r\n\x00\xff" * 10)
    for now in range(30):
        beats(unit, float(now))
    assert unit.lost() == []


def test_an_old_echo_does_not_count() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.receive("a", beats(unit, 0.0)["a"])
    for now in range(1, 5):
        beats(unit, float(now))
        unit.receive("a", B7 if now >= 3 else b"")
    assert unit.lost() == ["10.0.0.1"]


def test_a_heartbeat_that_ends_leaves_its_client_owing_and_another_one_pays() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.receive("a", beats(unit, 0.0)["a"])
    unit.disconnected("a")
    beats(unit, 1.0)
    unit.connected("b", "10.0.0.1", 1.5)
    unit.receive("b", beats(unit, 2.0)["b"])
    for now in (3.0, 4.0):
        beats(unit, now)
    assert unit.lost() == []
    unit.disconnected("b")
    for now in (5.0, 6.0):
        beats(unit, now)
    assert unit.lost() == ["10.0.0.1"]


def test_other_clients_live_on() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.connected("b", "10.0.0.2", 0.0)
    for peer, data in beats(unit, 0.0).items():
        unit.receive(peer, data)
    for now in range(1, 5):
        came = beats(unit, float(now))
        unit.receive("b", came["b"])
    assert unit.lost() == ["10.0.0.1"]


def test_time_that_was_slept_through_costs_nobody() -> None:
    unit = HeartbeatUnit()
    unit.connected("a", "10.0.0.1", 0.0)
    unit.receive("a", beats(unit, 0.0)["a"])
    assert len(beats(unit, 3600.0)) == 1 and unit.lost() == []


def test_our_end_sends_nothing_to_what_is_real() -> None:
    client = HeartbeatClient(simulated=False)
    assert client.receive(B7, 0.0) == b""
    assert client.receive(b"\x01\x02\x03\x04" * 200, 0.0) == b"" and client.foreign > 0
    foreign = HeartbeatClient(simulated=True)
    assert foreign.receive(b"\x00\x00\x00\x01\r\n", 0.0) == b""
    assert "all that can be observed" in foreign.told(9.0) and foreign.alive(9.0)
    foreign.closed()
    assert foreign.told(9.0) == "closed by the unit" and not foreign.alive(9.0)


def test_our_end_notices_silence() -> None:
    client = HeartbeatClient(simulated=True)
    assert client.receive(B7[:5], 0.0) + client.receive(B7[5:], 0.0) == B7
    assert client.alive(3.0) and client.missed(3.5) == 3
    assert not client.alive(4.0) and client.told(4.0) == "1 beats, 4 missed"


def test_the_counter_wraps() -> None:
    assert beat(0x1_0000_0000) == b"HB 00000000\r\n"
    assert count_of(b"HB FFFFFFFF\r\n") == 0xFFFFFFFF
    assert count_of(b"HB 1\r\n") is None is count_of(b"PASS\r\n")
