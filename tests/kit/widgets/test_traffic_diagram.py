"""The sequence diagram: what happened is told by a shape and a word, never by colour alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.kit.widgets.events import event, exchange, exchanged, told
from unitbench.session.model import Problem
from unitbench.session.stream import Event
from unitbench.widgets.sheet import Picture
from unitbench.widgets.traffic_diagram import LEGEND, MOST_COLUMNS, WIDTH, draw
from unitbench.widgets.traffic_entry import Entry

REPLY = exchange(1).replies[0]


def drawn(*events: Event) -> Picture:
    return draw([Entry(each.seq, each) for each in events], ["shell-1"], ["k1"])


def kinds(picture: Picture) -> set[str]:
    return {stroke.kind for stroke in picture.strokes} - {"s-lane", "s-head", "s-cross"}


def failed(outcome: str, why: str) -> Event:
    return exchanged(1, outcome=outcome, replies=(), rtt_s=None, error=Problem("X", why))


@pytest.mark.parametrize(
    ("happened", "shapes", "words"),
    [
        (exchanged(1), {"s-ask", "s-reply"}, "~01@SECUR ON"),
        (exchanged(1, replies=(replace(REPLY, status="refused"),)), {"s-ask", "s-refused"}, "refused: "),
        (
            exchanged(1, replies=(replace(REPLY, status="malformed"),)),
            {"s-ask", "s-malformed"},
            "malformed: ",
        ),
        (failed("silent", "no reply within 1 s"), {"s-ask", "s-lost"}, "silent: no reply within 1 s"),
        (failed("closed", "the link ended"), {"s-ask", "s-closed"}, "closed: the link ended"),
        (failed("withheld", "by policy"), {"s-withheld"}, "SECUR?: withheld, by policy"),
        (event("unasked", "k1", text="~01@VID 1>2"), {"s-heard"}, "heard: ~01@VID 1>2"),
        (event("unasked", "k1", text="late answer: ~01@X"), {"s-late"}, "late: ~01@X"),
        (event("notice", "k1", text="it ended"), {"s-notice"}, "notice: it ended"),
        (told(1, "timing", done=3, total=9), {"s-job"}, "timing something: running, 3 of 9"),
    ],
)
def test_each_fate_has_its_shape_its_word_and_its_entry_in_the_legend(
    happened: Event, shapes: set[str], words: str
) -> None:
    picture = drawn(happened)
    assert kinds(picture) == shapes == {key.kind for key in picture.legend}
    assert any(label.text.startswith(words) for label in picture.labels)


def test_shapes_differ_without_colour() -> None:
    """No two fates are drawn by the same path."""
    fates = [
        exchanged(1),
        exchanged(1, replies=(replace(REPLY, status="refused"),)),
        exchanged(1, replies=(replace(REPLY, status="malformed"),)),
        *(failed(outcome, "why") for outcome in ("silent", "closed", "withheld")),
        event("unasked", "k1", text="a"),
        event("unasked", "k1", text="late answer: a"),
    ]
    pictures = [drawn(each) for each in fates]
    paths = {
        "|".join(
            f"{'dashed' if stroke.kind == 's-reply' else ''}{stroke.path}"
            for stroke in picture.strokes
            if stroke.kind != "s-lane"
        )
        for picture in pictures
    }
    assert len(paths) == len(fates)
    assert len({key.glyph for key in LEGEND}) == len(LEGEND)


def test_a_column_for_each_view_and_unit_views_first() -> None:
    picture = drawn(exchanged(1), exchanged(2, origin="nb:tour.ipynb", unit="q1", replies=()))
    assert picture.head is not None
    names = [label.text for label in sorted(picture.head.labels, key=lambda label: label.x)]
    assert names == ["shell-1", "nb:tour.ipynb", "k1", "q1"]
    assert picture.head.width == picture.width <= WIDTH


def test_rows_stand_below_each_other_and_cover_the_picture() -> None:
    picture = drawn(exchanged(1), exchanged(2, replies=(REPLY,) * 9), told(1, "timing"))
    assert [band.key for band in picture.bands] == ["x1", "x2", "j1"]
    ends = [band.y + band.height for band in picture.bands]
    assert all(end <= band.y + 0.1 for end, band in zip(ends, picture.bands[1:], strict=False))
    assert ends[-1] <= picture.height
    assert any(label.text == "5 more answers" for label in picture.labels)


def test_very_many_units_share_a_last_column() -> None:
    picture = drawn(*(exchanged(n, unit=f"q{n}", replies=()) for n in range(1, 100)))
    assert picture.head is not None and len(picture.head.labels) == MOST_COLUMNS
    assert picture.head.labels[-1].text.endswith("further ones")


def test_no_label_leaves_the_picture() -> None:
    long = "x" * 5000
    picture = drawn(
        exchanged(1, long, command=long),
        event("notice", "k1", text=long),
        event("unasked", "k1", text=long),
        failed("withheld", long),
        failed("silent", long),
        told(1, "timing", total=3),
    )
    for label in picture.labels:
        wide = 6.4 * len(label.text)
        left = {"start": label.x, "middle": label.x - wide / 2, "end": label.x - wide}[label.anchor]
        assert left > -20 and left + wide < picture.width + 20, label
