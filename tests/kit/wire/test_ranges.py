"""No encoder lets a value pass that the tables do not have: every field of every command, just outside its range."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch
from typing import Any

import pytest

from unitbench import catalogue
from unitbench.errors import InvalidValue, MissingField
from unitbench.line.parse import parse
from unitbench.schema import text
from unitbench.schema.records import Command, Field, Request
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
    Tagged,
    Text,
    Token,
    UInt,
    Value,
    ValueType,
)
from unitbench.wire import encode

COMMANDS = [(name, command) for name in catalogue.NAMES for command in catalogue.protocol(name).commands]


@singledispatch
def outside(kind: ValueType) -> list[Any]:
    """Values just outside a type's range, and of the wrong kind."""
    raise TypeError(f"no values outside {kind!r}")


@outside.register
def _(kind: UInt) -> list[Any]:
    return [kind.low - 1, kind.top + 1, 0.5, "", "x", "1e1", "\u0663", b"\x01", (1, 2)]


@outside.register
def _(kind: Flag) -> list[Any]:
    return [2, -1, "maybe", "", b"\x01"]


@outside.register(Choice)
@outside.register(Numbered)
def _(kind: Choice | Numbered) -> list[Any]:
    numbers = [word.number for word in kind.words if word.number is not None]
    return [max(numbers) + 1, -2, f"{kind.words[0].text}x", ""]


@outside.register
def _(kind: Token) -> list[Any]:
    return [] if kind.open else [f"{kind.words[0].text}x", "", "2"]


@outside.register
def _(kind: Text) -> list[Any]:
    bad = [f"a{char}b" for char in kind.forbid] + ["a\x00b", "a\x1fb", "a\x7fb", "a\xe9b", "a\u20acb"]
    fill = next(char for char in "xyz0" if char not in kind.forbid)
    return [*bad, fill * (kind.high + 1), *([fill * (kind.low - 1)] if kind.low else [])]


@outside.register
def _(kind: IPv4) -> list[Any]:
    return ["256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.-4", "1.2.3.0x4", "a.b.c.d", "", 16909060]


@outside.register
def _(kind: Mac) -> list[Any]:
    pairs = "02:00:00:00:00:3"
    return [
        pairs,
        f"{pairs}1:32",
        f"{pairs}g",
        f"{pairs}1".replace(":", "-"),
        f"{pairs}1".replace(":", ""),
        "",
    ]


@outside.register
def _(kind: Reserved) -> list[Any]:
    return [bytes(kind.size + 1), bytes(kind.size - 1), "zz" * kind.size]


@outside.register
def _(kind: Counted) -> list[Any]:
    return outside(kind.text)


@outside.register
def _(kind: CountedList) -> list[Any]:
    return [tuple([kind.item.low] * (kind.high + 1)), (kind.item.top + 1,)]


@outside.register
def _(kind: Real) -> list[Any]:
    step = 1 if kind.whole else 1e-3
    above, below = kind.high + max(step, kind.high * 1e-6), kind.low - step
    found: list[Any] = [above, *kind.never, "x", "", "nan", "inf", "1,5"]
    if below > 0 or not (kind.zero and (kind.less or below == 0)):
        found.append(below)
    return [*found, *([kind.low + 0.5] if kind.whole else [])]


def legal(protocol: str, command: Command) -> Request:
    """A request with legal values, from the example of the catalogue."""
    request = parse(command.examples[-1]).statements[0].request
    assert request is not None and request.protocol == protocol, command.examples
    return request


def cases() -> list[Any]:
    """Each field of each command with each value outside; a property's for each row of its table."""
    found = []
    for protocol, command in COMMANDS:
        for field in command.args:
            kinds: list[tuple[dict[str, Value], ValueType]] = [({}, field.type)]
            if isinstance(field.type, Tagged):
                kinds = [({field.type.tag: row.number}, row.type) for row in field.type.rows]
            for chosen, kind in kinds:
                where = "".join(f"={number}" for number in chosen.values())
                for number, value in enumerate(outside(kind)):
                    if not (chosen and value == -1):
                        name = f"{protocol}-{command.name}-{field.name}{where}-{number}"
                        found.append(pytest.param(protocol, command, field, chosen, value, id=name))
    return found


@pytest.mark.parametrize(("protocol", "command", "field", "chosen", "value"), cases())
def test_a_value_outside_is_refused_by_name_and_range(
    protocol: str, command: Command, field: Field, chosen: dict[str, Value], value: Any
) -> None:
    request = legal(protocol, command).having(**chosen, **{field.name: value})
    with pytest.raises(InvalidValue) as caught:
        encode(request)
    error = caught.value
    kind = field.among(request.fields).type
    assert error.field == field.name
    assert field.name in error.message and text.rule(kind) in error.message + error.hint
    assert error.rule and error.message.isprintable()


@pytest.mark.parametrize(
    ("protocol", "command", "field"),
    [
        pytest.param(protocol, command, field, id=f"{protocol}-{command.name}-{field.name}")
        for protocol, command in COMMANDS
        for field in command.args
        if not field.optional and field.default is None
    ],
)
def test_a_field_left_out_is_named(protocol: str, command: Command, field: Field) -> None:
    request = legal(protocol, command)
    left = tuple((name, value) for name, value in request.values if name != field.name)
    with pytest.raises(MissingField) as caught:
        encode(replace(request, values=left))
    assert caught.value.field == field.name and field.name in caught.value.message


@pytest.mark.parametrize(("protocol", "command"), COMMANDS, ids=lambda each: getattr(each, "name", each))
def test_a_field_that_there_is_not_is_refused(protocol: str, command: Command) -> None:
    with pytest.raises(InvalidValue) as caught:
        encode(legal(protocol, command).having(no_such_field=1))
    assert caught.value.field == "no_such_field"


def test_the_walk_has_met_every_field_of_every_command() -> None:
    met = {(case.values[0], case.values[1].name, case.values[2].name) for case in cases()}
    assert met == {
        (protocol, command.name, field.name)
        for protocol, command in COMMANDS
        for field in command.args
        if not (isinstance(field.type, Token) and field.type.open)
    }
