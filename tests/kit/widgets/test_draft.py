"""A frame under edit: bytes and fields follow each other, computed bytes only when asked, secrets never."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue
from unitbench.schema.records import Role
from unitbench.widgets.draft import Draft

GET_19 = bytes.fromhex("0200AE020E13D103")  # PROTOCOLS.md: get the configuration of virtual port 19
GET_20 = bytes.fromhex("0200AE020E14D203")
SUMMARY = bytes.fromhex("0200AE060D13140213141103")  # two active ports, counted by a byte
SECRET = "geheimgeheim12"


def dcol(data: bytes) -> Draft:
    return Draft(data, "dcol", None)


def test_a_field_of_a_good_request_is_encoded_again_with_its_checksum() -> None:
    draft = dcol(GET_19)
    draft.put(draft.index("virtual_port"), "20")
    assert draft.raw == GET_20 and draft.found.ok and draft.changed


def test_of_a_broken_request_only_the_value_changes() -> None:
    draft = dcol(GET_19[:-2] + b"\x00\x03")
    draft.put(draft.index("virtual_port"), "20")
    assert draft.raw == bytes.fromhex("0200AE020E140003") and not draft.found.ok


def test_of_a_reply_only_the_value_changes_and_the_button_mends_the_rest() -> None:
    draft = dcol(SUMMARY)
    assert draft.found.ok
    draft.put(draft.index("active_virtual_ports"), "19,20,21")
    assert draft.raw == bytes.fromhex("0200AE060D1314021314151103")
    assert not draft.found.ok
    draft.mend()
    assert draft.found.ok
    assert draft.raw == bytes.fromhex("0200AE070D1314031314152803")


def test_a_byte_that_breaks_a_rule_is_a_fault_at_that_place() -> None:
    draft = dcol(GET_19)
    draft.splice(5, 6, b"\x15")
    assert [fault.offset for fault in draft.found.faults] == [6]
    assert draft.found.values == {"virtual_port": 21}


def test_the_likeliest_repair_becomes_the_frame() -> None:
    draft = dcol(GET_19)
    assert draft.likeliest() is None
    draft.splice(6, 7, b"\x2e")
    repair = draft.likeliest()
    assert repair is not None and repair.found.raw == GET_19
    draft.repair()
    assert draft.raw == GET_19


def test_edits_are_taken_back_one_by_one_and_the_original_comes_back_at_once() -> None:
    draft = dcol(GET_19)
    draft.splice(8, 8, b"\x00")
    draft.splice(0, 1, b"")
    draft.undo()
    assert draft.raw == GET_19 + b"\x00"
    draft.reset()
    assert draft.raw == GET_19 and not draft.changed
    draft.undo()
    assert draft.raw == GET_19 + b"\x00"
    draft.undo()
    draft.undo()
    assert draft.raw == GET_19 and not draft.undoable


def test_a_secret_is_three_stars_and_cannot_be_edited() -> None:
    draft = Draft(f"#LOGIN USER,{SECRET}\r".encode(), "kramer", Role.HOST)
    assert draft.raw == b"#LOGIN USER,***\r" == draft.original
    with pytest.raises(InvalidValue, match="three stars"):
        draft.put(draft.index("password"), "another")
    for start, end in ((12, 13), (11, 16), (13, 13)):
        with pytest.raises(InvalidValue, match="secret"):
            draft.splice(start, end, b"x")
    draft.put(draft.index("auth"), "ADMIN")
    assert draft.raw == b"#LOGIN ADMIN,***\r"


def test_what_becomes_a_secret_by_an_edit_is_masked_at_once_and_for_good() -> None:
    draft = Draft(f"#LOGOX USER,{SECRET}\r".encode(), "kramer", Role.HOST)
    draft.splice(4, 6, b"IN")
    assert draft.raw.startswith(b"#LOGIN") and SECRET.encode() not in draft.raw
    draft = Draft(f"#NAME {SECRET}\r".encode(), "kramer", Role.HOST)
    assert SECRET.encode() in draft.raw
    draft.splice(1, 5, b"LOGIN USER,")
    assert SECRET.encode() not in draft.raw


@pytest.mark.parametrize("span", [(-1, 2), (3, 2), (0, 9)])
def test_bytes_that_are_not_there_are_refused(span: tuple[int, int]) -> None:
    draft = dcol(GET_19)
    with pytest.raises(InvalidValue, match="has no bytes"):
        draft.splice(*span, b"")
    assert draft.raw == GET_19


def test_a_frame_cannot_grow_without_end() -> None:
    with pytest.raises(InvalidValue, match="too long"):
        dcol(GET_19).splice(0, 0, bytes(70_000))


@pytest.mark.parametrize(
    ("protocol", "data", "field", "typed", "after"),
    [
        ("qstation", b"SID:1\tMAA:02:00:00:00:00:31\r\n", "sid", "2", b"SID:2\tMAA:02:00:00:00:00:31\r\n"),
        (
            "qstation",
            b"SID:1\tMAA:02:00:00:00:00:31\r\n",
            "maa",
            "02:00:00:00:00:01",
            b"SID:1\tMAA:02:00:00:00:00:01\r\n",
        ),
        ("kramer", b"~01@SECUR ON\r\n", "secur", "off", b"~01@SECUR OFF\r\n"),
        ("kramer", b"~01@SECUR ON\r\n", "dev_id", "7", b"~07@SECUR ON\r\n"),
        ("kramer", b"~01@SECUR ON\r\n", "command", "MODEL", b"~01@MODEL ON\r\n"),
        ("dcol", GET_19, "status", "2", bytes.fromhex("0202AE020E13D103")),
    ],
)
def test_each_notation_writes_its_values(
    protocol: str, data: bytes, field: str, typed: str, after: bytes
) -> None:
    draft = Draft(data, protocol, None)
    draft.put(draft.index(field), typed)
    assert draft.raw == after


@pytest.mark.parametrize(
    ("field", "typed"), [("virtual_port", "256"), ("virtual_port", "x"), ("status", "300")]
)
def test_a_value_that_breaks_its_rule_is_refused_by_name(field: str, typed: str) -> None:
    draft = dcol(GET_19)
    with pytest.raises(InvalidValue, match=field):
        draft.put(draft.index(field), typed)
    assert draft.raw == GET_19


def test_what_has_no_value_of_its_own_says_so() -> None:
    draft = Draft(b"~01@SECUR ON\r\n", "kramer", None)
    with pytest.raises(InvalidValue, match="edit its bytes"):
        draft.put(draft.index("separator"), "x")
    with pytest.raises(InvalidValue, match="no field 'nonsense'"):
        draft.index("nonsense")
