"""Lines in a stream: the ends that are taken, what is dropped, and that any split gives the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.wire.codec import Piece
from unitbench.wire.lines.frames import LineFramer

LIMIT = 8
STREAMS = st.lists(st.sampled_from([b"a", b"bc", b"\r", b"\n", b"\r\n", b"x" * 9, b"\xff"])).map(b"".join)


def cut(data: bytes, *, at_once: bool = False) -> list[Piece]:
    return LineFramer(LIMIT, at_once=at_once).feed(data)


def texts(pieces: list[Piece]) -> list[bytes]:
    return [piece.data.rstrip(b"\r\n") for piece in pieces]


@pytest.mark.parametrize(
    ("stream", "lines"),
    [
        (b"ab\r\n", [b"ab\r\n"]),
        (b"ab\n", [b"ab\n"]),
        (b"ab\rc\r\n", [b"ab\r", b"c\r\n"]),
        (b"a\r\nb\nc\r\n", [b"a\r\n", b"b\n", b"c\r\n"]),
        (b"\r\n\n\r\r\n", []),
        (b"ab", []),
    ],
)
def test_ends(stream: bytes, lines: list[bytes]) -> None:
    assert cut(stream) == [Piece(line) for line in lines]


def test_a_long_line_is_marked_and_the_next_one_is_whole() -> None:
    assert cut(b"12345678\r\n") == [Piece(b"12345678\r\n")]
    long, following = cut(b"123456789abc\r\nok\r\n")
    assert long.data == b"12345678\r\n" and "8" in long.fault
    assert following == Piece(b"ok\r\n")


def test_at_once_a_cr_needs_no_successor() -> None:
    framer = LineFramer(LIMIT, at_once=True)
    assert framer.feed(b"ab\r") == [Piece(b"ab\r")]
    assert framer.pending == b""
    assert framer.feed(b"\ncd\r\n") == [Piece(b"cd\r\n")]


def test_what_is_left_when_the_sender_is_silent() -> None:
    framer = LineFramer(LIMIT)
    assert framer.feed(b"ab\r") == [] and framer.pending == b"ab\r"
    assert framer.flush() == [Piece(b"ab\r")]
    framer.feed(b"ab")
    (piece,) = framer.flush()
    assert piece.data == b"ab" and piece.fault and piece.cut
    assert framer.pending == b"" and framer.flush() == []


@pytest.mark.parametrize("at_once", [False, True])
@given(stream=STREAMS, data=st.data())
def test_any_split_gives_the_same_pieces(at_once: bool, stream: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(stream)))
    framer = LineFramer(LIMIT, at_once=at_once)
    pieces, whole = framer.feed(stream[:at]) + framer.feed(stream[at:]), cut(stream, at_once=at_once)
    assert texts(pieces) == texts(whole)
    assert [piece.fault for piece in pieces] == [piece.fault for piece in whole]
    assert at_once or pieces == whole
    assert len(framer.pending) <= LIMIT + 1


@given(STREAMS)
def test_both_ways_find_the_same_lines(stream: bytes) -> None:
    waiting = LineFramer(LIMIT)
    found = waiting.feed(stream) + [piece for piece in waiting.flush() if not piece.cut]
    assert texts(found) == texts(cut(stream, at_once=True))
