"""Units with ids of their own: requests that name one, replies of others, and traffic that is not for us."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from tests.support.playbook import HOST, HostPlay, UnitPlay
from unitbench.errors import InvalidValue
from unitbench.schema.records import Request, Role
from unitbench.wire import codec_of, encode
from unitbench.wire.kramer.unit import KramerState, KramerUnit

CODEC = codec_of("kramer")
LOGIN = (("auth", "USER"), ("password", "33333"))


@pytest.mark.parametrize(
    ("request_", "data"),
    [
        (Request("kramer", "SECUR?", to=1), b"#01@SECUR?\r"),
        (Request("kramer", "SECUR?", to=99), b"#99@SECUR?\r"),
        (Request("kramer", "#", to=7), b"#07@\r"),
        (Request("kramer", "LOGIN", LOGIN, to=12), b"#12@LOGIN USER,33333\r"),
        (Request("kramer", "LOGIN", LOGIN), frame("D5").data),
    ],
)
def test_a_request_names_its_unit(request_: Request, data: bytes) -> None:
    assert encode(request_) == data
    assert CODEC.dissect(data, Role.HOST).ok


@pytest.mark.parametrize(
    ("protocol", "command", "number"),
    [("kramer", "SECUR?", 0), ("kramer", "SECUR?", 100), ("dcol", "AEh 00h", 1)],
)
def test_an_id_that_no_unit_has(protocol: str, command: str, number: int) -> None:
    with pytest.raises(InvalidValue) as caught:
        encode(Request(protocol, command, to=number))
    assert caught.value.field == "id"


def test_the_id_counts_among_the_characters_of_a_message() -> None:
    long = (("parameters", "x" * 59),)
    assert len(encode(Request("kramer", "VID", long, learned=True))) == 65
    with pytest.raises(InvalidValue, match="67 characters, 64 are allowed"):
        encode(Request("kramer", "VID", long, to=1, learned=True))


@pytest.mark.parametrize(
    ("to", "line", "fits"),
    [
        (3, "~03@SECUR ON\r\n", True),
        (3, "~3@SECUR ON\r\n", True),
        (3, "~01@SECUR ON\r\n", False),
        (3, "~01@ ERR002\r\n", False),
        (3, "~03@ ERR002\r\n", True),
        (3, "~OK\r\n", True),
        (None, "~42@SECUR ON\r\n", True),
    ],
)
def test_only_the_unit_that_was_asked_answers(to: int | None, line: str, fits: bool) -> None:
    command = "#" if line == "~OK\r\n" else "SECUR?"
    heard = CODEC.dissect(line.encode(), Role.UNIT)
    assert CODEC.answers(Request("kramer", command, to=to), heard) is fits


def test_what_another_unit_says_is_unasked() -> None:
    play = HostPlay("kramer")
    play.core.ask(Request("kramer", "SECUR?", to=2), 0.0)
    play.out("#02@SECUR?\r").hears("~01@SECUR ON\r\n~02@SECUR OFF\r\n")
    play.unasked("SECUR", secur="ON").answered("SECUR", secur="OFF").settled("ok").quiet()


def test_traffic_for_another_unit_keeps_no_login() -> None:
    unit = UnitPlay(KramerUnit(KramerState(dev_id=2)))
    unit.hears("#02@LOGIN USER,1234\r").says("~02@LOGIN USER OK\r\n").wait(200.0)
    unit.hears("#01@LOGIN?\r").silent().wait(101.0).hears("#02@LOGIN?\r").says("~02@LOGIN NONE\r\n")


def test_a_message_that_is_too_long_is_for_its_unit_too() -> None:
    unit = UnitPlay(KramerUnit(KramerState(dev_id=2)))
    unit.hears("#01@" + "x" * 80 + "\r").silent().hears("#02@" + "x" * 80 + "\r").says("~02@ ERR001\r\n")
    assert isinstance(unit.core, KramerUnit)
    assert unit.core.level(HOST) == "NONE"
