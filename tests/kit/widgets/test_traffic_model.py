"""All that went to and fro in a session, whoever asked: rows, filter, pages, details, reports."""

from __future__ import annotations

import csv
import io

import pytest

from tests.kit.widgets.events import HOSTILE, event, exchange, exchanged, refused, told
from unitbench.errors import UsageError
from unitbench.session.model import Job, Problem
from unitbench.session.results import HeardLine
from unitbench.session.stream import Event
from unitbench.widgets.traffic_details import MOST_BYTES
from unitbench.widgets.traffic_model import TrafficModel
from unitbench.widgets.traffic_sheet import Leafing


def model(*events: Event, keep: int = 50, filter: str = "", page: int = 40) -> TrafficModel:
    made = TrafficModel(keep, filter, page)
    for each in events:
        made.apply(each)
    return made


def leafing(made: TrafficModel) -> Leafing:
    found = made.sheet().leafing
    assert found is not None
    return found


def shown_numbers(made: TrafficModel) -> list[str]:
    return [line.cells[0].text for line in made.sheet().lines]


def heard(number: int, unit: str = "v1", columns: tuple[str, ...] = ("part A", "7")) -> Event:
    data = ",".join(columns).encode()
    line = HeardLine(9, unit, "Serial TCP 1", 49211, number, "kernel", data, len(data), columns, "line end")
    return event("unasked", "nb:tour.ipynb", text=f"{unit} Serial TCP 1: {line.text}", line=line)


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


def test_a_row_has_the_bytes_of_request_and_answer() -> None:
    cells = model(exchanged(1)).sheet().lines[0].cells
    assert cells[4].sub == "23 53 45 43 55 52 3F 0D · 8 bytes"
    assert cells[5].sub == "7E 30 31 40 53 45 43 55 … · 12 bytes"


def test_only_the_last_are_kept_and_it_is_said_how_many_came() -> None:
    made = model(*(exchanged(n) for n in range(1, 8)), keep=3)
    assert [row["id"] for row in made.rows()] == [7, 6, 5]
    sheet = made.sheet()
    assert sheet.state == "3 rows" and "the newest 3 are held; 4 earlier" in sheet.notes[0]


def test_a_refusal_is_told_with_its_meaning() -> None:
    made = model(refused(1))
    (line,) = made.sheet().lines
    assert "LOGIN USER,***" in made.explain()
    assert [cell.text for cell in line.cells if cell.tone == "bad"] == ["refused"]
    assert any(cell.text == "ERR004: unauthorized access" for cell in line.cells)


def test_silence_has_no_time() -> None:
    made = model(exchanged(1, outcome="silent", replies=(), rtt_s=None))
    assert made.rows()[0]["after_ms"] is None and "silent" in made.explain()


def test_what_a_unit_says_unasked_and_notices_stand_between() -> None:
    made = model(
        exchanged(1),
        event("unasked", "k1", text="~01@SECUR OFF"),
        event("unasked", "k1", text="late answer: ~01@SECUR ON"),
        event("notice", "k1", text="the connection to k1 ended"),
    )
    assert [row["outcome"] for row in made.rows()] == ["notice", "late", "heard", "ok"]
    assert "unasked from k1: ~01@SECUR OFF" in made.explain()
    assert "late unasked from k1: ~01@SECUR ON" in made.explain()


def test_of_several_replies_the_first_is_shown_and_the_number_told() -> None:
    made = model(exchanged(1, replies=exchange(1).replies * 3))
    assert made.rows()[0]["reply"] == "~01@SECUR ON (first of 3)"


def test_a_long_job_is_one_row_that_stays_where_it_began() -> None:
    made = model(told(1, "timing", total=1000))
    for done in range(1, 1001):
        made.apply(told(1, "timing", done=done, total=1000))
    made.apply(exchanged(1))
    made.apply(told(1, "timing", "done", done=1000, total=1000))
    assert [(row["outcome"], row["reply"]) for row in made.rows()] == [
        ("ok", "~01@SECUR ON"),
        ("done", "1000 of 1000"),
    ]
    assert [line.key for line in made.sheet().lines] == ["x1", "j1"]


def test_a_job_comes_and_goes_with_the_filter_as_it_goes_on() -> None:
    made = model(exchanged(1), told(1, "timing"), exchanged(2), filter="outcome=running or kind=exchange")
    assert [line.key for line in made.sheet().lines] == ["x2", "j1", "x1"]
    made.apply(told(1, "timing", "done"))
    assert [line.key for line in made.sheet().lines] == ["x2", "x1"]
    made.sift("outcome=done")
    assert [line.key for line in made.sheet().lines] == ["j1"]


def test_other_events_change_nothing() -> None:
    made = TrafficModel()
    assert not made.apply(event("round")) and not made.apply(event("unit"))
    assert made.explain() == "Nothing was asked yet." and made.sheet().empty


def test_what_a_unit_says_is_made_printable_and_cut() -> None:
    made = model(exchanged(1, HOSTILE + "x" * 70_000, unit=HOSTILE + "y" * 70_000))
    texts = [made.explain(), *(cell.plain() for cell in made.sheet().lines[0].cells)]
    picture = made.sheet().picture
    assert picture is not None and picture.head is not None
    texts += [label.text for label in (*picture.labels, *picture.head.labels)]
    for text in texts:
        assert "\x1b" not in text and "\u202e" not in text and len(text) < 1000


# -- the filter


def test_the_filter_says_how_many_of_how_many() -> None:
    made = model(*(exchanged(n) for n in range(1, 41)), *(refused(n) for n in range(41, 46)))
    made.sift("outcome=refused")
    assert made.sheet().state == "5 of 45 rows pass outcome=refused"
    assert (leafing(made).count, leafing(made).all) == (5, 45)
    made.apply(refused(46))
    made.apply(exchanged(47))
    assert made.sheet().state == "6 of 47 rows pass outcome=refused"
    made.sift("unit=zz")
    assert made.sheet().lines == () and made.sheet().empty == "no row passes the filter"


def test_rows_that_are_dropped_are_counted_no_more() -> None:
    made = model(*(exchanged(n) for n in range(1, 11)), keep=4, filter="id=1,2,9")
    assert [row["id"] for row in made.rows()] == [9]
    assert made.sheet().state == "1 of 4 rows pass id=1,2,9"


def test_a_wrong_filter_is_refused_and_the_last_one_holds() -> None:
    with pytest.raises(UsageError):
        TrafficModel(filter="uint=k1")
    made = model(exchanged(1), refused(2), filter="outcome=refused")
    with pytest.raises(UsageError):
        made.sift("outcome=")
    assert made.filter == "outcome=refused" and len(made.rows()) == 1


def test_the_front_end_gets_the_place_of_an_error_and_what_may_come_next() -> None:
    made = model(exchanged(1), refused(2))
    assert made.asked({"do": "filter", "text": "unit=k1 outcome=re", "at": 18})
    found = leafing(made)
    assert "outcome is never 're'" in found.error and found.where == ("unit=k1 outcome=", "re", "")
    assert [(hint.line, hint.at) for hint in found.hints] == [("unit=k1 outcome=refused", 23)]
    assert made.asked({"do": "filter", "text": "unit=k1 outcome=refused", "at": 23})
    assert (leafing(made).error, leafing(made).count) == ("", 1)


@pytest.mark.parametrize(
    "what",
    [
        {"do": "filter", "text": 5, "at": "x"},
        {"do": "filter", "text": "a" * 70_000, "at": -3},
        {"do": "filter"},
        {"do": "page", "to": None},
        {"do": "page"},
        {"do": "open"},
        {"do": "close"},
    ],
)
def test_whatever_the_front_end_says_is_survived(what: dict[str, object]) -> None:
    made = model(exchanged(1))
    assert made.asked(what)
    assert len(str(made.sheet())) < 40_000
    assert not made.asked({"do": "something else"})


# -- pages


def test_pages_of_ten_thousand_rows() -> None:
    made = model(*(exchanged(n) for n in range(1, 12_001)), keep=10_000, page=40)
    assert shown_numbers(made) == [str(n) for n in range(12_000, 11_960, -1)]
    made.asked({"do": "page", "to": "older"})
    assert shown_numbers(made) == [str(n) for n in range(11_960, 11_920, -1)]
    assert "rows 41 to 80 of 10000 are shown" in made.sheet().notes[0]
    made.apply(exchanged(12_001))
    assert shown_numbers(made)[0] == "11960", "a page that was turned to stays"
    assert (leafing(made).newer, leafing(made).held) == (41, True)
    made.asked({"do": "page", "to": "oldest"})
    assert shown_numbers(made)[-1] == "2002" and len(shown_numbers(made)) == 40
    made.asked({"do": "page", "to": "older"})
    assert shown_numbers(made)[-1] == "2002"
    made.asked({"do": "page", "to": "newer"})
    assert shown_numbers(made)[-1] == "2042"
    made.asked({"do": "page", "to": "newest"})
    assert shown_numbers(made)[0] == "12001" and not leafing(made).held
    made.apply(exchanged(12_002))
    assert shown_numbers(made)[0] == "12002", "the newest page follows what comes"


def test_a_held_page_whose_rows_are_gone_becomes_the_oldest() -> None:
    made = model(*(exchanged(n) for n in range(1, 11)), keep=10, page=3)
    made.leaf("oldest")
    for n in range(11, 41):
        made.apply(exchanged(n))
    assert shown_numbers(made) == ["33", "32", "31"]


def test_table_and_diagram_have_the_same_rows() -> None:
    made = model(exchanged(1), refused(2), told(1, "timing"), event("notice", "k1", text="gone"), heard(1))
    sheet = made.sheet()
    assert sheet.picture is not None
    assert [band.key for band in sheet.picture.bands] == [line.key for line in sheet.lines][::-1]


# -- details


def test_the_details_of_an_exchange_are_its_frames_taken_apart() -> None:
    made = model(refused(1), exchanged(2))
    made.asked({"do": "open", "key": "x1"})
    (part,) = made.sheet().parts
    assert part.title == "Details of exchange 1: LOGIN USER,***"
    assert len(part.dumps) == 2 and "".join(part.dumps[1].octets) == b"~01@LOGIN ERR004".hex()
    assert "ERR004: unauthorized access; try again" in part.notes
    assert leafing(made).held and leafing(made).opened == "x1"
    made.asked({"do": "close"})
    assert made.sheet().parts == ()


def test_details_are_bounded() -> None:
    long = "~01@NAME " + "x" * 70_000
    made = model(exchanged(1, long, partial=b"y" * 70_000))
    made.open("x1")
    (part,) = made.sheet().parts
    assert all(len(dump.octets) <= MOST_BYTES for dump in part.dumps)
    assert f"of a long frame the first {MOST_BYTES} bytes" in part.notes
    assert all(len(text) < 1000 for text in part.notes)


def test_the_details_of_what_is_no_exchange_are_all_that_was_said() -> None:
    made = model(event("notice", "k1", text="the connection to k1 ended"), heard(1))
    for line in made.sheet().lines:
        made.open(line.key)
        (part,) = made.sheet().parts
        assert "connection" in part.text() or "part A" in part.text()


# -- reports


def test_reports_have_a_table_of_their_own_with_a_column_for_each_field() -> None:
    made = model(heard(1), heard(2, columns=("part B", "8", "PASS")), heard(3, unit="v2"))
    first, second = made.sheet().grids
    assert (first.title, second.title) == ("v1 Serial TCP 1", "v2 Serial TCP 1")
    assert [column.title for column in first.columns] == ["time", "field 1", "field 2", "field 3"]
    assert [[cell.text for cell in line.cells[1:]] for line in first.lines] == [
        ["part B", "8", "PASS"],
        ["part A", "7", ""],
    ]
    assert "2 reports" in first.about


def test_the_filter_goes_for_reports_too() -> None:
    made = model(heard(1), heard(2, columns=("part B", "8")), heard(3, unit="v2"), filter='"part B"')
    assert [[line.cells[1].text for line in grid.lines] for grid in made.sheet().grids] == [["part B"]]
    assert made.reports.csv("v1", "Serial TCP 1").count("part") == 1
    made.sift("unit=v1")
    made.apply(heard(4))
    (grid,) = made.sheet().grids
    assert [line.cells[1].text for line in grid.lines] == ["part A", "part B", "part A"]
    made.sift("kind=notice")
    assert made.sheet().grids == ()


def test_many_reports_are_held_and_the_newest_shown() -> None:
    made = model(*(heard(n, columns=(str(n),)) for n in range(1, 101)), keep=10)
    (grid,) = made.sheet().grids
    assert len(grid.lines) == 20 and grid.lines[0].cells[1].text == "100"
    assert len(list(csv.reader(io.StringIO(made.reports.csv("v1", "Serial TCP 1"))))) == 101


def test_a_copy_of_reports_is_what_was_said_and_no_formula() -> None:
    made = model(
        heard(1, columns=("=1+2", "-3.5", 'a "quoted", one', "@SUM(A1)", "+1", "-x", "\ttab")), heard(2)
    )
    head, first, second = csv.reader(io.StringIO(made.reports.csv("v1", "Serial TCP 1")))
    assert head[0] == "time" and head[2] == "field 1" and head[-1] == "ended"
    assert first[2:-1] == ["'=1+2", "-3.5", 'a "quoted", one', "'@SUM(A1)", "+1", "'-x", "'\ttab"]
    assert second[2:4] == ["part A", "7"]
    assert made.reports.csv("v9", "none").startswith("time,")


def test_a_copy_of_the_rows_is_what_the_filter_lets_pass() -> None:
    made = model(exchanged(1), refused(2), exchanged(3), filter="outcome=ok")
    head, *rows = csv.reader(io.StringIO(made.csv()))
    assert [row[head.index("id")] for row in rows] == ["1", "3"]


def test_what_is_withheld_and_what_a_job_said_is_told() -> None:
    made = model(
        exchanged(1, outcome="withheld", replies=(), error=Problem("Withheld", "not known to be simulated")),
        event("job", job=Job(1, "listen", "listen v1", "shell-1", state="failed", message="nobody there")),
    )
    assert [row["meaning"] for row in made.rows()] == ["nobody there", "not known to be simulated"]
