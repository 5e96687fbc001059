"""Replies of several lines: the manual's frames, any split, what is damaged, and any bytes at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.added import EXAMPLE, taken
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.codec import Piece
from unitbench.wire.lines.blocks import BlockFramer
from unitbench.wire.lines.codec import LinesCodec
from unitbench.wire.lines.frames import LineFramer

# IM 04L41B01-17E, 3.12 and 4.4; the values are those of its examples.
ASKED = b"ip host"
ANSWERED = b"EA\r\nip = 192.168.111.24\r\nhost = DX1000-1\r\nEN\r\n"
NOTHING = b"EA\r\nEN\r\n"
STREAMS = st.lists(
    st.sampled_from([b"EA\r\n", b"EN\r\n", b"EA\n", b"EN\r", b"ip = 1\r\n", b"\r\n", b"x" * 30, b"\n", b"E"])
).map(b"".join)


@pytest.fixture(autouse=True, scope="module")
def _example() -> Iterator[None]:
    with taken(EXAMPLE):
        yield


def dx() -> LinesCodec:
    codec = codec_of("dx")
    assert isinstance(codec, LinesCodec)
    return codec


def framer(limit: int = 60) -> BlockFramer:
    return BlockFramer(LineFramer(limit), {b"EA": b"EN"}, limit)


def test_the_manuals_request() -> None:
    found = dx().dissect(ASKED)
    assert (found.ok, found.direction, found.name) == (True, "host", "ip")
    assert [(leaf.name, leaf.start, leaf.end, leaf.value) for leaf in found.fields] == [
        ("command", 0, 2, "ip"),
        ("separator", 2, 3, None),
        ("second", 3, 7, "host"),
    ]


def test_the_manuals_reply_field_by_field() -> None:
    found = dx().dissect(ANSWERED)
    assert (found.ok, found.direction, found.name) == (True, "unit", "information")
    assert found.values == {"ip": "192.168.111.24", "host": "DX1000-1"}
    assert [(leaf.name, ANSWERED[leaf.start : leaf.end]) for leaf in found.fields] == [
        ("tag", b"EA"),
        ("end", b"\r\n"),
        ("key", b"ip = "),
        ("ip", b"192.168.111.24"),
        ("end", b"\r\n"),
        ("key", b"host = "),
        ("host", b"DX1000-1"),
        ("end", b"\r\n"),
        ("close", b"EN"),
        ("end", b"\r\n"),
    ]
    assert dx().dissect(NOTHING).ok and dx().dissect(NOTHING).values == {}


def test_a_unit_puts_the_same_bytes_in_the_order_given() -> None:
    assert dx().encode_report("information", {"ip": "192.168.111.24", "host": "DX1000-1"}) == ANSWERED
    assert dx().encode_report("information", {}) == NOTHING


@pytest.mark.parametrize(
    ("data", "lacks", "fault"),
    [
        (b"EA\r\nip = 1.2.3.4\r\nEN", ("<CR><LF>",), "<CR><LF> is missing at the end"),
        (b"EA\r\nip = 1.2.3.4\r\n", ("EN",), "EN is missing at the end"),
        (b"EA\r\nip = 300.1.1.1\r\nEN\r\n", (), "ip: '300.1.1.1' is not allowed"),
        (b"EA\r\nEN\r\nhost = x\r\n", (), "bytes behind EN"),
    ],
)
def test_what_is_wrong_is_told(data: bytes, lacks: tuple[str, ...], fault: str) -> None:
    found = dx().dissect(data)
    assert found.lacks == lacks
    assert any(each.text.startswith(fault) for each in found.faults)


def test_an_item_that_the_table_does_not_have_is_no_fault() -> None:
    found = dx().dissect(b"EA\nmac = 02:00\nip=1.2.3.4\nEN\n")
    assert found.ok
    assert [leaf.note for leaf in found.fields if leaf.name == "item"] == [
        "not in the table, or there twice"
    ] * 2
    assert [leaf.note for leaf in found.fields if leaf.name == "end"] == ["<CR><LF> expected"] * 4


@pytest.mark.parametrize("size", range(len(ANSWERED) - 1))  # a CR alone ends a line too
def test_every_beginning_of_it_tiles_and_is_malformed(size: int) -> None:
    found = dx().dissect(ANSWERED[:size], Role.UNIT)
    assert b"".join(ANSWERED[leaf.start : leaf.end] for leaf in found.fields) == ANSWERED[:size]
    assert not found.ok


def test_a_reply_is_one_piece_and_other_lines_are_their_own() -> None:
    assert framer().feed(b"hello\r\n" + ANSWERED + NOTHING + b"bye\r\n") == [
        Piece(b"hello\r\n"),
        Piece(ANSWERED),
        Piece(NOTHING),
        Piece(b"bye\r\n"),
    ]


def test_a_reply_in_which_the_next_one_begins_is_damaged_and_the_next_is_whole() -> None:
    assert framer().feed(b"EA\r\nip = 1\r\n" + NOTHING) == [
        Piece(b"EA\r\nip = 1\r\n", "EN is missing"),
        Piece(NOTHING),
    ]


def test_a_reply_without_end_is_cut_off_at_its_limit() -> None:
    cut = framer(20)
    pieces = [
        piece for _ in range(10) for piece in cut.feed(b"EA\r\n" if not cut.pending else b"ip = 1.2.3\r\n")
    ]
    assert pieces
    assert all(piece.fault == "a reply of more than 20 bytes" and len(piece.data) < 40 for piece in pieces)


def test_what_has_begun_is_held_and_given_when_the_unit_falls_silent() -> None:
    cut = framer()
    assert cut.feed(b"EA\r\nip = 1") == []
    assert cut.pending == b"EA\r\nip = 1"
    assert cut.flush() == [Piece(b"EA\r\nip = 1", "EN is missing", cut=True)]
    assert cut.pending == b"" and cut.flush() == []
    assert cut.feed(NOTHING) == [Piece(NOTHING)]


@pytest.mark.fuzz
@given(STREAMS, st.lists(st.integers(0, 200)))
def test_any_split_gives_the_same_pieces(stream: bytes, cuts: list[int]) -> None:
    whole, split = framer(), framer()
    places = sorted({0, len(stream), *(at for at in cuts if at < len(stream))})
    parts = [stream[a:b] for a, b in pairwise(places)]
    expected = [*whole.feed(stream), *whole.flush()]
    assert [*(piece for part in parts for piece in split.feed(part)), *split.flush()] == expected


@pytest.mark.fuzz
@given(st.one_of(st.binary(max_size=80), STREAMS, STREAMS.map(lambda data: b"EA\r\n" + data)))
def test_any_bytes_are_taken_apart(data: bytes) -> None:
    for role in (None, *Role):
        found = dx().dissect(data, role)
        assert b"".join(data[leaf.start : leaf.end] for leaf in found.fields) == data
        assert 0 <= found.likeness <= 1
