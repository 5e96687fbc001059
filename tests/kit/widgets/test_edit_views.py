"""FrameView and CommandForm with their comm recorded: what they do when asked, what they keep, what close() frees."""

from __future__ import annotations

import gc
import json
import socket
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.kit.widgets.events import HOSTILE, exchange
from tests.kit.widgets.recorder import Recorder, Stream, recorded
from unitbench import Session
from unitbench.errors import InvalidValue, MissingField, SessionError
from unitbench.session.model import Problem, Unit
from unitbench.session.operations import Ask
from unitbench.widgets import CommandForm, FrameView, live
from unitbench.widgets.bridge import writer

GET_19 = "02 00 AE 02 0E 13 D1 03"
SECRET = "geheimgeheim12"
UNITS = (
    Unit("k1", "kramer", "Kramer", "kramer://10.0.0.1"),
    Unit("t1", "dcol", "Trimble", "dcol://10.0.0.2"),
)


@pytest.fixture
def comms(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recorder]]:
    monkeypatch.setattr(live, "display", lambda *_, **__: None)
    with recorded() as made:
        yield made


def stream(*answers: Any) -> Session:
    made = Stream()
    made.units, made.answers = UNITS, list(answers)
    return cast(Session, made)


def ask(view: Any, **what: Any) -> None:
    """What a front end sends by ``model.send``."""
    view._handle_custom_msg(what, [])


def settled(name: str = "unitbench form") -> None:
    """Wait for what was sent in a thread of its own, and for what is written."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(10)
    assert writer().settle()


def last(comms: list[Recorder]) -> dict[str, Any]:
    return next(made for made in comms if made.sheets).sheets[-1]


def test_an_edit_that_the_front_end_asks_for_comes_back_as_a_sheet(comms: list[Recorder]) -> None:
    view = FrameView([GET_19, GET_19])
    ask(view, do="splice", key="f1", start=5, end=6, octets="14")
    settled()
    assert last(comms)["dumps"][1]["octets"][5] == "14"
    assert view.frames == (bytes.fromhex(GET_19), bytes.fromhex("0200AE020E14D103"))
    ask(view, do="mend", key="f1")
    assert view.frames[1] == bytes.fromhex("0200AE020E14D203") and view.bytes == view.frames[0]


def test_the_same_edits_from_python(comms: list[Recorder]) -> None:
    view = FrameView(GET_19)
    view.edit("virtual_port", 20)
    assert view.bytes == bytes.fromhex("0200AE020E14D203")
    view.splice(6, 7, b"\x00")
    view.mend()
    view.undo()
    assert view.bytes[6] == 0
    view.repair()
    view.reset()
    assert view.bytes == bytes.fromhex(GET_19)
    with pytest.raises(InvalidValue, match="no field 'x'"):
        view.edit("x", 1)
    with pytest.raises(InvalidValue, match="no frame 4"):
        view.splice(0, 0, b"", frame=4)
    assert writer().settle() and last(comms)["dumps"][0]["octets"][5] == "13"


def test_a_frame_view_has_no_session_and_no_way_to_send(comms: list[Recorder]) -> None:
    view = FrameView(GET_19)
    assert view._session is None
    ask(view, do="send", key="f0", secrets={}, confirm="yes")
    view._handle_custom_msg("nonsense", [])
    assert view.bytes == bytes.fromhex(GET_19)


def test_a_form_is_filled_in_and_sent_without_the_kernels_thread(comms: list[Recorder]) -> None:
    session = stream(exchange(1))
    form = CommandForm(session, "SECUR?")
    asked: list[str] = []
    perform = cast(Stream, session).perform
    cast(Any, session).perform = lambda op: (asked.append(threading.current_thread().name), perform(op))[1]
    ask(form, do="send", secrets={}, confirm="")
    settled()
    assert asked == ["unitbench form"]
    assert form.answer is not None and form.answer.outcome == "ok"
    sheet = last(comms)
    assert "ok, from k1" in sheet["parts"][1]["state"] and not sheet["form"]["busy"]


def test_what_is_typed_and_chosen_reaches_the_bytes(comms: list[Recorder]) -> None:
    form = CommandForm(stream(), "SECUR?")
    ask(form, do="command", value="dcol AEh 0Eh")
    ask(form, do="set", name="virtual_port", value="19")
    settled()
    assert form.bytes == bytes.fromhex("0200AE020E13D103") and form.values == {"virtual_port": 19}
    assert last(comms)["parts"][0]["dumps"][0]["octets"][5] == "13"
    ask(form, do="set", name="virtual_port", value=HOSTILE)
    ask(form, do="set", name="nonsense", value="1")
    ask(form, do="command", value="dcol <script>")
    ask(form, do=["send"])
    settled()
    assert not last(comms)["form"]["ready"] and "no command" in last(comms)["form"]["why"]
    form.fill(virtual_port=20)
    form.choose("AEh 00h", unit="t1")
    assert form.bytes == bytes.fromhex("0200AE0100AF03")


def test_what_is_withheld_waits_for_the_word_and_nothing_else_lets_it_pass(comms: list[Recorder]) -> None:
    problem = Problem("Withheld", "this changes t1, which is not known to be simulated")
    held = replace(exchange(1), outcome="withheld", replies=(), error=problem, allow_with="t1")
    session = stream(held, exchange(2))
    form = CommandForm(session, "10h virtual_port=19 ip_port=5017 mode=TCP")
    ask(form, do="send", secrets={}, confirm="t1")
    settled()
    assert last(comms)["form"]["confirm"] == "t1" and form.answer is None
    ask(form, do="send", secrets={}, confirm="T2")
    settled()
    asked = cast(list[Ask], cast(Stream, session).asked)
    assert [each.allow for each in asked] == [""]
    ask(form, do="send", secrets={}, confirm="t1")
    settled()
    assert [each.allow for each in asked] == ["", "t1"] and form.answer is not None


def test_a_secret_is_in_no_trait_no_message_and_no_static_form(comms: list[Recorder]) -> None:
    refused = replace(exchange(1), command="LOGIN ADMIN,***", request=b"#LOGIN ADMIN,***\r")
    session = stream(refused)
    form = CommandForm(session, f"LOGIN ADMIN,{SECRET}")
    ask(form, do="send", secrets={"password": SECRET}, confirm="")
    settled()
    (asked,) = cast(list[Ask], cast(Stream, session).asked)
    assert asked.values["password"] == SECRET
    sent = json.dumps([data.get("state", {}) for made in comms for _, data in made.messages], default=str)
    told = f"{sent} {form.get_state()} {form.static_html()} {form.text()} {form.explain()} {form.rows}"
    assert SECRET not in told


def test_python_sends_and_gets_the_answer_or_the_error(comms: list[Recorder]) -> None:
    form = CommandForm(stream(exchange(3), SessionError("the session is gone")), "LOGIN ADMIN")
    with pytest.raises(MissingField, match="password"):
        form.send()
    assert form.send(password=SECRET).id == 3
    with pytest.raises(SessionError, match="gone"):
        form.send(password=SECRET)


def test_a_fault_of_the_program_does_not_leave_the_form_waiting(comms: list[Recorder]) -> None:
    form = CommandForm(stream(), "SECUR?")
    with pytest.raises(IndexError):
        form.send()
    assert not form._form.sent.busy and "fault of the program" in form._form.sent.why


def test_a_closed_form_leaves_its_session_and_sends_nothing(comms: list[Recorder]) -> None:
    session = stream(exchange(1))
    form = CommandForm(session, "SECUR?")
    form.close()
    assert "comm_close" in [made.messages[-1][0] for made in comms]
    with pytest.raises(SessionError, match="closed: nothing was sent"):
        form.send()
    assert not cast(Stream, session).callbacks and not cast(Stream, session).asked


def test_a_closed_view_is_freed(comms: list[Recorder]) -> None:
    for make in (lambda: CommandForm(stream(), "SECUR?"), lambda: FrameView(GET_19)):
        view: Any = make()
        gone = weakref.ref(view)
        view.close()
        assert writer().settle()
        comms.clear()
        del view
        gc.collect()
        assert gone() is None


@pytest.mark.parametrize(("command", "wrong"), [("FACTORY", "yes"), ("SECUR ON", "no")])
def test_a_unit_that_is_not_simulated_is_asked_about_in_a_real_session(
    comms: list[Recorder], command: str, wrong: str
) -> None:
    with socket.socket() as deaf, Session.local() as session:
        deaf.bind(("127.0.0.1", 0))  # bound and not listening: connecting is refused
        form = CommandForm(session, command, f"kramer://127.0.0.1:{deaf.getsockname()[1]}")
        ask(form, do="send", secrets={}, confirm=wrong)
        settled()
        assert form.answer is None and "not known to be simulated" in last(comms)["form"]["why"]
        word = last(comms)["form"]["confirm"]
        assert word == {"FACTORY": session.units[0].name, "SECUR ON": "yes"}[command]
        assert last(comms)["form"]["unit"] == session.units[0].name
        ask(form, do="send", secrets={}, confirm=wrong)
        settled()
        assert form.answer is None and f"type {word}" in last(comms)["form"]["why"]
        ask(form, do="send", secrets={}, confirm=word)
        settled()
        assert form.answer is not None and form.answer.outcome == "closed"
        assert "OpenFailed" in form.text()
        form.close()


@pytest.mark.needs("nbclient")
def test_a_page_exported_without_a_kernel_shows_both(comms: list[Recorder]) -> None:
    import nbconvert
    import nbformat

    form = CommandForm(stream(replace(exchange(1), command="LOGIN ADMIN,***")), "LOGIN ADMIN")
    form.send(password=SECRET)
    views = (FrameView([GET_19, "02 00 AE 02 0E 14 D2 03", f"~01@NAME {HOSTILE}\r\n".encode()]), form)
    outputs = [nbformat.v4.new_output("display_data", data=view._bundle()) for view in views]
    cell = nbformat.v4.new_code_cell("views", outputs=outputs)
    made, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    for told in ("ub-static ub-frames", "ub-static ub-form", "side by side", "≠ 20", "ADMIN", "ok, from k1"):
        assert told in made, told
    assert SECRET not in made and "<script>alert" not in made and "\x1b" not in made and "\u202e" not in made
    for view in views:
        assert "<input" not in view.static_html() and "<button" not in view.static_html()
