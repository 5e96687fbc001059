"""The gate for changes of units that are not known to be simulated, and what a person is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.commands import SimProcess, inside
from tests.support.counterparts import TcpCounterpart
from unitbench import Session
from unitbench.session.changing.model import Change
from unitbench.session.changing.showing import Performed, Planned
from unitbench.session.console import Console
from unitbench.session.model import Exchange
from unitbench.session.rendering import render

PLAIN = "set {t1} virtual_port=21 udp_timeout={value}"
OWN = "set {t1} virtual_port=19 udp_timeout={value}"
WIRE = (
    "AEh 10h virtual_port={port} active=1 ip_port={ip} mode=TCP udp_timeout=60 output_only=0 initiate_connection=0 "
    "remote_ip_port=0 remote_ip_address=''"
)


@pytest.fixture
def session(t1: str) -> Iterator[Session]:
    with Session.local() as session:
        yield session
        session.set(t1, virtual_port=21, udp_timeout=60, allow="1")


def exit_code(line: str, *more: str) -> int:
    return inside("-c", line, "--json", *more).code


def test_without_leave_nothing_is_sent(t1: str) -> None:
    ran = inside("-c", PLAIN.format(t1=t1, value=1), "--json")
    assert ran.code == 5
    assert [item["outcome"] for item in ran.exchanges] == ["ok", "withheld"]
    change = ran.objects[-1]
    assert (change["type"], change["outcome"], change["allow_with"]) == ("change", "withheld", "reconfigures")
    assert change["steps"][0]["fields"][3] == {
        "field": "udp_timeout",
        "now": 60,
        "after": 1,
        "changes": True,
        "note": "not used unless mode is UDP",
    }
    assert "--yes" in change["error"]["hint"] and not change["simulated"]


@pytest.mark.parametrize(
    ("line", "yes", "code"),
    [
        (PLAIN, "--yes", 0),
        (PLAIN, "--yes=t1", 0),
        (PLAIN, "--yes=1", 0),
        (PLAIN, "--yes=t2", 5),
        (PLAIN, "--yes=2", 5),
        (PLAIN, "--yes=disrupts", 5),
        (OWN, "--yes", 5),
        (OWN, "--yes=2", 5),
        (OWN, "--yes=t1", 0),
        (OWN, "--yes=1", 0),
        ("set {t1} ip_address=127.0.0.9", "--yes", 5),
    ],
)
def test_what_lets_a_change_pass(t1: str, line: str, yes: str, code: int) -> None:
    assert exit_code(line.format(t1=t1, value=2), yes) == code
    exit_code(line.format(t1=t1, value=60), yes)


def test_the_wire_command_has_the_same_gate_and_merges_nothing(t1: str) -> None:
    own = WIRE.format(port=19, ip=5017)
    assert exit_code(WIRE.format(port=20, ip=5018), "--yes", t1) == 0
    assert exit_code(own, "--yes", t1) == 0, "it changes nothing"
    moved = inside("-c", WIRE.format(port=19, ip=5099), "--yes", "--json", t1)
    assert (moved.code, moved.one["effect"], moved.one["outcome"]) == (5, "disrupts", "withheld")
    assert exit_code(WIRE.format(port=20, ip=5018).replace("ip_port=5018 ", ""), "--yes", t1) == 2


def test_asking_a_property_is_a_read(stranger: SimProcess) -> None:
    q1 = f"qstation://{stranger.host('q1')}"
    ask = "SETDISTRIBUTORPORTPROPERTIES FrequencySendToHz {}"
    ran = inside("-c", ask.format(-1), "--json", q1)
    assert (ran.code, ran.one["effect"], ran.one["replies"][0]["fields"]["info"]) == (0, "read", "100")
    assert exit_code(ask.format(50), q1) == 5
    assert exit_code(f"snapshot {q1}") == 0


def test_unlock_opens_plain_changes_only(session: Session, t1: str) -> None:
    console = Console(session)
    (page, one, own) = console.run(
        f"unlock {t1} 1m; {PLAIN.format(t1=t1, value=3)}; {OWN.format(t1=t1, value=3)}"
    )
    assert isinstance(one, Change) and isinstance(own, Change)
    assert "unlocked" in render(page)
    assert (one.outcome, own.outcome, own.allow_with) == ("ok", "withheld", "t1")


def test_unlocking_one_unit_leaves_the_others_locked(stranger: SimProcess, session: Session, t1: str) -> None:
    t2 = f"dcol://{stranger.host('t2')}"
    line = f"unlock {t2} 1m; {PLAIN.format(t1=t1, value=3)}; {PLAIN.format(t1=t2, value=3)}"
    _, shut, opened = Console(session).run(line)
    assert isinstance(shut, Change) and isinstance(opened, Change)
    assert (shut.outcome, shut.allow_with, opened.outcome) == ("withheld", "reconfigures", "ok")
    assert session.ask("0Eh 21", t1).fields["udp_timeout"] == 60


def test_a_port_that_cannot_be_read_may_be_that_of_the_link() -> None:
    with TcpCounterpart(lambda data: b"") as silent, Session.local() as session:
        line = WIRE.format(port=19, ip=5099)
        held = session.ask(line, f"dcol://127.0.0.1:{silent.port}", allow="reconfigures")
        assert (held.outcome, held.effect) == ("withheld", "disrupts")
        assert held.allow_with not in ("", "reconfigures")


def asked_of(
    session: Session, line: str, answer: Callable[[Exchange], str]
) -> tuple[list[Exchange], list[object]]:
    """What a person was asked, and what came of it."""
    asked: list[Exchange] = []

    def confirm(withheld: Exchange) -> str:
        asked.append(withheld)
        return answer(withheld)

    return asked, list(Console(session).run(line, confirm=confirm))


def test_a_person_sees_it_before_being_asked(session: Session, t1: str) -> None:
    asked, (planned, done) = asked_of(session, PLAIN.format(t1=t1, value=4), lambda held: held.allow_with)
    assert isinstance(planned, Planned) and isinstance(done, Performed)
    text = render(planned)
    assert " UDP TIMEOUT" in text and "4 s             <- changes" in text and "-> 02 00 AE 14 10 15" in text
    assert [(one.allow_with, one.effect, one.request) for one in asked] == [
        ("reconfigures", "reconfigures", b"")
    ]
    assert done.change.outcome == "ok"
    told = render(done)
    assert "read back: as shown" in told and f"undo {done.change.numbers[0]} puts it back" in told
    assert "UDP TIMEOUT" not in told, "it was shown already"


@pytest.mark.parametrize(("answer", "outcomes"), [("2", ["ok", "ok"]), ("", ["withheld"])])
def test_what_goes_to_all_is_asked_for_once(
    stranger: SimProcess, session: Session, answer: str, outcomes: list[str]
) -> None:
    for name in ("t1", "t2"):
        Console(session).know(f"dcol://{stranger.host(name)}")
    asked, found = asked_of(session, f"@all {WIRE.format(port=20, ip=5018)}", lambda held: answer)
    assert [item.outcome for item in found if isinstance(item, Exchange)] == outcomes
    assert len(asked) == 1
    assert asked[0].error is not None and asked[0].allow_with == "2"
    assert asked[0].error.meaning == "this changes 2 units (t1, t2), which are not known to be simulated"


def test_the_port_of_the_link_wants_the_name(session: Session, t1: str) -> None:
    asked, (_, done) = asked_of(session, OWN.format(t1=t1, value=5), lambda held: "")
    assert isinstance(done, Performed) and done.change.outcome == "withheld"
    assert (asked[0].allow_with, asked[0].effect) == ("t1", "disrupts")
    assert asked[0].error is not None
    assert "this cuts the link you are talking through" in asked[0].error.meaning
    assert session.ask("0Eh 19", "t1").fields["udp_timeout"] == 60


def test_somebody_else_is_noticed_between_question_and_answer(
    stranger: SimProcess, session: Session, t1: str
) -> None:
    def meanwhile(held: Exchange) -> str:
        with Session.local() as other:
            assert other.set(f"{t1}:5018", virtual_port=21, udp_timeout=77, allow="1").ok
        return held.allow_with

    _, (_, done) = asked_of(session, PLAIN.format(t1=t1, value=6), meanwhile)
    assert isinstance(done, Performed)
    assert done.change.outcome == "overtaken" and done.change.error is not None
    assert "virtual port 21 udp_timeout was 60 s, is 77 s; nothing was sent" in done.change.error.meaning
    assert session.ask("0Eh 21", "t1").fields["udp_timeout"] == 77


def test_undo_asks_as_the_change_did(session: Session, t1: str) -> None:
    done = session.set(t1, virtual_port=21, udp_timeout=8, allow="reconfigures")
    assert done.ok
    held = session.undo(done.numbers[0])
    assert (held.outcome, held.allow_with) == ("withheld", "reconfigures")
    assert session.undo(done.numbers[0], allow="t1").ok


def test_a_restore_asks_once_by_its_strongest_effect(session: Session, t1: str) -> None:
    taken = session.snapshot(t1)
    session.set(t1, virtual_port=21, udp_timeout=9, allow="1")
    weak = session.restore("t1", taken)
    assert (weak.outcome, weak.allow_with) == ("withheld", "reconfigures")
    session.set("t1", virtual_port=19, udp_timeout=9, allow="1")
    strong = session.restore("t1", taken, allow="reconfigures")
    assert (strong.outcome, strong.allow_with) == ("withheld", "t1")
    assert sum(exchange.outcome == "withheld" for exchange in strong.exchanges) == 2
    done = session.restore("t1", taken, allow="t1")
    assert done.ok and len(done.numbers) == 2
    assert done.steps[1].item == "virtual port 19" and done.numbers[0] > done.numbers[1], "its own port last"
