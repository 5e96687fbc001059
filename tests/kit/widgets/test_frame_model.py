"""Frames in a view: bytes beside fields, faults marked, nothing of a unit as markup, no secret anywhere."""

from __future__ import annotations

import pytest

from tests.kit.widgets.events import HOSTILE
from unitbench.errors import InvalidValue
from unitbench.session.model import Exchange, Reply
from unitbench.widgets.frame_model import FrameModel
from unitbench.widgets.page import page

SUMMARY = "02 00 AE 02 0E 13 D1 03"  # PROTOCOLS.md: get the port summary of virtual port 19
SECRET = "geheimgeheim12"


def exchange() -> Exchange:
    reply = Reply("h:1", "k1", b"~01@SECUR ON\r\n", "~01@SECUR ON", 1, 0.002, {"secur": True}, "ok")
    return Exchange(
        1,
        "s",
        "shell-1",
        "k1",
        "kramer://h",
        True,
        "kramer",
        "SECUR?",
        b"#SECUR?\r",
        "#SECUR?",
        "ok",
        (reply,),
    )


def test_every_byte_belongs_to_a_field_and_every_field_has_a_line() -> None:
    sheet = FrameModel(SUMMARY).sheet()
    (dump,) = sheet.dumps
    assert dump.octets == ("02", "00", "ae", "02", "0e", "13", "d1", "03")
    assert [byte for span in dump.spans for byte in range(span.start, span.end)] == list(range(8))
    keys = [line.key for line in sheet.lines]
    assert [span.key for span in dump.spans] == keys
    assert "virtual_port" in [line.cells[0].text for line in sheet.lines]
    assert sheet.state == "1 frame, 8 bytes"


def test_what_breaks_a_rule_is_marked_in_dump_line_and_note() -> None:
    sheet = FrameModel(SUMMARY.replace("D1", "D2")).sheet()
    bad = [span for span in sheet.dumps[0].spans if span.bad]
    assert [span.start for span in bad] == [6]
    (line,) = [line for line in sheet.lines if line.key == bad[0].key]
    assert line.cells[-1].text.startswith("BAD: ") and line.cells[-1].tone == "bad"
    assert sheet.state.endswith("1 malformed") and sheet.notes and "byte 6" in sheet.notes[0]


def test_an_exchange_is_its_request_and_its_replies() -> None:
    model = FrameModel(exchange())
    assert [frame.found.direction for frame in model.frames] == ["host", "unit"]
    assert [frame.by for frame in model.frames] == ["shell-1", "k1"]
    assert "secur is ON" in model.explain()
    assert {row["frame"] for row in model.rows()} == {0, 1}


def test_several_frames_each_have_a_dump_and_a_heading_line() -> None:
    sheet = FrameModel([SUMMARY, b"~01@SECUR ON\r\n", exchange()]).sheet()
    assert len(sheet.dumps) == 4
    assert [line.key for line in sheet.lines if "." not in line.key] == ["f0", "f1", "f2", "f3"]
    assert len({line.key for line in sheet.lines}) == len(sheet.lines)


@pytest.mark.parametrize("data", [f"#LOGIN USER,{SECRET}\r".encode(), f"#LOGN USER,{SECRET}\r".encode()])
def test_a_secret_is_three_stars_in_every_form(data: bytes) -> None:
    model = FrameModel(data)
    told = f"{model.rows()} {model.sheet()} {model.explain()} {page(model.sheet())}"
    assert SECRET not in told and SECRET.encode().hex() not in told.replace(" ", "")
    assert "2a2a2a" in told.replace(" ", "")


def test_bytes_of_a_hostile_unit_stay_text() -> None:
    made = page(FrameModel([f"~01@NAME {HOSTILE}\r\n".encode()], "kramer").sheet())
    assert "<script>" not in made and "\x1b" not in made and "\u202e" not in made


def test_what_spells_no_bytes_is_refused_and_no_frame_is_said() -> None:
    with pytest.raises(InvalidValue):
        FrameModel("0x")
    assert FrameModel([]).sheet().empty == "no frame was given"


def test_the_text_form_holds_bytes_characters_and_fields() -> None:
    text = FrameModel(b"~01@SECUR ON\r\n").sheet().text()
    assert "0000  7e 30 31 40 53 45 43 55 52 20 4f 4e 0d 0a        ~01@SECUR ON.." in text
    assert "security is on" in text


def test_an_edit_of_a_byte_and_one_of_a_field_show_in_dump_line_and_announcement() -> None:
    model = FrameModel(SUMMARY)
    assert model.asked({"do": "splice", "key": "f0", "start": 5, "end": 6, "octets": "1b"})
    sheet = model.sheet()
    assert [line.cells[3].text for line in sheet.lines if line.cells[0].text == "virtual_port"] == ["27"]
    assert sheet.said == "frame 1: byte 6: checksum D1h, expected D9h" and sheet.dumps[0].state.endswith(
        "edited"
    )
    assert sheet.editing is not None and sheet.editing.tools[0].mend
    assert "13h" in sheet.editing.tools[0].repair and any("likeliest repair" in note for note in sheet.notes)
    assert model.asked({"do": "put", "key": "f0.5", "value": "19"})
    assert model.sheet().dumps[0].octets[5] == "13" and model.sheet().said == "frame 1: ok"
    for do, octets in (("undo", "1b"), ("repair", "13"), ("undo", "1b"), ("mend", "1b"), ("reset", "13")):
        assert model.asked({"do": do, "key": "f0.1"})
        assert model.sheet().dumps[0].octets[5] == octets, do
    assert model.frames[0].raw == bytes.fromhex(SUMMARY)


def test_a_refused_edit_says_why_at_its_field_and_changes_nothing() -> None:
    model = FrameModel(SUMMARY)
    model.asked({"do": "put", "key": "f0.5", "value": "300"})
    editing = model.sheet().editing
    assert editing is not None and editing.at == "f0.5" and "0..255" in editing.refused
    assert model.sheet().said.startswith("not done: ") and not model.frames[0].changed
    model.asked({"do": "undo", "key": "f0"})
    after = model.sheet().editing
    assert after is not None and after.refused == ""


@pytest.mark.parametrize(
    "what",
    [
        {"do": "put", "key": "f7.1", "value": "1"},
        {"do": "put", "key": "f0.99", "value": "1"},
        {"do": "put", "key": f"f{'9' * 5000}"},
        {"do": "splice", "key": "f0", "start": "0", "end": None, "octets": "00"},
        {"do": "splice", "key": "f0", "start": 0, "end": 1, "octets": "<script>"},
        {"do": "splice", "key": "f0", "start": True, "end": 1, "octets": "00"},
        {"do": "undo", "key": ["f0"]},
        {"do": "undo"},
    ],
)
def test_a_message_that_makes_no_sense_is_refused_in_words(what: dict[str, object]) -> None:
    model = FrameModel(SUMMARY)
    assert model.asked(what)
    editing = model.sheet().editing
    assert editing is not None and editing.refused and not model.frames[0].changed


@pytest.mark.parametrize("what", [{}, {"do": "send"}, {"do": ["undo"]}, {"do": None}])
def test_nothing_but_edits_can_be_asked(what: dict[str, object]) -> None:
    assert not FrameModel(SUMMARY).asked(what)


def test_what_can_be_typed_follows_from_the_catalogue() -> None:
    editing = FrameModel([b"#LOGIN USER,1234567\r", SUMMARY]).sheet().editing
    assert editing is not None
    entries = {entry.label: entry for entry in editing.entries}
    auth, port = entries["frame 1, auth"], entries["frame 2, virtual_port"]
    assert auth.only and [word.value for word in auth.words] == ["USER", "ADMIN"] and auth.value == "USER"
    assert not port.only and port.rule == "a whole number 0..255" and port.words
    assert "three stars" in entries["frame 1, password"].locked
    assert "edit its bytes" in entries["frame 1, separator"].locked


def test_a_rule_between_fields_is_marked_where_both_stand() -> None:
    # AEh 10h with OUTPUT ONLY and INITIATE CONNECTION both set, which the manual forbids
    head = bytes.fromhex("0200AE1B101301139900000100010050") + bytes(7) + b"\x071.2.3.4"
    model = FrameModel(head + bytes([sum(head[1:]) % 256, 3]), "dcol")
    sheet = model.sheet()
    bad = [line.cells[0].text for line in sheet.lines if line.cells[-1].tone == "bad"]
    assert bad == ["output_only", "initiate_connection"]
    assert sum(span.bad for span in sheet.dumps[0].spans) == 2
    assert any("cannot hold together" in note for note in sheet.notes)


def test_a_secret_cannot_be_edited_and_is_in_no_form_of_the_sheet() -> None:
    model = FrameModel(f"#LOGIN USER,{SECRET}\r".encode())
    model.asked({"do": "put", "key": "f0.5", "value": "another"})
    sheet = model.sheet()
    assert sheet.editing is not None and "three stars" in sheet.editing.refused
    assert SECRET not in f"{sheet} {page(sheet)}"


def test_a_sheet_that_is_not_editable_says_nothing_of_edits() -> None:
    assert FrameModel(SUMMARY, editable=False).sheet().editing is None
    assert FrameModel([]).sheet().editing is None
