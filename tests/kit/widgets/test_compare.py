"""Frames of one kind side by side: what differs is told in words and marked, not only by colour."""

from __future__ import annotations

from tests.kit.widgets.events import HOSTILE
from unitbench.widgets.frame_model import FrameModel
from unitbench.widgets.page import page
from unitbench.widgets.sheet import Grid

GET_19, GET_20 = "02 00 AE 02 0E 13 D1 03", "02 00 AE 02 0E 14 D2 03"


def grids(*sources: str | bytes) -> tuple[Grid, ...]:
    return FrameModel(sources).sheet().grids


def test_frames_of_one_kind_are_rows_and_their_fields_columns() -> None:
    (grid,) = grids(GET_19, b"~01@SECUR ON\r\n", GET_20)
    assert [column.title for column in grid.columns] == ["frame", "≠ virtual_port", "state"]
    assert [[cell.text for cell in line.cells] for line in grid.lines] == [
        ["1", "19", "ok"],
        ["3", "≠ 20", "ok"],
    ]
    assert grid.about == "virtual_port differs" and "2 frames of AEh 0Eh" in grid.title


def test_what_is_the_same_everywhere_is_said_to_be() -> None:
    (grid,) = grids(GET_19, GET_19)
    assert grid.about == "all the same" and "≠" not in grid.text()


def test_a_field_that_only_some_have_is_marked_where_it_is_absent() -> None:
    (grid,) = grids(b"#LOGIN USER,1234567\r", b"#LOGIN USER\r")
    assert [line.cells[2].text for line in grid.lines] == ["***", "≠ -"]


def test_one_frame_of_a_kind_has_nobody_to_be_compared_with() -> None:
    assert grids(GET_19, b"~01@SECUR ON\r\n") == ()


def test_the_comparison_is_in_the_text_and_in_the_page_and_hostile_text_stays_text() -> None:
    sheet = FrameModel([f"~01@NAME {HOSTILE}\r\n".encode(), b"~01@NAME hall\r\n"], "kramer").sheet()
    assert len(sheet.grids) == 1 and "side by side" in sheet.text()
    made = page(sheet)
    assert "ub-grid" in made and "≠" in made
    assert "<script>" not in made and "\x1b" not in made and "\u202e" not in made
