"""A receiver that streams: answers are found among its reports, and nothing inside a report is an answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.foreign import dcol_build
from tests.support.golden import frame
from tests.support.playbook import HostPlay

ACK, NAK = b"\x06", b"\x15"
GENOUT = dcol_build(8, 0x40, b"\x07\x00\x00\x0f\x04\x00\x06\x15\x02")
"""A report of another type, with 06h, 15h and 02h in its data."""
GENOUT_FIELDS: dict[str, Any] = {"data": "0700000f0400061502"}
SET = (
    "10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=60 output_only=0 initiate_connection=0 "
    "remote_ip_port=0 remote_ip_address=''"
)


def play(line: str) -> HostPlay:
    host = HostPlay("dcol").ask(line)
    host.core.outgoing()
    return host


@pytest.mark.parametrize(("said", "outcome"), [(ACK, "ok"), (NAK, "refused")], ids=["ACK", "NAK"])
def test_an_answer_between_two_reports_in_one_segment(said: bytes, outcome: str) -> None:
    host = play(SET).hears(GENOUT + said + GENOUT)
    host.unasked(**GENOUT_FIELDS).answered().settled(outcome).unasked(**GENOUT_FIELDS).quiet()


def test_an_answer_and_reports_byte_by_byte() -> None:
    host = play(SET)
    for byte in GENOUT + ACK + GENOUT:
        host.hears(bytes([byte]))
    host.unasked(**GENOUT_FIELDS).answered("ACK").settled("ok").unasked(**GENOUT_FIELDS).quiet()


def test_reports_alone_are_no_answer() -> None:
    host = play(SET)
    for _ in range(9):
        host.hears(GENOUT).unasked(**GENOUT_FIELDS)
    host.wait(2.5).settled("silent", GENOUT * 9).quiet()


def test_a_report_that_is_broken_off_hides_no_later_answer() -> None:
    host = play("GETSERIAL").hears(GENOUT[:7]).hears(frame("C16").data)
    host.wait(2.5)
    host.garbled(GENOUT[:7]).answered("RETSERIAL", **frame("C16").fields).settled("ok", GENOUT[:7]).quiet()


def test_an_acknowledgement_answers_no_get_and_a_packet_no_set() -> None:
    host = play("GETSERIAL").hears(ACK).unasked("ACK").hears(frame("C9").data)
    host.unasked("AEh 0Dh", **frame("C9").fields).hears(frame("C16").data)
    host.answered("RETSERIAL", **frame("C16").fields).settled("ok").quiet()
    host = play(SET).hears(frame("C16").data).unasked("RETSERIAL", **frame("C16").fields).hears(ACK)
    host.answered("ACK").settled("ok").quiet()


def test_a_late_acknowledgement_is_not_taken_for_the_next_sets() -> None:
    host = play(SET).wait(2.5).settled("silent").ask(SET)
    host.core.outgoing()
    host.hears(ACK).unasked("ACK", late=True).hears(NAK).answered("NAK").settled("refused").quiet()
