"""The commands of other public manuals: what they say, what they need, and the refusal for a missing login."""

from __future__ import annotations

import pytest

from tests.support.foreign import kramer_line
from tests.support.playbook import HOST, OTHER, UnitPlay
from unitbench import catalogue
from unitbench.schema import text
from unitbench.schema.records import Command, Status
from unitbench.wire.kramer.unit import KramerState, KramerUnit

KRAMER = catalogue.protocol("kramer")
KEPT = [command for command in KRAMER.commands if command.needs]
READS = [
    ("MODEL?", "~01@MODEL UB-3000\r\n"),
    ("PROT-VER?", "~01@PROT-VER 3000:2.0\r\n"),
    ("VERSION?", "~01@VERSION 1.0.0\r\n"),
    ("SN?", "~01@SN 30000000000001\r\n"),
    ("NAME?", "~01@NAME bench-k1\r\n"),
]
IDV_OK, FACTORY_OK = "~01@IDV OK\r\n", "~01@FACTORY OK\r\n"
AS_USER, AS_ADMIN = (
    ("#LOGIN USER,1234\r", "~01@LOGIN USER OK\r\n"),
    ("#LOGIN ADMIN,4321\r", "~01@LOGIN ADMIN OK\r\n"),
)


def play(**state: object) -> UnitPlay:
    return UnitPlay(KramerUnit(KramerState(**state)))  # type: ignore[arg-type]


def held(login: tuple[str, str]) -> UnitPlay:
    return play().hears(login[0]).says(login[1])


def state(unit: UnitPlay) -> KramerState:
    assert isinstance(unit.core, KramerUnit)
    return unit.core.state


@pytest.mark.parametrize("command", KEPT, ids=lambda command: command.name)
def test_what_needs_a_login_is_told_as_data(command: Command) -> None:
    login = KRAMER.command("LOGIN")
    assert login is not None
    assert command.needs in [word.text for word in text.words(login.args[0].type)]
    assert command.source.status is Status.PUBLIC
    assert command.probe == 0
    wrong = next(code for code in login.refusals if code.text == "ERR004")
    refusal = next(code for code in command.refusals if code.text == "ERR004")
    assert refusal.meaning.endswith(f"LOGIN {command.needs} first")
    assert "password" in wrong.meaning
    assert "password" not in refusal.meaning


def test_the_five_of_the_manual_need_none() -> None:
    assert [command.name for command in KRAMER.commands if not command.needs] == [
        "#",
        "SECUR?",
        "LOGIN",
        "LOGIN?",
        "LOGOUT",
    ]


@pytest.mark.parametrize("command", KEPT, ids=lambda command: command.name)
def test_the_refusal_for_a_missing_login_is_seen_and_is_gone(command: Command) -> None:
    line = f"#{command.examples[0]}\r"
    refused = f"~01@{command.name.rstrip('?')} ERR004\r\n"
    play().hears(line).says(refused)
    unit = held(AS_USER).hears(line)
    if command.needs == "ADMIN":
        unit.says(refused)
    for unit in (held(AS_ADMIN), play(secur=False)):
        (out,) = unit.hears(line).core.outgoing(0.0)
        assert b"ERR" not in out.data
    unit = held(AS_ADMIN).hears("#LOGOUT\r").says("~01@LOGOUT OK\r\n").hears(line).says(refused)
    unit.hears(line, OTHER).says(refused, peer=OTHER)


@pytest.mark.parametrize(("line", "said"), READS)
def test_what_it_says_of_itself(line: str, said: str) -> None:
    held(AS_USER).hears(kramer_line(line)).says(said)
    play(secur=False).hears(kramer_line(line.lower())).says(said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("MODEL? 1", "~01@MODEL ERR001\r\n"),
        ("NAME", "~01@NAME ERR001\r\n"),
        ("NAME a,b", "~01@NAME ERR001\r\n"),
        ("NAME a_b", "~01@NAME ERR003\r\n"),
        ("NAME sixteen-letters-", "~01@NAME ERR003\r\n"),
        ("NAME Hall-1", "~01@NAME Hall-1 OK\r\n"),
        ("HELP a,b", "~01@HELP ERR001\r\n"),
        ("HELP FOO", "~01@HELP ERR003\r\n"),
        ("IDV 1", "~01@IDV ERR001\r\n"),
        ("FACTORY 1", "~01@FACTORY ERR001\r\n"),
    ],
)
def test_what_it_makes_of_parameters(line: str, said: str) -> None:
    held(AS_ADMIN).hears(kramer_line(line)).says(said)


@pytest.mark.parametrize("line", ["MODEL? 1", "NAME", "NAME a_b", "HELP FOO"])
def test_permission_comes_before_number_and_value(line: str) -> None:
    name = line.split(maxsplit=1)[0].rstrip("?")
    play().hears(kramer_line(line)).says(f"~01@{name} ERR004\r\n")


def test_an_unknown_command_comes_before_permission() -> None:
    play().hears("#FOO\r").says("~01@ ERR002\r\n").hears("#MODEL?|FOO|SECUR?\r").says(
        "~01@MODEL ERR004\r\n", "~01@ ERR002\r\n", "~01@SECUR ON\r\n"
    )


def test_a_name_is_set_and_read_back() -> None:
    unit = held(AS_ADMIN).hears("#NAME Hall-1\r").says("~01@NAME Hall-1 OK\r\n")
    unit.hears("#NAME?\r").says("~01@NAME Hall-1\r\n")


def test_it_shows_itself_for_some_time() -> None:
    unit = held(AS_USER).wait(5.0).hears("#IDV\r").says(IDV_OK)
    assert state(unit).shown_until == 15.0


def test_a_factory_reset_forgets_everything_and_everybody() -> None:
    unit = held(AS_ADMIN).hears(AS_USER[0], OTHER).says(AS_USER[1], peer=OTHER)
    unit.hears("#NAME Hall-1\r").says("~01@NAME Hall-1 OK\r\n")
    state(unit).passwords["ADMIN"] = "lost"
    unit.hears("#FACTORY\r").says(FACTORY_OK)
    for peer in (HOST, OTHER):
        unit.hears("#LOGIN?\r", peer).says("~01@LOGIN NONE\r\n", peer=peer)
    unit.hears(AS_ADMIN[0]).says(AS_ADMIN[1]).hears("#NAME?\r").says("~01@NAME bench-k1\r\n")
    unit.hears("#NAME x\r").says("~01@NAME x OK\r\n").hears("#FACTORY\r").says(FACTORY_OK)
    unit.hears(AS_ADMIN[0]).says(AS_ADMIN[1]).hears("#NAME?\r").says("~01@NAME bench-k1\r\n")


def test_five_idle_minutes_end_what_a_login_allowed() -> None:
    unit = UnitPlay(KramerUnit(), datagrams=True).hears(AS_USER[0]).says(AS_USER[1])
    unit.wait(299.0).hears("#SN?\r").says("~01@SN 30000000000001\r\n")
    unit.wait(301.0).hears("#SN?\r").says("~01@SN ERR004\r\n")
