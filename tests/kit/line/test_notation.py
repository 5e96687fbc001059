"""Bytes as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.errors import InvalidValue
from unitbench.line.notation import parse_bytes


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
    "typed", ["#LOGIN USER,correct-horse", "23 4C 4F 47 49 4E 20 zz correct-horse", "#LOGON correct-horse"]
)
def test_a_secret_is_not_in_the_error(typed: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_bytes(typed)
    assert "correct-horse" not in f"{vars(caught.value)} {caught.value.args}"
    assert len(caught.value.line) == len(typed)


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
