"""Dissections for people and for programs."""

from __future__ import annotations

import json

import pytest

from tests.support.golden import frame
from tests.support.known import cases, dissect
from unitbench.schema.dissection import Dissection
from unitbench.schema.jsonform import dissection_json, plain
from unitbench.schema.records import Role
from unitbench.schema.report import bytes_text, dissection_text
from unitbench.schema.values import Value
from unitbench.wire import codec_of


def found(name: str) -> Dissection:
    protocol = {"C": "dcol", "D": "kramer", "E": "qstation"}[name[0]]
    return dissect(protocol, frame(name))


def test_a_line_a_field_and_the_faults_below() -> None:
    lines = dissection_text(found("C5")).splitlines()
    assert lines[0] == "Trimble DCOL AEh 00h, get DHCP and IP address    7 bytes  BAD"
    assert lines[6].split()[:4] == ["05", "b0", "CHECKSUM", "176"]
    assert "BAD: checksum B0h, expected AFh" in lines[6]
    assert lines[-1].startswith("fault at byte 5: checksum B0h, expected AFh; sum of bytes 1..4")
    assert dissection_text(found("C2")).splitlines()[0].endswith("28 bytes  ok")
    assert "not recognised" in dissection_text(codec_of("kramer").dissect(b"?"))


@pytest.mark.parametrize(("protocol", "frame"), cases())
def test_the_object_is_what_the_command_line_promises(protocol: str, frame: object) -> None:
    whole = dissect(protocol, frame)  # type: ignore[arg-type]
    told = json.loads(json.dumps(dissection_json(whole)))
    assert (told["type"], told["protocol"], told["ok"]) == ("dissection", protocol, whole.ok)
    assert [field["start"] for field in told["fields"][1:]] == [field["end"] for field in told["fields"][:-1]]
    assert told["fields"][-1]["end"] == len(whole.raw)
    assert all(
        set(field) >= {"name", "start", "end", "value", "meaning", "fault", "note"}
        for field in told["fields"]
    )
    assert [fault["offset"] for fault in told["faults"]] == [fault.offset for fault in whole.faults]


def test_lists_are_lists_and_an_empty_field_has_a_place() -> None:
    told = {field["name"]: field for field in dissection_json(found("C9"))["fields"]}
    assert told["active_virtual_ports"]["value"] == [19, 20]
    told = {field["name"]: field for field in dissection_json(found("C11"))["fields"]}
    assert (told["remote_ip_address"]["start"], told["remote_ip_address"]["end"]) == (24, 24)
    assert told["remote_ip_address"]["value"] == ""
    assert told["active"]["value"] is True


def test_secrets_are_stars_unless_asked_for() -> None:
    login = codec_of("kramer").dissect(b"#LOGIN USER,correct-horse\r", Role.HOST)
    for told in (dissection_text(login), json.dumps(dissection_json(login))):
        assert "correct-horse" not in told
        assert b"correct-horse".hex() not in told.replace(" ", "")
        assert "***" in told
    assert "correct-horse" in dissection_text(login, show_secrets=True)
    assert "correct-horse" in json.dumps(dissection_json(login, show_secrets=True))


@pytest.mark.parametrize(
    ("value", "shown"),
    [((1, 2), [1, 2]), (b"\x00\xff", "00ff"), ("a\x1b", "a<ESC>"), (7, 7), (True, True), (None, None)],
)
def test_values_as_json_has_them(value: Value | None, shown: object) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"#SECUR?\r", "#SECUR?<CR>"),
        (b"A\tB\r\n", "A<TAB>B<CR><LF>"),
        (b"\x02\x00\xae", "02 00 AE"),
        (b"caf\xe9", "63 61 66 E9"),
        (b"", ""),
        (b"\x00" * 65, "00 " * 64 + "... 65 bytes"),
    ],
)
def test_bytes_for_a_line(data: bytes, shown: str) -> None:
    assert bytes_text(data) == shown
