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
