"""Protocol 3000 lines in a stream, both directions."""

from __future__ import annotations

import pytest

from tests.support.feeds import assert_three_ways
from unitbench.schema.records import Role
from unitbench.wire.codec import Piece
from unitbench.wire.kramer.frames import HOST_LIMIT, OVERLONG, UNIT_LIMIT, UNIT_OVERLONG, asked, framer

ON = b"~01@SECUR ON\r\n"


def unit_pieces(*parts: bytes) -> list[Piece]:
    cutter = framer(Role.UNIT)
    return [piece for part in parts for piece in cutter.feed(part)]


def host_pieces(*parts: bytes) -> list[bytes]:
    cutter = framer(Role.HOST)
    return [piece.data for part in parts for piece in cutter.feed(part)]


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (ON + ON, [ON, ON]),
        (b"~01@SECUR ON\n" + ON, [b"~01@SECUR ON\n", ON]),
        (b"~01@SECUR ON\r" + ON, [b"~01@SECUR ON\r", ON]),
        (b"\r\n\n\r\r\n" + ON, [ON]),
        (b"~01@HELP\r\n#SECUR?\r\n  LOGIN\r\n" + ON, [b"~01@HELP\r\n", b"#SECUR?\r\n", b"  LOGIN\r\n", ON]),
        (b"~01@LOGIN USER\r\n~01@VID 1>2\r\n", [b"~01@LOGIN USER\r\n", b"~01@VID 1>2\r\n"]),
    ],
)
def test_lines_of_a_unit(stream: bytes, lines: list[bytes]) -> None:
    assert_three_ways(
        lambda: framer(Role.UNIT), stream, [Piece(line) for line in lines], ON, after=[Piece(ON)]
    )


def test_cr_and_lf_in_two_segments_are_one_line_end() -> None:
    assert unit_pieces(ON[:-1], ON[-1:], ON) == [Piece(ON), Piece(ON)]


@pytest.mark.parametrize("size", [UNIT_LIMIT - 2, UNIT_LIMIT - 1, UNIT_LIMIT, UNIT_LIMIT + 1, 3 * UNIT_LIMIT])
def test_a_long_line_is_cut_the_same_way_however_it_comes(size: int) -> None:
    stream = b"~" + b"x" * (size - 1) + b"\r\n" + ON
    pieces = unit_pieces(stream)
    assert unit_pieces(*(stream[at : at + 1] for at in range(len(stream)))) == pieces
    assert b"".join(piece.data for piece in pieces).translate(None, b"\r\n") == stream.translate(
        None, b"\r\n"
    )
    assert pieces[-1] == Piece(ON)
    assert {piece.fault for piece in pieces[:-1]} == ({""} if size + 2 <= UNIT_LIMIT else {UNIT_OVERLONG})
    assert all(len(piece.data) <= UNIT_LIMIT for piece in pieces)


def test_silence_ends_a_line_that_a_unit_left_open() -> None:
    cutter = framer(Role.UNIT)
    cutter.feed(b"~01@SECUR ON")
    assert cutter.flush() == [Piece(b"~01@SECUR ON", "the line end is missing", cut=True)]
    cutter.feed(b"~01@SECUR ON\r")
    assert cutter.flush() == [Piece(b"~01@SECUR ON\r")]
    assert cutter.flush() == []


@pytest.mark.parametrize(
    ("stream", "messages"),
    [
        (b"#SECUR?\r", [b"#SECUR?\r"]),
        (b"#SECUR?\r\n", [b"#SECUR?\r"]),
        (b"#SECUR?\n\r", [b"#SECUR?\r"]),
        (b"#SEC\nUR?\r", [b"#SECUR?\r"]),
        (b"##SECUR?\r", [b"#SECUR?\r"]),
        (b"#LOGIN US#SECUR?\r", [b"#SECUR?\r"]),
        (b"SECUR?\r", []),
        (b"noise\r#\rnoise\r", [b"#\r"]),
        (b"\x01\x81\x81\x81\r", []),
        (b"#SECUR?", []),
        (b"\r\r\r", []),
    ],
)
def test_messages_of_a_host(stream: bytes, messages: list[bytes]) -> None:
    assert_three_ways(lambda: framer(Role.HOST), stream, [Piece(data) for data in messages])


def test_a_split_request_is_one_message() -> None:
    assert host_pieces(b"#SEC", b"UR?\r") == [b"#SECUR?\r"]


def test_sixty_four_characters_are_allowed_and_one_more_is_not() -> None:
    fits = b"#" + b"x" * (HOST_LIMIT - 1)
    assert framer(Role.HOST).feed(fits + b"\r") == [Piece(fits + b"\r")]
    assert framer(Role.HOST).feed(fits + b"yz\r#\r") == [Piece(fits + b"\r", OVERLONG), Piece(b"#\r")]


def test_a_message_is_split_into_words_with_their_places() -> None:
    line = "#LOGIN USER , 12 34|"
    found = asked(line, 1, 19)
    assert found is not None
    assert line[found.name.start : found.name.end] == found.name.text == "LOGIN"
    assert [(part.text, line[part.start : part.end]) for part in found.args] == [
        ("USER", "USER"),
        ("12 34", "12 34"),
    ]
    assert asked(line, 6, 7) is None
