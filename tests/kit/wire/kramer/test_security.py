"""SECUR and PASS, and the readings of a login that are options: what they change, and for whom."""

from __future__ import annotations

import pytest

from tests.support.foreign import kramer_line
from tests.support.playbook import HOST, OTHER, UnitPlay, request
from unitbench.schema.printable import masked
from unitbench.schema.records import Role
from unitbench.wire import codec_of, encode
from unitbench.wire.kramer.state import KramerState
from unitbench.wire.kramer.unit import KramerUnit

ADMIN = ("#LOGIN ADMIN,4321\r", "~01@LOGIN ADMIN OK\r\n")
USER = ("#LOGIN USER,1234\r", "~01@LOGIN USER OK\r\n")
NEW = "n3w-pass-word-x"


def play(**state: object) -> UnitPlay:
    return UnitPlay(KramerUnit(KramerState(**state)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("SECUR OFF", b"#SECUR OFF\r"),
        ("SECUR 1", b"#SECUR ON\r"),
        (f"PASS USER,{NEW}", b"#PASS USER,n3w-pass-word-x\r"),
        ("PASS ADMIN,", b"#PASS ADMIN,\r"),
    ],
)
def test_the_bytes(line: str, data: bytes) -> None:
    assert encode(request(line)) == data


def test_without_security_no_login_is_needed_and_with_it_one_is() -> None:
    unit = play().hears(ADMIN[0]).says(ADMIN[1])
    unit.hears("#MODEL?\r", OTHER).says("~01@MODEL ERR004\r\n", peer=OTHER)
    unit.hears("#SECUR OFF\r").says("~01@SECUR OFF OK\r\n")
    unit.hears("#SECUR?\r", OTHER).says("~01@SECUR OFF\r\n", peer=OTHER)
    unit.hears("#MODEL?\r", OTHER).says("~01@MODEL UB-3000\r\n", peer=OTHER)
    unit.hears("#LOGIN?\r", OTHER).says("~01@LOGIN ADMIN\r\n", peer=OTHER)
    unit.hears("#secur 1\r", OTHER).says("~01@SECUR ON OK\r\n", peer=OTHER)
    unit.hears("#MODEL?\r", OTHER).says("~01@MODEL ERR004\r\n", peer=OTHER)
    unit.hears("#MODEL?\r").says("~01@MODEL UB-3000\r\n")


def test_a_user_is_no_administrator_unless_security_is_off() -> None:
    unit = play().hears(USER[0]).says(USER[1]).hears("#SECUR OFF\r").says("~01@SECUR ERR004\r\n")
    unit.hears(ADMIN[0], OTHER).says(ADMIN[1], peer=OTHER)
    unit.hears("#SECUR OFF\r", OTHER).says("~01@SECUR OFF OK\r\n", peer=OTHER)
    unit.hears("#NAME Hall-1\r").says("~01@NAME Hall-1 OK\r\n")
    unit.hears("#SECUR ON\r").says("~01@SECUR ON OK\r\n").hears("#LOGIN?\r").says("~01@LOGIN USER\r\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("SECUR", "~01@SECUR ERR001\r\n"),
        ("SECUR MAYBE", "~01@SECUR ERR003\r\n"),
        ("SECUR ON,OFF", "~01@SECUR ERR001\r\n"),
        ("PASS", "~01@PASS ERR001\r\n"),
        ("PASS USER", "~01@PASS ERR001\r\n"),
        ("PASS ROOT,1", "~01@PASS ERR003\r\n"),
        ("PASS USER,sixteen-letters-", "~01@PASS ERR003\r\n"),
        ("PASS USER,a@b", "~01@PASS ERR003\r\n"),
        ("PASS? USER", "~01@ ERR002\r\n"),
    ],
)
def test_what_it_makes_of_parameters(line: str, said: str) -> None:
    play().hears(ADMIN[0]).says(ADMIN[1]).hears(kramer_line(line)).says(said)
    refused = said if "ERR002" in said else f"~01@{line.split(maxsplit=1)[0]} ERR004\r\n"
    play().hears(kramer_line(line)).says(refused)


def test_a_password_is_set_and_a_factory_reset_takes_it_back() -> None:
    unit = play().hears(ADMIN[0]).says(ADMIN[1])
    unit.hears(f"#PASS USER,{NEW}\r").says("~01@PASS USER OK\r\n")
    unit.hears("#LOGIN?\r").says("~01@LOGIN ADMIN\r\n")
    unit.hears(USER[0], OTHER).says("~01@LOGIN ERR004\r\n", peer=OTHER)
    unit.hears(f"#LOGIN USER,{NEW}\r", OTHER).says(USER[1], peer=OTHER)
    unit.hears("#SECUR OFF\r").says("~01@SECUR OFF OK\r\n").hears("#FACTORY\r").says("~01@FACTORY OK\r\n")
    unit.hears("#SECUR?\r").says("~01@SECUR ON\r\n").hears(USER[0]).says(USER[1])
    assert NEW not in repr(unit.core.log)


def test_any_number_of_wrong_passwords_is_allowed_unless_the_option_says_so() -> None:
    unit = play()
    for _ in range(20):
        unit.hears("#LOGIN USER,wrong\r").says("~01@LOGIN ERR004\r\n")
    unit.hears(USER[0]).says(USER[1])


def test_after_so_many_wrong_passwords_the_right_one_is_refused_too() -> None:
    unit = play(max_tries=3)
    for _ in range(2):
        unit.hears("#LOGIN USER,wrong\r").says("~01@LOGIN ERR004\r\n")
    unit.hears(USER[0]).says(USER[1])
    for _ in range(3):
        unit.hears("#LOGIN ADMIN,wrong\r").says("~01@LOGIN ERR004\r\n")
    unit.hears(ADMIN[0]).says("~01@LOGIN ERR004\r\n").hears(ADMIN[0], OTHER).says(ADMIN[1], peer=OTHER)
    unit.wait(301.0).hears(ADMIN[0]).says(ADMIN[1])
    for _ in range(3):
        unit.hears("#LOGIN ADMIN,wrong\r").says("~01@LOGIN ERR004\r\n")
    unit.core.disconnected(HOST, unit.now)
    unit.hears(ADMIN[0]).says(ADMIN[1])


def test_newer_manuals_repeat_the_password_and_we_never_show_it() -> None:
    unit = play(echoes=True, passwords={"USER": "1234", "ADMIN": NEW})
    said = f"~01@LOGIN ADMIN,{NEW} OK\r\n"
    unit.hears(f"#LOGIN ADMIN,{NEW}\r").says(said)
    unit.hears(f"#PASS USER,{NEW}\r").says(f"~01@PASS USER,{NEW} OK\r\n")
    for line in (said, f"~01@PASS USER,{NEW} OK\r\n"):
        found = codec_of("kramer").dissect(line.encode(), Role.UNIT)
        assert found.ok and NEW not in repr(found.fields)
        assert NEW.encode() not in masked(found.raw, found.secret_spans)
    assert NEW not in repr(unit.core.log)
