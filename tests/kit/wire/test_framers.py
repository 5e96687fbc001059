"""Framers cut the same pieces however the stream is split, lose nothing, and keep little."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import golden
from tests.support.feeds import assert_three_ways
from tests.support.known import cases
from tests.support.strategies import hostile
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec, Framer, Piece

TAILS = {("dcol", "unit"): "C9", ("dcol", "host"): "C10", ("kramer", "unit"): "D4", ("kramer", "host"): "D3"}
"""A frame to come behind any other, by protocol and speaker."""
KEPT = 8192
"""More than any framer may hold back, in bytes."""


def framer(protocol: str, role: Role) -> Framer:
    return codec_of(protocol).framer(role, datagrams=False)


@pytest.mark.parametrize(("protocol", "frame"), cases("dcol", "kramer", valid=True))
def test_a_frame_whole_byte_by_byte_and_with_a_tail(protocol: str, frame: golden.Frame) -> None:
    role = Role(frame.direction)
    if frame.id in ("C6", "C7"):
        role = Role.UNIT
    tail = golden.frame(TAILS[protocol, frame.direction]).data
    assert_three_ways(
        lambda: framer(protocol, role), frame.data, [Piece(frame.data)], tail, after=[Piece(tail)]
    )


@pytest.mark.parametrize(("protocol", "frame"), cases("dcol", "kramer", valid=True))
def test_a_frame_cut_in_two_anywhere(protocol: str, frame: golden.Frame) -> None:
    for at in range(len(frame.data)):
        cutter = framer(protocol, Role(frame.direction))
        pieces = cutter.feed(frame.data[:at]) + cutter.feed(frame.data[at:])
        assert pieces == [Piece(frame.data)], at
        assert cutter.pending == b""


@pytest.mark.parametrize(("protocol", "frame"), cases("qstation"))
def test_a_datagram_is_a_frame(protocol: str, frame: golden.Frame) -> None:
    cutter = codec_of(protocol).framer(Role(frame.direction), datagrams=True)
    assert cutter.feed(frame.data) + cutter.feed(frame.data) == [Piece(frame.data)] * 2
    assert cutter.flush() == []
    assert cutter.pending == b""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("protocol", ["dcol", "kramer"])
def test_all_frames_in_one_segment(protocol: str, role: Role) -> None:
    wanted = [f.data for f in golden.frames(protocol) if f.direction == role.value and f.valid]
    assert framer(protocol, role).feed(b"".join(wanted)) == [Piece(data) for data in wanted]


def cut(data: bytes, at: list[int]) -> list[bytes]:
    places = sorted({min(place, len(data)) for place in at} | {0, len(data)})
    return [data[one:other] for one, other in pairwise(places)]


STREAMS = [pytest.param(codec_of(name), id=name) for name in ("dcol", "kramer")]


@pytest.mark.fuzz
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("codec", STREAMS)
@given(data=st.data())
def test_any_split_gives_the_same_pieces(codec: Codec, role: Role, data: st.DataObject) -> None:
    stream = data.draw(hostile())
    places = data.draw(st.lists(st.integers(0, len(stream)), max_size=8))
    whole, parts = (codec.framer(role, datagrams=False) for _ in range(2))
    one = whole.feed(stream)
    many = [piece for part in cut(stream, places) for piece in parts.feed(part)]
    assert many == one
    assert parts.pending == whole.pending
    assert parts.flush() == whole.flush()


@pytest.mark.fuzz
@pytest.mark.parametrize("codec", STREAMS)
@given(data=st.data())
def test_no_byte_of_a_unit_is_lost_but_empty_lines(codec: Codec, data: st.DataObject) -> None:
    stream = data.draw(hostile())
    cutter = codec.framer(Role.UNIT, datagrams=False)
    pieces = [*cutter.feed(stream), *cutter.flush()]
    found = b"".join(piece.data for piece in pieces)
    if codec.name == "kramer":
        assert found.translate(None, b"\r\n") == stream.translate(None, b"\r\n")
    else:
        assert found == stream
    assert all(piece.data for piece in pieces)
    assert cutter.pending == b""


@pytest.mark.parametrize(
    "fill", [b"\x02", b"\x02\x00\xae\xff", b"\x06", b"x", b"#", b"\r", b"~", b"\xff\x02"]
)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("codec", STREAMS)
def test_buffers_stay_small_whatever_comes(codec: Codec, role: Role, fill: bytes) -> None:
    cutter = codec.framer(role, datagrams=False)
    for size in (40_000, 1, 40_000):
        cutter.feed(fill * (size // len(fill)))
        assert len(cutter.pending) <= KEPT
    cutter.flush()
    assert cutter.pending == b""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("codec", STREAMS)
def test_after_silence_a_framer_starts_afresh(codec: Codec, role: Role) -> None:
    cutter = codec.framer(role, datagrams=False)
    good = golden.frame(TAILS[codec.name, role.value]).data
    for scrap in (good[:-1], good[:3], b"\x02\x00\xae\xff", b"x" * 3000, b"#" * 100, b"\x06\x15", b"\r"):
        cutter.feed(scrap)
        cutter.flush()
        assert cutter.feed(good) == [Piece(good)], scrap
