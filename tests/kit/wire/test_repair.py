"""The likeliest repair of a broken frame: what is damaged is known, and the best guess must undo it."""

from __future__ import annotations

import pytest

from tests.support import golden
from unitbench.wire import codec_of
from unitbench.wire.ranking import candidates
from unitbench.wire.repair import FITS, LONGEST, SHOWN, repairs

C1, C2, C9, C10, C12 = (golden.frame(name).data for name in ("C1", "C2", "C9", "C10", "C12"))
D4, D5, D12 = (golden.frame(name).data for name in ("D4", "D5", "D12"))
E2, E5, E6, E7, E10 = (golden.frame(name).data for name in ("E2", "E5", "E6", "E7", "E10"))
A1, A5 = (b"*IDN?\r\n", b"SIMFOUND GL840-SIM 192.168.1.60 8023 00:11:22:33:44:55\r\n")
ANNOUNCE = b"VS1SIM/1\tNAME=a\tIP=1.2.3.4\tCTRL=0.0.0.0\tSTAT=RUN\tSW=4\tCNT=1\r\n"


def flipped(data: bytes, at: int, mask: int) -> bytes:
    out = bytearray(data)
    out[at] ^= mask
    return bytes(out)


def with_length(data: bytes, length: int) -> bytes:
    """A wrong LENGTH that the sender's own sum covers."""
    body = data[1:3] + bytes([length]) + data[4:-2]
    return data[:1] + body + bytes([sum(body) % 256]) + data[-1:]


@pytest.mark.parametrize(
    ("protocol", "broken", "meant", "why"),
    [
        ("dcol", golden.frame("C5").data, C1, "CHECKSUM B0h is wrong: AFh"),
        ("dcol", flipped(C2, -2, 0x37), C2, "CHECKSUM"),
        ("dcol", C2[:-1], C2, "ETX is missing"),
        ("dcol", C2[:-2], C2, "CHECKSUM and ETX are missing"),
        ("dcol", flipped(C2, -1, 0x0F), C2, "ETX belongs"),
        ("dcol", C2[1:], C2, "STX is missing"),
        ("dcol", flipped(C2, 0, 0xF0), C2, "STX belongs"),
        ("dcol", b"\x00\xff" + C2, C2, "2 stray bytes before STX"),
        ("dcol", C2 + b"\x03", C2, "behind"),
        ("dcol", C10[:3] + b"\x01" + C10[4:], C10, "LENGTH 1 is wrong: 2 data bytes"),
        ("dcol", with_length(C10, 3), C10, "LENGTH 3 is wrong"),
        ("dcol", C2[:9] + C2[8:], C2, "is doubled"),
        ("dcol", C2[:9] + C2[10:], C2, "a byte is lost; by CHECKSUM it was 32h"),
        ("dcol", C2.decode("latin-1").encode(), C2, "came as UTF-8"),
        ("dcol", C2.replace(b"\xff", b"\xff\xff"), C2, "FFh is doubled"),
        ("dcol", b"\xff\xfb\x01" + C2, C2, "before STX"),
        ("dcol", C2[:12] + b"\xff\xfd\x03" + C2[12:], C2, "Telnet negotiation"),
        ("kramer", D4[:-2], D4, "CR LF is missing"),
        ("kramer", D4[1:], D4, "start mark is missing"),
        ("kramer", D5[:-1], D5, "CR is missing"),
        ("kramer", D12[1:], D12, "start mark is missing"),
        ("kramer", b"xy" + D4, D4, "stray bytes before the start mark"),
        ("kramer", b"\xef\xbb\xbf" + D4, D4, "byte order mark"),
        ("kramer", b"\xff\xfd\x01" + D4, D4, "start mark"),
        ("qstation", E5[:-1], E5, "CR is missing"),
        ("qstation", E5.replace(b"\t", b"    "), E5, "blanks stand in place of TAB"),
        ("qstation", E5.replace(b"\t", b"\xc2\xa0")[:-1], E5, "CR is missing"),
        ("qstation", E2.replace(b"\t", b"  "), E2, "blanks stand in place of TAB"),
        ("qstation", E2.replace(b"\t", b" ")[:-2], E2, "CR LF is missing"),
        ("qstation", E6.replace(b"\tACK", b" ACK"), E6, "blanks stand in place of TAB"),
        ("qstation", golden.frame("E14").data, golden.frame("E4").data, "letter case matters"),
        ("qstation", E10.replace(b"TORPORT", b"TOR PORT"), E10, "wrapped"),
        ("qstation", E7.replace(b"?", b""), E7, "'?' is missing"),
        ("qstation", E5[:11] + E5[11:].replace(b":", b"-"), E5, "a MAC has colons"),
        ("qstation", flipped(golden.frame("E4").data, 9, 1), golden.frame("E4").data, "bit 0 of byte 9"),
        ("qstation", b"DEVICESYNNC\r", golden.frame("E4").data, "is doubled"),
        ("recorder", A1[:-2], A1, "CR LF is missing"),
        ("recorder", flipped(A1, 2, 1), A1, "bit 0 of byte 2"),
        ("recorder", b"\0\0" + A5, A5, "before"),
        ("qstation", E6 + b"\r\n", E6, "doubled"),
        ("vs1", ANNOUNCE.replace(b"\t", b" ")[:-2], ANNOUNCE, "blanks stand in place of TAB"),
        ("vs1", b"\0\0" + ANNOUNCE, ANNOUNCE, "stray bytes before"),
    ],
)
def test_the_likeliest_repair_undoes_the_damage(protocol: str, broken: bytes, meant: bytes, why: str) -> None:
    seen = codec_of(protocol).dissect(broken)
    assert not seen.ok or seen.likeness < FITS
    found = repairs(broken, protocol)
    assert [repair.found.raw for repair in found[:1]] == [meant], [repair.why for repair in found]
    assert why in found[0].why
    assert found[0].found.ok


def test_a_bit_that_the_sum_cannot_tell_is_one_of_several() -> None:
    found = repairs(flipped(C12, 30, 4), "dcol")
    assert len(found) == SHOWN and found[0].alike >= SHOWN
    assert len({repair.cost for repair in found}) == 1
    assert all("bit 2 of byte" in repair.why for repair in found)


def test_a_single_bit_of_the_sum_is_as_likely_as_one_of_the_data() -> None:
    found = repairs(flipped(C9, -2, 1), "dcol")
    assert C9 in [repair.found.raw for repair in found] and found[0].cost == found[-1].cost


def test_two_kinds_of_damage_at_once() -> None:
    (first, *_) = repairs(b"\x00" + C2[:-1], "dcol")
    assert first.found.raw == C2 and len(first.edits) == 2


@pytest.mark.parametrize(
    ("protocol", "data"),
    [
        ("dcol", C1),
        ("kramer", D4),
        ("qstation", E2),
        ("dcol", b""),
        ("dcol", C2[:20]),
        ("dcol", b"\xff" * 40),
        ("kramer", b"\x00" * 40),
        ("kramer", b"~" + b"x" * (LONGEST + 1)),
    ],
)
def test_where_there_is_nothing_to_mend_or_no_way_to_know(protocol: str, data: bytes) -> None:
    assert repairs(data, protocol) == ()


@pytest.mark.parametrize("data", [C1, C9, C10], ids=["C1", "C9", "C10"])
def test_no_single_bit_of_a_packet_is_beyond_repair(data: bytes) -> None:
    first = 0
    for place in range(8 * len(data)):
        broken = flipped(data, place // 8, 1 << place % 8)
        found = repairs(broken, "dcol")
        assert found or codec_of("dcol").dissect(broken).ok, place
        shown = [repair.found.raw for repair in found]
        assert not found or data in shown or found[0].alike >= SHOWN, place
        first += shown[:1] == [data]
    assert first > 4 * len(data), "more than half of all bits are put right by the first guess"


@pytest.mark.parametrize("size", range(1, 6))
def test_of_a_packet_that_breaks_off_no_bit_is_taken_for_wrong(size: int) -> None:
    cut = C10[:size]
    (found, *_) = candidates(cut)
    assert found.reading.protocol == "dcol" and found.reading.lacks[-1] == "ETX"
    assert not [edit for one in repairs(cut, "dcol") for edit in one.edits if " is off" in edit.why]
