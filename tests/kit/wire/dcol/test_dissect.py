"""DCOL packets taken apart: what is a fault, what is only odd, and at which byte."""

from __future__ import annotations

import pytest

from tests.support.foreign import dcol_build
from tests.support.golden import frame
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of

CODEC = codec_of("dcol")
PORT = bytes.fromhex("13 01 13 99 00 3C 00 00 00 00 00 00 00 00 00 00 00 00 00")
"""The settings of a port up to the length of the remote address."""
ADDRESSING = bytes.fromhex("00 C0 A8 01 32 FF FF FF 00 C0 A8 01 FF C0 A8 01 01 08 08 08 08")


def dissect(data: bytes, status: int = 0, kind: int = 0xAE) -> Dissection:
    return CODEC.dissect(dcol_build(status, kind, data))


def port(**changes: int) -> bytes:
    """A port's settings with bytes changed by their packet offset, such as ``at9=1``."""
    data = bytearray(b"\x0f" + PORT)
    for name, value in changes.items():
        data[int(name[2:]) - 4] = value
    return bytes(data)


def faults(found: Dissection) -> list[tuple[int, str]]:
    return [(fault.offset, fault.text) for fault in found.faults]


@pytest.mark.parametrize(
    ("data", "offset", "text"),
    [
        (b"", 4, "no SUBTYPE: LENGTH is 0"),
        (b"\x03", 4, "subtype 03h is not in the manual's table"),
        (b"\x11\x00", 4, "subtype 11h is not in the manual's table"),
        (b"\x00\x00", 5, "1 bytes more than the table has"),
        (b"\x0e", 5, "virtual_port is missing: the data end here"),
        (b"\x0e\x13\x14", 6, "1 bytes more than the table has"),
        (b"\x01" + ADDRESSING[:-1], 22, "dns_server_address is cut short: 3 of 4 bytes"),
        (b"\x02\x02" + ADDRESSING[1:], 5, "02h is outside 00h..01h"),
        (b"\x0d\x13\x1c\x05\x13", 7, "number_of_active_virtual_ports says 5, 1 bytes are there"),
        (port(at6=2), 6, "02h is outside 00h..01h"),
        (port(at9=2), 9, "02h is not one of TCP (0), UDP (1)"),
        (port(at13=2), 13, "02h is outside 00h..01h"),
        (port()[:-1], 23, "remote_ip_addr_length is missing: the data end here"),
        (port(at23=5) + b"abc", 23, "remote_ip_addr_length says 5, 3 bytes are there"),
        (port(at23=3) + b"abcd", 27, "1 bytes more than the table has"),
    ],
)
def test_a_fault_in_the_data_has_its_place(data: bytes, offset: int, text: str) -> None:
    found = dissect(data)
    assert (offset, text) in faults(found)
    assert found.faults[0].offset == offset
    assert found.result == "malformed"


@pytest.mark.parametrize(
    ("data", "name", "note"),
    [
        (port(at11=2), "output_only", "02h is taken as set"),
        (port(at12=1), "reserved_12", "reserved, yet not zero: kept as it is"),
        (port(at20=9), "reserved_16", "reserved, yet not zero: kept as it is"),
        (
            port(at23=4) + bytes([192, 168, 1, 10]),
            "remote_ip_address",
            "four bytes that are no text: shown as a binary address",
        ),
        (port(at23=2) + b"\x00\xff", "remote_ip_address", "bytes that are no text, shown as hex"),
        (b"\x01" + ADDRESSING[:13] + b"\xc0\xa8\x02\x01" + ADDRESSING[17:], "gateway", "outside the subnet"),
        (
            b"\x01" + ADDRESSING[:9] + b"\xc0\xa8\x01\x7f" + ADDRESSING[13:],
            "broadcast_address",
            "does not agree",
        ),
    ],
)
def test_what_is_only_odd_is_a_note(data: bytes, name: str, note: str) -> None:
    found = dissect(data)
    assert found.ok, found.faults
    leaf = found.leaf(name)
    assert leaf is not None
    assert leaf.note is not None
    assert leaf.note.startswith(note)


def test_the_binary_address_is_readable() -> None:
    assert dissect(port(at23=4) + bytes([192, 168, 1, 10])).values["remote_ip_address"] == "192.168.1.10"


def test_a_status_bit_is_odd_in_a_host_only() -> None:
    host, unit = dissect(b"\x00", status=2), dissect(b"\x01" + ADDRESSING, status=0x0A)
    assert host.ok
    assert unit.ok
    assert [leaf.note for leaf in (host.fields[1], unit.fields[1])] == [
        "a host sends 00h; a receiver ignores it",
        None,
    ]
    assert unit.fields[1].meaning == "low battery, roving"


def test_zero_addresses_are_not_odd() -> None:
    assert all(leaf.note is None for leaf in CODEC.dissect(frame("C4").data).fields)


def test_a_packet_of_another_type_is_told_and_kept_apart() -> None:
    found = dissect(b"\x01\x02\x03", kind=0x40)
    assert found.ok
    assert found.name == ""
    assert found.values == {"data": "010203"}
    kind = found.leaf("packet_type")
    assert kind is not None
    assert kind.meaning.startswith("40h")


@pytest.mark.parametrize("size", range(1, 28))
def test_a_packet_that_ends_early_is_a_fault_wherever_it_ends(size: int) -> None:
    data = frame("C2").data[:size]
    found = CODEC.dissect(data)
    assert not found.ok
    assert b"".join(data[leaf.start : leaf.end] for leaf in found.fields) == data
    assert all(0 <= fault.offset <= size for fault in found.faults)


def test_bytes_behind_the_packet() -> None:
    assert faults(CODEC.dissect(frame("C1").data + b"\x06"))[0][0] == 7


def test_length_one_too_small_or_too_great_is_called_a_fault_of_length() -> None:
    good = frame("C10").data
    for length, there in ((1, 2), (3, 2)):
        wrong = bytearray(good)
        wrong[3] = length
        wrong[-2] = sum(wrong[1:-2]) % 256
        fault = CODEC.dissect(bytes(wrong)).faults[0]
        assert fault.offset == 3
        assert fault.text.startswith(f"LENGTH says {length} data bytes")
        assert str(there) in fault.text + fault.hint


def test_a_single_wrong_bit_is_pointed_out() -> None:
    data = bytearray(frame("C2").data)
    data[-2] ^= 0x10
    (fault,) = CODEC.dissect(bytes(data)).faults
    assert fault.offset == 26
    assert "single bit" in fault.hint


@pytest.mark.parametrize(
    ("asked", "said", "fits"),
    [
        (Request("dcol", "AEh 0Eh", (("virtual_port", 19),)), "C11", True),
        (Request("dcol", "AEh 0Eh", (("virtual_port", 20),)), "C11", False),
        (Request("dcol", "AEh 0Eh", (("virtual_port", 20),)), "C7", True),
        (Request("dcol", "AEh 0Eh", (("virtual_port", 20),)), "C6", False),
        (Request("dcol", "AEh 00h"), "C2", True),
        (Request("dcol", "AEh 00h"), "C9", False),
        (Request("dcol", "AEh 02h"), "C6", True),
        (Request("dcol", "AEh 02h"), "C2", False),
        (Request("dcol", "AEh 00h"), "C1", False),
    ],
)
def test_which_frame_answers_which_request(asked: Request, said: str, fits: bool) -> None:
    assert CODEC.answers(asked, CODEC.dissect(frame(said).data, Role.UNIT)) is fits
