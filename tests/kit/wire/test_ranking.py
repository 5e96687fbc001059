"""Whose bytes these are, with reasons; several frames in one paste; what is missing of a frame that has begun."""

from __future__ import annotations

import pytest

from tests.support import golden
from unitbench import catalogue
from unitbench.schema.records import Role
from unitbench.wire import codec_of
from unitbench.wire.cutting import cut
from unitbench.wire.ranking import WEAK, candidates


def data(name: str) -> bytes:
    return golden.frame(name).data


@pytest.mark.parametrize(
    ("raw", "protocol", "ok"),
    [
        (data("C1"), "dcol", True),
        (data("C5"), "dcol", False),
        (data("C2")[:9], "dcol", False),
        (data("C6"), "dcol", True),
        (data("D1"), "kramer", True),
        (data("D4"), "kramer", True),
        (data("D4")[:-2], "kramer", False),
        (data("E2"), "qstation", True),
        (data("E14"), "qstation", False),
        (b"DEVICEI", "qstation", False),
        (b"*IDN?\r\n", "recorder", True),
        (b"SIMLOGIN bench\r\n", "vs1", True),
        (b"PASS,12.345\r\n", "vs1", True),
        (b"OK0007", "vs1", True),
    ],
)
def test_the_likeliest_protocol(raw: bytes, protocol: str, ok: bool) -> None:
    best = candidates(raw)[0]
    assert (best.reading.protocol, best.reading.ok) == (protocol, ok)
    assert all(best.reasons) and 0 < best.score <= 1


def test_every_protocol_is_ranked_with_its_reasons() -> None:
    found = candidates(data("C5"))
    assert sorted(each.reading.protocol for each in found) == sorted(catalogue.names())
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert found[0].reasons == ("AEh 00h is in the catalogue", "checksum wrong")
    assert candidates(data("C9"))[0].reasons == (
        "AEh 0Dh is in the catalogue",
        "checksum right",
        "framing whole",
        "4 of 4 fields right",
    )
    assert "missing: CHECKSUM, ETX" in candidates(data("C9")[:-2])[0].reasons
    assert all(each.reasons for each in found)
    assert len(candidates(data("C5"), "kramer")) == 1


@pytest.mark.parametrize(
    ("raw", "protocol", "why"),
    [
        (data("C2")[1:], "dcol", "STX is missing"),
        (data("D3")[1:], "kramer", "the start mark is missing"),
        (data("E5").replace(b"\t", b" ")[:-1], "qstation", "blanks stand in place of TAB"),
    ],
)
def test_what_nobody_recognises_belongs_to_who_needs_the_least_repair(
    raw: bytes, protocol: str, why: str
) -> None:
    best = candidates(raw)[0]
    assert best.reading.protocol == protocol and best.score == WEAK
    assert why in best.reasons[0] and not best.reading.ok


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00\x01", b"\xde\xad\xbe\xef", b"", b"\x00" * 100])
def test_junk_is_not_recognised(raw: bytes) -> None:
    assert candidates(raw)[0].score < WEAK
    assert not candidates(raw)[0].reading.ok


@pytest.mark.parametrize(
    ("protocol", "pieces"),
    [
        ("dcol", [data("C1"), data("C8"), data("C10")]),
        ("dcol", [data("C6"), data("C9")]),
        ("dcol", [data("C1"), data("C2")]),
        ("dcol", [b"\x01\x05", data("C1"), b"\x99", data("C8")]),
        ("dcol", [data("C1"), data("C8"), data("C2")[:5]]),
        ("kramer", [data("D3"), data("D4")]),
        ("kramer", [data("D3") + b"\n", data("D4"), data("D5"), data("D6")]),
        ("kramer", [data("D4"), data("D6"), b"junk"]),
        ("qstation", [data("E4"), data("E6")]),
        ("qstation", [data("E2"), data("E3"), data("E2")]),
        ("recorder", [b"*IDN?\r\n", b"SIMFIND?\r\n"]),
        ("vs1", [b"SIMLOGIN bench\r\n", b"SIMOK\r\n"]),
    ],
)
def test_several_frames_in_one_paste(protocol: str, pieces: list[bytes]) -> None:
    for name in ("", protocol):
        assert cut(b"".join(pieces), name) == (protocol, tuple(pieces))


@pytest.mark.parametrize("name", ["C5", "C12", "D12", "E2", "E14"])
def test_one_frame_is_not_cut(name: str) -> None:
    assert cut(data(name))[1] == (data(name),)


@pytest.mark.parametrize(
    ("protocol", "raw", "lacks"),
    [
        ("dcol", data("C2")[:24], ("2 more data bytes", "CHECKSUM", "ETX")),
        ("dcol", data("C2")[:25], ("1 more data byte", "CHECKSUM", "ETX")),
        ("dcol", data("C2")[:26], ("CHECKSUM", "ETX")),
        ("dcol", data("C2")[:27], ("ETX",)),
        ("dcol", data("C2")[:2], ("PACKET TYPE", "LENGTH", "data", "CHECKSUM", "ETX")),
        ("kramer", b"#SECUR?", ("CR",)),
        ("kramer", b"~01@SECUR", ("secur", "CR LF")),
        ("kramer", b"~01@LOGOUT", ("result", "CR LF")),
        ("qstation", b"DEVICES", ("the rest of DEVICESYNC", "CR")),
        ("qstation", b"GETLIFESIGNAL\r", ("mac",)),
        ("qstation", data("E10")[:-6], ("identifier", "data", "CR")),
        ("qstation", data("E6")[:-5], ("result", "CR LF")),
        ("qstation", data("E2")[:-24], ("maa", "CR LF")),
        ("recorder", b"*IDN?", ("<CR><LF>",)),
        ("recorder", b"SIMNETRESTART", ("mac", "<CR><LF>")),
        (
            "vs1",
            b"VS1SIM/1\tNAME=x\tIP=1.2.3.4\tCTRL=0.0.0.0\tSTAT=RUN",
            ("<CR><LF>", "software", "counters"),
        ),
    ],
)
def test_what_is_missing_of_a_frame_that_has_begun(protocol: str, raw: bytes, lacks: tuple[str, ...]) -> None:
    found = candidates(raw, protocol)[0].reading
    assert found.lacks == lacks
    assert not found.ok
    assert b"".join(raw[leaf.start : leaf.end] for leaf in found.fields) == raw


@pytest.mark.parametrize("protocol", golden.PROTOCOLS)
def test_nothing_is_missing_of_a_whole_frame(protocol: str) -> None:
    for frame in golden.frames(protocol):
        if frame.valid:
            assert codec_of(protocol).dissect(frame.data, Role(frame.direction)).lacks == (), frame.id
