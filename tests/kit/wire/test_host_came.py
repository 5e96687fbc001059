"""What came in place of an answer: every byte of it is counted, and so many are kept as are of use."""

from __future__ import annotations

from tests.support.golden import frame
from tests.support.playbook import UNIT, HostPlay
from unitbench.wire.host import MOST_ANSWERS, PARTIAL_CAP, Settled

ON = "~01@SECUR ON\r\n"
ROUTED = "~01@VID 1>2\r\n"
OTHERS = "MAA:02:00:00:00:00:99\tACK\r\n"


def asked() -> HostPlay:
    return HostPlay("kramer").ask("SECUR?").out("#SECUR?\r")


def end(play: HostPlay) -> Settled:
    """How the request ended; what came before that is passed over."""
    (found,) = (event for event in iter(play.core.next_event, None) if isinstance(event, Settled))
    return found


def test_a_line_that_is_no_answer_is_what_came() -> None:
    play = asked().hears(ROUTED).wait(2.0).unasked(parameter="1>2").settled("silent", ROUTED)
    play.quiet()


def test_the_acknowledgement_of_another_unit_is_what_came() -> None:
    play = HostPlay("qstation", datagrams=True).ask("DEVICESYNC 02:00:00:00:00:31").hears(OTHERS).wait(1.0)
    assert end(play) == Settled("silent", OTHERS.encode())


def test_an_echo_and_empty_lines_are_what_came() -> None:
    assert end(asked().hears("#SECUR?\r").hears("\r\n\r\n").wait(2.0)).partial == b"#SECUR?\r\r\n\r\n"
    found = end(asked().hears("\r\n" * 500).wait(2.0))
    assert (found.outcome, found.came) == ("silent", 1000)


def test_what_had_begun_before_the_request_is_what_came_too() -> None:
    play = HostPlay("kramer").hears("~01@SE").ask("SECUR?").out("#SECUR?\r").hears("CUR").wait(2.0)
    assert end(play) == Settled("silent", b"~01@SECUR")


def test_all_is_counted_and_so_much_kept() -> None:
    play = asked()
    for _ in range(100):
        play.hears(ROUTED * 500)
    found = end(play.wait(2.0))
    assert (found.came, len(found.partial)) == (100 * 500 * len(ROUTED), PARTIAL_CAP)


def test_beside_an_answer_only_what_made_no_frame_is_told() -> None:
    play = asked().hears(ROUTED + "xx" + ON)
    play.unasked(parameter="1>2").garbled("xx").answered(secur="ON").settled("ok", "xx").quiet()
    again = HostPlay("dcol").ask("00h").hears(b"\xff" + frame("C2").data)
    assert end(again).came == 1


def test_a_broadcast_is_over_when_more_answer_than_there_can_be() -> None:
    play = HostPlay("qstation", datagrams=True).ask("DEVICESYNC", collect=0)
    for _ in range(MOST_ANSWERS):
        play.core.receive(OTHERS.encode(), UNIT, 0.5)
    assert not play.core.busy
    assert end(play).outcome == "ok"
