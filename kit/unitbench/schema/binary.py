"""The binary notation: how values are put into bytes and taken out of them (network order)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from unitbench.errors import MissingField
from unitbench.schema import text
from unitbench.schema.checks import check
from unitbench.schema.dissection import Builder
from unitbench.schema.records import Field
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    IPv4,
    Reserved,
    Text,
    UInt,
    Value,
    ValueType,
)


@singledispatch
def put(kind: ValueType, value: Value) -> bytes:
    """The bytes of a value; the value must already satisfy the type's rule."""
    raise TypeError(f"no binary notation for {kind!r}")


@singledispatch
def take(kind: ValueType, field: Field, out: Builder, stop: int) -> None:
    """Read one value of this type at ``out.at`` and append its leaves; never raises on input.

    ``stop`` is where the data end (exclusive).
    """
    raise TypeError(f"no binary notation for {kind!r}")


def put_fields(fields: Iterable[Field], values: dict[str, Value]) -> bytes:
    """The bytes of a row of fields; a value that is missing or breaks its rule raises."""
    parts = []
    for field in fields:
        value = values.get(field.name, field.default)
        if value is None:
            raise MissingField(f"{field.name} is missing: {field.about}", field=field.name)
        parts.append(put(field.type, check(field, value)))
    return b"".join(parts)


def take_fields(fields: Iterable[Field], out: Builder, stop: int) -> None:
    """Read a row of fields up to ``stop``; a field that is cut short is a fault of its own."""
    for field in fields:
        if out.at >= stop and not isinstance(field.type, (Counted, CountedList)):
            out.add(field.name, 0, fault=f"{field.name} is missing: the data end here")
            return
        take(field.type, field, out, stop)
        if out.leaves and out.leaves[-1].fault and out.at >= stop:
            return


def _bytes(out: Builder, size: int, stop: int) -> bytes | None:
    """``size`` bytes at the cursor, or None where the data end before."""
    data = out.raw[out.at : min(out.at + size, stop)]
    return data if len(data) == size else None


def _short(field: Field, out: Builder, size: int, stop: int) -> None:
    have = max(0, min(stop, len(out.raw)) - out.at)
    out.add(field.name, have, fault=f"{field.name} is cut short: {have} of {size} bytes")


@put.register(UInt)
def _(kind: UInt, value: Value) -> bytes:
    assert isinstance(value, int)
    return value.to_bytes(kind.size, "big")


@take.register(UInt)
def _(kind: UInt, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, kind.size, stop)
    if data is None:
        return _short(field, out, kind.size, stop)
    number = int.from_bytes(data, "big")
    fault = None if kind.low <= number <= kind.top else f"{number} is outside {text.rule(kind)}"
    out.add(field.name, kind.size, number, meaning=text.meaning(kind, number), fault=fault)
    return None


@put.register(Flag)
def _(kind: Flag, value: Value) -> bytes:
    return b"\x01" if value else b"\x00"


@take.register(Flag)
def _(kind: Flag, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, 1, stop)
    if data is None:
        return _short(field, out, 1, stop)
    odd = data[0] > 1
    fault = f"{data[0]:02X}h is outside 00h..01h" if odd and not kind.lenient else None
    note = f"{data[0]:02X}h is taken as set" if odd and kind.lenient else None
    out.add(field.name, 1, bool(data[0]), meaning=field.about if data[0] else "", fault=fault, note=note)
    return None


@put.register(Choice)
def _(kind: Choice, value: Value) -> bytes:
    number = next(word.number for word in kind.words if word.text == value)
    assert number is not None
    return bytes([number])


@take.register(Choice)
def _(kind: Choice, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, 1, stop)
    if data is None:
        return _short(field, out, 1, stop)
    word = next((word for word in kind.words if word.number == data[0]), None)
    if word is None:
        out.add(field.name, 1, data[0], fault=f"{data[0]:02X}h is not {text.rule(kind)}")
    else:
        out.add(field.name, 1, word.text, meaning=word.meaning)
    return None


@put.register(IPv4)
def _(kind: IPv4, value: Value) -> bytes:
    assert isinstance(value, str)
    return bytes(int(part) for part in value.split("."))


@take.register(IPv4)
def _(kind: IPv4, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, 4, stop)
    if data is None:
        return _short(field, out, 4, stop)
    out.add(field.name, 4, ".".join(str(byte) for byte in data))
    return None


@put.register(Reserved)
def _(kind: Reserved, value: Value) -> bytes:
    assert isinstance(value, bytes)
    return value


@take.register(Reserved)
def _(kind: Reserved, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, kind.size, stop)
    if data is None:
        return _short(field, out, kind.size, stop)
    note = None if not any(data) else "reserved, yet not zero: kept as it is"
    out.add(field.name, kind.size, data.hex(), note=note, frame_part=True)
    return None


@put.register(Text)
def _(kind: Text, value: Value) -> bytes:
    assert isinstance(value, str)
    return value.encode("ascii").ljust(kind.high)


@take.register(Text)
def _(kind: Text, field: Field, out: Builder, stop: int) -> None:
    data = _bytes(out, kind.high, stop)
    if data is None:
        return _short(field, out, kind.high, stop)
    shown = data.rstrip(b" \x00")
    if all(0x20 <= byte < 0x7F for byte in shown):
        out.add(field.name, kind.high, shown.decode("ascii"))
    else:
        out.add(field.name, kind.high, data.hex(), note="bytes that are no text, shown as hex")
    return None


@put.register(Counted)
def _(kind: Counted, value: Value) -> bytes:
    assert isinstance(value, str)
    data = value.encode("ascii")
    return bytes([len(data)]) + data


@take.register(Counted)
def _(kind: Counted, field: Field, out: Builder, stop: int) -> None:
    count = _count(kind.count_name, field, out, stop)
    if count is None:
        return
    data = out.raw[out.at : min(out.at + count, stop)]
    printable = all(0x20 <= byte < 0x7F for byte in data)
    value = data.decode("ascii") if printable else data.hex()
    note = None
    if not printable and len(data) == 4:
        value = ".".join(str(byte) for byte in data)
        note = "four bytes that are no text: shown as a binary address"
    elif not printable:
        note = "bytes that are no text, shown as hex"
    fault = None if len(data) == count else f"{field.name} is cut short: {len(data)} of {count} bytes"
    out.add(field.name, len(data), value, note=note, fault=fault)


@put.register(CountedList)
def _(kind: CountedList, value: Value) -> bytes:
    assert isinstance(value, tuple)
    return bytes([len(value), *value])


@take.register(CountedList)
def _(kind: CountedList, field: Field, out: Builder, stop: int) -> None:
    count = _count(kind.count_name, field, out, stop)
    if count is None:
        return
    data = out.raw[out.at : min(out.at + count, stop)]
    fault = None if len(data) == count else f"{field.name} is cut short: {len(data)} of {count} bytes"
    out.add(field.name, len(data), tuple(data), fault=fault)


def _count(name: str, field: Field, out: Builder, stop: int) -> int | None:
    """Read the count byte of a counted value as a leaf of its own."""
    if out.at >= stop:
        out.add(name, 0, fault=f"{name} is missing: the data end here")
        return None
    count = out.raw[out.at]
    there = stop - out.at - 1
    fault = f"{name} says {count}, {there} bytes are there" if count > there else None
    out.add(name, 1, count, meaning=f"{count} bytes follow", fault=fault)
    return count
