"""The labelled corpus: calibrated on one seed, judged on others."""

from __future__ import annotations

import pytest

from tests.identification.__main__ import CALIBRATED, JUDGED
from tests.identification.corpus import situations
from tests.identification.judged import NONE, Judged, confusion, judged, worth
from unitbench.lab.identification.following import following
from unitbench.lab.identification.judging import CLUES
from unitbench.lab.identification.model import LIKELY, PERHAPS, SURE

SLACK = 0.15
"""By so much a clue may say more than was counted: twenty situations are not many."""


@pytest.fixture(scope="module", params=JUDGED)
def found(request: pytest.FixtureRequest) -> list[Judged]:
    return judged(situations(request.param))


def test_there_are_enough_of_every_kind(found: list[Judged]) -> None:
    truths = [item.situation.truth for item in found]
    assert len(found) >= 300 and truths.count("") >= 100
    assert all(truths.count(name) >= 20 for name in ("kramer", "dcol", "qstation", "recorder", "vs1"))


def test_no_impostor_is_above_a_half(found: list[Judged]) -> None:
    wrong = [
        (item.situation.name, item.best)
        for item in found
        if not item.situation.truth and item.score > PERHAPS
    ]
    assert wrong == [], confusion(found)


def test_every_genuine_unit_is_sure_or_likely_with_the_missing_probe_named(found: list[Judged]) -> None:
    for item in found:
        truth = item.situation.truth
        if not truth or item.situation.hidden:
            continue
        assert item.best is not None and item.taken_for == truth, item
        assert item.score >= SURE or (
            item.score >= LIKELY and following(item.best.protocol, item.best.evidence)
        ), item


def test_what_good_manners_cannot_see_stays_unknown(found: list[Judged]) -> None:
    hidden = [item for item in found if item.situation.hidden]
    assert hidden and all(item.taken_for == NONE for item in hidden)


def test_a_score_is_a_share_of_those_that_are_right(found: list[Judged]) -> None:
    for low, high in ((PERHAPS, LIKELY), (LIKELY, SURE), (SURE, 1.01)):
        within = [item for item in found if low <= item.score < high]
        right = sum(item.taken_for == item.situation.truth for item in within)
        assert not within or right / len(within) >= low, (low, right, len(within))


def test_no_clue_says_more_than_was_counted() -> None:
    counted = worth(situations(CALIBRATED))
    over = {
        name: (CLUES[name].weight, *found)
        for name, found in counted.items()
        if CLUES[name].weight > found[0] + SLACK
    }
    assert over == {}


def test_a_seed_gives_the_same_corpus_again() -> None:
    first, again, other = (judged(situations(seed)) for seed in (2, 2, 3))
    assert [item.score for item in first] == [item.score for item in again]
    assert [item.situation.name for item in first] == [item.situation.name for item in again]
    assert [item.score for item in first] != [item.score for item in other]
