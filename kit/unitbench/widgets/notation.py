"""How one field of a frame is written: what may be typed for it, and the bytes that become of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema import binary, text
from unitbench.schema.checks import check
from unitbench.schema.dissection import Dissection, Leaf
from unitbench.schema.records import Command, Field, Report, Role
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    Numbered,
    Tagged,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
    Word,
)
from unitbench.widgets.controls import Option

LINE = Text(high=1024)
BYTES_RULE = "pairs of hexadecimal digits"


@dataclass(frozen=True, slots=True)
class Way:
    """How a leaf is written. ``field`` is its record in the catalogue, where it has one; ``locked`` says why it
    can only be changed byte by byte, or not at all."""

    leaf: Leaf
    raw: bytes
    binary: bool
    field: Field | None = None
    locked: str = ""

    @property
    def spelling(self) -> str:
        """The present value, as it would be typed."""
        return "" if self.leaf.value is None else text.format_value(self.leaf.value)

    @property
    def rule(self) -> str:
        """What may be typed."""
        if self.field is not None:
            return text.rule(self.field.type)
        if self._number:
            return text.rule(self._number)
        return BYTES_RULE if self.binary else text.rule(LINE)

    @property
    def _number(self) -> UInt | None:
        plain = type(self.leaf.value) is int and self.field is None
        high = None if self.binary else 10 ** len(self.raw) - 1
        return UInt(len(self.raw), high=high) if plain else None

    def value(self, typed: str) -> Value:
        """The value that was typed; raises ``InvalidValue`` naming the rule."""
        if self.locked:
            raise InvalidValue(f"{self.leaf.name}: {self.locked}", field=self.leaf.name, rule=self.locked)
        if self.field is not None:
            return check(self.field, typed)
        try:
            if self._number:
                return text.parse(self._number, typed)
            return bytes.fromhex(typed) if self.binary else text.parse(LINE, typed)
        except ValueError:
            raise InvalidValue(
                f"{self.leaf.name}: not allowed: {self.rule}", field=self.leaf.name, rule=self.rule
            ) from None

    def bytes_of(self, value: Value) -> bytes:
        """The bytes that stand there instead; a count before them stays as it is."""
        if self.field is not None and self.binary:
            counted = isinstance(self.field.type, (Counted, CountedList))
            return binary.put(self.field.type, value)[int(counted) :]
        if isinstance(value, bytes):
            return value
        if self._number and isinstance(value, int):
            size = len(self.raw)
            return value.to_bytes(size, "big") if self.binary else str(value).zfill(size).encode()
        now, new = self.spelling.encode("latin-1", "replace"), text.format_value(value).encode("ascii")
        before, found, behind = self.raw.rpartition(now) if now else (b"", b"", b"")
        return before + new + behind if found else new


def is_closed(field: Field) -> bool:
    """Whether a field takes only the words of its list."""
    kind = _own(field.type)
    return isinstance(kind, (Flag, Choice, Numbered)) or (isinstance(kind, Token) and not kind.open)


def options(field: Field) -> tuple[Option, ...]:
    """The words that a field takes, or those worth offering, as they are typed and as they are listed."""
    kind = _own(field.type)
    if isinstance(kind, Flag):
        return (Option("false", "no"), Option("true", "yes"))
    numbered = isinstance(kind, Numbered)
    return tuple(_option(word, numbered) for word in text.words(field.type) or field.usual)


def _option(word: Word, numbered: bool) -> Option:
    value = str(word.number) if numbered and word.number is not None else word.text
    name = f"{value} {word.text}" if value != word.text else word.text
    return Option(value, f"{name}: {word.meaning}" if word.meaning else name)


def _own(kind: ValueType) -> ValueType:
    """The type that counts: of a value whose type depends on another, the one that was chosen."""
    return kind.rows[0].type if isinstance(kind, Tagged) and len(kind.rows) == 1 else kind


def way_of(found: Dissection, leaf: Leaf) -> Way:
    """How a leaf of a dissection is written."""
    raw = found.raw[leaf.start : leaf.end]
    is_binary = catalogue.protocol(found.protocol).type_code is not None
    if leaf.secret:
        return Way(leaf, raw, is_binary, locked="a secret stays three stars and cannot be edited")
    field = next((item for item in fields_of(found) if item.name == leaf.name), None)
    way = Way(leaf, raw, is_binary, field.among(found.values) if field else None)
    plain = type(leaf.value) is int or (isinstance(leaf.value, str) and _spells(leaf.value, raw, is_binary))
    if field is None and not plain:
        return Way(leaf, raw, is_binary, locked="it has no value of its own: edit its bytes")
    return way


def records_of(found: Dissection) -> tuple[Command | Report, ...]:
    """What the catalogue knows of what a frame carries."""
    protocol = catalogue.protocol(found.protocol)
    if found.direction == Role.HOST.value:
        return tuple(record for name in found.name.split("|") if (record := protocol.command(name)))
    report = protocol.report(found.name)
    return (report,) if report else ()


def fields_of(found: Dissection) -> Iterator[Field]:
    """The fields that the catalogue has for a frame."""
    for record in records_of(found):
        yield from record.args if isinstance(record, Command) else record.fields


def _spells(value: str, raw: bytes, is_binary: bool) -> bool:
    """Whether a value is just its bytes, spelt out."""
    return bool(raw) and (value == raw.hex() if is_binary else value.encode("latin-1", "replace") == raw)
