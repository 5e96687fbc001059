"""Our end of a conversation, with the unit played by hand: what settles a request, and when."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from tests.support.playbook import UNIT, HostPlay, request
from unitbench.errors import InvalidValue, LocalProtocolError, MissingField, UnknownCommand
from unitbench.schema.records import Request
from unitbench.wire import codec_of
from unitbench.wire.host import Answered, HostCore

ON, OFF = "~01@SECUR ON\r\n", "~01@SECUR OFF\r\n"
C1, C2, C5, C9, C10, C11 = (frame(name).data for name in ("C1", "C2", "C5", "C9", "C10", "C11"))
ACK, NAK = b"\x06", b"\x15"


def kramer() -> HostPlay:
    return HostPlay("kramer")


def dcol() -> HostPlay:
    return HostPlay("dcol")


def test_an_answer_settles_a_request() -> None:
    kramer().ask("SECUR?").out("#SECUR?\r").hears(ON).answered(secur="ON").settled("ok").quiet()
    dcol().ask("0Eh 19").out(C10).hears(C11).answered("AEh 0Fh", **frame("C11").fields).settled("ok").quiet()


def test_a_refusal_is_an_answer() -> None:
    play = kramer().ask("LOGIN USER,nope").out("#LOGIN USER,nope\r")
    play.hears("~01@LOGIN ERR004\r\n").answered("LOGIN", result="ERR004").settled("refused").quiet()
    dcol().ask("0Eh 2").out(frame("C14").data).hears(NAK).answered("NAK").settled("refused").quiet()
    kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@ ERR002\r\n").answered(result="ERR002").settled(
        "refused"
    ).quiet()


def test_an_answer_may_come_in_pieces() -> None:
    play = dcol().ask("00h").out(C1)
    for byte in C2:
        play.hears(bytes([byte]))
    play.answered("AEh 01h", **frame("C2").fields).settled("ok").quiet()


def test_a_stamp_goes_with_the_bytes_that_made_the_frame() -> None:
    play = kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR ON\r").wait(0.25).hears("\n")
    event = play.core.next_event()
    assert isinstance(event, Answered)
    assert (event.heard.stamp, event.heard.peer) == (0.25, UNIT)


def test_lines_that_nobody_asked_for_stand_apart() -> None:
    play = kramer().hears("~01@VID 1>2\r\n").unasked(parameter="1>2")
    play.ask("SECUR?").out("#SECUR?\r").hears("~01@VID 2>2\r\n" + ON + "~01@VID 3>2\r\n")
    play.unasked(parameter="2>2").answered(secur="ON").settled("ok").unasked(parameter="3>2").quiet()


def test_a_packet_of_another_kind_stands_apart() -> None:
    report = bytes.fromhex("02 08 40 03 06 15 06 6C 03")
    play = dcol().ask("0Ch").out(frame("C8").data).hears(report + ACK + C9 + report)
    play.unasked(data="061506").unasked("ACK")
    play.answered("AEh 0Dh", **frame("C9").fields).settled("ok").unasked(data="061506").quiet()


def test_the_settings_of_another_port_are_not_the_answer() -> None:
    play = dcol().ask("0Eh 20").out(bytes.fromhex("02 00 AE 02 0E 14 D2 03")).hears(C11)
    play.unasked("AEh 0Fh", **frame("C11").fields).wait(2.0).settled("silent", C11).quiet()


@pytest.mark.parametrize(
    ("protocol", "line", "window_s"),
    [
        ("kramer", "SECUR?", 2.0),
        ("dcol", "00h", 2.0),
        ("qstation", "DEVICEIDENT?", 1.0),
        ("qstation", "DEVICESYNC", 1.0),
        ("qstation", "GETLIFESIGNAL 02:00:00:00:00:31", 5.0),
    ],
)
def test_silence_is_found_when_the_window_ends(protocol: str, line: str, window_s: float) -> None:
    play = HostPlay(protocol, datagrams=protocol == "qstation").ask(line)
    play.core.outgoing()
    assert play.core.deadline() == window_s
    play.wait(window_s - 0.001)
    assert play.core.next_event() is None
    play.wait(0.001).settled("silent").quiet()
    assert play.core.deadline() is None


def test_a_window_of_ones_own() -> None:
    kramer().ask("SECUR?", window_s=0.5).out("#SECUR?\r").wait(0.5).settled("silent").quiet()


def test_silence_hands_over_what_had_arrived() -> None:
    play = kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR").wait(2.0)
    play.garbled("~01@SECUR").settled("silent", "~01@SECUR").quiet()
    play = dcol().ask("00h").out(C1).hears(C2[:20]).wait(1.0).hears(C2[20:-1]).wait(1.0)
    play.garbled(C2[:-1]).settled("silent", C2[:-1]).quiet()


def test_bytes_that_can_be_no_answer_are_malformed() -> None:
    dcol().ask("00h").out(C1).hears(C5).wait(2.0).garbled(C5).settled("malformed", C5).quiet()
    dcol().ask("00h").out(C1).hears("HTTP/1.0\r\n").wait(2.0).garbled("HTTP/1.0\r\n").settled(
        "malformed", "HTTP/1.0\r\n"
    ).quiet()
    long = "~01@SECUR " + "x" * 1014
    kramer().ask("SECUR?").out("#SECUR?\r").hears(long + "x").garbled(long).wait(2.0).garbled("x").settled(
        "malformed", long + "x"
    ).quiet()


def test_an_answer_that_breaks_the_table_is_malformed() -> None:
    kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR MAYBE\r\n").answered(
        "SECUR", secur="MAYBE"
    ).settled("malformed").quiet()


def test_noise_before_a_good_answer_does_no_harm() -> None:
    play = dcol().ask("00h").out(C1).hears(b"\xff\xff" + C5 + C2)
    play.garbled(b"\xff\xff" + C5).answered("AEh 01h", **frame("C2").fields).settled(
        "ok", b"\xff\xff" + C5
    ).quiet()


def test_a_good_answer_behind_a_false_start_is_found_at_the_end() -> None:
    play = dcol().ask("00h").out(C1).hears(b"\x02\x00\x00\xff" + C2).wait(2.0).garbled(b"\x02\x00\x00\xff")
    play.answered("AEh 01h", **frame("C2").fields).settled("ok", b"\x02\x00\x00\xff").quiet()


def test_a_line_that_ends_with_cr_alone_is_good_at_the_end() -> None:
    kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR ON\r").wait(2.0).answered(secur="ON").settled(
        "ok"
    ).quiet()


def test_no_acknowledgement_out_of_a_damaged_report() -> None:
    line = "AEh 02h 0 10.2.3.6 255.255.255.0 10.2.3.255 10.2.3.1 0.0.0.0"
    report = bytearray(C2)
    report[3], report[8:10] = 2, ACK + ACK
    play = dcol().ask(line).out(frame("C3").data).hears(bytes(report)).wait(2.0)
    play.garbled(bytes(report)).settled("malformed", bytes(report)).quiet()


def test_a_closed_link_ends_the_request() -> None:
    kramer().ask("SECUR?").out("#SECUR?\r").closed().settled("closed").quiet()
    kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SE").closed().garbled("~01@SE").settled(
        "closed", "~01@SE"
    ).quiet()
    kramer().ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR ON\r").closed().answered(secur="ON").settled(
        "ok"
    ).quiet()
    kramer().closed().quiet()


def test_after_a_closed_link_nothing_old_is_left() -> None:
    play = kramer().ask("SECUR?").out("#SECUR?\r").wait(2.0).settled("silent").hears("~01@SECUR OF").closed()
    play.garbled("~01@SECUR OF").ask("SECUR?").out("#SECUR?\r").hears(ON).answered(secur="ON").settled(
        "ok"
    ).quiet()


def test_bytes_as_they_are_take_the_first_frame() -> None:
    kramer().raw("#x y\r").out("#x y\r").hears("hello\r\n").answered("").settled("malformed").quiet()
    dcol().raw(C1 + C1).out(C1 + C1).hears(C2 + C2).answered(**frame("C2").fields).settled("ok").unasked(
        **frame("C2").fields
    ).quiet()
    kramer().raw("#\r", 0.25).out("#\r").wait(0.25).settled("silent").quiet()


def test_one_request_at_a_time() -> None:
    core = HostCore(codec_of("kramer"), datagrams=False)
    core.ask(request("SECUR?"), 0.0)
    assert core.busy
    with pytest.raises(LocalProtocolError) as caught:
        core.ask(request("LOGIN?"), 0.0)
    assert caught.value.hint
    with pytest.raises(LocalProtocolError):
        core.send(b"#\r", 0.0)
    assert [out.data for out in core.outgoing()] == [b"#SECUR?\r"]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Request("kramer", "LOGIN", (("auth", "USER"),)), MissingField),
        (Request("kramer", "LOGIN", (("auth", "ROOT"), ("password", ""))), InvalidValue),
        (Request("kramer", "NOTHING"), UnknownCommand),
        (Request("kramer", "SECUR?", (("flag", "1"),)), InvalidValue),
    ],
)
def test_what_cannot_be_said_leaves_no_trace(asked: Request, error: type[Exception]) -> None:
    play = kramer()
    with pytest.raises(error):
        play.core.ask(asked, 0.0)
    assert not play.core.busy
    play.ask("SECUR?").out("#SECUR?\r").hears(ON).answered(secur="ON").settled("ok").quiet()
