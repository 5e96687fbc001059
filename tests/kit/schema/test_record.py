"""Records behave as frozen dataclasses with slots do, whatever they are made of."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle

import msgspec
import pytest

from unitbench.schema import dissection, records, settings, simulated, values, verbs
from unitbench.schema.record import record, replace
from unitbench.session import items, model

MODULES = (dissection, items, model, records, settings, simulated, values, verbs)
RECORDS = sorted(
    {
        found
        for module in MODULES
        for found in vars(module).values()
        if isinstance(found, type) and dataclasses.is_dataclass(found)
    },
    key=lambda kind: f"{kind.__module__}.{kind.__name__}",
)


@record
class Point:
    """A place."""

    x: int
    y: int = 7
    names: tuple[str, ...] = ()

    @property
    def far(self) -> bool:
        """Whether it is."""
        return self.x + self.y > 100


@dataclasses.dataclass(frozen=True, slots=True)
class Twin:
    """The same, made by the library."""

    x: int
    y: int = 7
    names: tuple[str, ...] = ()


@record
class Single:
    """One value."""

    x: int


@record
class Nothing:
    """No value."""


@record
class Void:
    """No value either."""


def test_values_are_given_by_place_or_name() -> None:
    one = Point(1, names=("a",))
    assert (one.x, one.y, one.names, one.far) == (1, 7, ("a",), False)
    assert Point(99, 2).far
    assert Nothing() is not Nothing()


@pytest.mark.parametrize("given", [{}, {"x": 1, "z": 2}, {"y": 1}])
def test_a_value_that_is_missing_or_unknown_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        Point(**given)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="positional"):
        Point(1, 2, (), 4)  # type: ignore[call-arg]


def test_equal_are_two_of_one_class_with_equal_values() -> None:
    assert Point(1) == Point(1, 7)
    assert Point(1) != Point(2)
    assert Single(1) == Single(1) != Single(2)
    others: list[object] = [1, Void(), Twin(1), Single(7)]
    assert not {Single(1), Nothing(), Point(1)} & {*others}
    assert Nothing() == Nothing()
    assert len({Point(1), Point(1, 7), Point(2), Single(1), Single(1), Nothing(), Nothing()}) == 4


def test_a_list_inside_is_no_key() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Single([]))  # type: ignore[arg-type]


def test_nothing_of_it_can_be_changed() -> None:
    one = Point(1)
    for name in ("x", "unknown"):
        with pytest.raises(dataclasses.FrozenInstanceError, match=name):
            setattr(one, name, 2)
        with pytest.raises(dataclasses.FrozenInstanceError, match=name):
            delattr(one, name)
    assert not hasattr(one, "__dict__")
    assert one == Point(1)


def test_it_is_told_as_it_is_made() -> None:
    assert repr(Point(1, 2, ("a",))) == "Point(x=1, y=2, names=('a',))"
    assert repr(Nothing()) == "Nothing()"
    assert inspect.signature(Point) == inspect.signature(Twin)
    assert Point.__doc__ == "A place."


def test_it_is_taken_apart_by_patterns() -> None:
    match Point(3, 4):
        case Point(x, y=4):
            assert x == 3
        case _:
            pytest.fail("the pattern does not fit")


@pytest.mark.parametrize("change", [replace, dataclasses.replace])
def test_a_copy_with_changes(change: object) -> None:
    assert callable(change)
    assert change(Point(1, 2), y=5) == Point(1, 5)
    with pytest.raises(TypeError, match="z"):
        change(Point(1), z=1)


def test_copies_and_travels() -> None:
    one = Point(1, 2, ("a", "b"))
    assert copy.deepcopy(one) == copy.copy(one) == pickle.loads(pickle.dumps(one)) == one
    packed = msgspec.msgpack.encode(one)
    assert packed == msgspec.msgpack.encode(Twin(1, 2, ("a", "b")))
    assert msgspec.msgpack.decode(packed, type=Point) == one
    assert dataclasses.asdict(one) == {"x": 1, "y": 2, "names": ("a", "b")}


def test_there_are_records() -> None:
    assert {records.Command, values.UInt, dissection.Dissection, model.Exchange} < set(RECORDS)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_each_has_its_fields_as_the_library_tells_them(kind: type) -> None:
    fields = dataclasses.fields(kind)
    known = inspect.signature(kind).parameters
    assert [field.name for field in fields] == list(known) == list(kind.__annotations__)
    for field in fields:
        given = known[field.name].default
        assert (given is inspect.Parameter.empty) == (field.default is dataclasses.MISSING)
        assert given == field.default or given is inspect.Parameter.empty
    assert kind.__doc__
