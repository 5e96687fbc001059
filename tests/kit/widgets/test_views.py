"""Views with their comm recorded: what a front end gets, what a saved notebook keeps, what close() frees."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any, cast

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.kit.widgets.events import HOSTILE, asked, event, exchanged, round_of, sighted, timing, told
from tests.kit.widgets.recorder import Recorder, Stream, recorded
from unitbench import Session
from unitbench.widgets import DiscoveryView, TimingView, TrafficView, live
from unitbench.widgets.bridge import PACE_S, writer

Outputs = list[tuple[dict[str, str], str | None, bool]]


@pytest.fixture
def comms() -> Iterator[list[Recorder]]:
    with recorded() as made:
        yield made


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    """What was displayed: the bundle, the display's id, whether it was an update."""
    shown: Outputs = []

    def display(
        bundle: dict[str, str], *, display_id: str | None = None, update: bool = False, **_: Any
    ) -> None:
        shown.append((bundle, display_id, update))

    monkeypatch.setattr(live, "display", display)
    return shown


def stream(*past: Any) -> Session:
    return cast(Session, Stream(*past))


def tell(session: Session, *events: Any) -> None:
    cast(Stream, session).tell(*events)


def test_the_front_end_opens_with_what_was_there_before(comms: list[Recorder]) -> None:
    TrafficView(stream(exchanged(1)))
    view = next(made for made in comms if made.sheets)
    assert view.messages[0][0] == "comm_open"
    assert [line["key"] for line in view.sheets[0]["lines"]] == ["x1"]
    state = view.messages[0][1]["state"]
    assert "export default" in state["_esm"] and ".ub-live" in state["_css"]


def test_an_event_reaches_the_front_end_without_the_main_thread(comms: list[Recorder]) -> None:
    session = stream()
    DiscoveryView(session)
    tell(session, sighted("q1", 0.002))
    assert writer().settle()
    view = next(made for made in comms if made.sheets)
    assert [line["key"] for line in view.sheets[-1]["lines"]] == ["q1"]


def test_a_flood_is_thinned_out_and_the_last_state_arrives(comms: list[Recorder]) -> None:
    session = stream(told(1, "timing", total=2000, units=("q1",)))
    view = TimingView(session)
    tell(session, *(asked(round_of(n, q1=n / 1e6)) for n in range(1, 2001)))
    assert writer().settle()
    sent = next(made for made in comms if made.sheets).sheets
    assert sent[-1]["lines"][0]["cells"][1]["text"] == "2000"
    assert len(sent) < 50
    assert view.rows[0]["answered"] == 2000


def test_rows_are_as_new_as_what_was_heard(comms: list[Recorder]) -> None:
    session = stream()
    view = TrafficView(session, keep=2)
    tell(session, exchanged(1), exchanged(2), exchanged(3))
    assert [row["id"] for row in view.rows] == [3, 2]
    assert "3: shell-1 asked k1 SECUR?: ok" in view.explain()
    assert "SECUR?" in view.text()


def test_a_view_displays_itself_and_its_static_form(comms: list[Recorder], outputs: Outputs) -> None:
    view = DiscoveryView(stream(sighted("q1", 0.002)))
    view._ipython_display_()
    (alive, no_id, _), (static, static_id, _) = outputs
    assert alive["application/vnd.jupyter.widget-view+json"] and no_id is None
    assert 'class="ub ub-static ub-discovery"' in static["text/html"] and static_id
    assert "q1" in static["text/plain"]


def test_the_static_form_is_renewed_when_something_changed_and_only_then(
    comms: list[Recorder], outputs: Outputs
) -> None:
    session = stream()
    view = DiscoveryView(session)
    view._ipython_display_()
    first = len(outputs)
    view.refresh()
    assert len(outputs) == first
    tell(session, sighted("q7", 0.002))
    view.refresh()
    bundle, display_id, update = outputs[-1]
    assert "q7" in bundle["text/html"] and update and display_id == outputs[first - 1][1]


def test_the_static_form_follows_without_a_cell(
    comms: list[Recorder], outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STATIC_PACE_S", PACE_S)
    session = stream()
    view = DiscoveryView(session)
    view._ipython_display_()
    tell(session, sighted("q7", 0.002))
    assert writer().settle()
    assert "q7" in outputs[-1][0]["text/html"] and outputs[-1][2]


def test_after_each_cell_the_static_form_is_up_to_date(
    comms: list[Recorder], outputs: Outputs, shell: InteractiveShell
) -> None:
    session = stream()
    view = DiscoveryView(session)
    view._ipython_display_()
    tell(session, sighted("q7", 0.002))
    shell.run_cell("None")
    assert "q7" in outputs[-1][0]["text/html"]
    view.close()
    before = len(outputs)
    shell.run_cell("None")
    assert len(outputs) == before


def test_a_hostile_unit_stays_text(comms: list[Recorder], outputs: Outputs) -> None:
    view = TrafficView(stream(exchanged(1, HOSTILE, unit=HOSTILE)))
    view._ipython_display_()
    assert "<script>" not in outputs[-1][0]["text/html"]
    sent = str(next(made for made in comms if made.sheets).sheets)
    assert "\x1b" not in sent and "\u202e" not in sent


def test_close_frees_everything(comms: list[Recorder], outputs: Outputs) -> None:
    session = stream()
    view = DiscoveryView(session)
    view._ipython_display_()
    tell(session, sighted("q1", 0.002))
    view.close()
    assert "q1" in outputs[-1][0]["text/html"]
    assert cast(Stream, session).callbacks == []
    assert "comm_close" in [made.messages[-1][0] for made in comms]
    tell(session, sighted("q2", 0.002))
    assert [row["unit"] for row in view.rows] == ["q1"]
    view.close()
    gone = weakref.ref(view)
    comms.clear()
    del view
    gc.collect()
    assert gone() is None


def test_a_comm_that_is_gone_harms_neither_view_nor_session(comms: list[Recorder]) -> None:
    session = stream()
    view, other = DiscoveryView(session), TrafficView(session)
    lost = next(made for made in comms if made.sheets and made.sheets[0]["kind"] == "discovery")
    lost.broken = True
    tell(session, sighted("q1", 0.002), exchanged(1))
    assert writer().settle()
    assert [row["unit"] for row in view.rows] == ["q1"]
    assert [row["id"] for row in other.rows] == [1]
    sent = next(made for made in comms if made.sheets and made.sheets[0]["kind"] == "traffic").sheets
    assert [line["key"] for line in sent[-1]["lines"]] == ["x1"]
    lost.broken = False


def test_a_session_that_is_gone_is_said_and_the_rows_stay(comms: list[Recorder]) -> None:
    session = stream(sighted("q1", 0.002))
    view = DiscoveryView(session)
    tell(session, event("notice", "session", text="the session is gone: killed"))
    assert "the session is gone: killed" in view.text() and [row["unit"] for row in view.rows] == ["q1"]
    assert f"Session.attach('{session.name}') starts a new one" in view.static_html().replace("&#x27;", "'")


def test_a_result_alone_needs_no_session(comms: list[Recorder]) -> None:
    view = TimingView(timing(round_of(1, q1=0.002)))
    assert [row["unit"] for row in view.rows] == ["q1", "q2"]
    assert repr(view) == "<TimingView>"


def test_views_of_a_real_session(comms: list[Recorder]) -> None:
    with Session.local(sim=True) as session:
        who, rounds, traffic = DiscoveryView(session), TimingView(session), TrafficView(session)
        found = session.discover()
        job = session.timing("DEVICESYNC", rounds=3, gap_s=0.0)
        one = TimingView(job)
        job.result()
        session.ask("SECUR?")
        assert {row["unit"] for row in who.rows} == {unit.name for unit in found.units}
        assert [row["answered"] for row in rounds.rows] == [3, 3, 3] == [row["answered"] for row in one.rows]
        assert [row["command"] for row in traffic.rows if row["id"]] == ["SECUR?"]
        exact = {sighting.unit.name: round(sighting.rtt_s * 1e3, 3) for sighting in found.sightings}
        assert writer().settle()
        assert {row["unit"]: row["after_ms"] for row in who.rows} == exact
        for view in (who, rounds, traffic, one):
            view.close()
