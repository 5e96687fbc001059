"""Which unit a command means: by the MAC in it, or because only that one knows it; and where the MAC is left out."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.meant import able, mismatch, selected
from unitbench.line.parse import parse
from unitbench.line.vocabulary import UnitName

ONE, TWO, NOBODY = (f"02:00:00:00:00:{n}" for n in ("31", "3a", "99"))
K1 = UnitName("k1", "kramer", "kramer://10.0.0.1")
K2 = UnitName("k2", "kramer", "kramer://10.0.0.2", commands=("VID",))
Q1 = UnitName("q1", "qstation", "qstation://10.0.0.3", ONE)
Q2 = UnitName("q2", "qstation", "qstation://10.0.0.4", TWO.upper())
TWIN = UnitName("q3", "qstation", "qstation://10.0.0.3", NOBODY)
UNITS = (K1, K2, Q1, Q2)
SET = "SETDISTRIBUTORPORTPROPERTIES"


def test_who_takes_a_command() -> None:
    assert able(UNITS, "kramer", "SECUR?") == [K1, K2]
    assert able(UNITS, "kramer", "VID") == [K2]
    assert selected(UNITS, TWO) == Q2 and selected(UNITS, "") is None


def test_what_is_said_of_another_mac() -> None:
    assert mismatch(Q1, UNITS, ONE) == mismatch(Q1, UNITS, "") == mismatch(K1, UNITS, TWO) == ""
    assert mismatch(Q1, UNITS, TWO).startswith(f"q1 does not have the MAC {TWO} (q2 has it)")
    assert "no unit known" in mismatch(Q1, UNITS, NOBODY)
    assert mismatch(Q1, (*UNITS, TWIN), NOBODY) == "", "with one address the MAC selects"


@pytest.mark.parametrize(
    "values", ["5 -1", "FrequencySendToHz -1", "5,-1", "5 data=-1", "identifier=5 data=-1"]
)
def test_a_required_mac_is_left_out_in_front_of_values_by_place(values: str) -> None:
    (statement,) = parse(f"{SET} {values}").statements
    assert statement.error is None and [field.name for field in statement.lacking] == ["mac"]
    assert statement.values == {"identifier": 5, "data": -1}


@pytest.mark.parametrize(
    ("line", "kind", "field"),
    [
        (f"{SET} {ONE} 5", MissingField, "data"),
        (f"{SET} 5", MissingField, "data"),
        (f"{SET} 5 2000", InvalidValue, "data"),
        (f"{SET} 02:00 5 -1", InvalidValue, "mac"),
        (f"{SET} 5 -1 7", InvalidValue, "mac"),
        (f"{SET} nonsense", InvalidValue, "mac"),
        ("GETLIFESIGNAL 5", InvalidValue, "mac"),
        ("DEVICESYNC 5", InvalidValue, "mac"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(line: str, kind: type[UsageError], field: str) -> None:
    error = parse(line).error
    assert isinstance(error, kind) and getattr(error, "field", "") == field
