"""Arm, trigger and the long ident record: states of the first ring buffer, and silence where they forbid."""

from __future__ import annotations

import pytest

from tests.support.foreign import qstation_ident
from tests.support.golden import frame
from tests.support.playbook import UnitPlay
from unitbench.schema.values import Value
from unitbench.wire.qstation.unit import Buffer, QstationState, QstationUnit

IDENT: dict[str, Value] = dict(frame("E2").fields)
ACK = frame("E6").data
ARM, TRIGGER = "ARMBUFFER\r", "TRIGGERBUFFER\r"


def play(modes: int = 1, **ident: Value) -> tuple[UnitPlay, QstationState]:
    state = QstationState({**IDENT, **ident}, buffer_modes=modes)
    return UnitPlay(QstationUnit(state), datagrams=True), state


def test_arm_and_trigger_bound_what_the_buffer_holds() -> None:
    unit, state = play()
    assert state.buffer is Buffer.IDLE
    unit.wait(1.0).hears(ARM).says(ACK)
    assert (state.buffer, state.armed_at, state.triggered_at) == (Buffer.ARMED, 1.0, None)
    unit.wait(2.0).hears(frame("E9").data).says(ACK)
    assert (state.buffer, state.armed_at, state.triggered_at) == (Buffer.TRIGGERED, 1.0, 3.0)


def test_triggered_again_nothing_changes_and_armed_again_it_begins_anew() -> None:
    unit, state = play()
    unit.hears(ARM).hears(TRIGGER).says(ACK, ACK)
    unit.wait(1.0).hears(TRIGGER).says(ACK)
    assert state.triggered_at == 0.0
    unit.hears(ARM).says(ACK)
    assert (state.buffer, state.armed_at, state.triggered_at) == (Buffer.ARMED, 1.0, None)
    unit.wait(1.0).hears(ARM).says(ACK)
    assert state.armed_at == 2.0


def test_what_is_not_armed_cannot_be_triggered() -> None:
    unit, state = play()
    unit.hears(TRIGGER).silent()
    assert state.buffer is Buffer.IDLE
    assert "silence" in unit.core.log[-1].text


def test_that_a_trigger_wants_an_armed_buffer_is_a_reading() -> None:
    unit, state = play()
    state.trigger_unarmed = True
    unit.wait(1.0).hears(TRIGGER).says(ACK)
    assert (state.buffer, state.armed_at, state.triggered_at) == (Buffer.TRIGGERED, None, 1.0)
    unit.wait(1.0).hears(TRIGGER).says(ACK)
    assert state.triggered_at == 1.0
    state.buffer_modes = 0
    unit.hears(TRIGGER).silent()


@pytest.mark.parametrize("said", [ARM, TRIGGER])
def test_with_every_mode_off_there_is_silence(said: str) -> None:
    unit, state = play(modes=0)
    unit.hears(said).silent()
    assert state.buffer is Buffer.IDLE


def test_the_unit_that_is_meant() -> None:
    unit, state = play()
    unit.hears(frame("E8").data).silent()
    assert state.buffer is Buffer.IDLE
    other, state = play(maa="00:02:8a:01:0f:3d")
    (reply,) = other.hears(frame("E8").data).core.outgoing(0.0)
    assert reply.data.endswith(b"\tACK\r\n")
    assert state.buffer is Buffer.ARMED


@pytest.mark.parametrize(
    "said",
    [
        "armbuffer\r",
        "ARMBUFFER",
        "ARMBUFFER\n",
        "ARMBUFFER?\r",
        "ARMBUFFER\t\r",
        "ARMBUFFER\t1\r",
        "ARMBUFFER 1\r",
    ],
)
def test_a_wrong_request_arms_nothing(said: str) -> None:
    unit, state = play()
    unit.hears(said).silent()
    assert state.buffer is Buffer.IDLE


def test_the_long_record_is_that_of_the_manual() -> None:
    unit, _ = play(**frame("E3").fields)
    unit.hears("DEVICEIDENTEXT?\r").says(frame("E3").data)


def test_the_short_record_has_no_extension_and_the_long_one_needs_none_set() -> None:
    unit, _ = play()
    unit.hears("DEVICEIDENT?\r").says(frame("E2").data)
    (reply,) = unit.hears("DEVICEIDENTEXT?\r").core.outgoing(0.0)
    found = qstation_ident(reply.data)
    assert found.items() > IDENT.items()
    assert found["extsid"] == 0
    assert found["extethstatipa"] == IDENT["ipa"]
    unit.hears("DEVICEIDENTEXT\r").hears("DEVICEIDENTEXT?\t\r").silent()
