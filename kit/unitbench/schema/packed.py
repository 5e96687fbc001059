"""A row of binary fields as one ``struct``, made once from the fields' types.

It knows plain values only. Where one is not plain, or not legal, it gives None: then ``binary`` goes through the
row field by field, takes what else is legal, and says what is wrong.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from unitbench.schema.conditions import Never
from unitbench.schema.reading import Reading
from unitbench.schema.records import Field
from unitbench.schema.values import Choice, Counted, CountedList, Flag, IPv4, Reserved, UInt, Value

Fix = Callable[[Any], Any]
"""Turns one item of a struct into the value, or a value into the item; ``LookupError`` where it cannot."""
Pairs = tuple[tuple[str, Value], ...]

_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_NAME, _VALUE = itemgetter(0), itemgetter(1)


def _whole(kind: UInt) -> Fix | None:
    if kind.low == 0 and kind.top == 256**kind.size - 1:
        return None

    def fix(number: int) -> int:
        if not kind.low <= number <= kind.top:
            raise KeyError(number)
        return number

    return fix


def _dotted(data: bytes) -> str:
    return "{}.{}.{}.{}".format(*data)


class RowReader:
    """Takes the values of a record's row out of its bytes. ``names`` are those of the values, counts with them."""

    def __init__(
        self, record: str, names: tuple[str, ...], form: str, fixes: dict[int, Fix], tail: Fix | None
    ) -> None:
        self._record = record
        self._names = names
        self._struct = struct.Struct(form)
        self._fixes = tuple(fixes.items())
        self._tail = tail

    def read(self, data: bytes, start: int, stop: int) -> Reading | None:
        """The values between ``start`` and ``stop``, which must be exactly the row."""
        end, tail = start + self._struct.size, self._tail
        if end > stop or (tail is None and end != stop):
            return None
        row = [*self._struct.unpack_from(data, start)]
        if tail is not None and row[-1] != stop - end:
            return None
        try:
            for at, fix in self._fixes:
                row[at] = fix(row[at])
            if tail is not None:
                row.append(tail(data[end:stop]))
        except (LookupError, UnicodeError):
            return None
        return Reading(self._record, "", self._names, (*row,))


def row_reader(record: str, fields: Sequence[Field]) -> RowReader | None:
    """The reader of a record's row; None where it has a type that is not plain, or a counted one before its end."""
    names: list[str] = []
    form, fixes, tail = "!", dict[int, Fix](), None
    for field in fields:
        kind = field.type
        if tail is not None:
            return None
        if isinstance(kind, Reserved):
            form += f"{kind.size}x"
            continue
        fix: Fix | None = None
        if isinstance(kind, UInt) and kind.size in _CODES:
            form, fix = form + _CODES[kind.size], _whole(kind)
        elif isinstance(kind, Flag):
            form, fix = (form + "?", None) if kind.lenient else (form + "B", {0: False, 1: True}.__getitem__)
        elif isinstance(kind, Choice):
            form, fix = form + "B", {word.number: word.text for word in kind.words}.__getitem__
        elif isinstance(kind, IPv4):
            form, fix = form + "4s", _dotted
        elif isinstance(kind, (Counted, CountedList)):
            form, tail = form + "B", _text if isinstance(kind, Counted) else tuple
            names.append(kind.count_name)
        else:
            return None
        if fix is not None:
            fixes[len(names)] = fix
        names.append(field.name)
    return RowReader(record, tuple(names), form, fixes, tail)


def _text(data: bytes) -> str:
    text = data.decode("ascii")
    if not text.isprintable():
        raise KeyError("not plain")
    return text


class RowWriter:
    """Puts the values of a row into bytes, where all have the types that the wire has."""

    def __init__(
        self,
        types: tuple[type, ...],
        form: str,
        fixes: dict[int, Fix],
        never: tuple[tuple[int, Value, int, Value], ...],
        *,
        counted: bool,
    ) -> None:
        self._types = types
        self._struct = struct.Struct(form)
        self._fixes = tuple(fixes.items())
        self._never = never
        self._counted = counted

    def put(self, pairs: Pairs) -> bytes | None:
        """The bytes of the values, which come in the order of the names that the writer was made for."""
        row = [*map(_VALUE, pairs)]
        if (*map(type, row),) != self._types:
            return None
        for one, this, other, that in self._never:
            if row[one] == this and row[other] == that:
                return None
        try:
            for at, fix in self._fixes:
                row[at] = fix(row[at])
            if not self._counted:
                return self._struct.pack(*row)
            tail: Any = row[-1]
            row[-1] = len(tail)
            return b"".join((self._struct.pack(*row), tail))
        except (LookupError, struct.error):
            return None


class RowWriters:
    """The writers of one row of fields: one for each choice of fields that are given, the others by default."""

    def __init__(self, fields: Sequence[Field], rules: Sequence[Never] = ()) -> None:
        self._fields = tuple(fields)
        self._rules = tuple(rules)
        self._made: dict[tuple[str, ...], RowWriter | None] = {}

    def put(self, pairs: Pairs) -> bytes | None:
        """The bytes of a row; None where a value is missing, out of order, not plain or not legal."""
        names = (*map(_NAME, pairs),)
        writer = self._made[names] if names in self._made else self._make(names)
        return writer.put(pairs) if writer else None

    def _make(self, names: tuple[str, ...]) -> RowWriter | None:
        """A writer, kept; none is kept for names that no writer could have: what people type has no end."""
        given = tuple(field.name for field in self._fields if field.name in names)
        if given != names:
            return None
        self._made[names] = made = _row_writer(self._fields, names, self._rules)
        return made


def _row_writer(
    fields: tuple[Field, ...], names: tuple[str, ...], rules: tuple[Never, ...]
) -> RowWriter | None:
    types: list[type] = []
    form, fixes, counted = "!", dict[int, Fix](), False
    for field in fields:
        kind = field.type
        if counted:
            return None
        if field.name not in names:
            if not isinstance(kind, Reserved) or field.default != bytes(kind.size):
                return None
            form += f"{kind.size}x"
            continue
        fix: Fix | None = None
        made: type
        if isinstance(kind, UInt) and kind.size in _CODES:
            form, fix, made = form + _CODES[kind.size], _whole(kind), int
        elif isinstance(kind, Flag):
            form, made = form + "?", bool
        elif isinstance(kind, Choice):
            form, fix, made = form + "B", {word.text: word.number for word in kind.words}.__getitem__, str
        elif isinstance(kind, Counted):
            form, fix, made, counted = form + "B", _plain(kind), str, True
        else:
            return None
        if fix is not None:
            fixes[len(types)] = fix
        types.append(made)
    never = []
    for rule in rules:
        if rule.one.name not in names or rule.other.name not in names:
            continue
        if rule.other.gaps:
            return None
        # Rows that break no rule, since something else holds, are not plain either.
        never.append(
            (names.index(rule.one.name), rule.one.value, names.index(rule.other.name), rule.other.value)
        )
    return RowWriter(tuple(types), form, fixes, tuple(never), counted=counted)


@cache
def _plain(kind: Counted) -> Fix:
    """Text of the allowed characters and length, as bytes."""
    legal = "".join(re.escape(chr(code)) for code in range(0x20, 0x7F) if chr(code) not in kind.text.forbid)
    plain = re.compile(f"[{legal}]{{{kind.text.low},{kind.text.high}}}")

    def put(value: str) -> bytes:
        if not plain.fullmatch(value):
            raise KeyError("not plain")
        return value.encode("ascii")

    return put
