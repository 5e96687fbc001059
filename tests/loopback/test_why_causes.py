"""Likely causes, ranked by what the session knows; and ``why`` for any exchange, unit and job."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from unitbench import Session, Sim
from unitbench.errors import UsageError
from unitbench.session.bus import Bus
from unitbench.session.console import Console
from unitbench.session.items import Page, Recalled
from unitbench.session.model import Exchange, Problem, Unit
from unitbench.session.reasons.knowing import Knowing
from unitbench.session.reasons.model import Likely
from unitbench.session.rendering import render

WRONG = "Quartz-77-Lemon"


@pytest.fixture(scope="module")
def sim() -> Iterator[Sim]:
    with Sim({"recorder": 1, "vs1": 1, "qstation": 2}) as made:
        yield made


@pytest.fixture
def session(sim: Sim) -> Iterator[Session]:
    with Session.local(sim=sim) as made:
        yield made
        made.sim_fault("all", off=True)


def ask(session: Session, line: str, timeout_s: float | None = None) -> Exchange:
    items = list(Console(session).run(line, timeout_s=timeout_s))
    (exchange,) = [item for item in items if isinstance(item, Exchange)]
    return exchange


def causes(exchange: Exchange) -> tuple[Likely, ...]:
    assert exchange.error is not None
    return exchange.error.causes


def page(session: Session, *lines: str) -> str:
    """What the last of the lines says, the others run before it in the same view."""
    console = Console(session)
    for line in lines[:-1]:
        list(console.run(line))
    (found,) = console.run(lines[-1])
    assert isinstance(found, Page)
    return f"{found.title}\n{found.text}"


# -- refusals


def test_a_wrong_password_is_the_first_cause_and_its_level_is_named(session: Session) -> None:
    first, *others = causes(ask(session, f"@k1 LOGIN USER,{WRONG}"))
    assert (first.text, first.seen) == (
        "the password is wrong for USER (most often)",
        "a password was given with it",
    )
    assert first.hint == "LOGIN USER asks for it again" and len(others) == 2
    again = causes(ask(session, f"@k1 LOGIN ADMIN,{WRONG}"))[0]
    assert (
        again.text.startswith("the password is wrong for ADMIN") and again.seen == "refused 2 times in a row"
    )


def test_a_refused_write_says_that_nobody_is_logged_in(session: Session) -> None:
    session.ask("LOGOUT", unit="k1")
    first = causes(ask(session, "@k1 SECUR 0"))[0]
    assert (first.text, first.hint) == ("nobody is logged in on this connection", "@k1 LOGIN ADMIN")


@pytest.mark.parametrize(("line", "level"), [("NAME ABC", "ADMIN"), ("MODEL?", "USER")])
def test_the_login_that_is_advised_is_of_the_level_that_the_command_needs(
    session: Session, line: str, level: str
) -> None:
    session.ask("LOGOUT", unit="k1")
    exchange = ask(session, f"@k1 {line}")
    assert causes(exchange)[0].hint == f"@k1 LOGIN {level}"
    assert exchange.error is not None and f"LOGIN {level}" in exchange.error.hint
    session.ask("LOGIN USER,1234", unit="k1")
    session.ask("LOGOUT", unit="k1")
    assert causes(ask(session, f"@k1 {line}"))[0].hint == f"@k1 LOGIN {level} opens a new one"


def test_a_login_of_the_level_that_is_needed_is_no_cause() -> None:
    """The unit refuses although the login fits: the advice is not to log in as who one is."""
    unit = Unit("k9", "kramer", "Kramer", "kramer://10.0.0.9", login="ADMIN")
    knowing = Knowing(Bus(), lambda name: unit)
    done = Exchange(
        1,
        "s",
        "me",
        "k9",
        unit.address,
        False,
        "kramer",
        "NAME ABC",
        b"",
        "",
        "refused",
        effect="reconfigures",
    )
    told = knowing.explained(done, "refused", Problem("ERR004", "refused", "try"))
    assert told is not None
    assert [cause.text for cause in told.causes] == ["the unit has ended the login without a word"]


def test_a_login_of_the_wrong_level_is_named(session: Session) -> None:
    session.ask("LOGIN USER,1234", unit="k1")
    (first, *_) = causes(ask(session, "@k1 SECUR 0"))
    assert first.seen == "USER is logged in, it needs ADMIN" and first.hint == "@k1 LOGIN ADMIN"


def test_a_login_that_has_ended_is_named_with_how(session: Session) -> None:
    session.ask("LOGIN USER,1234", unit="k1")
    session.ask("LOGOUT", unit="k1")
    first = causes(ask(session, "@k1 SECUR 0"))[0]
    assert first.text == "the login has ended" and "LOGOUT" in first.seen
    session.ask("LOGIN USER,1234", unit="k1")
    list(Console(session).run("disconnect k1"))
    first = causes(ask(session, "@k1 SECUR 0"))[0]
    assert "the USER login on it is gone" in first.seen


def test_a_nak_names_the_port_that_was_asked_for(session: Session) -> None:
    first = causes(ask(session, "@t1 0Eh 77"))[0]
    assert (first.text, first.hint) == (
        "the receiver has no such virtual port",
        "@t1 0Ch lists those that it has",
    )


def test_the_causes_are_shown_in_their_order_and_end_in_what_to_try(session: Session) -> None:
    lines = render(ask(session, "@t1 0Eh 77")).splitlines()
    likely = [line for line in lines if line[:10].strip() in ("likely 1", "2")]
    assert len(likely) == 2 and lines[-1].startswith("  try: ")


# -- silence


def test_silence_offers_another_end_of_line_then_listening(session: Session) -> None:
    session.sim_fault("k1", loss=1)
    exchange = ask(session, "@k1 SECUR?", 0.1)
    found = causes(exchange)
    assert found[0].hint == "@k1 raw 23 53 45 43 55 52 3F 0D 0A"
    assert found[-1].hint == "listen k1 5s sends nothing"
    assert exchange.error is not None and "ending in CR LF" in exchange.error.hint
    session.sim_fault("k1", off=True)
    other = ask(session, found[0].hint)
    assert b"~01@SECUR ON" in other.partial + b"".join(reply.data for reply in other.replies)
    if not other.ok:
        assert causes(other)[0].text.startswith("what came is whole")


def test_a_write_that_is_silent_is_not_offered_again_in_other_bytes(session: Session) -> None:
    session.sim_fault("k1", loss=1)
    assert not any("raw" in cause.hint for cause in causes(ask(session, "@k1 LOGIN USER,1234", 0.1)))


def test_silence_of_a_unit_that_refuses_by_silence_says_so(session: Session) -> None:
    session.sim_fault("q1", loss=1)
    first = causes(ask(session, "@q1 DEVICESYNC", 0.1))[0]
    assert first.text.startswith("refusal is silence here") and first.hint.startswith("help DEVICESYNC")


def test_bytes_that_end_otherwise_are_told_with_the_end_that_was_expected(session: Session) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                client.recv(100)
                client.sendall(b"SECUR IS ON\n")
                client.recv(100)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        where = f"kramer://127.0.0.1:{server.getsockname()[1]}"
        exchange = ask(session, f"@{where} SECUR?", 0.5)
        list(Console(session).run(f"disconnect {exchange.unit}"))
        thread.join()
    first = causes(exchange)[0]
    assert exchange.outcome == "silent" and exchange.partial == b"SECUR IS ON\n"
    assert "ends in LF, not in CR LF" in first.text and first.seen == "12 bytes came"


# -- why


def test_why_takes_any_number_of_any_view(session: Session) -> None:
    exchange = session.ask("SECUR?", unit="k1")
    session.ask("LOGIN?", unit="k1")
    told = page(session, f"why {exchange.id}")
    assert told.startswith(f"#{exchange.id} k1 SECUR?: ok\n") and "\nnext: help SECUR?" in told
    assert "kernel stamps" in told or "user stamps" in told
    with pytest.raises(UsageError, match="no exchange #99999"):
        page(session, "why 99999")


def test_why_without_a_word_is_about_what_came_last_by_whomever(session: Session) -> None:
    with pytest.raises(UsageError, match="nothing was sent yet"):
        page(session, "why")
    session.ask("SECUR?", unit="k1")
    assert "SECUR?: ok" in page(session, "why")


def test_why_a_refusal_ends_in_the_step_that_tells_more(session: Session) -> None:
    told = page(session, "@t1 0Eh 77", "why")
    assert "likely, the likeliest first:\n 1 the receiver has no such virtual port" in told
    assert told.endswith("\nnext: @t1 0Ch lists those that it has")


def test_why_a_unit_gives_each_row_its_weight_and_bytes(session: Session) -> None:
    assert "+0.00  # not asked yet" in page(session, "why k1")
    session.ask("SECUR?", unit="k1")
    assert "+0.00  SECUR? was answered (#1)" in page(session, "why k1")
    session.ask("AEh 0Ch", unit="t1")
    asked = page(session, "why t1")
    assert "AEh 0Ch was answered (#2)" in asked and "AEh 0Ch not asked yet" not in asked
    session.discover()
    told = page(session, "why k1")
    assert "  +0.90  # answered by" in told and "9 bytes: ~01@ OK<CR><LF>" in told
    assert "+0.80  announce heard" in page(session, "why v1")
    assert page(session, "why q1").endswith("next: nothing; it named itself in full")
    with pytest.raises(UsageError, match="no unit 'zz'"):
        page(session, "why zz")


def test_why_a_job_says_what_it_missed(session: Session) -> None:
    session.discover()
    number = session.jobs[-1].id
    told = page(session, f"why job {number}")
    assert told.startswith(f"job {number} discover: done") and "sent kramer # ->" in told
    session.sim_fault("q2", loss=1)
    told = page(session, "timing rounds=2 window_s=0.2", "why")
    assert "q2 did not answer in 2 of the rounds that count" in told and told.endswith("next: why q2")
    for line, message in (("why job", "which job"), ("why job 999", "no job 999"), ("why k1 2", "takes one")):
        with pytest.raises(UsageError, match=message):
            page(session, line)


# -- last


def test_last_shows_it_again_and_takes_it_apart(session: Session) -> None:
    console = Console(session)
    (exchange,) = console.run("@t1 0Eh 19")
    (plain,) = console.run("last")
    (whole,) = console.run("last -v")
    assert isinstance(plain, Recalled) and isinstance(whole, Recalled)
    assert render(plain) == render(exchange)
    told = render(whole)
    assert " 06  d1                       CHECKSUM" in told and "VIRTUAL PORT" in told
    session.ask("SECUR?", unit="k1")
    (two,) = console.run("last 2 -v")
    assert isinstance(two, Recalled)
    assert [each.command for each in two.exchanges] == ["AEh 0Eh virtual_port=19", "SECUR?"]
    with pytest.raises(UsageError, match="takes one number"):
        list(console.run("last 1 2"))


# -- listening where commands go


def test_listening_at_a_port_for_commands_tells_what_comes_and_sends_nothing(session: Session) -> None:
    session.sim_fault("k1", delay="400ms")
    assert ask(session, "@k1 SECUR?", 0.05).outcome == "silent"
    sent = len(session.journal)
    job = session.start_listening("k1", 10.0)
    with pytest.raises(UsageError, match="listened to already"):
        session.start_listening("k1", 1.0)
    heard: list[str] = []
    done = threading.Event()

    def event(found: object) -> None:
        line = getattr(found, "line", None)
        if line is not None:
            heard.append(line.text)
            done.set()

    leave = session.subscribe(event, since=0)
    assert done.wait(5)
    leave()
    job.stop()
    assert heard == ["late answer: ~01@SECUR ON"] and job.result().count == 1
    assert len(session.journal) == sent
