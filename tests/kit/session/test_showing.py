"""Records show themselves: tables in a notebook, text elsewhere, and nothing that a unit says is markup or control."""

from __future__ import annotations

import pytest

from unitbench.session.items import Jobs, Places, Units
from unitbench.session.model import Exchange, Job, Place, Reply, SimState, SimUnitState, Unit
from unitbench.session.results import Discovery, HeardLine, Listening, Timing
from unitbench.session.showing import Listed
from unitbench.session.stream import State

EVIL = "<script>alert(1)</script>\x1b[31m\u202e"
UNIT = Unit("k1", "kramer", "Kramer", "kramer://127.77.0.11", about=EVIL, evidence=(EVIL,))
JOB = Job(3, "discover", f"discover {EVIL}", EVIL, message=EVIL)
REPLY = Reply(EVIL, "k1", b"~01@\r\n", EVIL, 0, 0.1, {"name": EVIL}, "ok", EVIL)
EXCHANGE = Exchange(1, "s", EVIL, "k1", "", True, "kramer", EVIL, b"#\r", "#", "ok", (REPLY,))
LINE = HeardLine(1, "v1", "data", 49211, 0, "user", b"x", 1, (EVIL, "b"), "line end")
RECORDS = (
    UNIT,
    JOB,
    EXCHANGE,
    Units((UNIT,)),
    Jobs((JOB,)),
    Places(EVIL, (Place("http", "tcp", 80, 80, EVIL, EVIL),)),
    Discovery(1, (UNIT,), sent=(EVIL,), skipped=(EVIL,)),
    Timing(1, EVIL, (EVIL,), (), 3, 1.0, 0.1, "user"),
    Listening(1, EVIL, (EVIL,), (LINE,), 1, (EVIL,)),
    SimState("127.77.0.0/24", 2.0, (SimUnitState(EVIL, "kramer", "h", EVIL, {EVIL: 2}),)),
    State("s", EVIL, 1, 2, 3, "", (UNIT,), (JOB,), clients=(EVIL,)),
    Listed((UNIT,)),
    Listed((JOB,)),
    Listed((EXCHANGE,)),
)


@pytest.mark.parametrize("item", RECORDS, ids=lambda item: type(item).__name__)
def test_a_table_in_a_notebook_and_text_elsewhere(item: object) -> None:
    html, text = item._repr_html_(), repr(item)  # type: ignore[attr-defined]
    assert html.startswith("<table>") and html.count("<table>") == html.count("</table>")
    assert str(item) == text and not text.startswith(type(item).__name__ + "(")
    assert "<script" not in html and "&lt;script" in html
    for told in (html, text):
        assert "\x1b" not in told and "\u202e" not in told


def test_an_empty_list_is_one() -> None:
    assert repr(Listed[Unit]()) == "()" and Listed[Unit]()._repr_html_() is None
    assert Listed((UNIT,)) == (UNIT,) and isinstance(Listed((UNIT,)), tuple)


def test_long_listenings_say_how_much_is_shown() -> None:
    html = Listening(1, "v1", ("data",), (LINE,) * 150, 150)._repr_html_()  # type: ignore[attr-defined]
    assert html.count("<tr>") == 101 and "the first 100 of them" in html
