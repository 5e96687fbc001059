"""Noise before a reply in its line: the reply is found, the noise stands apart, and no text is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.feeds import assert_three_ways
from tests.support.playbook import HostPlay
from unitbench.schema.records import Role
from unitbench.wire.codec import Piece
from unitbench.wire.kramer.frames import NOISE, UNIT_LIMIT, UNIT_OVERLONG, framer

ON = b"~01@SECUR ON\r\n"
OPEN = "the line end is missing"


def pieces(*parts: bytes, flush: bool = False) -> list[Piece]:
    cutter = framer(Role.UNIT)
    found = [piece for part in parts for piece in cutter.feed(part)]
    return [*found, *(cutter.flush() if flush else [])]


@pytest.mark.parametrize("noise", [b"xx", b"\0" * 100, b"#SECUR?", b"  ", b"\xff~", b"a~b~1x", b"y" * 1000])
def test_noise_before_a_reply_is_a_piece_of_its_own(noise: bytes) -> None:
    wanted = [Piece(noise, NOISE), Piece(ON)]
    assert_three_ways(lambda: framer(Role.UNIT), noise + ON, wanted, ON, after=[Piece(ON)])


@pytest.mark.parametrize(
    "line",
    [
        b"~01@MODEL a~01@b\r\n",
        b"~01@SECUR~ON\r\n",
        b"~x~01@SECUR ON\r\n",
        b"use ~ for home\r\n",
        b"a reply is ~NN@NAME\r\n",
        b"~\r\n",
    ],
)
def test_what_starts_no_reply_cuts_no_line(line: bytes) -> None:
    assert pieces(line) == [Piece(line)]


def test_a_reply_behind_noise_that_is_too_long_for_a_line() -> None:
    for size in range(UNIT_LIMIT - 8, UNIT_LIMIT + 8):
        found = pieces(b"x" * size + ON + ON)
        assert found[-2:] == [Piece(ON), Piece(ON)], size
        assert b"".join(piece.data for piece in found[:-2]) == b"x" * size
        assert all(piece.fault for piece in found[:-2])


def test_a_reply_that_is_too_long_is_not_cut_at_a_start_in_its_text() -> None:
    line = b"~01@MODEL " + b"m" * UNIT_LIMIT + b"~01@SECUR ON\r\n"
    assert pieces(line + ON) == [
        Piece(line[:UNIT_LIMIT], UNIT_OVERLONG, part=True),
        Piece(line[UNIT_LIMIT:], UNIT_OVERLONG, part=True),
        Piece(ON),
    ]


def test_a_reply_that_is_too_long_behind_noise_is_still_marked() -> None:
    line = b"~01@MODEL " + b"m" * UNIT_LIMIT + b"\r\n"
    assert pieces(b"xx" + line + ON) == [
        Piece(b"xx", NOISE),
        Piece(line[:UNIT_LIMIT], UNIT_OVERLONG, part=True),
        Piece(line[UNIT_LIMIT:], UNIT_OVERLONG, part=True),
        Piece(ON),
    ]


def test_silence_behind_noise_and_half_a_reply() -> None:
    assert pieces(b"xx~01@SE", flush=True) == [
        Piece(b"xx", NOISE),
        Piece(b"~01@SE", OPEN, cut=True),
    ]
    assert pieces(b"xx" + ON[:-1], flush=True) == [Piece(b"xx", NOISE), Piece(ON[:-1])]


PARTS = st.sampled_from(
    [b"~", b"~0", b"1@", b"~01@", b"~01@SECUR ON", b"@", b"x", b"x" * 700, b"x" * 1020, b"\r", b"\n", b"\r\n"]
)


@pytest.mark.fuzz
@given(parts=st.lists(PARTS, max_size=12), places=st.lists(st.integers(0, 4000), max_size=6))
@example(parts=[b"x" * 1020, b"x", b"~0", b"1@", b"\r\n"], places=[1023])
def test_any_split_of_noise_and_replies_gives_the_same_pieces(parts: list[bytes], places: list[int]) -> None:
    stream = b"".join(parts)
    at = sorted({0, len(stream), *(place for place in places if place < len(stream))})
    split = [stream[one:other] for one, other in pairwise(at)]
    assert pieces(*split, flush=True) == pieces(stream, flush=True)
    assert all(len(piece.data) <= UNIT_LIMIT for piece in pieces(stream, flush=True))


def test_a_request_is_answered_behind_noise() -> None:
    for noise in ("xx", "\0" * 100, "#SECUR?"):
        play = HostPlay("kramer").ask("SECUR?").out("#SECUR?\r").hears(noise + "~01@SECUR ON\r\n")
        play.garbled(noise).answered(secur="ON").settled("ok", noise).quiet()
