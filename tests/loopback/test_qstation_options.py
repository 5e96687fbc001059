"""What can be chosen of a simulated Q.station, seen from the wire, and its commands through a session."""

from __future__ import annotations

import pytest

from tests.support.commands import free_block
from tests.support.foreign import RawUdp, qstation_ident
from unitbench import InvalidValue, Session, Sim

ONLY = {"kramer": 0, "dcol": 0, "recorder": 0, "vs1": 0}
ACK = b"MAA:02:00:00:00:00:31\tACK\r\n"


def answered(client: RawUdp, line: str, deadline: float = 2.0) -> bytes:
    came = client.ask(line.encode(), lambda all_: len(all_) >= 1, deadline)
    return came[0][0] if came else b""


def test_either_structure_short_and_long() -> None:
    options = {"q1": {"sid": 2, "mid": "17"}, "q2": {"sid": "2"}}
    with Sim({**ONLY, "qstation": 3}, address=free_block(), options=options) as sim:
        for name, sid, mid in (("q1", 2, "17"), ("q2", 2, "2"), ("q3", 1, None)):
            with RawUdp(sim.unit(name).host, 5565) as client:
                for command in ("DEVICEIDENT?", "DEVICEIDENTEXT?"):
                    found = qstation_ident(answered(client, f"{command}\r"))
                    assert (found["sid"], found.get("mid")) == (sid, mid)
                    assert ("extrs485pppstatipa" in found) is (command == "DEVICEIDENTEXT?")


@pytest.mark.parametrize(("option", "value"), [("sid", 3), ("mid", "1\t2"), ("image", 0), ("counters", "u8")])
def test_what_it_cannot_be(option: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=f"q1: {option}"):
        Sim({**ONLY, "qstation": 1}, options={"q1": {option: value}}).start()


def test_with_every_buffer_mode_off_it_is_silent_and_with_others_it_is_not() -> None:
    options = {"q1": {"buffer_modes": 0}, "q2": {"trigger_unarmed": True}}
    with Sim({**ONLY, "qstation": 3}, address=free_block(), options=options) as sim:
        took = {}
        for name in ("q1", "q2", "q3"):
            with RawUdp(sim.unit(name).host, 5565) as client:
                took[name] = [
                    bool(answered(client, f"{c}\r", 0.1))
                    for c in ("TRIGGERBUFFER", "ARMBUFFER", "TRIGGERBUFFER")
                ]
        assert took == {"q1": [False] * 3, "q2": [True] * 3, "q3": [False, True, True]}


def test_the_leds_flash_as_long_as_was_chosen() -> None:
    with Sim({**ONLY, "qstation": 1}, address=free_block(), options={"q1": {"led_s": "50ms"}}) as sim:
        with RawUdp(sim.unit("q1").host, 5565) as client:
            assert answered(client, f"GETLIFESIGNAL\t{sim.unit('q1').mac}?\r") == ACK
        state = sim.unit("q1").core.state
        (asked,) = [note.now for note in sim.unit("q1").core.log if note.text == "GETLIFESIGNAL"]
        assert state.flashing_until == asked + 0.05


def test_the_distributors_counters_and_images() -> None:
    options = {"q1": {"counters": "u16-little", "image": 3, "reads_refused": True}}
    with Sim({**ONLY, "qstation": 1}, address=free_block(), options=options) as sim:
        unit = sim.unit("q1").host
        with RawUdp(unit, 5565) as client, RawUdp(unit, 5566) as sink:
            host, port = sink.local
            everybody = "SETDISTRIBUTORPORTPROPERTIESALL"
            assert answered(client, f"{everybody}\t2\t-1\r") == b"INFO:3\t" + ACK
            for number, value in ((7, host), (8, port), (4, 9), (1000, 1)):
                assert answered(client, f"{everybody}\t{number}\t{value}\r") == ACK
            sink.send(b"\x00\x00\x05\x01abcdef")
            came = sink.read(lambda all_: bool(all_) and all_[-1][0][:2] == b"\x05\x01")
            assert came[0][0] == b"\x00\x00\x01\x00\x00\x01\x02"
            assert came[-1][0][:2] == b"\x05\x01"
            assert answered(client, f"{everybody}\t5\t-1\r", 0.1) == b""
            assert answered(client, f"{everybody}\t1000\t0\r") == ACK
            assert answered(client, f"{everybody}\t1000\t0\r") == ACK, "stopped twice"
        assert sim.unit("q1").core.distributor.outputs == b"abc"


def test_one_request_sets_and_reads_every_unit() -> None:
    with Sim({**ONLY, "qstation": 3}) as sim, Session.local(sim=sim) as session:
        done = session.ask("@all SETDISTRIBUTORPORTPROPERTIESALL FrequencySendToHz 50")
        assert done.ok and sorted(reply.unit for reply in done.replies) == ["q1", "q2", "q3"]
        read = session.ask("@all SETDISTRIBUTORPORTPROPERTIESALL FrequencySendToHz -1")
        assert [reply.fields["info"] for reply in read.replies] == ["50"] * 3
        assert session.ask("@q2 SETDISTRIBUTORPORTPROPERTIESALL TransferON 1").ok
        refused = session.ask("@all SETDISTRIBUTORPORTPROPERTIESALL FrequencySendToHz 60")
        assert sorted(reply.unit for reply in refused.replies) == ["q1", "q3"]
        assert session.ask("@q2 SETDISTRIBUTORPORTPROPERTIESALL FrequencySendToHz -1").fields["info"] == "50"
