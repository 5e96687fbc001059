"""Hex dumps as Wireshark, xxd, hexdump and tcpdump print them."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue
from unitbench.line.dump import CAP
from unitbench.line.notation import parse_bytes

LOGIN = b"~01@LOGIN USER OK\r\n"
WIRESHARK = """\
0000   7e 30 31 40 4c 4f 47 49 4e 20 55 53 45 52 20 4f   ~01@LOGIN USER O
0010   4b 0d 0a                                          K..
"""
XXD = """\
00000000: 7e30 3140 4c4f 4749 4e20 5553 4552 204f  ~01@LOGIN USER O
00000010: 4b0d 0a                                  K..
"""
HEXDUMP = """\
00000000  7e 30 31 40 4c 4f 47 49  4e 20 55 53 45 52 20 4f  |~01@LOGIN USER O|
00000010  4b 0d 0a                                          |K..|
00000013
"""
TCPDUMP = """\
\t0x0000:  7e30 3140 4c4f 4749 4e20 5553 4552 204f  ~01@LOGIN.USER.O
\t0x0010:  4b0d 0a                                  K..
"""


@pytest.mark.parametrize("text", [WIRESHARK, XXD, HEXDUMP, TCPDUMP])
def test_the_bytes_of_a_dump(text: str) -> None:
    assert parse_bytes(text) == LOGIN
    assert parse_bytes(text.upper().replace("0X", "0x") if "|" not in text else text) == LOGIN
    assert parse_bytes(text.replace("\n", "\r\n")) == LOGIN


def test_a_dump_without_its_column_and_one_whose_column_looks_like_bytes() -> None:
    assert parse_bytes("0000  02 00 ae\n0003  01 00 af 03") == b"\x02\x00\xae\x01\x00\xaf\x03"
    assert parse_bytes("0000   61 62 20 63 64   ab cd") == b"ab cd"
    assert parse_bytes("00000000: 6162 20                                  ab") == b"ab "


def test_a_line_that_repeats_and_one_that_begins_anywhere() -> None:
    rows = "00000000  00 00 00 00  |....|\n*\n00000010  01                  |.|\n00000011"
    assert parse_bytes(rows) == bytes(16) + b"\x01"
    assert parse_bytes("00000040: 0200\n00000042: ae") == b"\x02\x00\xae"


def test_two_packets_in_one_dump() -> None:
    assert parse_bytes(f"{WIRESHARK}\n{WIRESHARK}") == LOGIN * 2


def test_a_repeat_is_bounded() -> None:
    with pytest.raises(InvalidValue, match=f"more than {CAP} bytes"):
        parse_bytes("00000000  00\n*\nffffffff  01")


@pytest.mark.parametrize("text", ["0200  ae01", "0000", "00 00  02", "0200:ae01:00af:0300"])
def test_what_is_no_dump_but_hex(text: str) -> None:
    assert parse_bytes(text) == bytes.fromhex(text.replace(":", ""))


def test_a_line_of_any_length_and_where_its_text_would_begin() -> None:
    assert parse_bytes("0000  " + "ab  " * 5000) == b"\xab" * 5000
    with pytest.raises(InvalidValue):
        parse_bytes("0000  " + "ab  " * 5000 + "zz")
