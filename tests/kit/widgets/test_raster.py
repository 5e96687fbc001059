"""The geometry of the reply raster."""

from __future__ import annotations

import re

import pytest

from unitbench.widgets.raster import LEFT, WIDTH, Mark, draw, scale_of


@pytest.mark.parametrize(
    ("times", "scale"),
    [([], 1e-3), ([0.0097], 0.01), ([0.002, 0.0101], 0.012), ([0.001] * 20 + [1.0], 0.002), ([0.0], 1e-6)],
)
def test_the_scale_is_round_and_ignores_what_is_far_off(times: list[float], scale: float) -> None:
    assert scale_of(times) == pytest.approx(scale)


def test_later_answers_stand_higher() -> None:
    picture = draw([("q1", 0.003, [Mark(1, 0.002), Mark(2, 0.004)])], range(1, 3), "about")
    paths = {stroke.kind: stroke.path for stroke in picture.strokes}
    (x1, y1), (x2, y2) = re.findall(r"M([\d.]+) ([\d.]+)h0", paths["ok"])
    assert float(x1) < float(x2) and float(y1) > float(y2)


def test_every_kind_of_mark_is_drawn_and_explained() -> None:
    usual = [Mark(n, 0.001) for n in range(1, 20)]
    marks = [
        *usual,
        Mark(20, 1.0),
        Mark(21, None, late=True),
        Mark(22, 0.001, (0.0015,)),
        Mark(23),
        Mark(24, 0.001, voided=True),
    ]
    picture = draw([("q1", 0.001, marks)], range(1, 25), "about")
    kinds = {stroke.kind for stroke in picture.strokes}
    assert kinds == {"ok", "over", "late", "duplicate", "missing", "void", "median", "lane"}
    assert {key.kind for key in picture.legend} == kinds - {"lane"}
    assert len({key.glyph for key in picture.legend}) == len(picture.legend)


def test_a_late_answer_is_no_missing_one() -> None:
    picture = draw([("q1", None, [Mark(1, late=True)])], range(1, 2), "about")
    assert {stroke.kind for stroke in picture.strokes} == {"late", "lane"}


@pytest.mark.parametrize("rounds", [1, 7, 100])
@pytest.mark.parametrize("units", [1, 3, 6, 16, 40])
def test_all_of_it_lies_within_the_picture(units: int, rounds: int) -> None:
    lanes = [(f"unit-{n}", 0.002, [Mark(r, 0.002) for r in range(1, rounds + 1)]) for n in range(units)]
    picture = draw(lanes, range(1, rounds + 1), "about")
    assert picture.width == WIDTH
    for label in picture.labels:
        assert 0 <= label.x <= picture.width and 0 <= label.y <= picture.height
    for stroke in picture.strokes:
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)", stroke.path):
            assert LEFT <= float(x) <= picture.width and 0 <= float(y) <= picture.height
