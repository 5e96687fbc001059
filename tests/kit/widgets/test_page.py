"""The static form: no script, nothing of a unit as markup, a table that can be read aloud."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree

from tests.kit.widgets.events import HOSTILE, asked, exchange, exchanged, round_of, sighted, told
from unitbench.session.model import Unit
from unitbench.session.results import Arrival, Round
from unitbench.widgets.discovery_model import DiscoveryModel
from unitbench.widgets.form_model import FormModel
from unitbench.widgets.frame_model import FrameModel
from unitbench.widgets.page import SCRIPTS, asset, page, script
from unitbench.widgets.timing_model import TimingModel
from unitbench.widgets.traffic_model import TrafficModel

VOID = {"br", "img"}


class Tags(HTMLParser):
    """Collects tags and checks that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def timing_model() -> TimingModel:
    model = TimingModel()
    model.apply(told(1, "timing", units=("q1", HOSTILE)))
    model.apply(asked(round_of(1, q1=0.002)))
    model.apply(asked(Round(1, 2, 1, (Arrival(HOSTILE, 0.003),))))
    return model


def test_the_root_is_marked_and_the_markup_is_sound() -> None:
    model = DiscoveryModel()
    model.apply(sighted("q1", 0.002))
    made = page(model.sheet())
    tags = Tags(made).tags
    assert tags[0] == ("div", {"class": "ub ub-static ub-discovery"})
    names = [tag for tag, _ in tags]
    assert "caption" in names and "script" not in names
    assert {dict(attrs).get("scope") for tag, attrs in tags if tag == "th"} == {"col", "row"}


def test_a_hostile_unit_stays_text_everywhere() -> None:
    discovery, traffic = DiscoveryModel(), TrafficModel()
    discovery.apply(
        sighted("q1", 0.002, about=HOSTILE, evidence=(HOSTILE,), mac='"><img src=x onerror=alert(1)>')
    )
    traffic.apply(exchanged(1, HOSTILE, unit=HOSTILE, origin=HOSTILE, command=HOSTILE))
    frames = FrameModel([f"~01@NAME {HOSTILE}\r\n".encode(), b"~01@NAME hall\r\n"], "kramer")
    units = (Unit(HOSTILE, "kramer", HOSTILE, f"kramer://{HOSTILE}"),)
    form = FormModel(lambda: units, "NAME hall")
    form.sending({})
    form.ended(exchange(2, HOSTILE, unit=HOSTILE, command=HOSTILE))
    for model in (discovery, traffic, timing_model(), frames, form):
        made = page(model.sheet())
        tags = Tags(made).tags
        assert {tag for tag, _ in tags} <= {
            *("div", "style", "p", "strong", "span", "table", "caption", "thead", "tbody", "tr", "th", "td"),
            *("br", "small", "img", "pre"),
        }
        assert not any(name.startswith("on") for _, attrs in tags for name in attrs)
        assert "\x1b" not in made and "\u202e" not in made and "&lt;script&gt;" in made


def test_the_picture_is_an_image_that_stands_alone_and_is_told_in_words() -> None:
    made = page(timing_model().sheet())
    ((_, image),) = [entry for entry in Tags(made).tags if entry[0] == "img"]
    assert "q1 answered 1 of 2" in str(image["alt"])
    data = re.fullmatch(r"data:image/svg\+xml;base64,(.+)", str(image["src"]))
    assert data is not None
    drawing = ElementTree.fromstring(b64decode(data[1]))
    kinds = {path.get("class") for path in drawing.iter("{http://www.w3.org/2000/svg}path")}
    assert {"ub-ok", "ub-missing"} <= kinds
    assert "script" not in {element.tag.rpartition("}")[2] for element in drawing.iter()}


def test_nothing_is_fetched_from_anywhere() -> None:
    for name in (*SCRIPTS, "live.css", "edit.css", "traffic.css", "picture.css"):
        text = asset(name).replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text and "import " not in text and "@import" not in text


def test_the_script_sets_text_never_markup() -> None:
    text = script()
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in text


def test_motion_can_be_turned_off() -> None:
    assert "prefers-reduced-motion: reduce" in asset("live.css")
