"""The text notation: what may be typed for a value, and what is refused with its rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.kinds import TEXTUAL
from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Real,
    Reserved,
    Row,
    Tagged,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
    Word,
)

MODE = Choice((Word("TCP", number=0), Word("UDP", number=1)))
PACE = Real(1, 1000, "Hz", zero="250 Hz")
LIMIT = Real(0.05, 1e9, "s", zero="off", less=True)
PORT = Real(1024, 65535, whole=True, never=(5565,))
NAMED = Numbered((Word("Pace", "how often", number=5), Word("Home", "where", number=7)))
TABLE = Tagged("which", (Row(5, "Pace", PACE, "how often", 100), Row(7, "Home", IPv4(), "where")))
SWITCH = Token((Word("ON", also=("1",)), Word("OFF", also=("0",))))
PASSWORD = Text(high=15, forbid="#~@?,|\r\n", secret=True)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (UInt(1), "0", 0),
        (UInt(1), "255", 255),
        (UInt(1), "019", 19),
        (UInt(1), "0x13", 19),
        (UInt(2), "0XFFFF", 65535),
        (Flag(), "1", True),
        (Flag(), "On", True),
        (Flag(), "TRUE", True),
        (Flag(), "yes", True),
        (Flag(), "0", False),
        (Flag(), "off", False),
        (MODE, "udp", "UDP"),
        (MODE, "1", "UDP"),
        (SWITCH, "on", "ON"),
        (SWITCH, "0", "OFF"),
        (Text(), "", ""),
        (Text(), "a b", "a b"),
        (IPv4(), "192.168.001.020", "192.168.1.20"),
        (Mac(), "0A:0b:00:00:00:31", "0A:0b:00:00:00:31"),
        (Reserved(2), "00fF", b"\x00\xff"),
        (Counted(Text(high=3), "n"), "abc", "abc"),
        (CountedList(UInt(1), "n"), "", ()),
        (CountedList(UInt(1), "n"), "19,0x14", (19, 20)),
        *[(PACE, typed, 50) for typed in ("50", "50.0", "5e1", "+50.", "0.5e2", "050")],
        (PACE, "0", 0),
        (PACE, ".5E+1", 5),
        (PACE, "12.5", 12.5),
        *[(LIMIT, typed, 0) for typed in ("0", "-1", "-0.0", "-1e9")],
        (LIMIT, "50e-3", 0.05),
        (PORT, "1024.0", 1024),
        *[(NAMED, typed, 5) for typed in ("5", "05", "Pace", "pACE")],
        *[(TABLE, typed, -1) for typed in ("-1",)],
        (TABLE, "50", 50),
        (TABLE, "1.2.3.4", "1.2.3.4"),
        (TABLE.of(7), "01.2.3.4", "1.2.3.4"),
        (TABLE.of(9), "0", 0),
    ],
)
def test_what_may_be_typed(kind: ValueType, typed: str, value: Value) -> None:
    found = text.parse(kind, typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        *[(UInt(1), typed) for typed in ("", "256", "-1", "+1", "1.0", "1e2", "1_0", " 1", "0x", "0x100", "x")],
        *[(UInt(1), typed) for typed in ("²", "\u0663")],
        (UInt(1), "9" * 5000),
        (UInt(1), "0x" + "f" * 5000),
        (UInt(2, low=1024), "1023"),
        *[(Flag(), typed) for typed in ("", "2", "y", "00")],
        *[(MODE, typed) for typed in ("", "2", "00", "None", "SCTP")],
        *[(SWITCH, typed) for typed in ("", "2", "maybe")],
        *[(Text(high=3), typed) for typed in ("abcd", "é", "\t", "\x7f", "a\n")],
        (Text(low=1), ""),
        *[(PASSWORD, typed) for typed in ("x" * 16, "a,b", "a#", "a~", "a@", "a?", "a|b", "a\r")],
        *[(IPv4(), typed) for typed in ("", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "1..2.3", "1.2.3.²")],
        *[(Mac(), typed) for typed in ("", "02-00-00-00-00-31", "02:00:00:00:31", "02:00:00:00:00:31:")],
        *[(Mac(), typed) for typed in ("0g:00:00:00:00:31", "2:0:0:0:0:31")],
        *[(Reserved(2), typed) for typed in ("", "00", "000", "000000", "zzzz", "0 00")],
        *[(PACE, typed) for typed in ("", "0.99", "1001", "-1", "nan", "inf", "1e999", "0x32", "5,0", "1 0", "e1")],
        *[(PACE, typed) for typed in ("²", "9" * 5000, "1e-9999")],
        *[(LIMIT, typed) for typed in ("0.049", "1e10")],
        *[(PORT, typed) for typed in ("1023", "5565", "5565.0", "1024.5", "65536")],
        *[(NAMED, typed) for typed in ("", "6", "-5", "5.0", "²", "5" * 5000)],
        *[(TABLE.of(5), typed) for typed in ("-2", "-1.0", "1.2.3.4", "")],
        *[(TABLE.of(7), typed) for typed in ("50", "--1")],
        *[(CountedList(UInt(1), "n", high=2), typed) for typed in ("1,,2", ",", "1,256", "1,2,3", "1;2")],
    ],
)  # fmt: skip
def test_what_is_refused_names_its_rule(kind: ValueType, typed: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        text.parse(kind, typed)
    assert caught.value.rule in (text.rule(kind), text.rule(UInt(1)))
    assert len(caught.value.message) < 200


def test_a_secret_is_not_in_its_own_error() -> None:
    with pytest.raises(InvalidValue) as caught:
        text.parse(PASSWORD, "correct-horse-battery")
    assert "correct" not in repr(caught.value)
    assert "***" in caught.value.message


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", TEXTUAL, ids=repr)
@given(typed=st.one_of(st.text(), st.text("0123456789abcdefx.:,", max_size=30)))
def test_any_text_is_a_value_or_refused(kind: ValueType, typed: str) -> None:
    try:
        value = text.parse(kind, typed)
    except InvalidValue as error:
        assert error.rule
        assert error.message.isprintable()
    else:
        assert text.parse(kind, text.format_value(value)) == value


@pytest.mark.parametrize("kind", TEXTUAL, ids=repr)
def test_every_word_that_is_offered_is_taken(kind: ValueType) -> None:
    for word in text.words(kind):
        for spelling in (word.text, word.text.lower(), *word.also):
            assert text.parse(kind, spelling) is not None


@pytest.mark.parametrize(
    ("kind", "value", "meaning"),
    [
        (UInt(1, unit="s"), 60, "60 s"),
        (UInt(1), 60, ""),
        (Choice((Word("TCP", "a stream", number=0),)), "TCP", "a stream"),
        (PACE, 12.5, "12.5 Hz"),
        (PACE, 0, "250 Hz"),
        (NAMED, 5, "Pace: how often"),
        (TABLE, -1, "asks for the present value"),
        (TABLE.of(5), -1, "asks for the present value"),
        (TABLE.of(5), 50, "50 Hz"),
        (TABLE.of(7), "1.2.3.4", ""),
    ],
)
def test_what_a_value_means(kind: ValueType, value: Value, meaning: str) -> None:
    assert text.meaning(kind, value) == meaning


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (UInt(1), "a whole number 0..255"),
        (UInt(1, unit="s"), "a whole number 0..255 s"),
        (PACE, "a number 1..1000 Hz; 0 means 250 Hz"),
        (LIMIT, "a number 0.05..1000000000 s; 0 or less means off"),
        (PORT, "a whole number 1024..65535; not 5565"),
        (NAMED, "one of 5 Pace, 7 Home"),
        (TABLE, "a value of what which names; -1 asks for it"),
        (TABLE.of(5), "a number 1..1000 Hz; 0 means 250 Hz; -1 asks for it"),
        (MODE, "one of TCP (0), UDP (1)"),
        (PASSWORD, "0..15 ASCII characters without # ~ @ ? , | CR LF"),
        (CountedList(UInt(1), "n", high=2), "a list of at most 2 numbers, each a whole number 0..255"),
    ],
)
def test_rules_are_told_in_words(kind: ValueType, rule: str) -> None:
    assert text.rule(kind) == rule
