"""The DCOL unit against a stranger: what it answers, what it refuses, and what it meets with silence."""

from __future__ import annotations

import pytest

from tests.support.foreign import dcol_build
from tests.support.golden import frame
from tests.support.playbook import HOST, OTHER, UnitPlay
from unitbench.wire.dcol.state import DcolState
from unitbench.wire.dcol.unit import DcolUnit

ACK, NAK = b"\x06", b"\x15"
PORT_19 = bytes.fromhex("13 01 13 99 00 3C 00 00 00 00 00 00 00 00 00 00 00 00 00")
PORT_20 = bytes.fromhex("14 01 13 9A 00 3C 00 00 00 00 00 00 00 00 00 00 00 00 00")
STATIC = bytes.fromhex("00 0A 02 03 06 FF FF FF 00 0A 02 03 FF 0A 02 03 01 00 00 00 00")


def play(status: int = 0) -> UnitPlay:
    state = DcolState(status=status)
    state.addressing |= {"gateway": "192.168.1.1", "dns_server_address": "8.8.8.8"}
    return UnitPlay(DcolUnit(state))


def packet(data: bytes, kind: int = 0xAE) -> bytes:
    return dcol_build(0, kind, data)


def setting(base: bytes = PORT_20, address: bytes = b"", **changes: int) -> bytes:
    """A set of a port, with bytes changed by their packet offset, such as ``at9=1``."""
    data = bytearray(b"\x10" + base)
    data[23 - 4] = len(address)
    for name, value in changes.items():
        data[int(name[2:]) - 4] = value
    return packet(bytes(data) + address)


def test_the_gets_of_the_manual() -> None:
    unit = play(status=8)
    unit.hears(frame("C1").data).says(frame("C2").data)
    unit = play()
    unit.hears(frame("C8").data).says(frame("C9").data)
    unit.hears(frame("C10").data).says(frame("C11").data)


def test_a_set_is_acknowledged_and_read_back() -> None:
    unit = play()
    unit.hears(frame("C3").data).says(ACK)
    unit.hears(frame("C1").data).says(packet(b"\x01" + STATIC))
    unit.hears(frame("C12").data).says(ACK)
    unit.hears(packet(b"\x0e\x14")).says(packet(b"\x0f" + frame("C12").data[5:-2]))


def test_dhcp_with_zero_addresses_is_taken_and_the_address_in_use_is_said() -> None:
    unit = play(status=8)
    unit.hears(frame("C4").data).says(ACK)
    in_use = bytearray(frame("C2").data[4:-2])
    in_use[1] = 1
    unit.hears(frame("C1").data).says(dcol_build(8, 0xAE, bytes(in_use)))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet(b"\x01", 0x40), id="another packet type"),
        pytest.param(packet(b"\x00", 0x06), id="GETSERIAL with data"),
        pytest.param(packet(frame("C16").data[4:-2], 0x07), id="report RETSERIAL"),
        pytest.param(packet(b""), id="LENGTH 0"),
        *(pytest.param(packet(bytes([code])), id=f"subtype {code:02X}h") for code in (3, 11, 0x11, 0xFF)),
        pytest.param(packet(b"\x01" + STATIC), id="report 01h"),
        pytest.param(packet(b"\x0d\x13\x1c\x00"), id="report 0Dh"),
        pytest.param(packet(b"\x0f" + PORT_20), id="report 0Fh"),
        pytest.param(packet(b"\x00\x00"), id="00h too long"),
        pytest.param(packet(b"\x0c\x00"), id="0Ch too long"),
        pytest.param(packet(b"\x0e"), id="0Eh too short"),
        pytest.param(packet(b"\x0e\x13\x00"), id="0Eh too long"),
        pytest.param(packet(b"\x02" + STATIC[:-1]), id="02h too short"),
        pytest.param(packet(b"\x02" + STATIC + b"\x00"), id="02h too long"),
        pytest.param(packet(b"\x10" + PORT_20[:-1]), id="10h without the length byte"),
        pytest.param(setting(at23=1), id="10h shorter than its length byte says"),
        pytest.param(setting(at23=0, address=b"10.0.0.9"), id="10h longer than its length byte says"),
        pytest.param(packet(b"\x0e\x12"), id="0Eh port below the first"),
        pytest.param(packet(b"\x0e\x1d"), id="0Eh port above the last"),
        pytest.param(frame("C14").data, id="C14"),
        pytest.param(setting(at5=29), id="10h port above the last"),
        pytest.param(setting(at9=2), id="MODE 2"),
        pytest.param(setting(at6=2), id="ACTIVE 2"),
        pytest.param(packet(b"\x02\x02" + STATIC[1:]), id="DHCP 2"),
        pytest.param(setting(at13=2), id="INITIATE 2"),
        pytest.param(frame("C13").data, id="C13"),
        pytest.param(setting(at13=1, at11=0xFF, at14=1, address=b"h"), id="INITIATE with OUTPUT ONLY FFh"),
        pytest.param(setting(at7=0, at8=0), id="active server without a port"),
        pytest.param(setting(at13=1, at14=1), id="INITIATE without an address"),
        pytest.param(setting(at13=1, address=b"10.0.0.9"), id="INITIATE without a remote port"),
        pytest.param(setting(at8=0x99), id="two active servers on one port"),
        pytest.param(packet(b"\x02" + STATIC[:5] + b"\xff\x00\xff\x00" + STATIC[9:]), id="mask with a hole"),
        pytest.param(setting(address=b"\x0a\x00\x00\x09"), id="an address that is no text"),
    ],
)
def test_what_is_refused_changes_nothing(data: bytes) -> None:
    unit = play()
    before = repr(unit.core.state)
    unit.hears(data).says(NAK)
    assert repr(unit.core.state) == before


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(setting(at8=0x99, at9=1), id="the same number over UDP"),
        pytest.param(setting(at8=0x99, at6=0), id="the same number, not active"),
        pytest.param(setting(base=PORT_19), id="a port as it is"),
        pytest.param(setting(at6=0, at7=0, at8=0), id="inactive without a port"),
        pytest.param(setting(address=b"bench.example"), id="a name as remote address"),
        pytest.param(setting(address=b"x" * 235), id="the longest remote address"),
        pytest.param(setting(at11=1), id="output only"),
        pytest.param(setting(at7=0, at8=0, at13=1, at14=1, address=b"10.0.0.9"), id="dials out, no own port"),
        pytest.param(packet(b"\x02" + STATIC[:5] + bytes(4) + STATIC[9:]), id="mask of zeros"),
        pytest.param(
            packet(b"\x02\x01" + STATIC[1:5] + b"\xff\x00\xff\x00" + STATIC[9:]), id="any mask with DHCP"
        ),
        pytest.param(
            packet(b"\x02" + STATIC[:13] + b"\x01\x01\x01\x01" + STATIC[17:]), id="a strange gateway"
        ),
    ],
)
def test_what_is_taken(data: bytes) -> None:
    play().hears(data).says(ACK)


def test_reserved_bytes_are_kept_and_echoed() -> None:
    unit = play()
    unit.hears(setting(at12=0x5A, at16=1, at22=7)).says(ACK)
    (reply,) = unit.hears(packet(b"\x0e\x14")).core.outgoing(0)
    assert (reply.data[12], reply.data[16:23]) == (0x5A, b"\x01\0\0\0\0\0\x07")


def test_any_byte_but_zero_sets_output_only_and_01h_is_said_back() -> None:
    unit = play()
    unit.hears(setting(at11=0x80)).says(ACK)
    unit.hears(packet(b"\x0e\x14")).says(packet(setting(at11=1)[4:-2].replace(b"\x10", b"\x0f", 1)))


def test_the_summary_lists_the_active_ports() -> None:
    unit = play()
    unit.hears(setting(at5=28, at7=0x20)).says(ACK)
    unit.hears(setting(at6=0)).says(ACK)
    unit.hears(frame("C8").data).says(packet(b"\x0d\x13\x1c\x02\x13\x1c"))


@pytest.mark.parametrize(
    "data", [frame("C5").data, frame("C1").data[:-1] + b"\x00", b"xyz", ACK, NAK, b"\x02\x00"]
)
def test_damage_and_noise_are_met_with_silence(data: bytes) -> None:
    play().hears(data).silent()


def test_a_good_packet_behind_damage_is_answered() -> None:
    play(status=8).hears(b"\x00" + frame("C5").data + ACK + frame("C1").data).says(frame("C2").data)


def test_three_requests_in_one_segment_are_answered_in_order() -> None:
    addressing = packet(frame("C2").data[4:-2])
    data = frame("C1").data + frame("C8").data + frame("C10").data
    play().hears(data).says(addressing, frame("C9").data, frame("C11").data)


def test_a_request_byte_by_byte() -> None:
    unit = play(status=8)
    for byte in frame("C1").data:
        unit.hears(bytes([byte]))
    unit.says(frame("C2").data)


def test_each_peer_has_its_own_stream_and_a_new_connection_begins_afresh() -> None:
    unit = play(status=8)
    unit.hears(frame("C1").data[:3]).hears(frame("C1").data, OTHER).says(frame("C2").data, peer=OTHER)
    unit.core.disconnected(HOST, 0.0)
    unit.hears(frame("C1").data).says(frame("C2").data)


def test_a_reply_that_is_due_is_not_given_to_the_next_connection() -> None:
    unit = UnitPlay(DcolUnit(reply_delay_s=1.0))
    unit.hears(frame("C1").data).core.disconnected(HOST, 0.5)
    unit.core.connected(HOST, 0.6)
    unit.silent()
