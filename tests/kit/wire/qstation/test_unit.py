"""The Q.station against a stranger: whatever is not exactly right is met with silence and has no effect."""

from __future__ import annotations

import pytest

from tests.support.foreign import qstation_ident
from tests.support.golden import frame
from tests.support.playbook import OTHER, UnitPlay
from unitbench.schema.values import Value
from unitbench.wire.qstation.unit import LED_S, QstationState, QstationUnit

IDENT: dict[str, Value] = dict(frame("E2").fields)
MAC = str(IDENT["maa"])
ACK = frame("E6").data


def play(delay: float = 0.0, **ident: Value) -> UnitPlay:
    state = QstationState({**IDENT, **ident})
    return UnitPlay(QstationUnit(state, reply_delay_s=delay), datagrams=True)


def resets(unit: UnitPlay) -> list[float]:
    found: list[float] = unit.core.state.resets  # type: ignore[attr-defined]
    return found


def test_the_conversations_of_the_manual() -> None:
    play().hears(frame("E1").data).says(frame("E2").data)
    play().hears(frame("E4").data).says(ACK)
    play().hears(frame("E5").data).says(ACK)
    play().hears(frame("E7").data).says().wait(LED_S).says(ACK)
    play().hears(frame("E14").data).silent()


def test_a_stranger_reads_the_record() -> None:
    (reply,) = play().hears("DEVICEIDENT?\r").core.outgoing(0.0)
    assert qstation_ident(reply.data) == IDENT
    (reply,) = play(sid=2, mid="17").hears("DEVICEIDENT?\r").core.outgoing(0.0)
    assert qstation_ident(reply.data) == IDENT | {"sid": 2, "mid": "17"}
    (reply,) = play(mid="17").hears("DEVICEIDENT?\r").core.outgoing(0.0)
    assert b"MID" not in reply.data


def test_an_item_that_the_unit_does_not_have_is_empty() -> None:
    unit = play()
    del unit.core.state.ident["loc"]  # type: ignore[attr-defined]
    (reply,) = unit.hears("DEVICEIDENT?\r").core.outgoing(0.0)
    assert qstation_ident(reply.data)["loc"] == ""


def test_the_leds_flash_for_two_seconds_and_then_it_acknowledges() -> None:
    unit = play(delay=0.005)
    unit.hears(f"GETLIFESIGNAL\t{MAC}?\r").says()
    assert unit.core.deadline() == pytest.approx(2.005)
    assert unit.core.state.flashing_until == 2.0  # type: ignore[attr-defined]
    unit.wait(1.0).hears("DEVICEIDENT?\r").wait(0.005).says(frame("E2").data)
    unit.wait(0.99).says().wait(0.02).says(ACK)


def test_sync_resets_on_receipt_and_the_acknowledgement_follows() -> None:
    unit = play(delay=0.009).wait(1.5)
    unit.hears("DEVICESYNC\r").says()
    assert resets(unit) == [1.5]
    unit.wait(0.009).says(ACK)


@pytest.mark.parametrize("mac", [MAC, MAC.lower(), MAC.upper(), "00:02:8a:01:0F:3c"])
def test_the_letter_case_of_a_mac_does_not_matter(mac: str) -> None:
    play().hears(f"DEVICESYNC\t{mac}\r").says(ACK)
    lower = play(maa=MAC.lower())
    lower.hears(f"DEVICESYNC\t{mac}\r").says(ACK.replace(MAC.encode(), MAC.lower().encode()))


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("\r", id="CR"),
        pytest.param("\r\n", id="CR LF"),
        pytest.param("\r\0\0", id="CR and zero bytes"),
    ],
)
def test_ends_that_are_taken(end: str) -> None:
    unit = play().hears("DEVICESYNC" + end).says(ACK)
    assert resets(unit) == [0.0]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("FOO\r", id="unknown command"),
        pytest.param("devicesync\r", id="lower case"),
        pytest.param("DeviceSync\r", id="mixed case"),
        pytest.param("DEVICESYNC", id="no CR"),
        pytest.param("DEVICESYNC\n", id="LF"),
        pytest.param("DEVICESYNC\r\r", id="two CR"),
        pytest.param("DEVICEIDENT\r", id="no question mark"),
        pytest.param(f"DEVICESYNC {MAC}\r", id="blank instead of TAB"),
        pytest.param("DEVICESYNC\t00:02:8A:01:0F:3D\r", id="another unit"),
        pytest.param("DEVICESYNC\t00-02-8A-01-0F-3C\r", id="dashes"),
        pytest.param("DEVICESYNC\t02:8A:01:0F:3C\r", id="five pairs"),
        pytest.param(f"DEVICESYNC\t{MAC}:3C\r", id="seven pairs"),
        pytest.param(f"DEVICESYNC\t{MAC}?\r", id="a question mark too many"),
        pytest.param(f"DEVICESYNC\t{MAC}\t\r", id="trailing TAB"),
        pytest.param("DEVICESYNC\t\r", id="empty MAC"),
        pytest.param(f"DEVICESYNC\t{MAC}\t1\r", id="extra field"),
        pytest.param(f"DEVICEIDENT?\t{MAC}\r", id="extra MAC"),
        pytest.param("", id="empty datagram"),
        pytest.param("\r", id="only CR"),
        pytest.param("DEVICESYNC\r" + "\0" * 1472, id="more than a datagram"),
        pytest.param("DEVICES\xffNC\r", id="a byte above 7Eh"),
        pytest.param("DEVICESYNC\rDEVICESYNC\r", id="two commands"),
        pytest.param("GETLIFESIGNAL\r", id="life signal without MAC"),
        pytest.param(f"GETLIFESIGNAL\t{MAC}\r", id="life signal without question mark"),
        pytest.param("GETLIFESIGNAL\t00:02:8A:01:0F:3D?\r", id="life signal of another unit"),
        pytest.param(frame("E6").data.decode(), id="an acknowledgement"),
    ],
)
def test_silence_and_no_effect(said: str) -> None:
    unit = play().hears(said).silent()
    assert resets(unit) == []
    assert unit.core.state.flashing_until == 0.0  # type: ignore[attr-defined]
    assert unit.core.log


def test_datagrams_are_never_joined() -> None:
    play().hears("DEVICE").hears("SYNC\r").silent()


def test_each_host_gets_its_own_reply() -> None:
    unit = play(delay=0.1)
    unit.hears("DEVICESYNC\r", OTHER).wait(0.05).hears("DEVICEIDENT?\r")
    unit.wait(0.05).says(ACK, peer=OTHER).wait(0.05).says(frame("E2").data)
