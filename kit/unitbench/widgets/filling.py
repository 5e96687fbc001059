"""What was typed into a form, as values of a command: which are good, which are wrong, which have no meaning. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import singledispatch

from unitbench.errors import InvalidValue
from unitbench.schema import text
from unitbench.schema.checks import invalid
from unitbench.schema.conditions import Is
from unitbench.schema.printable import MASK
from unitbench.schema.records import Command, Field
from unitbench.schema.text import format_value
from unitbench.schema.values import (
    Choice,
    Counted,
    CountedList,
    Flag,
    IPv4,
    Mac,
    Numbered,
    Real,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
)


@dataclass(frozen=True, slots=True)
class Filled:
    """``values`` are those that can be sent, ``errors`` why others cannot, ``missing`` what is still to be given.

    ``idle`` says of fields without meaning why; what is sent for them is in ``values`` nevertheless, unless their
    bytes are left out. ``fields`` are the fields as they are beside the values given.
    """

    fields: tuple[Field, ...]
    values: dict[str, Value] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    idle: dict[str, str] = field(default_factory=dict)


def filled(command: Command, typed: Mapping[str, str], lent: Mapping[str, str]) -> Filled:
    """Read what was typed by field name; ``lent`` is what stands for a field that was left empty."""
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    fields: list[Field] = []
    for plain in command.args:
        each = plain.among(values)
        fields.append(each)
        try:
            value = _read(each, typed.get(each.name), lent.get(each.name))
        except InvalidValue as error:
            errors[each.name] = invalid(each, error).message
            continue
        if value is not None:
            values[each.name] = value
    idle, missing = {}, []
    for each in fields:
        for condition, how in ((each.used_when, "used"), (each.present_when, "sent")):
            if condition is not None and not condition.holds(values):
                idle[each.name] = _only(condition, how)
        if each.name in idle:
            errors.pop(each.name, None)
            if each.present_when is not None and not each.present_when.holds(values):
                values.pop(each.name, None)
            else:
                values.setdefault(each.name, neutral(each.type))
        elif each.name not in values and each.name not in errors and not each.optional:
            missing.append(each.name)
    for rule in command.rules:
        if rule.broken_by(values):
            errors.setdefault(rule.other.name, rule.broken)
    return Filled(tuple(fields), values, errors, tuple(missing), idle)


def begun(each: Field) -> str:
    """What stands in a field's control before anybody types."""
    if each.default is not None:
        return format_value(each.default)
    return "false" if isinstance(each.type, Flag) and not each.optional else ""


def _read(each: Field, typed: str | None, lent: str | None) -> Value | None:
    """The value of a field; None where it is not given."""
    if not each.typed:
        return each.default
    word = begun(each) if typed is None else typed
    if not word and lent:
        word = lent
    if not word and (each.optional or each.secret or not _may_be_empty(each.type)):
        return None
    return MASK if each.secret else text.parse(each.type, word)


def _may_be_empty(kind: ValueType) -> bool:
    if isinstance(kind, Counted):
        kind = kind.text
    return isinstance(kind, CountedList) or (isinstance(kind, Text) and kind.low == 0)


def _only(condition: Is, how: str) -> str:
    return f"not {how} now: only when {condition}"


@singledispatch
def neutral(kind: ValueType) -> Value:
    """What is sent where the bytes are there but mean nothing: zero, or the like."""
    raise TypeError(f"no neutral value for {kind!r}")


@neutral.register
def _(kind: UInt) -> Value:
    return kind.low


@neutral.register
def _(kind: Real) -> Value:
    return 0 if kind.zero else kind.low


@neutral.register
def _(kind: Flag) -> Value:
    return False


@neutral.register(Choice)
@neutral.register(Token)
def _(kind: Choice | Token) -> Value:
    return kind.words[0].text


@neutral.register
def _(kind: Numbered) -> Value:
    return kind.words[0].number or 0


@neutral.register(Text)
@neutral.register(Counted)
def _(kind: Text | Counted) -> Value:
    return ""


@neutral.register
def _(kind: CountedList) -> Value:
    return ()


@neutral.register
def _(kind: IPv4) -> Value:
    return "0.0.0.0"


@neutral.register
def _(kind: Mac) -> Value:
    return "00:00:00:00:00:00"
