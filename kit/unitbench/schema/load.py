"""A protocol's record from plain data, such as a TOML file holds: the records' own fields, by name.

A key is the name of an attribute of the record (``Protocol``, ``Service``, ``Command``, ``Report``, ``Field``,
``Code``, ``Lines``, ``Simulated``, ``Answer``); a row of records is a row of tables; pairs are a table. A field's
``type`` is a table whose ``kind`` is the name of a value type in small letters, with that type's attributes:
``type = { kind = "uint", size = 2, high = 100 }``; or the name of one that stands in the table ``types``. A command
or report without a ``source`` has the protocol's.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from unitbench.schema.lint import Flaw, Path
from unitbench.schema.records import Command, Field, Protocol, Report, Source
from unitbench.schema.values import (
    Choice,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Outcome,
    Real,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
)

_SPELT: tuple[type, ...] = (UInt, Flag, Choice, Token, Text, IPv4, Mac, Outcome, Real, Numbered)
KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in _SPELT}
"""The value types that a line can spell."""
LEFT_OUT = {
    Protocol: {"type_code", "ids", "learned"},
    Command: {"code", "packet_type", "multiline", "teaches"},
    Report: {"code", "packet_type"},
    Field: {"present_when"},
}
"""Attributes that need code, or a notation in bytes."""
NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


class Unfit(Exception):
    """Data that make no record: ``flaw`` says where and why."""

    def __init__(self, at: Path, text: str) -> None:
        super().__init__(text)
        self.flaw = Flaw(at, text)


def protocol_from(data: dict[str, Any]) -> Protocol:
    """The protocol that ``data`` describes, not yet linted; raises ``Unfit``."""
    source, types = data.get("source"), data.get("types", {})
    if source is not None:
        _read(Source, source, ("source",))
    if not isinstance(types, dict):
        raise Unfit(("types",), "types must be a table of value types by name")
    for name, table in types.items():
        _value_type(table, ("types", name))
    whole = {name: item for name, item in data.items() if name != "types"}
    for row, inner in (("commands", "args"), ("reports", "fields")):
        for number, record in _tables(whole.get(row)):
            for index, field in _tables(record.get(inner)):
                kind = field.get("type")
                if isinstance(kind, str):
                    if kind not in types:
                        raise Unfit(
                            (row, number, inner, index, "type"), f"'{kind}' is not in the table types"
                        )
                    field["type"] = types[kind]
            if source is not None:
                record.setdefault("source", source)
    found = _read(Protocol, whole, ())
    assert isinstance(found, Protocol)
    return found


def _tables(row: Any) -> list[tuple[int, dict[str, Any]]]:
    """The tables of a row with their numbers; whatever else it holds is refused when it is read."""
    return [
        (n, item) for n, item in enumerate(row if isinstance(row, list) else ()) if isinstance(item, dict)
    ]


def _read(hint: Any, data: Any, at: Path) -> Any:
    """``data`` as what ``hint`` says."""
    if hint == ValueType:
        return _value_type(data, at)
    if get_origin(hint) in (Union, UnionType):
        options = [option for option in get_args(hint) if option is not NoneType]
        return _read(options[0], data, at) if len(options) == 1 else _value(data, at)
    if get_origin(hint) is tuple:
        return _row(get_args(hint), data, at)
    if isinstance(hint, type) and issubclass(hint, Enum):
        words = {member.value: member for member in hint}
        if not isinstance(data, str) or data not in words:
            raise Unfit(at, f"{_name(at)} is none of {', '.join(words)}")
        return words[data]
    if is_dataclass(hint):
        return _record(hint, data, at)
    if hint is float and type(data) is int:
        data = float(data)
    if type(data) is not hint:
        raise Unfit(at, f"{_name(at)} must be {NAMES.get(hint, 'of another kind')}")
    return data


def _name(at: Path) -> str:
    return next((part for part in reversed(at) if isinstance(part, str)), "this")


def _value(data: Any, at: Path) -> Value:
    if isinstance(data, (bool, int, float, str)):
        return data
    raise Unfit(at, f"{_name(at)} must be a text, a number, true or false")


def _row(args: tuple[Any, ...], data: Any, at: Path) -> tuple[Any, ...]:
    if args[-1] is not Ellipsis:
        if not isinstance(data, list) or len(data) != len(args):
            raise Unfit(at, f"{_name(at)} must be a row of {len(args)}")
        return tuple(
            _read(hint, item, (*at, n)) for n, (hint, item) in enumerate(zip(args, data, strict=True))
        )
    if get_origin(args[0]) is tuple:
        if not isinstance(data, dict):
            raise Unfit(at, f"{_name(at)} must be a table of texts")
        return tuple((name, _read(str, item, (*at, name))) for name, item in data.items())
    if not isinstance(data, list):
        raise Unfit(at, f"{_name(at)} must be a row, in square brackets")
    return tuple(_read(args[0], item, (*at, n)) for n, item in enumerate(data))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(kind: Any, data: Any, at: Path) -> Any:
    if not isinstance(data, dict):
        raise Unfit(at, f"{_name(at)} must be a table")
    known = {field.name: field for field in fields(kind) if field.name not in LEFT_OUT.get(kind, ())}
    for name in data:
        if name not in known:
            raise Unfit((*at, name), f"'{name}' is not known here; known are {', '.join(known)}")
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            raise Unfit(at, f"{name} is missing")
    if kind is Source and "status" not in data:
        raise Unfit(at, "status is missing: public, reading, learned or simulated")
    return kind(**{name: _read(_hints(kind)[name], item, (*at, name)) for name, item in data.items()})


def _value_type(data: Any, at: Path) -> Any:
    if not isinstance(data, dict):
        raise Unfit(at, f'{_name(at)} must be a table such as {{ kind = "text", high = 40 }}')
    kind = next((found for name, found in KINDS.items() if name == data.get("kind")), None)
    if kind is None:
        raise Unfit(at, f"kind is none of {', '.join(KINDS)}")
    return _record(kind, {name: item for name, item in data.items() if name != "kind"}, at)
