"""Faults and options as they are given: by a unit's name, or for all units of a set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.schema.printable import printable
from unitbench.schema.settings import Setting, checked, named
from unitbench.schema.values import Value
from unitbench.sim.units import SimUnit

ALL = "all"
"""What stands for every unit of a set."""
Told = Mapping[str, Mapping[str, object]]
Chosen = dict[str, dict[str, Value]]


def meant(name: str, units: Iterable[SimUnit]) -> list[SimUnit]:
    """The units of a set that a name means; raises ``InvalidValue``."""
    known = list(units)
    found = [unit for unit in known if name in (unit.name, ALL)]
    if not found:
        raise _unknown(name, known, f"; {ALL} means every one")
    return found


def one(name: str, units: Iterable[SimUnit]) -> SimUnit:
    """The one unit of a set that has that name; raises ``InvalidValue``."""
    known = list(units)
    found = next((unit for unit in known if unit.name == name), None)
    if found is None:
        raise _unknown(name, known)
    return found


def _unknown(name: str, known: list[SimUnit], more: str = "") -> InvalidValue:
    names = printable(", ".join(unit.name for unit in known), 200)
    return InvalidValue(
        f"no simulated unit '{printable(name, 40)}' in this set",
        field="unit",
        rule=f"one of {names}",
        expected=tuple(unit.name for unit in known),
        hint=f"this set has {names}{more}",
    )


def spread(
    table: tuple[Setting, ...],
    name: str,
    values: Mapping[str, object],
    units: Iterable[SimUnit],
    *,
    what: str,
) -> Chosen:
    """Values by unit, each checked. For ``all`` a unit gets those that its protocol has; one that none of the
    units has is refused. Raises ``InvalidValue``."""
    found = meant(name, units)
    if name != ALL:
        return {found[0].name: _checked(table, values, found[0], what)}
    checked(table, values, what=what)
    chosen: Chosen = {}
    left = set(values)
    for unit in found:
        protocol = catalogue.protocol(unit.protocol)
        fitting = {key: value for key, value in values.items() if named(table, key, what=what).fits(protocol)}
        chosen[unit.name] = _checked(table, fitting, unit, what)
        left -= fitting.keys()
    for key in left:
        _checked(table, {key: values[key]}, found[0], what)
    return chosen


def _checked(
    table: tuple[Setting, ...], values: Mapping[str, object], unit: SimUnit, what: str
) -> dict[str, Value]:
    try:
        return checked(table, values, catalogue.protocol(unit.protocol), what=what)
    except InvalidValue as error:
        raise of_unit(unit, error) from None


def of_unit(unit: SimUnit, error: InvalidValue) -> InvalidValue:
    """The error with the unit that it is about."""
    return InvalidValue(
        f"{unit.name}: {error.message}",
        field=error.field,
        rule=error.rule,
        expected=error.expected,
        hint=error.hint,
    )


def by_unit(table: tuple[Setting, ...], told: Told, units: Iterable[SimUnit], *, what: str) -> Chosen:
    """What each unit of a set gets; what is told of it by name counts before what is told of all."""
    known = list(units)
    chosen: Chosen = {unit.name: {} for unit in known}
    for name in sorted(told, key=lambda key: key != ALL):
        for unit, values in spread(table, name, told[name], known, what=what).items():
            chosen[unit] |= values
    return chosen
