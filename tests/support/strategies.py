"""Hypothesis strategies from the catalogue: legal values of each type, requests, reports, and hostile bytes."""

from __future__ import annotations

import math
from functools import singledispatch

from hypothesis import strategies as st

from unitbench import catalogue
from unitbench.schema.records import Command, Field, Report, Request
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Outcome,
    Real,
    Reserved,
    Tagged,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
)
from unitbench.wire import codec_of
from unitbench.wire.codec import Codec

PROTOCOLS = catalogue.NAMES
PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]


@singledispatch
def values_of(kind: ValueType) -> st.SearchStrategy[Value]:
    """Legal values of a type."""
    raise TypeError(f"no strategy for {kind!r}")


@values_of.register
def _(kind: UInt) -> st.SearchStrategy[Value]:
    return st.integers(kind.low, kind.top)


@values_of.register
def _(kind: Flag) -> st.SearchStrategy[Value]:
    return st.booleans()


@values_of.register(Choice)
@values_of.register(Token)
def _(kind: Choice | Token) -> st.SearchStrategy[Value]:
    return st.sampled_from([word.text for word in kind.words])


@values_of.register
def _(kind: Text) -> st.SearchStrategy[Value]:
    legal = [char for char in PRINTABLE if char not in kind.forbid]
    return st.text(st.sampled_from(legal), min_size=kind.low, max_size=min(kind.high, 40))


@values_of.register
def _(kind: IPv4) -> st.SearchStrategy[Value]:
    return st.tuples(*[st.integers(0, 255)] * 4).map(lambda parts: ".".join(map(str, parts)))


@values_of.register
def _(kind: Mac) -> st.SearchStrategy[Value]:
    digit = st.sampled_from("0123456789abcdefABCDEF")
    pair = st.tuples(digit, digit).map("".join)
    return st.tuples(*[pair] * 6).map(":".join)


@values_of.register
def _(kind: Reserved) -> st.SearchStrategy[Value]:
    return st.binary(min_size=kind.size, max_size=kind.size)


@values_of.register
def _(kind: Counted) -> st.SearchStrategy[Value]:
    return values_of(kind.text)


@values_of.register
def _(kind: CountedList) -> st.SearchStrategy[Value]:
    item = st.integers(kind.item.low, kind.item.top)
    return st.lists(item, max_size=min(kind.high, 12)).map(tuple)


@values_of.register
def _(kind: Outcome) -> st.SearchStrategy[Value]:
    return st.sampled_from(["OK", "ACK", "ERR001", "ERR004"])


@values_of.register
def _(kind: Real) -> st.SearchStrategy[Value]:
    whole = st.integers(math.ceil(kind.low), math.floor(kind.high)).filter(lambda n: n not in kind.never)
    found: list[st.SearchStrategy[Value]] = [whole]
    if not kind.whole:
        parts = st.floats(kind.low, kind.high, allow_nan=False).map(lambda n: round(n, 6))
        found.append(
            parts.filter(lambda n: kind.low <= n <= kind.high).map(lambda n: int(n) if n == int(n) else n)
        )
    if kind.zero:
        found.append(st.just(0))
    return st.one_of(found)


@values_of.register
def _(kind: Numbered) -> st.SearchStrategy[Value]:
    return st.sampled_from([word.number for word in kind.words if word.number is not None])


@values_of.register
def _(kind: Tagged) -> st.SearchStrategy[Value]:
    return st.one_of(st.just(-1), *(values_of(row.type) for row in kind.rows))


@st.composite
def filled(draw: st.DrawFn, fields: tuple[Field, ...]) -> dict[str, Value]:
    """Legal values for a row of fields; what is optional is sometimes left out, what does not apply always."""
    values: dict[str, Value] = {}
    for field in fields:
        if field.optional and draw(st.booleans()):
            continue
        if field.present_when is None or field.present_when.holds(values):
            values[field.name] = draw(values_of(field.among(values).type))
    return values


def requests(command: Command, protocol: str) -> st.SearchStrategy[Request]:
    """Legal requests of a command."""
    rules = command.rules
    legal = filled(command.args).filter(lambda values: not any(rule.broken_by(values) for rule in rules))
    if protocol == "kramer":
        legal = legal.filter(
            lambda values: all(str(value) == str(value).strip() for value in values.values())
        )
    return legal.map(lambda values: Request(protocol, command.name, tuple(values.items())))


def any_request() -> st.SearchStrategy[Request]:
    """A legal request of any protocol."""
    found = [requests(command, name) for name in PROTOCOLS for command in catalogue.protocol(name).commands]
    return st.one_of(found)


def fields_of(record: Command | Report) -> tuple[Field, ...]:
    """The fields of a command or a report."""
    return record.args if isinstance(record, Command) else record.fields


def codecs() -> list[Codec]:
    """The codec of every protocol."""
    return [codec_of(name) for name in PROTOCOLS]


SCRAPS = [
    b"\x02",
    b"\x03",
    b"\x06",
    b"\x15",
    b"\xae",
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b"#",
    b"~",
    b"~01@",
    b"@",
    b"|",
    b",",
    b" ",
    b"LOGIN",
    b"SECUR?",
    b"OK",
    b"ERR004",
    b"ERR ",
    b"SID:1",
    b"SID:2",
    b"MAA:",
    b"ACK",
    b":",
    b"?",
    b"02:00:00:00:00:31",
    b"DEVICEIDENT?",
    b"DEVICESYNC",
    b"GETLIFESIGNAL",
    b"ARMBUFFER",
    b"TRIGGERBUFFER",
    b"SETDISTRIBUTORPORTPROPERTIES",
    b"SETDISTRIBUTORPORTPROPERTIESALL",
    b"INFO:",
    b"1000",
    b"-1",
    b"50e-3",
    b"\xb2",
    b"9" * 30,
    b"\x02\x00\xae\x01\x00\xaf\x03",
    b"\x02\x00\xae\x02\x0e\x13\xd1\x03",
    b"\x02\x00\xae\xff",
    b"\x02\x00\xae\x01\x00\xb0\x03",
]


def hostile() -> st.SearchStrategy[bytes]:
    """Any bytes, and bytes that look like our protocols for a while."""
    return st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(SCRAPS), max_size=25).map(b"".join))
