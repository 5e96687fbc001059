"""TrafficView with its comm recorded: filter, copies, bursts, and what close() frees."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import pytest

from tests.kit.widgets.events import event, exchanged, refused, told
from tests.kit.widgets.recorder import Recorder, Stream, recorded
from tests.kit.widgets.test_traffic_model import heard
from unitbench import Session
from unitbench.errors import UsageError
from unitbench.widgets import TrafficView, live
from unitbench.widgets.bridge import PACE_S, writer

Outputs = list[dict[str, str]]


@pytest.fixture
def comms() -> Iterator[list[Recorder]]:
    with recorded() as made:
        yield made


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    """What was displayed."""
    shown: Outputs = []
    monkeypatch.setattr(live, "display", lambda bundle, **_: shown.append(bundle))
    return shown


def viewed(*past: Any, **more: Any) -> tuple[TrafficView, Stream]:
    stream = Stream(*past)
    return TrafficView(cast(Session, stream), **more), stream


def front_end(comms: list[Recorder]) -> Recorder:
    return next(made for made in comms if made.sheets)


def say(view: TrafficView, **what: Any) -> None:
    """What a front end sends."""
    view._handle_custom_msg(what, [])


def test_the_front_end_filters_leafs_and_opens(comms: list[Recorder]) -> None:
    view, stream = viewed(*(exchanged(n) for n in range(1, 6)), refused(6), page=2)
    say(view, do="filter", text="outcome=ok", at=10)
    say(view, do="page", to="older")
    say(view, do="open", key="x2")
    assert writer().settle()
    sheet = front_end(comms).sheets[-1]
    assert [line["key"] for line in sheet["lines"]] == ["x3", "x2"]
    assert sheet["leafing"]["count"] == 5 and sheet["leafing"]["all"] == 6
    assert sheet["parts"][0]["title"] == "Details of exchange 2: SECUR?"
    assert view.filter == "outcome=ok"
    stream.tell(exchanged(7))
    assert [row["id"] for row in view.rows] == [7, 5, 4, 3, 2, 1]


def test_the_filter_from_python(comms: list[Recorder]) -> None:
    view, stream = viewed(exchanged(1), refused(2), filter="outcome=refused")
    assert [row["id"] for row in view.rows] == [2]
    view.filter = "outcome=ok"
    assert [row["id"] for row in view.rows] == [1]
    with pytest.raises(UsageError) as caught:
        view.filter = "outcme=ok"
    assert caught.value.hint == "is outcome meant?" and view.filter == "outcome=ok"
    with pytest.raises(UsageError):
        TrafficView(cast(Session, stream), filter="unit=")
    assert len(stream.callbacks) == 1


def test_a_burst_is_coalesced_and_nothing_is_lost_or_out_of_order(comms: list[Recorder]) -> None:
    view, stream = viewed()
    stream.tell(*(exchanged(n) for n in range(1, 1001)))
    assert writer().settle()
    sent = front_end(comms).sheets
    assert len(sent) < 50
    assert [line["key"] for line in sent[-1]["lines"]] == [f"x{n}" for n in range(1000, 960, -1)]
    assert [row["id"] for row in view.rows] == list(range(1000, 0, -1))


def test_a_large_view_is_written_so_rarely_that_the_server_drops_nothing(comms: list[Recorder]) -> None:
    view, stream = viewed(page=400)
    stream.tell(*(exchanged(n) for n in range(1, 1001)))
    assert writer().settle()
    size = len(msgspec.json.encode(view.sheet))
    assert size / live.RATE > PACE_S and view._pace_s == pytest.approx(size / live.RATE)


def test_a_job_of_another_view_is_one_row_that_is_renewed(comms: list[Recorder]) -> None:
    _, stream = viewed()
    stream.tell(*(told(1, "timing", done=n, total=100) for n in range(101)))
    assert writer().settle()
    (line,) = front_end(comms).sheets[-1]["lines"]
    assert (line["key"], line["cells"][5]["text"]) == ("j1", "100 of 100")


def test_what_is_copied_comes_as_a_message(comms: list[Recorder]) -> None:
    view, _ = viewed(exchanged(1), heard(1), heard(2))
    say(view, do="copy", key="")
    say(view, do="copy", key="v1\nSerial TCP 1")
    rows, reports = [
        data["content"] for _, data in front_end(comms).messages if data.get("method") == "custom"
    ]
    assert rows["rows"] == 3 and "SECUR?" in rows["text"]
    assert reports["rows"] == 2 and reports["text"] == view.csv("v1", "Serial TCP 1")


def test_the_static_form_has_the_filter_table_and_diagram(comms: list[Recorder], outputs: Outputs) -> None:
    view, stream = viewed(exchanged(1), refused(2), heard(3), filter="outcome=refused,heard")
    view._ipython_display_()
    page = outputs[-1]["text/html"]
    assert "2 of 3 rows pass outcome=refused,heard" in page
    assert page.count("<img") == 2 and "LOGIN USER,***" in page and "~01@SECUR ON" not in page
    assert "v1 Serial TCP 1" in page and page.index("LOGIN USER") < page.index("v1 Serial TCP 1")
    stream.tell(refused(3))
    view.close()
    assert "3 of 4 rows pass" in outputs[-1]["text/html"] and "3 of 4 rows pass" in outputs[-1]["text/plain"]


def test_the_chosen_row_is_known_in_python(comms: list[Recorder]) -> None:
    view, _ = viewed(exchanged(1), refused(2))
    assert view.selected is None
    view.chosen = "x2"
    assert view.selected is not None and view.selected["command"] == "LOGIN USER,***"


@pytest.mark.parametrize("opened", [False, True])
def test_close_frees_subscription_comm_and_memory(
    comms: list[Recorder], outputs: Outputs, opened: bool
) -> None:
    writer().touch(lambda: None)
    assert writer().settle()
    threads = threading.active_count()
    view, stream = viewed(exchanged(1), event("notice", "k1", text="gone"))
    view._ipython_display_()
    if opened:
        say(view, do="open", key="x1")
    view.close()
    assert stream.callbacks == [] and threading.active_count() == threads
    assert "comm_close" in [made.messages[-1][0] for made in comms]
    gone = weakref.ref(view)
    comms.clear()
    del view
    gc.collect()
    assert gone() is None
