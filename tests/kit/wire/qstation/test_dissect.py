"""Q.station datagrams taken apart: strict where a unit would be, lenient where a record may vary."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of

CODEC = codec_of("qstation")
MAC = "02:00:00:00:00:31"
RECORD = frame("E2").data.decode("latin-1")


def unit(text: str) -> Dissection:
    return CODEC.dissect(text.encode("latin-1"), Role.UNIT)


def host(text: str) -> Dissection:
    return CODEC.dissect(text.encode("latin-1"), Role.HOST)


@pytest.mark.parametrize(
    "text",
    [
        "DEVICEIDENT?\r",
        "DEVICEIDENT?\r\n",
        "DEVICESYNC\r\0\0\0",
        "DEVICESYNC\r\n\0",
        f"DEVICESYNC\t{MAC}\r",
        "DEVICESYNC\t02:00:00:0a:0B:31\r",
        f"GETLIFESIGNAL\t{MAC}?\r",
        "DEVICEIDENTEXT?\r",
        f"ARMBUFFER\t{MAC}\r",
        "TRIGGERBUFFER\r\n",
        f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t6\t50e-3\r",
        f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t7\t-1\r",
        "SETDISTRIBUTORPORTPROPERTIESALL\t7\t127.0.0.1\r",
        "SETDISTRIBUTORPORTPROPERTIESALL\t0\t4\r",
    ],
)
def test_requests_that_a_unit_takes(text: str) -> None:
    assert host(text).ok, host(text).faults
    assert CODEC.dissect(text.encode()) == host(text)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("", 0),
        ("\r", 0),
        ("devicesync\r", 0),
        ("FOO\r", 0),
        ("DEVICEIDENT\r", 0),
        (" DEVICESYNC\r", 0),
        ("DEVICESYNC", 10),
        ("DEVICESYNC\n", 10),
        ("DEVICESYNC\n\r", 10),
        ("DEVICESYNC\r\r", 10),
        ("DEVICESYNC\0\r", 10),
        ("DEVICESYNC\t\r", 11),
        (f"DEVICESYNC {MAC}\r", 0),
        (f"DEVICESYNC\t{MAC}?\r", 11),
        (f"DEVICESYNC\t{MAC}\t\r", 29),
        (f"DEVICESYNC\t{MAC}\t{MAC}\r", 29),
        ("DEVICESYNC\t02-00-00-00-00-31\r", 11),
        ("DEVICESYNC\t02:00:00:00:31\r", 11),
        (f"DEVICESYNC\t{MAC}\xb2\r", 11),
        ("GETLIFESIGNAL\r", 13),
        (f"GETLIFESIGNAL\t{MAC}\r", 31),
        (f"GETLIFESIGNAL\t{MAC} ?\r", 14),
        ("GETLIFESIGNAL\t?\r", 14),
        (f"DEVICEIDENT?\t{MAC}\r", 13),
        ("DEVICEIDENT?\rDEVICEIDENT?\r", 0),
        ("ARMBUFFER\t\r", 10),
        ("SETDISTRIBUTORPORTPROPERTIESALL\t14\t1\r", 32),
        ("SETDISTRIBUTORPORTPROPERTIESALL\tTransferON\t1\r", 32),
        ("SETDISTRIBUTORPORTPROPERTIESALL\t5\t1001\r", 34),
        ("SETDISTRIBUTORPORTPROPERTIESALL\t0\tStates\r", 34),
        ("SETDISTRIBUTORPORTPROPERTIESALL\t5\r", 33),
        (f"SETDISTRIBUTORPORTPROPERTIES\t{MAC}\t8\t8001\r", 49),
    ],
)
def test_requests_that_a_unit_would_meet_with_silence(text: str, offset: int) -> None:
    found = host(text)
    assert offset in [fault.offset for fault in found.faults]
    assert all(fault.text for fault in found.faults)


def test_the_right_letter_case_is_hinted_at() -> None:
    assert host("devicesync\r").faults[0].hint == "write DEVICESYNC"


def test_a_record_may_lack_or_add_items_and_keeps_their_order() -> None:
    text = RECORD.replace("\tLOC:Hall B", "").replace("\tSNR", "\tFAN:on:2\tsnr?\tSNR")
    found = unit(text)
    assert found.ok, found.faults
    assert list(found.values)[5:9] == ["mkc", "fan", "item", "snr"]
    assert found.values["fan"] == "on:2"
    assert any("loc" in (leaf.note or "") for leaf in found.fields)


@pytest.mark.parametrize(
    ("old", "new", "name", "value"),
    [
        ("SAN:Bench 3", "SAN:", "san", ""),
        ("SAN:Bench 3", "SAN:a:b:c", "san", "a:b:c"),
        ("LOC:Hall B", "LOC:Caf\xe9\x1b[2J", "loc", "Caf\xe9<ESC>[2J"),
        ("SID:1", "SID:3", "sid", 3),
        ("SID:1", "SID:x", "sid", "x"),
        ("MKC:QST", "MKC:QST\tMID:17", "mid", "17"),
        ("ASK:STATIC", "ASK:AUTO", "ask", "AUTO"),
        ("ASK:STATIC", "ASK:\x07", "ask", "<BEL>"),
        ("IPA:192.168.1.28", "IPA:none", "ipa", "none"),
        ("00:02:8A:01:0F:3C", "00:02:8a:01:0f:3c", "maa", "00:02:8a:01:0f:3c"),
    ],
)
def test_values_that_no_one_expects(old: str, new: str, name: str, value: object) -> None:
    found = unit(RECORD.replace(old, new))
    assert found.ok, found.faults
    assert found.name == "ident"
    assert found.values[name] == value


def test_a_second_structure_without_its_module_id_is_noted() -> None:
    found = unit(RECORD.replace("SID:1", "SID:2"))
    assert found.ok
    assert any("mid" in (leaf.note or "") for leaf in found.fields)


def test_a_trailing_tab_is_tolerated() -> None:
    found = unit(RECORD.replace("\r\n", "\t\r\n"))
    assert found.ok
    assert "trailing TAB" in [leaf.note for leaf in found.fields]


@pytest.mark.parametrize(
    ("text", "name", "offset"),
    [
        (RECORD[:-2], "ident", 166),
        (RECORD[:-1], "ident", 166),
        (RECORD[:100], "ident", 100),
        (RECORD.replace("8A:01:0F", "8A-01-0F"), "ident", 145),
        (f"MAA:{MAC}\r\n", "ACK", 21),
        ("ACK\r\n", "ACK", 3),
        (f"MAA:{MAC}\tNAK\r\n", "ACK", 25),
        (f"MAA:{MAC}\tACK", "ACK", 25),
        ("MAA:02\tACK\r\n", "ACK", 0),
        ("HELLO\r\n", "", 0),
        ("DEVICEIDENT?\r", "", 0),
        ("A:1\tB:2\r\n", "", 0),
        ("", "", 0),
    ],
)
def test_replies_that_are_wrong(text: str, name: str, offset: int) -> None:
    found = unit(text)
    assert found.name == name
    assert offset in [fault.offset for fault in found.faults]


@pytest.mark.parametrize(
    ("identifier", "data", "meanings"),
    [
        ("5", "50", ("FrequencySendToHz: cycle frequency of sending", "50 Hz")),
        ("5", "0", ("FrequencySendToHz: cycle frequency of sending", "250 Hz")),
        ("0", "1", (None, "States: send; not on a Q.station")),
        ("9", "-1", (None, "asks for the present value")),
    ],
)
def test_a_property_is_told_by_name_and_its_value_with_unit(
    identifier: str, data: str, meanings: tuple[str | None, str]
) -> None:
    found = host(f"SETDISTRIBUTORPORTPROPERTIESALL\t{identifier}\t{data}\r")
    for name, meaning in zip(("identifier", "data"), meanings, strict=True):
        leaf = found.leaf(name)
        assert leaf is not None
        assert meaning in (None, leaf.meaning)


@pytest.mark.parametrize(
    ("data", "said", "fits"),
    [
        (-1, f"INFO:50\tMAA:{MAC}\tACK\r\n", True),
        (-1, f"MAA:{MAC}\tACK\r\n", False),
        (50, f"MAA:{MAC}\tACK\r\n", True),
        (50, f"INFO:50\tMAA:{MAC}\tACK\r\n", False),
        (-1, "INFO:50\tMAA:02:00:00:00:00:32\tACK\r\n", False),
    ],
)
def test_a_read_is_answered_by_a_value_and_a_set_by_none(data: int, said: str, fits: bool) -> None:
    asked = Request(
        "qstation", "SETDISTRIBUTORPORTPROPERTIES", (("mac", MAC), ("identifier", 5), ("data", data))
    )
    assert CODEC.answers(asked, unit(said)) is fits


def test_a_foreign_datagram_is_hardly_likely() -> None:
    for text in ("HTTP/1.0 400\r\n", "x:y\tz\r\n", "~01@ OK\r\n"):
        assert unit(text).likeness < 0.1
    assert unit(RECORD).likeness > 0.9


@pytest.mark.parametrize(
    ("command", "mac", "said", "fits"),
    [
        ("DEVICEIDENT?", None, RECORD, True),
        ("DEVICEIDENT?", None, f"MAA:{MAC}\tACK\r\n", False),
        ("DEVICESYNC", None, f"MAA:{MAC}\tACK\r\n", True),
        ("DEVICESYNC", MAC, f"MAA:{MAC}\tACK\r\n", True),
        ("DEVICESYNC", "02:00:00:0A:00:31", "MAA:02:00:00:0a:00:31\tACK\r\n", True),
        ("DEVICESYNC", MAC, "MAA:02:00:00:00:00:32\tACK\r\n", False),
        ("GETLIFESIGNAL", MAC, f"MAA:{MAC}\tACK\r\n", True),
        ("GETLIFESIGNAL", MAC, "MAA:02:00:00:00:00:32\tACK\r\n", False),
        ("DEVICESYNC", None, "DEVICESYNC\r", False),
    ],
)
def test_which_datagram_answers_which_request(command: str, mac: str | None, said: str, fits: bool) -> None:
    values = (("mac", mac),) if mac else ()
    assert CODEC.answers(Request("qstation", command, values), unit(said)) is fits
