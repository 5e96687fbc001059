"""Bytes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.errors import InvalidValue
from unitbench.line.guard import bytes_hold_secret
from unitbench.line.notation import HELP, RULE, parse_bytes


@pytest.mark.parametrize(
    ("typed", "data"),
    [
        ("02 00 AE", b"\x02\x00\xae"),
        ("0200ae", b"\x02\x00\xae"),
        ("02:00:ae", b"\x02\x00\xae"),
        ("02, 00, ae", b"\x02\x00\xae"),
        ("0x02 0X00 0xAE", b"\x02\x00\xae"),
        ("0x0200ae", b"\x02\x00\xae"),
        ("\\x02\\x00\\xae", b"\x02\x00\xae"),
        ("  02\t00\nae ", b"\x02\x00\xae"),
        ("''", b""),
        ("'#SECUR?\\r'", b"#SECUR?\r"),
        ('"#SECUR?\\r\\n"', b"#SECUR?\r\n"),
        ("'a\\tb\\0\\x7f\\\\\\'\\\"'", b"a\tb\0\x7f\\'\""),
        ("'caf\u00e9'", b"caf\xe9"),
        ("'\\xe9\\xE9'", b"\xe9\xe9"),
        ("'\"'", b'"'),
        # lists, with or without a C declaration: a number without a mark is decimal
        ("{0x02, 0x00}", b"\x02\x00"),
        ("{2,0,174,}", b"\x02\x00\xae"),
        ("[2, 0, 174]", b"\x02\x00\xae"),
        ("{'#', 13}", b"#\r"),
        ('{"#HELP", 0x0D}', b"#HELP\r"),
        ("unsigned char x[] = {0x02, 0x00};", b"\x02\x00"),
        ("uint8_t const x[2]={2,0}", b"\x02\x00"),
        (
            "/* Frame (3 bytes) */\nstatic const unsigned char pkt1[3] = {\n0x02, 0x00, /* .. */\n0xae // .\n};",
            b"\x02\x00\xae",
        ),
        # Python, C and Wireshark's escaped string
        ("b'\\x02\\x00'", b"\x02\x00"),
        ('b"\\x02\\x00\\r\\n"', b"\x02\x00\r\n"),
        ("rb'\\x02'", b"\\x02"),
        ('"\\x02\\x00" \\\n"\\xae"', b"\x02\x00\xae"),
        # quoted text among numbers, as K-Config prints it: these are decimal without a mark
        ('"#HELP",0x0D', b"#HELP\r"),
        ('"#HELP",13,10', b"#HELP\r\n"),
        ('"#HELP" $0D 0Ah', b"#HELP\r\n"),
        ('0x02,"abc",3', b"\x02abc\x03"),
        # a mark on each byte
        ("$02 $00 $AE", b"\x02\x00\xae"),
        ("$02$00$AE", b"\x02\x00\xae"),
        ("$02,$00", b"\x02\x00"),
        ("02h 00h AEh", b"\x02\x00\xae"),
        ("02H,0h", b"\x02\x00"),
        ("&H02 &hAE", b"\x02\xae"),
        ("\\x02 \\x00,\\xae", b"\x02\x00\xae"),
        # hex in all its forms; what is all hexadecimal digits is hex
        ("0x2, 0x0", b"\x02\x00"),
        ("02-00-AE", b"\x02\x00\xae"),
        ("0200 AE01", b"\x02\x00\xae\x01"),
        ("0200  AE01", b"\x02\x00\xae\x01"),
        ("13 10", b"\x13\x10"),
        ("DEADBEEF", b"\xde\xad\xbe\xef"),
        # a message as its protocol spells it; nothing is added
        ("#SECUR?", b"#SECUR?"),
        ("#SECUR?\\r\\n", b"#SECUR?\r\n"),
        ("~01@SECUR ON<CR><LF>", b"~01@SECUR ON\r\n"),
        ("#LOGIN USER,'x'", b"#LOGIN USER,'x'"),
        ("*idn?", b"*idn?"),
        ("#HELP,0x0D,0x0A", b"#HELP\r\n"),
        ("#LOGIN USER,0x0G", b"#LOGIN USER,0x0G"),
        ("DEVICESYNC[TAB]00:02:8A:01:0F:3C[CR]", b"DEVICESYNC\t00:02:8A:01:0F:3C\r"),
        ("SID:1\tOAN:Q.station", b"SID:1\tOAN:Q.station"),
        ("VS1SIM/1\tNAME=x", b"VS1SIM/1\tNAME=x"),
        ("\\r\\n", b"\r\n"),
    ],
)
def test_what_is_meant(typed: str, data: bytes) -> None:
    assert parse_bytes(typed) == data


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", None),
        ("   ", None),
        ("0x", None),
        ("0", (0, 1)),
        ("02 0", (3, 4)),
        ("02 0g", (4, 5)),
        ("hello", (0, 1)),
        ("02 \u0663", (3, 4)),
        ("'open", None),
        ("'", None),
        ("'mixed\"", None),
        ("'\\q'", None),
        ("'\\xg1'", None),
        ("'\\'", None),
        ("'\u20ac'", None),
        ("'\ud800'", None),
        ("{0x02", (0, 1)),
        ("{}", None),
        ("{0x02, 0xGG}", (7, 11)),
        ("{0x02; 3}", (5, 6)),
        ('"a",0D', (4, 6)),
        ('"a",010', (4, 7)),
        ('"a",256', (4, 7)),
        ('"a" open', (4, 8)),
        ('0x02,"open', (5, 6)),
        ("'\\q'", (1, 3)),
        ("#SECUR?\\q", (7, 9)),
        ("$02 $GG", (5, 6)),
        ("02 00-", (5, 6)),
        ("LOGIN USER,x", (0, 3)),
        ("0000  02 00\n0003  01", (12, 16)),
        ("0000  02 00 zz", (12, 14)),
        ("00000000: 0200  x\n", (16, 17)),
        ("0000  02 00\nhello", (12, 17)),
    ],
)
def test_what_is_not(typed: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_bytes(typed)
    assert caught.value.hint
    assert caught.value.message.isprintable()
    if place:
        assert caught.value.span == place


@pytest.mark.parametrize(
    "typed",
    [
        "#LOGIN USER,correct-horse\\q",
        "23 4C 4F 47 49 4E 20 zz correct-horse",
        "'#LOGON correct-horse",
        '"#LOGIN USER,",correct-horse',
        "{0x23, LOGIN correct-horse}",
        "0000  23 4c 4f 47 49 4e 20 correct-horse",
        "LOGIN USER,correct-horse",
    ],
)
def test_a_secret_is_not_in_the_error(typed: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_bytes(typed)
    assert "correct-horse" not in f"{vars(caught.value)} {caught.value.args}"
    assert (caught.value.line, caught.value.span) == ("***", (0, 3))


@given(st.binary(min_size=1))
def test_any_bytes_in_any_spelling(data: bytes) -> None:
    spellings = [
        data.hex(),
        data.hex(" ").upper(),
        data.hex(":"),
        "0x" + data.hex(),
        "".join(f"\\x{b:02x}" for b in data),
    ]
    quoted = "".join(chr(b) if 0x20 <= b < 0x7F and chr(b) not in "\\'" else f"\\x{b:02X}" for b in data)
    for typed in (*spellings, f"'{quoted}'"):
        assert parse_bytes(typed) == data


LOGON = b"#LOGON USER,correct-horse\r"


@pytest.mark.parametrize(
    "typed",
    [
        LOGON.hex(),
        "".join(f"\\x{byte:02x}" for byte in LOGON),
        ", ".join(f"0x{byte:02x}" for byte in LOGON),
        " ".join(f"${byte:02X}" for byte in LOGON),
        " ".join(f"{byte:02X}h" for byte in LOGON),
        "{" + ", ".join(map(str, LOGON)) + "}",
        "[" + ", ".join(map(str, LOGON)) + "]",
        ",".join(f"'{chr(byte)}'" if byte > 0x20 else f"{byte}" for byte in LOGON),
        "0000  23 4c\n0002  4f 47 4f 4e 20 61",
    ],
)
def test_a_secret_is_suspected_in_every_notation(typed: str) -> None:
    assert bytes_hold_secret(typed)


def test_the_help_names_what_the_errors_offer() -> None:
    for example in ("02 00 AE", "'#SECUR?\\r'"):
        assert example in HELP and example in RULE
