"""Who answered, from where, after how long: rows by unit, renewed by later discoveries."""

from __future__ import annotations

from dataclasses import replace

from tests.kit.widgets.events import HOSTILE, event, result, sighted, sighting, told, unit
from unitbench.session.results import Discovery
from unitbench.session.stream import Event
from unitbench.widgets.discovery_model import DiscoveryModel


def model(*events: object) -> DiscoveryModel:
    made = DiscoveryModel()
    for each in events:
        made.apply(each)  # type: ignore[arg-type]
    return made


def test_a_sighting_becomes_a_row_with_all_that_is_known() -> None:
    (row,) = model(sighted("q1", 0.0021)).rows()
    assert row == {
        "unit": "q1",
        "what": "Gantner Q.station",
        "address": "q1:5565",
        "mac": "02:00:00:00:00:31",
        "after_ms": 2.1,
        "asked": "qstation DEVICEIDENT? -> all:5565/udp",
        "simulated": True,
        "evidence": ["DEVICEIDENT? answered"],
        "doubt": "",
        "reserved_by": "",
        "job": 1,
        "answers": 1,
    }


def test_who_has_reserved_a_unit_is_told() -> None:
    made = model(sighted("q1", 0.002))
    held = replace(unit("q1"), reserved_by="<b>anna</b>", reserved_until_ns=1)
    assert made.apply(event("unit", unit=held))
    assert made.rows()[0]["reserved_by"] == "<b>anna</b>"
    assert "reserved by <b>anna</b> until " in made.sheet().lines[0].cells[1].sub
    assert " It is reserved by <b>anna</b> until " in made.explain()


def test_earlier_rows_stay_and_say_so() -> None:
    made = model(sighted("q1", 0.002), sighted("q2", 0.005), told(2, "discover"), sighted("q2", 0.004, job=2))
    assert [(row["unit"], row["job"], row["after_ms"]) for row in made.rows()] == [
        ("q1", 1, 2.0),
        ("q2", 2, 4.0),
    ]
    first, second = made.sheet().lines
    assert first.quiet and "in discovery 1, not since" in first.cells[-1].sub
    assert not second.quiet and "not since" not in second.cells[-1].sub


def test_a_second_answer_in_one_discovery_is_counted_and_does_not_change_the_time() -> None:
    (row,) = model(sighted("q1", 0.002), sighted("q1", 0.009)).rows()
    assert (row["answers"], row["after_ms"]) == (2, 2.0)


def test_an_old_sighting_that_comes_late_changes_nothing() -> None:
    made = model(sighted("q1", 0.002, job=2), sighted("q1", 0.009, job=1))
    assert [(row["job"], row["after_ms"]) for row in made.rows()] == [(2, 2.0)]


def test_bars_share_a_scale_that_ends_at_the_slowest() -> None:
    lines = model(sighted("q1", 0.002), sighted("q2", 0.008)).sheet().lines
    assert [line.cells[3].bar for line in lines] == [0.25, 1.0]


def test_a_discovery_that_runs_tells_its_progress_and_one_that_ended_its_count() -> None:
    running = model(told(1, "discover", done=1, total=3), sighted("q1", 0.002)).sheet()
    assert running.progress == (1, 3) and "1 unit so far" in running.state
    ended = model(told(1, "discover", state="done"), sighted("q1", 0.002), sighted("q2", 0.002)).sheet()
    assert ended.progress is None and "2 units answered" in ended.state and ended.said == ended.state


def test_a_result_brings_the_exact_times_and_what_was_left_out() -> None:
    made = model(told(1, "discover"), sighted("q1", 0.005))
    found = Discovery(
        1, (), (sighting("q1", 0.002), sighting("q1", 0.004)), skipped=("kramer # -> k1: refused",)
    )
    assert made.load(result(found))
    assert [(row["after_ms"], row["answers"]) for row in made.rows()] == [(2.0, 2)]
    assert any("kramer # -> k1: refused" in note for note in made.sheet().notes)


def test_a_unit_that_changes_is_renewed_where_it_was_seen() -> None:
    made = model(event("unit", unit=unit("q9")), sighted("q1", 0.002))
    assert made.apply(event("unit", unit=unit("q1", mac="02:00:00:00:00:99")))
    assert [row["mac"] for row in made.rows()] == ["02:00:00:00:00:99"]


def test_other_events_change_nothing() -> None:
    made = DiscoveryModel()
    assert not made.apply(told(1, "timing"))
    assert not made.apply(event("notice", text="hello"))
    assert made.sheet().empty and made.explain() == "No unit has answered a discovery yet."


def test_what_a_unit_says_is_made_printable() -> None:
    made = model(sighted("q1", 0.002, about=HOSTILE, evidence=(HOSTILE,)))
    for text in (
        made.explain(),
        made.sheet().text(),
        *(cell.plain() for cell in made.sheet().lines[0].cells),
    ):
        assert "\x1b" not in text and "\u202e" not in text


def test_a_doubt_about_the_link_is_shown_in_words() -> None:
    made = model(sighted("q1", 0.0021))
    (unit,) = [row.unit for row in made._rows.values()]
    made.apply(Event(9, 0, "unit", "session", unit=replace(unit, doubt="this machine slept for 62 s")))
    (line,) = made.sheet().lines
    assert line.cells[1].sub.startswith("in doubt: this machine slept for 62 s")
    assert "It is in doubt: this machine slept for 62 s." in made.explain()
    assert made.rows()[0]["doubt"] == "this machine slept for 62 s"
