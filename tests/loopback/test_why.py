"""``why`` after replies that broke on the way: what is missing, the likeliest repair, and no secret."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from unitbench import Session, Sim
from unitbench.session.console import Console
from unitbench.session.items import Page
from unitbench.session.rendering import render

SECRET = "Quartz-77-Lemon"


@pytest.fixture
def session() -> Iterator[Session]:
    counts = {"qstation": 1, "recorder": 0, "vs1": 0}
    options = {"k1": {"echoes": True, "user_password": SECRET}}
    with Sim(counts, options=options) as sim, Session.local(sim=sim) as made:
        yield made


def why(session: Session, line: str) -> str:
    """What ``why`` says of a line that was run."""
    console = Console(session)
    list(console.run(line))
    (page,) = console.run("why")
    assert isinstance(page, Page)
    return page.text


def test_a_sum_that_is_wrong_is_told_with_the_right_one(session: Session) -> None:
    session.sim_fault("t1", checksum=1)
    told = why(session, "@t1 0Ch")
    assert "checksum 4Ch, expected 19h" in told
    assert "likeliest repair: CHECKSUM 4Ch is wrong: 19h is that of the bytes" in told
    assert "\n  02 00 AE 06 0D 13 1C 02 13 14 19 03    AEh 0Dh\n" in told
    assert told.endswith("\nnext: ask again: the line may be noisy")
    session.sim_fault("t1", off=True)
    assert "repair" not in why(session, "@t1 0Ch")


def test_a_packet_that_breaks_off_says_what_is_missing(session: Session) -> None:
    session.sim_fault("t1", truncate=1)
    told = why(session, "@t1 00h")
    assert "bytes that were no answer:" in told
    assert "\nmissing: " in told and "CHECKSUM, ETX\n" in told


def test_a_record_that_breaks_off_is_repaired_as_far_as_it_came(session: Session) -> None:
    session.sim_fault("q1", truncate=1)
    broken = [why(session, "@q1 DEVICEIDENT?") for _ in range(5)]
    assert all("\nmissing: " in told and "CR LF\n" in told for told in broken)
    assert any("\nlikeliest repair: CR LF is missing at the end\n  SID:1<TAB>" in told for told in broken)
    session.sim_fault("q1", truncate=0, no_end=1)
    whole = why(session, "@q1 DEVICEIDENT?")
    assert "\nlikeliest repair: CR LF is missing at the end\n" in whole
    assert "MAA:02:00:00:00:00:31<CR><LF>    ident\n" in whole


def test_a_password_that_is_echoed_in_a_broken_reply_stays_hidden(session: Session) -> None:
    session.sim_fault("k1", no_end=1)
    for line in (f"@k1 LOGIN USER,{SECRET}", f"@k1 PASS USER,{SECRET}"):
        told = why(session, line)
        assert "\nlikeliest repair: " in told and "USER,***" in told
        assert SECRET not in told and SECRET.encode().hex(" ") not in told
    session.sim_fault("k1", no_end=0, truncate=1)
    for _ in range(5):
        told = why(session, f"@k1 LOGIN USER,{SECRET}")
        assert not any(SECRET[:size] in told for size in range(4, len(SECRET) + 1))


def test_the_next_step_after_a_chain_is_help_for_its_first_command(session: Session) -> None:
    assert why(session, "@k1 SECUR?|LOGIN?").endswith("\nnext: help SECUR?")


def test_many_fields_without_a_meaning_stand_under_the_title_of_their_frame(session: Session) -> None:
    (exchange,) = Console(session).run("@t1 GETSERIAL")
    lines = render(exchange).splitlines()
    assert "   Trimble DCOL RETSERIAL, receiver and antenna information" in lines
