"""DCOL packets in a stream: damage, rescans, and ACK or NAK where they are meant and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.feeds import assert_three_ways
from tests.support.foreign import dcol_build, dcol_sum
from tests.support.golden import frame
from unitbench.schema.records import Role
from unitbench.wire.codec import Piece
from unitbench.wire.dcol.frames import PacketFramer, build, checksum

C1, C2, C3, C5, C9, C14 = (frame(name).data for name in ("C1", "C2", "C3", "C5", "C9", "C14"))
ACK, NAK = b"\x06", b"\x15"
LONG = (0x95, 0x96, 0xC2)
"""Types whose LENGTH has two bytes."""


def host() -> PacketFramer:
    return PacketFramer(Role.HOST)


def unit() -> PacketFramer:
    return PacketFramer(Role.UNIT)


def frames(pieces: list[Piece]) -> list[bytes]:
    return [piece.data for piece in pieces if not piece.fault]


KINDS = st.integers(0, 255).filter(lambda kind: kind not in LONG)


@given(st.integers(0, 255), KINDS, st.binary(max_size=255))
def test_a_packet_is_built_as_a_stranger_builds_it(status: int, kind: int, data: bytes) -> None:
    packet = build(kind, data, status)
    assert packet == dcol_build(status, kind, data)
    assert checksum(packet) == packet[-2] == dcol_sum(packet)
    assert unit().feed(packet) == [Piece(packet)]


def test_a_wrong_checksum_is_told_with_the_next_good_packet() -> None:
    bad = Piece(C5, "checksum B0h, expected AFh")
    assert_three_ways(host, C5, [], C1, after=[bad, Piece(C1)])


def test_a_missing_etx() -> None:
    bad = C1[:-1] + b"\x00"
    (junk, good) = host().feed(bad + C1)
    assert good == Piece(C1)
    assert junk.data == bad
    assert junk.fault == "no ETX where LENGTH puts it (byte 6 is 00h)"


def test_bytes_before_stx_are_skipped() -> None:
    assert_three_ways(host, b"\x00\xffxyz" + C1, [Piece(b"\x00\xffxyz", "bytes before STX"), Piece(C1)])


def test_a_host_sends_no_bare_bytes() -> None:
    assert host().feed(ACK + C1 + NAK + C1) == [
        Piece(ACK, "bytes before STX"),
        Piece(C1),
        Piece(NAK, "bytes before STX"),
        Piece(C1),
    ]


def test_bare_bytes_stand_between_packets() -> None:
    stream = ACK + C9 + NAK + ACK + C2 + ACK
    assert_three_ways(unit, stream, [Piece(p) for p in (ACK, C9, NAK, ACK, C2, ACK)])


@pytest.mark.parametrize("kind", [0x40, 0xAE, 0x06, 0x15])
@pytest.mark.parametrize("data", [ACK * 9, NAK * 9, b"\x02\x03" * 9, C1, b"\x03", b"", ACK * 255])
def test_inside_a_packet_every_byte_is_data(kind: int, data: bytes) -> None:
    packet = dcol_build(0, kind, data)
    assert_three_ways(unit, packet, [Piece(packet)], ACK, after=[Piece(ACK)])


@pytest.mark.parametrize("total", [0x02, 0x03, 0x06, 0x15])
def test_the_checksum_may_look_like_a_mark(total: int) -> None:
    packet = dcol_build(0, 0xAE, bytes([0x0E, (total - 0xAE - 2 - 0x0E) % 256]))
    assert packet[-2] == total
    assert_three_ways(unit, packet, [Piece(packet)], ACK, after=[Piece(ACK)])


@pytest.mark.parametrize("length", [1, 40, 200, 255])
def test_a_good_packet_swallowed_by_a_false_length_is_found(length: int) -> None:
    false = b"\x02\x00\x77" + bytes([length])
    cutter = host()
    pieces = cutter.feed(false + C3) + cutter.feed(C1 * 40)
    assert pieces[0].data == false
    assert frames(pieces) == [C3, *[C1] * 40]


def test_a_good_packet_swallowed_by_a_false_length_is_found_at_silence() -> None:
    cutter = unit()
    assert cutter.feed(b"\x02\x00\x77\xff" + C9) == []
    assert cutter.flush() == [Piece(b"\x02\x00\x77\xff", "the packet ends early"), Piece(C9)]
    assert cutter.pending == b""


def test_what_is_cut_short_is_told_so() -> None:
    for size in range(1, len(C2)):
        cutter = unit()
        assert cutter.feed(C2[:size]) == []
        assert cutter.flush() == [Piece(C2[:size], "the packet ends early", cut=True)]


def test_what_is_damaged_is_not_merely_cut_short() -> None:
    for scrap in (C5, b"xyz", b"xyz" + C1[:3], C1[:-1] + b"\x00"):
        cutter = unit()
        cutter.feed(scrap)
        (piece,) = cutter.flush()
        assert piece.data == scrap
        assert not piece.cut


def damaged() -> list[bytes]:
    """A reply full of ACK bytes, with each of its bytes changed in turn."""
    reply = dcol_build(8, 0xAE, b"\x01\x00" + ACK * 20)
    return [
        reply[:at] + bytes([reply[at] ^ flip]) + reply[at + 1 :]
        for at in range(len(reply))
        for flip in (0x04, 0xFF)
        if bytes([reply[at] ^ flip]) not in (ACK, NAK) or at
    ]


@pytest.mark.parametrize("packet", damaged(), ids=lambda packet: packet.hex())
def test_no_acknowledgement_comes_out_of_a_damaged_packet(packet: bytes) -> None:
    for cutter in (unit(), unit()):
        pieces = cutter.feed(packet) + cutter.flush()
        assert frames(pieces) == []
    cutter = unit()
    stepped = [piece for byte in packet for piece in cutter.feed(bytes([byte]))]
    assert frames(stepped + cutter.flush()) == []


@pytest.mark.parametrize("packet", damaged(), ids=lambda packet: packet.hex())
def test_after_a_damaged_packet_a_good_one_and_then_an_acknowledgement_count(packet: bytes) -> None:
    cutter = unit()
    pieces = cutter.feed(packet + C9 + ACK + NAK)
    if cutter.pending:
        pieces += cutter.flush()
    assert frames(pieces) == [C9, ACK, NAK]


def test_directly_behind_a_packet_whose_sum_alone_is_wrong_an_acknowledgement_counts() -> None:
    assert unit().feed(C5 + ACK) == [Piece(C5, "checksum B0h, expected AFh"), Piece(ACK)]


def test_a_stream_joined_in_the_middle_gives_no_acknowledgement() -> None:
    """Only a stream that begins with the very byte cannot be told from one that says it."""
    report = dcol_build(8, 0x40, b"a report of another kind" + ACK * 20)
    for at in range(1, len(report) - 24):
        assert frames(unit().feed(report[at:] + report)) == [report], at


def test_c14_is_no_second_packet_inside_itself() -> None:
    assert host().feed(C14 * 3) == [Piece(C14)] * 3


def long_packet(kind: int, data: bytes) -> bytes:
    """A report with a LENGTH of two bytes, made by hand."""
    body = bytes([8, kind]) + len(data).to_bytes(2, "big") + data
    return b"\x02" + body + bytes([sum(body) % 256, 3])


@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("data", [b"", ACK * 5, C1 + ACK, b"\x02\x03" * 200, bytes(1000)])
def test_a_long_report_hides_no_acknowledgement_and_makes_none(kind: int, data: bytes) -> None:
    packet = long_packet(kind, data)
    assert_three_ways(unit, packet, [Piece(packet)], ACK, after=[Piece(ACK)])


@pytest.mark.parametrize("kind", LONG)
def test_a_false_start_that_claims_a_long_report_holds_nothing_up_for_ever(kind: int) -> None:
    false = bytes([2, 0, kind, 0x0F, 0x00])
    cutter = unit()
    assert frames(cutter.feed(false + C9) + cutter.flush()) == [C9]
    too_long = bytes([2, 0, kind, 0xFF, 0xFF])
    assert C9 in frames(unit().feed(too_long + C9 * 40))
    assert frames(unit().feed(false + C9 * 400))[-1] == C9


def test_a_host_has_no_long_packets() -> None:
    packet = dcol_build(0, 0x95, b"ab")
    assert host().feed(packet) == [Piece(packet)]
