"""Which timing job is followed, and what is said about it."""

from __future__ import annotations

from tests.kit.widgets.events import HOSTILE, asked, result, round_of, sighted, timing, told
from unitbench.session.results import Arrival, Round
from unitbench.session.stream import Event
from unitbench.widgets.timing_model import SHOWN_ROUNDS, SHOWN_UNITS, TimingModel


def model(*events: Event, follow: int | None = None) -> TimingModel:
    made = TimingModel(follow)
    for each in events:
        made.apply(each)
    return made


def test_the_newest_job_is_followed() -> None:
    made = model(
        told(1, "timing", total=2, units=("q1", "q2")),
        asked(round_of(1, q1=0.002, q2=0.005)),
        told(2, "timing", total=2, units=("q1",)),
        asked(round_of(1, job=1, q1=0.9)),
        asked(round_of(1, job=2, q1=0.003)),
    )
    assert made.number == 2
    assert [(row["unit"], row["median_ms"]) for row in made.rows()] == [("q1", 3.0)]


def test_one_job_is_followed_where_it_is_named() -> None:
    made = model(
        told(1, "timing", units=("q1",)),
        told(2, "timing", units=("q2",)),
        asked(round_of(1, job=1, q1=0.002)),
        asked(round_of(1, job=2, q2=0.002)),
        follow=1,
    )
    assert [row["unit"] for row in made.rows()] == ["q1"]
    assert not made.load(result(timing(round_of(1, job=2, q9=0.1), job=2)))


def test_a_result_alone_is_shown_whole() -> None:
    made = TimingModel()
    assert made.load(result(timing(round_of(1, q1=0.002), round_of(2, q1=0.002, q2=0.004))))
    assert [(row["unit"], row["answered"], row["lost"]) for row in made.rows()] == [
        ("q1", 2, 0),
        ("q2", 1, 1),
    ]
    sheet = made.sheet()
    assert sheet.state == "DEVICESYNC, 2 rounds"
    assert any("kernel time stamps" in note for note in sheet.notes)


def test_a_unit_that_is_silent_from_the_first_round_is_seen_at_once() -> None:
    made = model(told(1, "timing", units=("q1", "q2")), asked(round_of(1, q1=0.002)))
    assert [(row["unit"], row["lost"]) for row in made.rows()] == [("q1", 0), ("q2", 1)]
    assert "Never heard: q2." in made.explain()


def test_the_caveat_and_the_definitions_stand_below() -> None:
    notes = " ".join(model(told(1, "timing"), asked(round_of(1, q1=0.002))).sheet().notes)
    assert "not the instant at which a unit took effect" in notes
    assert "the smallest time that 95 of 100 do not exceed" in notes


def test_progress_while_it_runs_and_an_announcement_only_at_both_ends() -> None:
    running = model(told(1, "timing", done=3, total=9), asked(round_of(3, q1=0.002))).sheet()
    assert running.progress == (3, 9) and running.said == "timing something runs"
    ended = model(told(1, "timing", state="done", done=9, total=9), asked(round_of(9, q1=0.002))).sheet()
    assert ended.progress is None and "done after 1 round" in ended.said


def test_the_picture_is_bounded_and_says_so() -> None:
    names = {f"u{n}": 0.001 for n in range(SHOWN_UNITS + 5)}
    made = model(
        told(1, "timing", total=500), *(asked(round_of(n, **names)) for n in range(1, SHOWN_ROUNDS + 3))
    )
    sheet = made.sheet()
    assert sheet.picture is not None
    assert sum(label.kind == "name" for label in sheet.picture.labels) == SHOWN_UNITS
    assert any(f"last {SHOWN_ROUNDS} rounds" in note for note in sheet.notes)
    assert any(f"first {SHOWN_UNITS} units" in note for note in sheet.notes)
    assert len(sheet.lines) == SHOWN_UNITS + 5


def test_a_voided_round_is_named_with_its_reason() -> None:
    sheet = model(told(1, "timing"), asked(round_of(1, voided="the clock was stepped", q1=1.0))).sheet()
    assert any("1 round not counted: the clock was stepped" in note for note in sheet.notes)


def test_nothing_yet() -> None:
    made = TimingModel()
    assert made.sheet().picture is None and made.rows() == []
    assert made.explain() == "No round has been asked yet."
    assert not made.apply(sighted("q1", 0.1))


def test_names_are_made_printable() -> None:
    made = model(told(1, "timing"), asked(Round(1, 1, 1, (Arrival(HOSTILE, 0.002),))))
    sheet = made.sheet()
    assert sheet.picture is not None
    for text in (
        made.explain(),
        sheet.text(),
        sheet.picture.about,
        *(label.text for label in sheet.picture.labels),
    ):
        assert "\x1b" not in text and "\u202e" not in text


def test_when_all_rounds_are_in_intervals_stand_below() -> None:
    rounds = [round_of(n, q1=0.002 + n / 1e5, q2=0.004) for n in range(1, 101)]
    made = model(told(1, "timing", total=100, units=("q1", "q2")), *(asked(each) for each in rounds))
    assert made.rows()[0]["p99_ms"] is None and made.rows()[0]["median_low_ms"] is None
    assert made.load(result(timing(*rounds, job=1)))
    row = made.rows()[0]
    assert row["p99_ms"] == 2.99 and row["p99_high_ms"] is None and row["p99_low_ms"] is not None
    assert row["median_low_ms"] < row["median_ms"] < row["median_high_ms"]  # type: ignore[operator]
    assert row["loss_low"] == 0 and 0.02 < row["loss_high"] < 0.06  # type: ignore[operator]
    cells = made.sheet().lines[0].cells
    assert cells[7].sub == "2.41 to 2.61" and "no upper bound" in cells[9].sub
    notes = " ".join(made.sheet().notes)
    assert "skew bound (bound): 4.00 ms" in notes and "what would tell" in notes
