"""Requests and frames as people read them."""

from __future__ import annotations

import pytest

from tests.support.golden import frame
from tests.support.playbook import request
from unitbench.schema.records import Request
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec

SUMMARY = (
    "AEh 0Dh first_virtual_port=19 last_virtual_port=28 number_of_active_virtual_ports=2 "
    "active_virtual_ports=19,20"
)


@pytest.mark.parametrize(
    ("line", "spelt"),
    [
        ("secur?", "SECUR?"),
        ("login user 1234", "LOGIN USER,***"),
        ("LOGIN ADMIN,", "LOGIN ADMIN,***"),
        ("#", "#"),
        ("0Eh 19", "AEh 0Eh virtual_port=19"),
        ("10h 20 1 5018 tcp 0 0 0 0 ''", None),
        ("devicesync", "DEVICESYNC"),
        ("GETLIFESIGNAL 02:00:00:00:00:31?", "GETLIFESIGNAL 02:00:00:00:00:31"),
    ],
)
def test_a_request_is_spelt_as_its_maker_spells_it(line: str, spelt: str | None) -> None:
    asked = request(line)
    found = codec_of(asked.protocol).spelling(asked)
    if spelt is not None:
        assert found == spelt
    if "***" not in found:
        assert request(found) == asked, "what is shown can be typed"


@pytest.mark.parametrize("protocol", ["kramer", "dcol", "qstation"])
def test_the_plain_spelling_masks_secrets_and_leaves_out_what_is_not_given(protocol: str) -> None:
    asked = {
        "kramer": Request("kramer", "LOGIN", (("auth", "USER"), ("password", "correct-horse"))),
        "dcol": Request("dcol", "AEh 0Eh", (("virtual_port", 19),)),
        "qstation": Request("qstation", "DEVICESYNC"),
    }[protocol]
    codec = codec_of(protocol)
    for found in (codec.spelling(asked), Codec.spelling(codec, asked)):
        assert "correct-horse" not in found
        assert found.startswith(asked.command)
    assert codec.spelling(Request(protocol, asked.command)).startswith(asked.command)


@pytest.mark.parametrize(
    ("protocol", "data", "text"),
    [
        ("kramer", frame("D4").data, "~01@SECUR ON"),
        ("kramer", b"~01@NAME \x1b[2J\r\n", "~01@NAME <ESC>[2J"),
        ("dcol", b"\x06", "ACK"),
        ("dcol", b"\x15", "NAK"),
        ("dcol", frame("C10").data, "AEh 0Eh virtual_port=19"),
        ("dcol", frame("C9").data, SUMMARY),
        ("dcol", frame("C5").data, "02 00 ae 01 00 b0 03"),
        ("qstation", frame("E6").data, "MAA:00:02:8A:01:0F:3C<TAB>ACK"),
    ],
)
def test_a_frame_is_one_line(protocol: str, data: bytes, text: str) -> None:
    assert codec_of(protocol).text(data) == text
