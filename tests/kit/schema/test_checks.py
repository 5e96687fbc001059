"""Values that a program gives: checked by the type, named by the field, never silently something else."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue, MissingField
from unitbench.schema.binary import put_fields
from unitbench.schema.checks import check
from unitbench.schema.records import Field, Request
from unitbench.schema.values import Flag, IPv4, Reserved, Text, UInt, Value, ValueType
from unitbench.wire import codec_of, encode


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (UInt(1), 19, 19),
        (UInt(1), "0x13", 19),
        (Flag(), 1, True),
        (Flag(), "off", False),
        (Text(), 1234, "1234"),
        (Reserved(2), b"\x01\x02", b"\x01\x02"),
        (Reserved(2), "0102", b"\x01\x02"),
    ],
)
def test_what_is_meant_is_taken(kind: ValueType, value: Value, wanted: Value) -> None:
    assert check(Field("it", kind), value) == wanted


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (UInt(1), 256),
        (UInt(1), -1),
        (UInt(1), True),
        (UInt(1), 19.0),
        (UInt(1), b"\x13"),
        (Flag(), 2),
        (Text(), b"abc"),
        (Text(high=2), "abc"),
        (IPv4(), b"\x01\x02\x03\x04"),
        (Reserved(2), b"\x01"),
        (Reserved(2), (1, 2)),
    ],
)
def test_what_is_not_meant_is_refused(kind: ValueType, value: Value) -> None:
    with pytest.raises(InvalidValue) as caught:
        check(Field("it", kind, "the thing"), value)
    error = caught.value
    assert error.field == "it"
    assert error.message.startswith("it: ")
    assert error.rule
    assert "the thing" in error.hint


def test_a_row_of_fields() -> None:
    fields = (Field("a", UInt(1), "one"), Field("b", UInt(2), default=5))
    assert put_fields(fields, {"a": 1}) == b"\x01\x00\x05"
    with pytest.raises(MissingField) as caught:
        put_fields(fields, {"b": 1})
    assert caught.value.field == "a"


def test_the_errors_of_a_request_say_what_to_do() -> None:
    for values, field in (
        ((("virtual_port", 300),), "virtual_port"),
        ((("port", 1), ("virtual_port", 1)), "port"),
    ):
        with pytest.raises(InvalidValue) as caught:
            encode(Request("dcol", "AEh 0Eh", values))
        assert caught.value.field == field
        assert caught.value.hint
    with pytest.raises(MissingField) as missing:
        encode(Request("dcol", "AEh 0Eh"))
    assert missing.value.field == "virtual_port"
    assert "0Eh 19" in missing.value.hint


def test_the_letter_case_of_a_command_does_not_matter() -> None:
    assert encode(Request("kramer", "secur?")) == b"#SECUR?\r"
    assert encode(Request("qstation", "deviceident?")) == b"DEVICEIDENT?\r"


def test_a_message_that_is_too_long_is_not_sent() -> None:
    codec = codec_of("kramer")
    longest = Request("kramer", "LOGIN", (("auth", "ADMIN"), ("password", "x" * 15)))
    assert len(codec.encode(longest)) <= 65
    with pytest.raises(InvalidValue):
        codec.encode(longest.having(password="x" * 16))


@pytest.mark.parametrize("password", [" ", " x", "x "])
def test_blanks_that_a_unit_would_drop_are_not_sent(password: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        encode(Request("kramer", "LOGIN", (("auth", "USER"), ("password", password))))
    assert caught.value.field == "password"
    assert caught.value.hint


def test_a_request_can_be_given_more_values() -> None:
    asked = Request("kramer", "LOGIN", (("auth", "USER"),)).having(password="a b")
    assert codec_of("kramer").encode(asked) == b"#LOGIN USER,a b\r"
    assert codec_of("kramer").spelling(asked) == "LOGIN USER,***"
