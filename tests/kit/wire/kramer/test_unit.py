"""The Protocol 3000 unit against a stranger: readings, errors and their order, logins and their end."""

from __future__ import annotations

import pytest

from tests.support.foreign import kramer_line
from tests.support.golden import frame
from tests.support.playbook import HOST, OTHER, UnitPlay
from unitbench.wire.kramer.unit import KramerState, KramerUnit

OK, UNKNOWN, SYNTAX = "~01@ OK\r\n", "~01@ ERR002\r\n", "~01@ ERR001\r\n"
WHO = "#LOGIN?\r"


def play(**state: object) -> UnitPlay:
    return UnitPlay(KramerUnit(KramerState(**state)))  # type: ignore[arg-type]


def nobody(unit: UnitPlay) -> None:
    unit.hears(WHO).says("~01@LOGIN NONE\r\n")


def test_the_login_flow_of_the_manual() -> None:
    unit = play(passwords={"USER": "33333", "ADMIN": "4321"})
    for asked, said in (("D1", "D2"), ("D3", "D4"), ("D5", "D6"), ("D14", "D15"), ("D8", "D9")):
        unit.hears(frame(asked).data).says(frame(said).data)
    unit.hears(frame("D5").data).says(frame("D6").data)
    unit.hears(frame("D12").data).says(frame("D13").data, frame("D4").data)
    unit.hears(kramer_line("LOGIN USER,wrong")).says(frame("D7").data)
    unit.hears(kramer_line("FOO?")).says(frame("D10").data)
    unit.hears(kramer_line("LOGIN ROOT,x")).says(frame("D11").data)


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("#\r", [OK]),
        ("# \r", [OK]),
        ("#secur?\r", ["~01@SECUR ON\r\n"]),
        ("#SECUR?\r\n", ["~01@SECUR ON\r\n"]),
        ("#SECUR?\n\r", ["~01@SECUR ON\r\n"]),
        ("#SECUR? \r", ["~01@SECUR ON\r\n"]),
        ("#  SECUR?\r", ["~01@SECUR ON\r\n"]),
        ("##SECUR?\r", ["~01@SECUR ON\r\n"]),
        ("#SECUR?\t\r", ["~01@SECUR ON\r\n"]),
        ("#01@SECUR?\r", ["~01@SECUR ON\r\n"]),
        ("#1@SECUR?\r", ["~01@SECUR ON\r\n"]),
        ("#|\r", [OK, OK]),
        ("#SECUR?|\r", ["~01@SECUR ON\r\n", OK]),
        ("#SECUR?|FOO|LOGIN?\r", ["~01@SECUR ON\r\n", UNKNOWN, "~01@LOGIN NONE\r\n"]),
        ("#SECUR?\r#LOGIN?\r", ["~01@SECUR ON\r\n", "~01@LOGIN NONE\r\n"]),
        ("#LOGOUT\r", ["~01@LOGOUT OK\r\n"]),
        ("#FOO\r", [UNKNOWN]),
        ("#FOO a,b,c,d\r", [UNKNOWN]),
        ("#LOGIN\r", ["~01@LOGIN ERR001\r\n"]),
        ("#LOGIN USER\r", ["~01@LOGIN ERR001\r\n"]),
        ("#LOGIN ROOT\r", ["~01@LOGIN ERR001\r\n"]),
        ("#LOGIN USER,1,2\r", ["~01@LOGIN ERR001\r\n"]),
        ("#SECUR? 1\r", ["~01@SECUR ERR001\r\n"]),
        ("#LOGIN ROOT,1234\r", ["~01@LOGIN ERR003\r\n"]),
        ("#LOGIN ,1234\r", ["~01@LOGIN ERR003\r\n"]),
        ("#LOGIN USER,4321\r", ["~01@LOGIN ERR004\r\n"]),
        ("#LOGIN USER,\r", ["~01@LOGIN ERR004\r\n"]),
        ("#LOGIN USER,p@ss\r", ["~01@LOGIN ERR004\r\n"]),
        ("#LOGIN USER,1234\r", ["~01@LOGIN USER OK\r\n"]),
        ("#login user , 1234 \r", ["~01@LOGIN USER OK\r\n"]),
        ("#LOGIN ADMIN 4321\r", ["~01@LOGIN ADMIN OK\r\n"]),
        ("#LOGIN USER,caf\xe9\r", ["~01@LOGIN ERR001\r\n"]),
        ("#SECUR?\x07\r", [SYNTAX]),
        ("#SECUR? \x07\r", ["~01@SECUR ERR001\r\n"]),
        ("#S\xe9CUR?\r", [SYNTAX]),
        ("#" + "x" * 63 + "\r", [UNKNOWN]),
        ("#" + "x" * 64 + "\r", [SYNTAX]),
        ("#" + "x" * 500 + "\r#\r", [SYNTAX, OK]),
    ],
)
def test_what_it_answers(said: str, answers: list[str]) -> None:
    play().hears(said).says(*answers)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "\r",
        "SECUR?\r",
        "#SECUR?",
        "\x01\x81\x82\x83",
        "#02@SECUR?\r",
        "#002@SECUR?\r",
        "#99@" + "x" * 99 + "\r",
        "\n\n",
    ],
)
def test_what_it_does_not_answer(said: str) -> None:
    play().hears(said).silent()


@pytest.mark.parametrize("said", ["#\xb2@SECUR?\r", "#" + "1" * 60 + "@\r", "#@SECUR?\r", "#1@1@SECUR?\r"])
def test_a_strange_address_does_not_upset_it(said: str) -> None:
    unit = play().hears(said)
    unit.core.outgoing(0.0)
    unit.hears("#\r").says(OK)


def test_another_device_id() -> None:
    play(dev_id=7).hears("#07@SECUR?\r").says("~07@SECUR ON\r\n").hears("#01@SECUR?\r").silent()


def test_a_message_may_come_in_pieces_with_a_pause() -> None:
    play().hears("#SEC").wait(2.0).hears("UR?\r").says("~01@SECUR ON\r\n")


def test_with_security_off_everybody_is_admin() -> None:
    unit = play(secur=False)
    unit.hears("#SECUR?\r").says("~01@SECUR OFF\r\n").hears(WHO).says("~01@LOGIN ADMIN\r\n")


def test_who_is_logged_in_follows_login_and_logout() -> None:
    unit = play()
    nobody(unit)
    unit.hears("#LOGIN USER,1234\r").says("~01@LOGIN USER OK\r\n").hears(WHO).says("~01@LOGIN USER\r\n")
    unit.hears("#LOGIN ADMIN,4321\r").says("~01@LOGIN ADMIN OK\r\n").hears(WHO).says("~01@LOGIN ADMIN\r\n")
    unit.hears("#LOGIN USER,nope\r").says("~01@LOGIN ERR004\r\n").hears(WHO).says("~01@LOGIN ADMIN\r\n")
    unit.hears("#LOGOUT\r").says("~01@LOGOUT OK\r\n")
    nobody(unit)


@pytest.mark.parametrize("password", ["a B", "0", "x" * 15, "!\"$%&'()*+-./:;<=>[]^_`{}"[:15]])
def test_passwords_are_compared_letter_by_letter(password: str) -> None:
    unit = play(passwords={"USER": password})
    unit.hears(f"#LOGIN USER,{password}\r").says("~01@LOGIN USER OK\r\n")
    unit.hears(f"#LOGIN USER,{password.swapcase()}x\r").says("~01@LOGIN ERR004\r\n")


def test_an_empty_password_is_one() -> None:
    play(passwords={"ADMIN": ""}).hears("#LOGIN ADMIN,\r").says("~01@LOGIN ADMIN OK\r\n")


def test_a_login_is_bound_to_the_peer() -> None:
    unit = play()
    unit.hears("#LOGIN USER,1234\r").says("~01@LOGIN USER OK\r\n")
    unit.hears(WHO, OTHER).says("~01@LOGIN NONE\r\n", peer=OTHER)
    unit.core.disconnected(HOST, 0.0)
    nobody(unit)


@pytest.mark.parametrize("datagrams", [False, True])
@pytest.mark.parametrize(
    ("idle", "level"), [(299.0, "USER"), (300.0, "USER"), (300.5, "NONE"), (301.0, "NONE"), (9999.0, "NONE")]
)
def test_five_minutes_of_silence_end_a_login(idle: float, level: str, datagrams: bool) -> None:
    unit = UnitPlay(KramerUnit(), datagrams=datagrams)
    unit.hears("#LOGIN USER,1234\r").says("~01@LOGIN USER OK\r\n").wait(idle)
    unit.hears(WHO).says(f"~01@LOGIN {level}\r\n")


def test_any_command_keeps_a_login_and_only_of_that_peer() -> None:
    unit = play()
    for peer in (HOST, OTHER):
        unit.hears("#LOGIN USER,1234\r", peer).says("~01@LOGIN USER OK\r\n", peer=peer)
    for _ in range(4):
        unit.wait(200.0).hears("#\r").says(OK)
    unit.hears(WHO).says("~01@LOGIN USER\r\n")
    unit.hears(WHO, OTHER).says("~01@LOGIN NONE\r\n", peer=OTHER)


def test_a_login_that_nobody_asks_about_is_forgotten_too() -> None:
    unit = play()
    unit.hears("#LOGIN USER,1234\r").says("~01@LOGIN USER OK\r\n").wait(200.0).hears("#\r").says(OK)
    assert unit.core.level(HOST) == "USER"
    unit.wait(101.0)
    assert unit.core.level(HOST) == "USER"
    unit.wait(200.0)
    assert unit.core.level(HOST) == "NONE"
    assert unit.core.deadline() is None


def test_one_timer_looks_after_all_logins() -> None:
    unit = play()
    for number in range(50):
        unit.hears("#LOGIN USER,1234\r", ("127.0.0.1", number)).wait(1.0)
    assert unit.core.deadline() == 0.0
    unit.core.outgoing(unit.now)
    assert unit.core.deadline() == 301.0
    for second in range(302, 360):
        unit.core.tick(float(second))
    assert unit.core.deadline() is None


def test_no_password_is_on_the_private_channel() -> None:
    unit = play()
    unit.hears("#LOGIN USER,correct-horse\r").hears("#LOGIN correct-horse\r").hears(
        "#LOGIN correct-horse,x\r"
    )
    assert "correct-horse" not in repr(unit.core.log)
