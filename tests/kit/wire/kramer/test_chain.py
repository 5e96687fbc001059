"""Chains: several commands in one message, one reply for each, in their order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.golden import frame
from tests.support.playbook import HostPlay, UnitPlay
from unitbench.schema.records import Request
from unitbench.wire import codec_of, encode
from unitbench.wire.kramer.unit import KramerUnit

CHAIN = "#LOGIN?|SECUR?\r"
NOBODY, ON = "~01@LOGIN NONE\r\n", "~01@SECUR ON\r\n"


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (frame("D12").data, 2),
        (frame("D3").data, 1),
        (b"#|\r", 2),
        (b"#SECUR?|FOO|LOGIN?\r", 3),
        (b"#SECUR?\r#LOGIN?|SECUR?\r", 3),
        (b"#SECUR?|LOGIN?", 1),
        (b"#" + b"|" * 80 + b"\r", 1),
        (b"noise|noise\r", 1),
        (b"", 1),
    ],
)
def test_how_many_replies_it_asks_for(data: bytes, count: int) -> None:
    assert codec_of("kramer").replies_to(data) == count


@pytest.mark.parametrize("parts", [[NOBODY + ON], [NOBODY, ON], [NOBODY[:5], NOBODY[5:] + ON[:3], ON[3:]]])
def test_all_replies_are_the_answer(parts: list[str]) -> None:
    play = HostPlay("kramer").raw(CHAIN).out(CHAIN)
    for part in parts:
        play.hears(part)
    play.answered("LOGIN", auth="NONE").answered("SECUR", secur="ON").settled("ok").quiet()
    play.hears("~01@VID 1>2\r\n").unasked("VID", parameter="1>2").quiet()


def asked(*names: str) -> HostPlay:
    first, *more = (Request("kramer", name) for name in names)
    play = HostPlay("kramer")
    play.core.ask(replace(first, then=tuple(more)), 0.0)
    return play.out("#" + "|".join(names) + "\r")


def test_each_command_waits_for_its_own_line() -> None:
    play = asked("LOGIN?", "SECUR?").hears("~01@VID 1>2\r\n" + ON + NOBODY + "~01@VID 2>1\r\n" + ON)
    play.unasked("VID", parameter="1>2").unasked("SECUR", secur="ON").answered("LOGIN", auth="NONE")
    play.unasked("VID", parameter="2>1").answered("SECUR", secur="ON").settled("ok").quiet()


def test_a_refused_command_is_one_of_the_answers() -> None:
    play = asked("MODEL?", "SECUR?").hears("~01@MODEL ERR004\r\n").hears(ON)
    play.answered("MODEL", result="ERR004").answered("SECUR", secur="ON").settled("refused").quiet()


def test_a_chain_that_is_half_answered_is_silent_and_the_rest_comes_late() -> None:
    play = asked("LOGIN?", "SECUR?").hears(NOBODY).wait(2.0).answered("LOGIN", auth="NONE").settled("silent")
    play.ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR OFF\r\n").unasked("SECUR", late=True, secur="OFF")
    play.hears(ON).answered("SECUR", secur="ON").settled("ok").quiet()


def test_the_unit_runs_it_and_the_manual_shows_it() -> None:
    both = Request("kramer", "LOGIN?", to=1, then=(Request("kramer", "SECUR?", to=1),))
    assert encode(both) == frame("D12").data
    unit = UnitPlay(KramerUnit()).hears("#LOGIN USER,1234\r").says("~01@LOGIN USER OK\r\n")
    unit.hears(encode(both)).says(frame("D13").data, frame("D4").data)


def test_a_bad_member_makes_it_refused_and_the_others_still_count() -> None:
    play = HostPlay("kramer").raw("#SECUR?|FOO|LOGIN?\r")
    play.out("#SECUR?|FOO|LOGIN?\r").hears(ON + "~01@ ERR002\r\n" + NOBODY)
    play.answered("SECUR", secur="ON").answered("#", result="ERR002").answered("LOGIN", auth="NONE")
    play.settled("refused").quiet()


def test_where_a_reply_is_missing_the_others_are_kept() -> None:
    play = HostPlay("kramer").raw(CHAIN).out(CHAIN).hears(NOBODY).wait(1.0)
    play.answered("LOGIN", auth="NONE").settled("ok").quiet()
