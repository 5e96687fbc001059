"""Replies of several lines, HELP's: said by the unit, gathered by our end, taken apart as one."""

from __future__ import annotations

import pytest

from tests.support.bench import Bench
from tests.support.playbook import HostPlay, UnitPlay
from unitbench import catalogue
from unitbench.schema.dissection import Dissection
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.host import MOST_LINES_BYTES, QUIET_S, Answered
from unitbench.wire.kramer.unit import KramerState, KramerUnit

HEAD = "~01@Device available protocol 3000 commands:\r\n"
LIST = HEAD + "#, HELP, MODEL?,\r\nPROT-VER?, SECUR?\r\n"
NAMES = "#,HELP,MODEL?,PROT-VER?,SECUR?"
ABOUT = "~01@HELP MODEL?:\r\nread the model\r\nUSAGE:MODEL?\r\n"
ON = "~01@SECUR ON\r\n"
VID = "~01@VID 1>2\r\n"
CODEC = codec_of("kramer")


def asked(line: str = "HELP", *, datagrams: bool = False) -> HostPlay:
    return HostPlay("kramer", datagrams=datagrams).ask(line).out(f"#{line}\r")


def dissect(line: str) -> Dissection:
    found = CODEC.dissect(line.encode("latin-1"), Role.UNIT)
    assert [
        (a.end, b.start) for a, b in zip(found.fields, found.fields[1:], strict=False) if a.end != b.start
    ] == []
    assert found.fields[-1].end == len(line)
    return found


def test_the_unit_lists_its_own_commands() -> None:
    unit = UnitPlay(KramerUnit(KramerState(secur=False))).hears("#HELP\r")
    names = ", ".join(sorted(command.name for command in catalogue.protocol("kramer").commands))
    unit.says(f"{HEAD}{names}\r\n")


def test_the_unit_explains_a_command() -> None:
    unit = UnitPlay(KramerUnit(KramerState(secur=False))).hears("#help model?\r")
    unit.says(ABOUT)
    unit.hears("#HELP NAME\r")
    (out,) = unit.core.outgoing(0.0)
    assert out.data.startswith(b"~01@HELP NAME:\r\n")
    assert out.data.endswith(b"\r\nUSAGE:NAME name\r\n")


@pytest.mark.parametrize("datagrams", [False, True])
def test_lines_are_one_answer_when_the_unit_is_silent(datagrams: bool) -> None:
    play = asked(datagrams=datagrams).wait(0.2).hears(LIST).wait(QUIET_S - 0.01)
    play.quiet()
    assert play.core.busy
    play.wait(0.02).answered("DEVICE", commands=NAMES).settled("ok").quiet()


def test_it_is_stamped_as_its_first_line() -> None:
    play = asked().wait(0.25).hears(HEAD).wait(0.25).hears(LIST[len(HEAD) :]).wait(QUIET_S)
    event = play.core.next_event()
    assert isinstance(event, Answered)
    assert event.heard.stamp == 0.25


def test_lines_may_come_byte_by_byte_and_slowly() -> None:
    play = asked()
    for byte in LIST:
        play.hears(byte).wait(0.01)
    play.wait(QUIET_S).answered("DEVICE", commands=NAMES).settled("ok").quiet()


def test_the_window_ends_a_unit_that_goes_on_for_ever() -> None:
    play = asked().hears(HEAD)
    for _ in range(30):
        play.wait(0.1).hears("SECUR?\r\n")
        if not play.core.busy:
            break
    assert play.now == pytest.approx(2.0)
    play.answered("DEVICE", commands="SECUR?").settled("ok")


@pytest.mark.parametrize("next_line", [ON, VID])
def test_the_next_reply_ends_it_too(next_line: str) -> None:
    play = asked().hears(LIST + next_line).answered("DEVICE", commands=NAMES).settled("ok")
    values = {"secur": "ON"} if next_line == ON else {"parameter": "1>2"}
    play.unasked(**values).quiet()


def test_a_refusal_has_no_further_lines() -> None:
    asked().hears("~01@HELP ERR004\r\n").answered("HELP", result="ERR004").settled("refused").quiet()
    asked().hears("~01@ ERR002\r\n").answered(result="ERR002").settled("refused").quiet()


def test_a_heading_alone_is_an_answer() -> None:
    asked().hears(HEAD).wait(QUIET_S).answered("DEVICE").settled("ok").quiet()


def test_what_was_said_first_by_somebody_else_stands_apart() -> None:
    asked().hears(VID + LIST).unasked(parameter="1>2").wait(QUIET_S).answered(commands=NAMES).settled(
        "ok"
    ).quiet()


def test_the_end_of_the_carrier_ends_it() -> None:
    asked().hears(LIST).closed().answered("DEVICE", commands=NAMES).settled("ok").quiet()
    play = asked().hears(LIST[:-2]).closed().garbled("PROT-VER?, SECUR?")
    play.answered("DEVICE", commands="#,HELP,MODEL?").settled("ok", partial="PROT-VER?, SECUR?").quiet()


def test_a_stopped_wait_keeps_what_came() -> None:
    asked().hears(LIST).cancelled().answered("DEVICE", commands=NAMES).settled("ok").quiet()


def test_a_flood_has_an_end() -> None:
    play = asked().hears(HEAD + "SECUR?\r\n" * (MOST_LINES_BYTES // 8))
    play.answered("DEVICE", commands="SECUR?").settled("ok")


def test_other_commands_are_settled_by_one_line() -> None:
    HostPlay("kramer").ask("SECUR?").out("#SECUR?\r").hears(ON).answered(secur="ON").settled("ok").quiet()


@pytest.mark.parametrize(
    ("line", "name", "values"),
    [
        (LIST, "DEVICE", {"commands": NAMES}),
        (LIST.replace("\r\n", "\n"), "DEVICE", {"commands": NAMES}),
        (LIST.replace("\r\n", "\r"), "DEVICE", {"commands": NAMES}),
        ("~01@HELP\r\n#SECUR?\r\n  LOGIN\r\n", "HELP", {"commands": "SECUR?,LOGIN"}),
        ("~01@help\r\nSECUR?, SECUR?\r\n", "HELP", {"commands": "SECUR?"}),
        (ABOUT, "HELP", {"about": "read the model USAGE:MODEL?"}),
        (HEAD, "DEVICE", {}),
        (HEAD + "nothing of use here\r\n", "DEVICE", {"about": "nothing of use here"}),
        ("~01@HELP\r\n\x1b[31mX\r\n", "HELP", {"about": "<ESC>[31mX"}),
    ],
)
def test_several_lines_are_taken_apart_as_one(line: str, name: str, values: dict[str, str]) -> None:
    found = dissect(line)
    assert found.ok, found.faults
    assert (found.name, found.values, found.result) == (name, values, "ok")
    assert CODEC.text(found.raw).isprintable()


def test_two_replies_are_not_one() -> None:
    for line in (ON + ON, HEAD + ON, ON + "SECUR?\r\n"):
        assert not CODEC.dissect(line.encode(), Role.UNIT).ok


def test_for_people_it_is_one_line() -> None:
    assert CODEC.text(LIST.encode()) == LIST.replace("\r\n", " ").rstrip()
    assert CODEC.text(ON.encode()) == ON.rstrip()


@pytest.mark.parametrize("datagrams", [False, True])
@pytest.mark.parametrize("piece", [0, 1, 7])
def test_our_end_and_the_unit(piece: int, datagrams: bool) -> None:
    bench = Bench("kramer", KramerUnit(), datagrams=datagrams, piece=0 if datagrams else piece)
    refused = bench.ask("HELP")
    assert (refused.outcome, refused.values, refused.waited) == ("refused", {"result": "ERR004"}, 0.0)
    assert bench.ask("LOGIN USER,1234").outcome == "ok"
    found = bench.ask("HELP")
    names = str(found.values["commands"]).split(",")
    assert names == sorted(command.name for command in catalogue.protocol("kramer").commands)
    assert (found.outcome, found.waited) == ("ok", QUIET_S)
    for name in names:
        if name != "#":
            about = bench.ask(f"HELP {name}")
            assert about.outcome == "ok"
            assert f"USAGE:{name}" in str(about.values["about"])
