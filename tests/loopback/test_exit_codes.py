"""The six exit codes of the command line, each from what causes it, and what is said beside it."""

from __future__ import annotations

import socket

import pytest

from tests.support.commands import Ran, inside
from tests.support.counterparts import CLOSING, TcpCounterpart, UdpCounterpart, unused_port
from tests.support.shapes import check_exchange

QUICK = ("--timeout", "0.2")


def ask(line: str, unit: str, *more: str) -> Ran:
    ran = inside("-c", line, unit, "--json", *more)
    for item in ran.exchanges:
        check_exchange(item)
    return ran


# -- 1: refused or malformed


def test_a_malformed_reply_is_1() -> None:
    with TcpCounterpart(lambda data: b"\x02\x00\xae\x01\x00\xb0\x03") as unit:
        ran = ask("0Ch", f"dcol://127.0.0.1:{unit.port}", *QUICK)
    assert ran.code == 1 and ran.one["outcome"] == "malformed"
    assert "checksum" in ran.one["error"]["meaning"] and ran.one["partial"] == "0200ae0100b003"


def test_an_unknown_code_keeps_its_three_digits() -> None:
    with TcpCounterpart(lambda data: b"~01@SECUR ERR 42\r\n") as unit:
        ran = ask("SECUR?", f"kramer://127.0.0.1:{unit.port}")
    assert ran.code == 1 and ran.one["error"]["code"] == "ERR042"


# -- 2: usage


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-c", "LOGN ADMIN,x"), "did you mean 'LOGIN'?"),
        (("-c", "LOGIN ROOT,x"), "auth"),
        (("-c", "LOGIN ADMIN"), "LOGIN needs password"),
        (("-c", "0Eh"), "AEh 0Eh needs virtual_port"),
        (("-c", "0Eh 300"), "virtual_port"),
        (("-c", "0Eh 19 20"), "too much"),
        (("-c", "AEh 03h"), "subtype 03h is not in the table"),
        (("-c", "'SECUR?"), "a quote is not closed"),
        (("-c", "@ SECUR?"), "a unit's name is missing behind @"),
        (("-c", "@k9 SECUR?"), "no unit 'k9'"),
        (("-c", "@t1 SECUR?"), "t1 speaks dcol"),
        (("-c", "SECUR?", "k9"), "no unit 'k9'"),
        (("-c", "SECUR?", "kramer//x"), "no unit 'kramer//x'"),
        (("-c", "SECUR?", "kramer://x:99999"), "port 99999"),
        (("-c", "SECUR?", "nobody://127.0.0.1"), "no protocol 'nobody'"),
        (("-c", "@kramer://x:0 SECUR?"), "port 0"),
        (("-c", "raw 0x1 "), "a byte has two"),
        (("-c", "@k1 raw zz"), "no hexadecimal digit"),
        (("-c", "decode"), "decode needs bytes"),
        (("-c", "timing rounds=many"), "rounds=many"),
        (("-c", "timing window_s=nan"), "window_s=nan"),
        (("-c", "timing rounds=0"), "rounds=0"),
        (("-c", "timing SECUR?"), "cannot be timed"),
        (("-c", "unlock k1 soon"), "'soon' is no time"),
        (("-c", "stop first"), "no job's number"),
        (("-c", "stop 99"), "no job 99"),
        (("-c", "why"), "nothing was sent yet"),
        (("-c", "help NOPE"), "unknown command"),
        (("-c", "encode discover"), "unknown command"),
        (("-c", "discover nowhere"), "no place to look at"),
        (("-c", "SECUR?", "--timeout", "0"), "'0' is no number of seconds above 0"),
        (("-c", "SECUR?", "--timeout", "soon"), "'soon' is no number of seconds above 0"),
        (("-c", "SECUR?", "--tme", "1"), "--tme"),
        (("-c",), "expected one argument"),
        (("--session", "../x", "-c", "SECUR?"), "cannot be a session's name"),
    ],
)
def test_usage_is_2_and_said_in_words(words: tuple[str, ...], said: str) -> None:
    ran = inside("--sim", *words, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err and "fault of ours" not in ran.err


def test_the_place_is_underlined() -> None:
    ran = inside("-c", "SECUR?; @k1 0Eh 300")
    lines = ran.err.splitlines()
    assert lines[1] == "  SECUR?; @k1 0Eh 300" and lines[2] == "                  ^^^"
    ran = inside("--sim", "-c", "SECUR?; @k9 SECUR?")
    lines = ran.err.splitlines()
    assert lines[2] == "  @k9 SECUR?" and lines[3] == "  ^^^"


def test_a_usage_error_anywhere_sends_nothing() -> None:
    with TcpCounterpart() as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        for late in ("NOPE", "0Eh", "LOGIN ADMIN", "raw zz", "timing rounds=x", "use kramer://:1"):
            ran = inside("-c", f"SECUR?; {late}", where)
            assert (ran.code, ran.out) == (2, "")
        assert unit.connections == 0


def test_a_unit_is_looked_up_when_its_turn_comes() -> None:
    ran = inside("--sim", "-c", "SECUR?; @k9 SECUR?; 0Ch", "--json")
    assert ran.code == 2
    assert [item["command"] for item in ran.exchanges] == ["SECUR?", "AEh 0Ch"]
    assert "no unit 'k9'" in ran.err


# -- 3: no reply


def test_silence_over_tcp_says_what_was_sent_waited_and_came() -> None:
    with TcpCounterpart(lambda data: b"~01@SEC") as unit:
        where = f"kramer://127.0.0.1:{unit.port}"
        ran = ask("SECUR?", where, *QUICK)
        text = inside("-c", "SECUR?", where, *QUICK)
    assert ran.code == 3 and ran.one["outcome"] == "silent" and ran.one["replies"] == []
    assert ran.one["error"]["code"] == "NoReply" and ran.one["rtt_s"] is None
    assert bytes.fromhex(ran.one["partial"]) == b"~01@SEC" and ran.one["waited_s"] == 0.2
    assert text.code == 3
    for said in ("#SECUR?<CR>", "no reply within 0.2 s", "7 bytes arrived that were no answer: ~01@SEC"):
        assert said in text.out


def test_silence_over_udp() -> None:
    with UdpCounterpart() as unit:
        ran = ask("DEVICESYNC", f"qstation://127.0.0.1:{unit.port}", "--yes", *QUICK)
        assert unit.heard == [b"DEVICESYNC\r"]
    assert ran.code == 3 and ran.one["error"]["code"] == "NoReply"
    assert "no byte arrived" in ran.one["error"]["meaning"]


def test_closed_before_the_answer_is_3() -> None:
    with TcpCounterpart(lambda data: CLOSING) as unit:
        ran = ask("SECUR?", f"kramer://127.0.0.1:{unit.port}")
    assert ran.code == 3
    assert (ran.one["outcome"], ran.one["error"]["code"]) == ("closed", "LinkLost")
    assert "no byte arrived" in ran.one["error"]["meaning"]


def test_a_mac_that_cannot_be_had_is_no_usage_error() -> None:
    with UdpCounterpart() as unit:
        ran = ask("GETLIFESIGNAL", f"qstation://127.0.0.1:{unit.port}", *QUICK)
        assert unit.heard == [b"DEVICEIDENT?\r"]
    assert ran.code == 3 and ran.one["command"] == "GETLIFESIGNAL"
    assert ran.one["outcome"] == "silent" and ran.one["request"] == {"hex": "", "text": ""}
    assert "DEVICEIDENT?" in ran.one["error"]["meaning"]


def test_a_discovery_without_answer_is_3() -> None:
    with UdpCounterpart() as unit:
        ran = inside("-c", f"discover qstation://127.0.0.1:{unit.port}", "--json")
    assert ran.code == 3 and [item["kind"] for item in ran.objects] == ["doubt"]


# -- 4: cannot connect


def test_nothing_listening_on_tcp_is_4() -> None:
    port = unused_port(socket.SOCK_STREAM)
    ran = ask("SECUR?", f"kramer://127.0.0.1:{port}")
    assert ran.code == 4 and ran.one["replies"] == []
    assert (ran.one["outcome"], ran.one["error"]["code"]) == ("closed", "OpenFailed")
    assert f"127.0.0.1:{port}" in ran.one["error"]["meaning"]


def test_nothing_listening_on_udp_is_4() -> None:
    port = unused_port(socket.SOCK_DGRAM)
    for line in ("DEVICEIDENT?", "GETLIFESIGNAL"):
        ran = ask(line, f"qstation://127.0.0.1:{port}")
        assert ran.code == 4
        assert {(item["outcome"], item["error"]["code"]) for item in ran.exchanges} == {
            ("closed", "OpenFailed")
        }


@pytest.mark.parametrize("unit", ["kramer://no-such-host.invalid", "qstation://" + "x" * 70])
def test_a_name_that_means_no_address_is_4(unit: str) -> None:
    ran = ask("SECUR?" if unit.startswith("kramer") else "DEVICEIDENT?", unit)
    assert ran.code == 4 and ran.one["error"]["code"] == "OpenFailed"
    assert "resolve" in ran.one["error"]["meaning"]


@pytest.mark.parametrize("unit", ["kramer://255.255.255.255", "qstation://240.0.0.1"])
def test_an_address_that_cannot_be_reached_is_4(unit: str) -> None:
    ran = ask("SECUR?" if unit.startswith("kramer") else "DEVICEIDENT?", unit)
    assert ran.code == 4 and ran.one["error"]["code"] == "OpenFailed"


def test_a_discovery_that_cannot_connect_is_4() -> None:
    port = unused_port(socket.SOCK_STREAM)
    ran = inside("-c", f"discover kramer://127.0.0.1:{port}", "--json")
    assert ran.code == 4 and [item["kind"] for item in ran.objects] == ["doubt"]
    assert f"127.0.0.1:{port}" in ran.err


# -- several


def test_it_goes_on_and_the_worst_code_counts() -> None:
    closed = unused_port(socket.SOCK_STREAM)
    with UdpCounterpart() as silent:
        refused, quiet = "LOGIN ADMIN,nonsense", f"@qstation://127.0.0.1:{silent.port} DEVICEIDENT?"
        gone, held = f"@kramer://127.0.0.1:{closed} SECUR?", f"@qstation://127.0.0.1:{silent.port} DEVICESYNC"
        for lines, code in (
            ([refused, "SECUR?"], 1),
            ([refused, quiet], 3),
            ([quiet, gone, refused], 4),
            ([gone, held, quiet], 5),
            ([held, "@k9 SECUR?", gone], 2),
        ):
            ran = inside("--sim", "-c", "; ".join(lines), "--json", *QUICK)
            assert ran.code == code, lines
            known = [line for line in lines if "@k9" not in line]
            assert len(ran.exchanges) == len(known)
