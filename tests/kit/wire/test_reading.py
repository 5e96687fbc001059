"""The short way through a frame says what the long way says, for every frame; and it is really taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import golden
from tests.support.strategies import any_request, codecs, filled, hostile, values_of
from unitbench import catalogue
from unitbench.errors import UsageError
from unitbench.schema import binary
from unitbench.schema.dissection import Dissection
from unitbench.schema.packed import RowWriters, row_reader
from unitbench.schema.reading import Reading, reading
from unitbench.schema.records import Field, Report, Request, Role
from unitbench.schema.values import CountedList, IPv4, Reserved, UInt, Value
from unitbench.wire import codec_of, encode
from unitbench.wire.codec import Codec
from unitbench.wire.dcol.frames import build

CODECS = [pytest.param(codec, id=codec.name) for codec in codecs()]
FRAMES = [frame.data for protocol in golden.PROTOCOLS for frame in golden.frames(protocol)]
REPORTS = [(name, report) for name in ("dcol", "qstation") for report in catalogue.protocol(name).reports]
WORDS = [
    "",
    "SECUR",
    "LOGIN",
    "MODEL",
    "NAME",
    "HELP",
    "ON",
    "USER",
    "OK",
    "ok",
    "ERR004",
    "X-OK",
    "a,b",
    "\t",
    "é",
]
OUR_WORDS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=6)), max_size=5).map(" ".join)
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.integers(-2, 70000), st.booleans(), st.floats(), st.binary(max_size=8), st.text(max_size=5)
)

# Each is written from the manuals, and short enough to say what it means here.
PORT = bytes.fromhex("0200AE140F13011399003C00000000000000000000000000CD03")
LINE = b"~01@LOGIN USER OK\r\n"
ACK = b"MAA:02:00:00:00:00:31\tACK\r\n"


def told(found: Reading | None) -> list[object] | None:
    """Everything a reading says, types too: 1 is not True."""
    if found is None:
        return None
    return [found.name, found.code, [(name, type(value), value) for name, value in found.values.items()]]


def same(codec: Codec, data: bytes, role: Role | None) -> None:
    """The two ways agree."""
    assert told(codec.read(data, role)) == told(reading(codec.dissect(data, role)))


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """A frame of the manuals, mostly with a byte changed; a DCOL packet's checksum then fits again, mostly."""
    data = bytearray(draw(st.sampled_from(FRAMES)))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    if data[:1] == b"\x02" and len(data) > 6 and draw(st.booleans()):
        data[3] = max(0, len(data) - 6) & 255
        data[-2] = sum(data[1:-2]) % 256
    return bytes(data)


@st.composite
def reported(draw: st.DrawFn) -> tuple[str, bytes]:
    """A frame as a unit of ours sends it."""
    name, report = draw(st.sampled_from(REPORTS))
    values = draw(filled(report.fields)) | ({"result": "ACK"} if name == "qstation" else {})
    codec: Any = codec_of(name)
    return name, codec.encode_report(report.name, values)


@pytest.mark.fuzz
@pytest.mark.parametrize("codec", CODECS)
@given(data=st.one_of(hostile(), mutilated()), role=st.sampled_from([None, *Role]))
def test_any_bytes(codec: Codec, data: bytes, role: Role | None) -> None:
    same(codec, data, role)


@pytest.mark.fuzz
@given(found=reported(), role=st.sampled_from([None, Role.UNIT]))
def test_what_units_say(found: tuple[str, bytes], role: Role | None) -> None:
    name, data = found
    same(codec_of(name), data, role)


@pytest.mark.fuzz
@given(request=any_request())
def test_what_hosts_say(request: Request) -> None:
    same(codec_of(request.protocol), encode(request), Role.HOST)


@pytest.mark.fuzz
@given(
    head=st.sampled_from(["~01@", "~@", "~1@", "~01", "~\xb2@", "01@", "~0123456789@", "~01@@"]),
    words=OUR_WORDS,
    end=st.sampled_from(["\r\n", "\r", "", "\r\r\n", "\n", "\r\n\r\n"]),
)
def test_lines_of_kramer_units(head: str, words: str, end: str) -> None:
    same(codec_of("kramer"), f"{head}{words}{end}".encode("latin-1", "replace"), Role.UNIT)


@pytest.mark.fuzz
@given(data=st.data())
def test_a_packed_request_is_the_checked_one(data: st.DataObject) -> None:
    coded = [command for command in catalogue.protocol("dcol").commands if command.code is not None]
    command = data.draw(st.sampled_from(coded))
    given_ = {f.name: data.draw(st.one_of(values_of(f.type), ANYTHING)) for f in command.args}
    for name in data.draw(st.lists(st.sampled_from([*given_, "nonsense"]), max_size=2)):
        given_.pop(name, None)
    request = Request("dcol", command.name, tuple(given_.items()))
    codec: Any = codec_of("dcol")
    try:
        values = codec.checked(request)
    except UsageError:
        with pytest.raises(UsageError):
            codec.encode(request)
        return
    assert command.code is not None
    packed = build(0xAE, bytes([command.code]) + binary.put_fields(command.args, values))
    assert codec.encode(request) == packed


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize("at", [7, 80, 100, 140])
def test_a_line_end_within_a_record(at: int, end: bytes) -> None:
    record = golden.frame("E2").data
    same(codec_of("qstation"), record[:at] + end + record[at:], Role.UNIT)
    same(codec_of("qstation"), record[:at] + end + record[at + len(end) :], Role.UNIT)


def test_all_that_is_said_of_some_frames() -> None:
    assert told(codec_of("dcol").read(PORT)) == [
        "AEh 0Fh",
        "",
        [
            ("virtual_port", int, 19),
            ("active", bool, True),
            ("ip_port", int, 5017),
            ("mode", str, "TCP"),
            ("udp_timeout", int, 60),
            ("output_only", bool, False),
            ("initiate_connection", bool, False),
            ("remote_ip_port", int, 0),
            ("remote_ip_addr_length", int, 0),
            ("remote_ip_address", str, ""),
        ],
    ]
    assert told(codec_of("kramer").read(LINE)) == [
        "LOGIN",
        "",
        [("auth", str, "USER"), ("result", str, "OK")],
    ]
    refused = codec_of("kramer").read(b"~01@SECUR ERR004\r\n")
    assert told(refused) == ["SECUR", "ERR004", [("result", str, "ERR004")]]
    assert told(codec_of("qstation").read(ACK)) == [
        "ACK",
        "",
        [("maa", str, "02:00:00:00:00:31"), ("result", str, "ACK")],
    ]
    assert codec_of("dcol").read(PORT[:-2] + b"\xcc\x03") is None
    assert codec_of("recorder").read(b"SIMERR 1\r\n") is not None


@pytest.mark.parametrize(
    ("protocol", "data", "role"),
    [
        ("dcol", PORT, Role.UNIT),
        ("dcol", bytes.fromhex("0200AE020E13D103"), Role.HOST),
        ("dcol", bytes.fromhex("0200AE060D13140213141103"), None),
        ("kramer", LINE, Role.UNIT),
        ("kramer", b"~01@SECUR ON\r\n", Role.UNIT),
        ("kramer", b"~01@ OK\r\n", Role.UNIT),
        ("kramer", b"~01@MODEL VP-88K\r\n", Role.UNIT),
        ("qstation", ACK, Role.UNIT),
        ("qstation", b"DEVICEIDENT?\r", Role.HOST),
        ("qstation", b"DEVICESYNC\t02:00:00:00:00:31\r", Role.HOST),
        ("qstation", golden.frame("E2").data, Role.UNIT),
    ],
)
def test_the_short_way_is_taken(
    monkeypatch: pytest.MonkeyPatch, protocol: str, data: bytes, role: Role | None
) -> None:
    codec = codec_of(protocol)

    def never(*_: object) -> Dissection:
        raise AssertionError("the long way")

    monkeypatch.setattr(type(codec), "dissect", never)
    assert codec.read(data, role) is not None


def test_a_password_is_not_in_what_a_reading_shows() -> None:
    found = codec_of("kramer").read(b"#LOGIN USER,swordfish-4711\r", Role.HOST)
    assert found is not None
    assert found.values["password"] == "swordfish-4711"
    assert "swordfish" not in repr(found)
    assert "swordfish" not in str(found)


def test_rows_that_a_struct_cannot_hold() -> None:
    three = Field("three", UInt(3))
    ports = Field("ports", CountedList(UInt(1), "count"))
    assert row_reader("x", (three,)) is None
    assert row_reader("x", (ports, Field("more", UInt(1)))) is None
    assert RowWriters((three,)).put((("three", 1),)) is None
    assert RowWriters((Field("where", IPv4()),)).put((("where", "10.0.0.1"),)) is None
    echoed = (Field("kept", Reserved(2), default=b"\x00\x00"), Field("n", UInt(1)))
    assert RowWriters(echoed).put((("n", 7),)) == b"\x00\x00\x07"
    assert RowWriters(echoed).put((("kept", b"\x01\x02"), ("n", 7))) is None


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [(UInt(1, 1, 9), 9, True), (UInt(1, 1, 9), 10, False), (UInt(2), 65536, False), (UInt(1), True, False)],
)
def test_ranges(kind: UInt, value: Value, fits: bool) -> None:
    row = RowWriters((Field("n", kind),)).put((("n", value),))
    assert (row is not None) is fits
    reader = row_reader("x", (Field("n", kind),))
    assert reader is not None
    if isinstance(value, int) and value < 256 and kind.size == 1 and value is not True:
        assert told(reader.read(bytes([value]), 0, 1)) == (["x", "", [("n", int, value)]] if fits else None)
    assert reader.read(b"", 0, 0) is None


def test_every_report_of_dcol_is_plain() -> None:
    reports: list[Report] = [
        report for report in catalogue.protocol("dcol").reports if report.code is not None
    ]
    assert len(reports) >= 3
    assert all(row_reader(report.name, report.fields) for report in reports)
