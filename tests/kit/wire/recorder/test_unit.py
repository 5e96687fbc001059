"""The recorder's command server against a stranger, on TCP and on UDP."""

from __future__ import annotations

import pytest

from tests.support import golden
from tests.support.playbook import OTHER, UnitPlay
from unitbench.schema.records import Role
from unitbench.wire.recorder.codec import CODEC
from unitbench.wire.recorder.unit import REPLIED_S, RESTART_S, RecorderState, RecorderUnit

A = {frame.id: frame.data for frame in golden.frames("recorder")}
UNKNOWN, LONG = A["A7"], b"SIMERR 2\r\n"


def tcp() -> UnitPlay:
    return UnitPlay(RecorderUnit(RecorderState(model="GL840")))


def udp() -> UnitPlay:
    return UnitPlay(RecorderUnit(), datagrams=True)


@pytest.mark.parametrize("frame", golden.frames("recorder"), ids=lambda frame: frame.id)
def test_every_worked_frame_says_what_it_means(frame: golden.Frame) -> None:
    for role in (None, Role(frame.direction)):
        found = CODEC.dissect(frame.data, role)
        assert found.ok and found.direction == frame.direction
        assert found.values == frame.fields


def test_the_conversations_of_the_text() -> None:
    for asked in ("A1", "A3"):
        tcp().hears(A[asked]).says(A["A2"])
    udp().hears(A["A4"]).says(A["A5"])
    tcp().hears("FOO?\r\n").says(A["A7"])
    udp().hears(A["A6"]).says(b"SIMOK\r\n")


@pytest.mark.parametrize("line", ["*idn?\r\n", "*IDN? \t\r\n", "*IDN?\t\n", "*IDN?\r"])
def test_a_query_is_read_leniently(line: str) -> None:
    tcp().hears(line).says(A["A2"])
    udp().hears(line).says(A["A2"].replace(b"GL840", b"GL840-SIM"))


def test_segments_are_not_lines() -> None:
    tcp().hears("*IDN").says().hears("?\r\n").says(A["A2"])
    tcp().hears("*IDN?\r\n*IDN?\n*IDN?\r").says(A["A2"], A["A2"], A["A2"])
    tcp().hears("*IDN?\r").says(A["A2"]).hears("\n").silent()
    tcp().hears("*IDN?\r").says(A["A2"]).hears("\n*IDN?\r\n").says(A["A2"])
    tcp().hears("\r\n\n\r \r\n").silent()


@pytest.mark.parametrize(
    "line", ["*IDN\r\n", "*IDN?x\r\n", "*IDN? 1\r\n", "*IDN?\xff\r\n", "\xff\r\n", "SIMNETRESTART\r\n"]
)
def test_what_is_not_known_is_refused_on_tcp_and_unheard_on_udp(line: str) -> None:
    tcp().hears(line).says(UNKNOWN)
    udp().hears(line).silent()


def test_the_longest_line() -> None:
    tcp().hears("x" * 1024 + "\r\n").says(UNKNOWN)
    tcp().hears("x" * 1025).says().hears("y" * 100_000).says().hears("\r\n").says(LONG)
    tcp().hears("x" * 1025 + "\r\n*IDN?\r\n").says(LONG, A["A2"])
    udp().hears("x" * 1025 + "\r\n").silent()


@pytest.mark.parametrize("data", [b"", b"\r\n", b"SIMFIND?\r\nSIMFIND?\r\n", b"SIMFIND?\rSIMFIND?\r\n"])
def test_a_datagram_is_one_line(data: bytes) -> None:
    udp().hears(data).silent()
    udp().hears("SIMFIND?").says(A["A5"])


def test_the_search_is_answered_while_a_client_is_connected() -> None:
    unit = tcp()
    unit.core.connected(OTHER, 0.0)
    unit.hears("*ID", OTHER)
    unit.core.receive(A["A4"], "elsewhere", 0.0, datagram=True)
    assert [out.data for out in unit.core.outgoing(0.0)] == [A["A5"].replace(b"GL840-SIM", b"GL840")]
    unit.hears("N?\r\n", OTHER).says(A["A2"], peer=OTHER)


def test_the_network_restart_answers_first_and_is_deaf_for_a_while() -> None:
    unit = udp()
    core = unit.core
    assert isinstance(core, RecorderUnit)
    told: list[bool] = []
    core.on_network = told.append
    unit.hears(A["A6"]).says(b"SIMOK\r\n")
    assert not core.state.down
    unit.wait(REPLIED_S)
    assert core.state.down and told == [False]
    unit.hears(A["A4"]).silent()
    unit.wait(RESTART_S - 0.1).hears(A["A4"]).silent()
    unit.wait(0.1).hears(A["A4"]).says(A["A5"])
    assert told == [False, True] and not core.state.down


def test_only_the_unit_that_is_meant_restarts() -> None:
    other = A["A6"].replace(b"55\r", b"56\r")
    udp().hears(other).silent()
    tcp().hears(other).says(UNKNOWN)


def test_asked_twice_it_restarts_once() -> None:
    unit = udp()
    core = unit.core
    assert isinstance(core, RecorderUnit)
    told: list[bool] = []
    core.on_network = told.append
    unit.hears(A["A6"]).hears(A["A6"]).wait(REPLIED_S).wait(RESTART_S).wait(RESTART_S)
    assert told == [False, True]
