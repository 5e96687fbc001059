"""Rounds by unit: what counts as answered, lost, late, duplicate, and which figures follow."""

from __future__ import annotations

from tests.kit.widgets.events import round_of
from unitbench.session.results import Arrival, Round
from unitbench.widgets.rounds import Rounds


def rounds(*given: Round, expect: tuple[str, ...] = ()) -> Rounds:
    made = Rounds()
    made.expect(expect)
    for each in given:
        made.add(each)
    return made


def test_a_unit_that_never_answers_is_lost_in_every_round() -> None:
    (q1, q2) = rounds(round_of(1, q1=0.002), round_of(2, q1=0.004), expect=("q1", "q2")).figures()
    assert (q1.answered, q1.lost, q1.least_s, q1.median_s) == (2, 0, 0.002, 0.003)
    assert (q2.answered, q2.lost, q2.median_s, q2.p95_s) == (0, 2, None, None)


def test_a_late_answer_belongs_to_the_round_before_and_is_not_lost() -> None:
    after = Round(1, 2, 1, (Arrival("q1", 0.5, "late"), Arrival("q1", 0.002)))
    made = rounds(Round(1, 1, 1, ()), after, expect=("q1",))
    (q1,) = made.figures()
    assert (q1.answered, q1.lost, q1.late) == (1, 0, 1)
    assert made.mark("q1", 1).late and not made.mark("q1", 2).late


def test_a_duplicate_is_counted_beside_the_answer() -> None:
    made = rounds(Round(1, 1, 1, (Arrival("q1", 0.002), Arrival("q1", 0.003, "duplicate"))))
    (q1,) = made.figures()
    assert (q1.answered, q1.duplicates, q1.median_s) == (1, 1, 0.002)
    assert made.mark("q1", 1).duplicates_s == (0.003,)


def test_a_voided_round_does_not_count() -> None:
    made = rounds(round_of(1, q1=0.002), round_of(2, voided="the clock was stepped", q1=9.0))
    (q1,) = made.figures()
    assert (q1.rounds, q1.answered, q1.p95_s) == (1, 1, 0.002)
    assert made.mark("q1", 2).voided and [each.number for each in made.voided] == [2]


def test_p95_is_the_smallest_time_that_95_of_100_do_not_exceed() -> None:
    (q1,) = rounds(*(round_of(n, q1=n / 1000) for n in range(1, 101))).figures()
    assert q1.p95_s == 0.095


def test_a_round_is_taken_once() -> None:
    made = rounds(round_of(1, q1=0.002), round_of(1, q1=0.002))
    assert len(made) == 1 and made.figures()[0].rounds == 1


def test_only_rounds_that_were_asked_have_marks() -> None:
    made = rounds(round_of(1, q1=0.002), round_of(3, q1=0.002))
    assert [mark.round for mark in made.marks("q1", range(1, 6))] == [1, 3]
