"""Packets that are not of type AEh: GETSERIAL and RETSERIAL, and those that nobody here knows."""

from __future__ import annotations

import pytest

from tests.support.foreign import dcol_build
from tests.support.golden import frame
from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Request, Role, Status
from unitbench.wire import codec_of, encode

CODEC = codec_of("dcol")
SERIAL = frame("C16").data[4:-2]


def dissect(data: bytes, kind: int = 0x07) -> Dissection:
    return CODEC.dissect(dcol_build(0, kind, data), Role.UNIT)


@pytest.mark.parametrize("line", ["GETSERIAL", "getserial", "06h"])
def test_getserial_by_its_name_or_its_type(line: str) -> None:
    (statement,) = parse(line).statements
    assert statement.request == Request("dcol", "GETSERIAL")
    assert encode(statement.request) == frame("C15").data


@pytest.mark.parametrize(
    ("line", "said"),
    [("AEh 06h", "subtype 06h"), ("07h", "RETSERIAL is a report"), ("AEh GETSERIAL", "unknown command")],
)
def test_it_is_no_subtype(line: str, said: str) -> None:
    (statement,) = parse(line).statements
    assert statement.error is not None
    assert str(statement.error).startswith(said)


def test_it_is_public_and_says_so() -> None:
    for record in (catalogue.command("dcol", "GETSERIAL"), catalogue.report("dcol", "RETSERIAL")):
        assert record.source.status is Status.PUBLIC


@pytest.mark.parametrize("size", [0, 8, 45, 148, 153, 157])
def test_older_receivers_end_earlier(size: int) -> None:
    fields = [leaf for leaf in CODEC.dissect(frame("C16").data).fields if 4 <= leaf.start < 162]
    whole = {leaf.name for leaf in fields if leaf.end <= 4 + size}
    cut = [leaf for leaf in fields if leaf.start < 4 + size < leaf.end]
    found = dissect(SERIAL[:size])
    assert found.name == "RETSERIAL"
    assert found.values.keys() == whole
    assert [fault.offset for fault in found.faults] == [leaf.start for leaf in cut]


def test_newer_receivers_may_say_more() -> None:
    found = dissect(SERIAL + b"\x01\x02")
    extra = found.leaf("extra")
    assert found.ok and extra is not None
    assert (extra.value, extra.note) == ("0102", "2 bytes more than the table has")
    assert found.values == frame("C16").fields


def test_bytes_that_are_no_text_are_hex() -> None:
    found = dissect(b"\xff" + SERIAL[1:])
    leaf = found.leaf("receiver_serial")
    assert found.ok and leaf is not None
    assert (leaf.value, leaf.note) == ("ff31303031323334", "bytes that are no text, shown as hex")


def test_a_getserial_with_data_is_a_fault() -> None:
    assert not CODEC.dissect(dcol_build(0, 0x06, b"\x00"), Role.HOST).ok


@pytest.mark.parametrize("kind", [kind for kind in range(256) if kind not in (0x06, 0x07, 0xAE)])
@pytest.mark.parametrize("data", [b"", b"\x06", b"\x02\x03" * 127])
def test_any_other_type_is_a_packet_with_data_that_are_not_decoded(kind: int, data: bytes) -> None:
    found = dissect(data, kind)
    assert found.ok and found.name == ""
    assert found.values == ({"data": data.hex()} if data else {})
    assert CODEC.text(found.raw).startswith(f"packet {kind:02X}h")


def test_a_report_with_a_length_of_two_bytes() -> None:
    body = bytes([0, 0xC2, 0x01, 0x02]) + b"\x06" * 258
    found = CODEC.dissect(b"\x02" + body + bytes([sum(body) % 256, 3]), Role.UNIT)
    length = found.leaf("length")
    assert found.ok and length is not None
    assert (length.start, length.end, length.value) == (3, 5, 258)
    assert found.values == {"data": "06" * 258}
