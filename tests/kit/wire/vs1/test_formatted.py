"""Formatted output cut into reports, whatever way the network cuts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import golden
from unitbench.errors import InvalidValue
from unitbench.wire.vs1.formatted import CAP, By, Cut, Cutter, Mode

FRAMES = {frame.id: frame.data for frame in golden.frames("vs1")}


def texts(cuts: list[Cut]) -> list[bytes]:
    return [cut.data for cut in cuts]


@pytest.mark.parametrize(
    ("data", "columns"),
    [
        (b"PASS,12.345\r\n", ("PASS", "12.345")),
        (b"PASS\t12,345\t;\n", ("PASS", "12,345", ";")),
        (b"a;1,5;\r", ("a", "1,5", "")),
        (b"OK0007", ("OK0007",)),
        (b"\r\n", ("",)),
    ],
)
def test_the_columns_of_a_report(data: bytes, columns: tuple[str, ...]) -> None:
    assert Cut(data, By.LINE_END).columns == columns


def test_one_report_a_line() -> None:
    (cut,) = Cutter().feed(FRAMES["B1"], 0.0)
    assert (cut.data, cut.by, cut.text) == (FRAMES["B1"], By.LINE_END, "PASS,12.345")


def test_two_reports_in_one_segment() -> None:
    assert texts(Cutter().feed(FRAMES["B2"], 0.0)) == [FRAMES["B2"][:13], FRAMES["B2"][13:]]


@pytest.mark.parametrize("at", range(1, 26))
def test_a_report_split_anywhere(at: int) -> None:
    cutter = Cutter()
    cuts = cutter.feed(FRAMES["B2"][:at], 0.0) + cutter.feed(FRAMES["B2"][at:], 0.1)
    assert texts(cuts) == [FRAMES["B2"][:13], FRAMES["B2"][13:]]


def test_tab_bell_and_a_high_byte() -> None:
    (cut,) = Cutter().feed(FRAMES["B4"], 0.0)
    assert cut.text == "L1\t\x07\xb5m"


def test_no_end_at_all_is_given_on_silence_and_on_close() -> None:
    cutter = Cutter()
    assert cutter.feed(FRAMES["B3"], 10.0) == []
    assert cutter.deadline() == 11.0
    assert cutter.tick(10.9) == []
    assert cutter.tick(11.0) == [Cut(FRAMES["B3"], By.SILENCE)]
    assert cutter.deadline() is None
    cutter.feed(FRAMES["B3"], 12.0)
    assert cutter.close() == [Cut(FRAMES["B3"], By.CLOSE)]
    assert cutter.close() == []


def test_cr_at_the_end_of_a_segment_waits_for_its_lf() -> None:
    cutter = Cutter()
    assert cutter.feed(b"a\r", 0.0) == []
    assert texts(cutter.feed(b"\nb\r", 0.1)) == [b"a\r\n"]
    assert cutter.tick(1.2) == [Cut(b"b\r", By.LINE_END)]
    assert cutter.feed(b"\n", 1.3) == [], "the LF of a report that was given already is no empty report"
    assert texts(cutter.feed(b"c\rd", 1.4)) == [b"c\r"]
    assert texts(cutter.feed(b"\n", 1.5)) == [b"d\n"]


def test_an_empty_report_is_a_report() -> None:
    assert [cut.text for cut in Cutter().feed(b"\r\n\r\nx\n", 0.0)] == ["", "", "x"]


def test_64_kib_with_image_text_are_one_report() -> None:
    report = b"I" * (CAP - 2) + b"\r\n"
    cutter = Cutter()
    cuts = [cut for at in range(0, CAP, 1460) for cut in cutter.feed(report[at : at + 1460], 0.0)]
    assert texts(cuts) == [report]


def test_what_never_ends_is_cut_at_the_cap() -> None:
    cutter = Cutter(cap=100)
    cuts = cutter.feed(b"x" * 250, 0.0)
    assert [(len(cut.data), cut.by) for cut in cuts] == [(100, By.CAP)] * 2
    assert len(cutter.pending) == 50
    long = Cutter(cap=100).feed(b"x" * 250 + b"\n", 0.0)
    assert [(len(cut.data), cut.by) for cut in long] == [(100, By.CAP)] * 2 + [(51, By.LINE_END)]


def test_fixed_length() -> None:
    cutter = Cutter(Mode.parse("fixed 6"))
    assert texts(cutter.feed(FRAMES["B3"] * 2 + b"OK", 0.0)) == [FRAMES["B3"]] * 2
    assert texts(cutter.feed(b"0008", 0.5)) == [b"OK0008"]
    cutter.feed(b"OK", 1.0)
    assert cutter.tick(2.0) == [Cut(b"OK", By.SILENCE)]


def test_a_gap_ends_a_report() -> None:
    cutter = Cutter(Mode.parse("idle"))
    cutter.feed(b"OK", 0.0)
    cutter.feed(b"00\r\n07", 0.04)
    assert cutter.deadline() == pytest.approx(0.09)
    assert cutter.feed(b"NEXT", 0.10) == [Cut(b"OK00\r\n07", By.SILENCE)]
    assert cutter.close() == [Cut(b"NEXT", By.CLOSE)]


@pytest.mark.parametrize(
    "text",
    ["", "lines", "fixed", "fixed 0", "fixed 65537", "fixed -1", "fixed x", "idle 0", "line 5", "idle ²"],
)
def test_other_modes_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Mode.parse(text)
    assert caught.value.hint and caught.value.rule


def test_modes() -> None:
    assert Mode.parse("line") == Mode()
    assert Mode.parse("fixed 16").size == 16
    assert Mode.parse("idle 120").gap_s == 0.12


@given(
    st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\xff", b"\r\n")), max_size=12),
    st.sampled_from(["line", "fixed 7", "idle 50"]),
)
def test_any_split_gives_the_same_reports_and_loses_nothing(parts: list[bytes], mode: str) -> None:
    whole, split = Cutter(Mode.parse(mode), cap=64), Cutter(Mode.parse(mode), cap=64)
    data = b"".join(parts)
    once = whole.feed(data, 0.0) + whole.close()
    twice = [cut for part in parts for cut in split.feed(part, 0.0)] + split.close()
    assert b"".join(texts(once)) == b"".join(texts(twice)) == data
    if mode != "line" or len(data) < 64:
        assert texts(once) == texts(twice)
