"""Answers that come too late, on a stream: never taken for the next request's."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from tests.support.playbook import HostPlay
from unitbench.wire.host import LATE_S

ON, OFF = "~01@SECUR ON\r\n", "~01@SECUR OFF\r\n"
ACK, NAK = b"\x06", b"\x15"
SET = "AEh 02h 0 10.2.3.6 255.255.255.0 10.2.3.255 10.2.3.1 0.0.0.0"


def silent(play: HostPlay, line: str = "SECUR?") -> HostPlay:
    """A request that nobody answers in time."""
    play.ask(line)
    play.core.outgoing()
    return play.wait(2.0).settled("silent")


def test_a_late_answer_is_told_as_late() -> None:
    silent(HostPlay("kramer")).hears(ON).unasked(late=True, secur="ON").quiet()


def test_a_late_answer_is_not_the_next_one() -> None:
    play = (
        silent(HostPlay("kramer")).ask("SECUR?").out("#SECUR?\r").hears(OFF).unasked(late=True, secur="OFF")
    )
    play.hears(ON).answered(secur="ON").settled("ok").quiet()


def test_both_answers_in_one_segment() -> None:
    play = silent(HostPlay("kramer")).ask("SECUR?").out("#SECUR?\r").hears(OFF + ON)
    play.unasked(late=True, secur="OFF").answered(secur="ON").settled("ok").quiet()


def test_a_late_acknowledgement_is_not_that_of_the_next_set() -> None:
    play = silent(HostPlay("dcol"), SET).ask(SET).out(frame("C3").data).hears(ACK).unasked("ACK", late=True)
    play.hears(NAK).answered("NAK").settled("refused").quiet()


def test_a_late_refusal_is_not_that_of_the_next_get() -> None:
    play = (
        silent(HostPlay("dcol"), "0Eh 2").ask("0Eh 19").out(frame("C10").data).hears(NAK + frame("C11").data)
    )
    play.unasked("NAK", late=True).answered(**frame("C11").fields).settled("ok").quiet()


def test_each_given_up_request_has_one_answer_to_come() -> None:
    play = silent(silent(HostPlay("kramer"))).ask("SECUR?").out("#SECUR?\r").hears(OFF + OFF + ON)
    play.unasked(late=True, secur="OFF").unasked(late=True, secur="OFF").answered(secur="ON").settled(
        "ok"
    ).quiet()


def test_what_fits_only_the_new_request_is_its_answer() -> None:
    play = silent(HostPlay("kramer"), "LOGOUT").ask("SECUR?").out("#SECUR?\r").hears(ON)
    play.answered(secur="ON").settled("ok").hears("~01@LOGOUT OK\r\n").unasked(late=True, result="OK").quiet()


@pytest.mark.parametrize(("wait", "late"), [(LATE_S - 0.1, True), (LATE_S + 0.1, False)])
def test_after_some_seconds_nothing_is_owed_any_more(wait: float, late: bool) -> None:
    play = silent(HostPlay("kramer")).wait(wait).ask("SECUR?").out("#SECUR?\r").hears(ON)
    if late:
        play.unasked(late=True, secur="ON").quiet()
    else:
        play.answered(secur="ON").settled("ok").quiet()


def test_a_request_that_was_stopped_is_owed_an_answer_too() -> None:
    play = HostPlay("kramer").ask("SECUR?").out("#SECUR?\r").cancelled().settled("silent")
    play.ask("SECUR?").out("#SECUR?\r").hears(OFF + ON)
    play.unasked(late=True, secur="OFF").answered(secur="ON").settled("ok").quiet()
    HostPlay("kramer").cancelled().quiet()


def test_an_answer_that_came_damaged_is_not_owed_again() -> None:
    bad, good, fields = frame("C5").data, frame("C2").data, frame("C2").fields
    play = HostPlay("dcol").ask("00h").out(frame("C1").data).hears(bad).wait(2.0)
    play.garbled(bad).settled("malformed", bad)
    play.ask("00h").out(frame("C1").data).hears(good).answered(**fields).settled("ok").quiet()


def test_an_answer_that_was_cut_by_the_end_of_the_window_is_not_owed_again() -> None:
    play = HostPlay("kramer").ask("SECUR?").out("#SECUR?\r").hears("~01@SECUR O").wait(2.0)
    play.garbled("~01@SECUR O").settled("silent", "~01@SECUR O").ask("SECUR?").out("#SECUR?\r")
    play.hears("FF\r\n" + ON).unasked("").answered(secur="ON").settled("ok").quiet()


def test_the_rest_of_a_cut_packet_holds_no_acknowledgement() -> None:
    report, fields = frame("C2").data, frame("C2").fields
    cut = bytearray(report)
    cut[20:24] = ACK * 4
    play = HostPlay("dcol").ask("00h").out(frame("C1").data).hears(bytes(cut[:10])).wait(2.0)
    play.garbled(bytes(cut[:10])).settled("silent", bytes(cut[:10]))
    play.ask(SET).out(frame("C3").data).hears(bytes(cut[10:]) + report)
    play.garbled(bytes(cut[10:])).unasked(**fields).hears(ACK).answered("ACK").settled(
        "ok", bytes(cut[10:])
    ).quiet()


def test_datagrams_owe_nothing() -> None:
    play = HostPlay("kramer", datagrams=True)
    silent(play).ask("SECUR?").out("#SECUR?\r").hears(ON).answered(secur="ON").settled("ok").quiet()
