"""``$NAME`` in a line: where it is a variable, where it is what it is, and what is said of one that nobody knows."""

from __future__ import annotations

import pytest

from unitbench.errors import UsageError
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.secrets import masked_text, without_secrets
from unitbench.line.vocabulary import UnitName, Vocabulary

UNITS = (UnitName("t1", "dcol", "dcol://192.0.2.1"), UnitName("k1", "kramer", "kramer://192.0.2.2"))
SECRET = "$ecret-horse-9"


def known(*values: tuple[str, str]) -> Vocabulary:
    return Vocabulary(UNITS, "t1", values=values)


VALUES = known(("unit", "t1"), ("last.virtual_port", "20"), ("name", "my file.txt"))


def one(line: str, vocabulary: Vocabulary = VALUES) -> Statement:
    (statement,) = parse(line, vocabulary).statements
    return statement


@pytest.mark.parametrize(
    "line",
    [
        "0Eh $last.virtual_port",
        "0Eh ${last.virtual_port}",
        "0Eh virtual_port=$last.virtual_port",
        "AEh 0Eh $last.virtual_port",
        "@$unit 0Eh $last.virtual_port",
    ],
)
def test_a_value_stands_in_its_place(line: str) -> None:
    statement = one(line)
    assert statement.error is None and statement.request is not None
    assert statement.request.fields == {"virtual_port": 20}


def test_a_value_is_a_value_whatever_is_in_it() -> None:
    hostile = known(("last.a", "19; LOGOUT"), ("last.b", "off=1"))
    (statement,) = parse("use $last.a", hostile).statements
    assert statement.args == ("19; LOGOUT",)
    assert one("snapshot t1 $name").args == ("t1", "my file.txt")
    assert one("snapshot t1 ${name}.bak").args == ("t1", "my file.txt.bak")


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("raw $02 $00 $AE", ("$02 $00 $AE",)),
        ("raw $unit", ("$unit",)),
        ("raw ${last.virtual_port} 03", ("20 03",)),
        ("decode $7E30", ("$7E30",)),
        ("use '$unit'", ("$unit",)),
        ("use a$unit", ("a$unit",)),
        ("use $5", ("$5",)),
    ],
)
def test_what_is_no_variable_stays(line: str, args: tuple[str, ...]) -> None:
    statement = one(line)
    assert (statement.error, statement.args, statement.late) == (None, args, ())


@pytest.mark.parametrize("line", [f"LOGIN USER,{SECRET}", f"LOGIN USER {SECRET}", "LOGIN USER,$unit"])
def test_a_password_is_never_a_variable(line: str) -> None:
    statement = one(line)
    assert statement.request is not None
    assert statement.request.fields["password"] == line.replace(",", " ").split(" ")[-1]
    assert masked_text(line, [statement]).endswith("***")


def test_a_password_behind_a_slip_is_not_named_by_the_error() -> None:
    statement = one(f"LOGIM USER,{SECRET}")
    assert SECRET[1:] not in str(statement.error) + str(statement.error and statement.error.hint)
    assert SECRET not in without_secrets(f"LOGIM USER,{SECRET}", [statement])


def test_a_name_that_nothing_has() -> None:
    error = one("0Eh $vport").error
    assert error is not None and error.span == (4, 10)
    assert str(error) == "there is no variable $vport here"
    assert "$last.FIELD" in error.hint and "in quotes it is text" in error.hint


@pytest.mark.parametrize("line", ["0Eh $last.ip_port", "use $mac", "@$address SECUR?", "snapshot $unit x"])
def test_a_session_s_variable_may_get_its_value_later(line: str) -> None:
    statement = one(line, Vocabulary(UNITS))
    assert statement.error is None and statement.late and statement.request is None
    assert not statement.empty


def test_the_rest_of_the_statement_is_looked_at_meanwhile() -> None:
    for line, part in [
        ("0Eh $last.x 5 6", "too much"),
        ("NOSUCH $last.x", "unknown command"),
        ("use $last.x y", "use takes no"),
        ("@$unit FOO", "unknown command"),
        ("encode 0Eh $last.x 7", "too much"),
    ]:
        error = one(line, Vocabulary(UNITS)).error
        assert isinstance(error, UsageError) and part in str(error), line


def test_what_a_statement_before_may_change_is_not_taken_as_it_is_now() -> None:
    first, second = parse("0Eh $last.virtual_port; 0Eh $last.virtual_port", VALUES).statements
    assert first.request is not None and first.late == ()
    assert second.request is None and second.late == ("last.virtual_port",)
