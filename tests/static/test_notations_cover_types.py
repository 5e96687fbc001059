"""Every value type has every notation that it needs."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.support.kinds import BINARY, TEXTUAL
from tests.support.strategies import fields_of, values_of
from unitbench import catalogue
from unitbench.schema import binary, text
from unitbench.schema.values import ValueType

TYPES: tuple[type, ...] = get_args(ValueType)
IN_PACKETS = {
    type(field.type)
    for protocol in catalogue.protocols()
    if protocol.type_code is not None
    for record in (*protocol.commands, *protocol.reports)
    for field in fields_of(record)
}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_can_be_typed(kind: type) -> None:
    for notation in (text.parse, text.rule):
        assert notation.dispatch(kind) is not notation.dispatch(object)


@pytest.mark.parametrize("kind", IN_PACKETS)
def test_every_type_in_a_packet_has_bytes(kind: type) -> None:
    for notation in (binary.put, binary.take):
        assert notation.dispatch(kind) is not notation.dispatch(object)


def test_no_notation_knows_a_type_that_is_none() -> None:
    for notation in (text.parse, text.rule, text.words, binary.put, binary.take):
        assert set(notation.registry) - {object} <= set(TYPES)
    assert set(binary.put.registry) == set(binary.take.registry)


def test_the_tests_know_every_type() -> None:
    assert {type(kind) for kind in TEXTUAL} == set(TYPES)
    assert {type(kind) for kind in BINARY} == set(binary.put.registry) - {object}
    assert all(values_of.dispatch(kind) is not values_of.dispatch(object) for kind in TYPES)


@pytest.mark.parametrize(
    "notation", [text.parse, text.rule, binary.put, binary.take], ids=lambda n: n.__name__
)
def test_what_is_no_type_is_refused(notation: object) -> None:
    wanted = {"parse": ("",), "rule": (), "put": (0,), "take": (None, None, 0)}
    with pytest.raises(TypeError):
        notation(object(), *wanted[notation.__name__])  # type: ignore[operator, attr-defined]
