"""The last exchanges of a session, whoever asked."""

from __future__ import annotations

from tests.kit.widgets.events import HOSTILE, event, exchanged, refused, told
from unitbench.session.model import Event
from unitbench.widgets.traffic_model import TrafficModel


def model(*events: Event, keep: int = 50) -> TrafficModel:
    made = TrafficModel(keep)
    for each in events:
        made.apply(each)
    return made


def test_an_exchange_becomes_a_row_newest_first() -> None:
    newest, oldest = model(exchanged(1), exchanged(2, origin="nb:tour.ipynb")).rows()
    assert (newest["id"], newest["origin"]) == (2, "nb:tour.ipynb")
    assert {
        key: oldest[key] for key in ("id", "origin", "unit", "command", "reply", "outcome", "after_ms")
    } == {
        "id": 1,
        "origin": "shell-1",
        "unit": "k1",
        "command": "SECUR?",
        "reply": "~01@SECUR ON",
        "outcome": "ok",
        "after_ms": 0.4,
    }


def test_only_the_last_are_kept_and_it_is_said_how_many_came() -> None:
    made = model(*(exchanged(n) for n in range(1, 8)), keep=3)
    assert [row["id"] for row in made.rows()] == [7, 6, 5]
    sheet = made.sheet()
    assert sheet.state == "7 exchanges" and "4 earlier" in sheet.notes[0]


def test_a_refusal_is_told_with_its_meaning() -> None:
    made = model(refused(1))
    (line,) = made.sheet().lines
    assert "LOGIN USER,***" in made.explain()
    assert [cell.text for cell in line.cells if cell.tone == "bad"] == ["refused"]
    assert any(cell.sub == "unauthorized access" for cell in line.cells)


def test_silence_has_no_time() -> None:
    made = model(exchanged(1, outcome="silent", replies=(), rtt_s=None))
    assert made.rows()[0]["after_ms"] is None and "silent" in made.explain()


def test_what_a_unit_says_unasked_stands_between() -> None:
    made = model(exchanged(1), event("unasked", "k1", text="~01@SECUR OFF"))
    assert [row["outcome"] for row in made.rows()] == ["heard", "ok"]
    assert "unasked from k1: ~01@SECUR OFF" in made.explain()


def test_of_several_replies_the_first_is_shown_and_the_number_told() -> None:
    first = exchanged(1).exchange
    assert first is not None
    made = model(exchanged(1, replies=first.replies * 3))
    assert made.rows()[0]["reply"] == "~01@SECUR ON (first of 3)"


def test_other_events_change_nothing() -> None:
    made = TrafficModel()
    assert not made.apply(told(1, "timing"))
    assert made.explain() == "Nothing was asked yet." and made.sheet().empty


def test_what_a_unit_says_is_made_printable_and_cut() -> None:
    made = model(exchanged(1, HOSTILE + "x" * 5000))
    for text in (made.explain(), *(cell.plain() for cell in made.sheet().lines[0].cells)):
        assert "\x1b" not in text and "\u202e" not in text and len(text) < 1000
