"""``env:NAME`` in place of a secret: named in the line, looked up in the view, its value nowhere."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue, MissingField, UsageError
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.reference import resolved
from unitbench.line.secrets import masked_text, without_secrets
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import Vocabulary

SECRET = "lantern-ok-42"
ENVIRONMENT = {"K1_PASSWORD": SECRET, "LONG": "x" * 99, "BASH_FUNC_x%%": "() {}"}


def one(line: str) -> Statement:
    (statement,) = parse(line).statements
    return statement


@pytest.mark.parametrize(
    "line",
    [
        "LOGIN USER,env:K1_PASSWORD",
        "LOGIN USER, env:K1_PASSWORD",
        "LOGIN USER env:K1_PASSWORD",
        "LOGIN USER password=env:K1_PASSWORD",
        "login auth=USER password=env:K1_PASSWORD",
        "@k1 #LOGIN USER,env:K1_PASSWORD // a remark",
    ],
)
def test_a_reference_is_looked_up_and_kept_in_the_line(line: str) -> None:
    statement = one(line)
    assert statement.fault is None and statement.request is None
    assert statement.values == {"auth": "USER"}
    assert resolved(statement, ENVIRONMENT) == {"password": SECRET}
    (reference,) = statement.references
    assert line[reference.start : reference.end] == "env:K1_PASSWORD"
    shown = line.partition("//")[0].rstrip()
    assert masked_text(line, [statement]).startswith(shown)
    assert without_secrets(line, [statement]).startswith(shown)


@pytest.mark.parametrize(
    "line",
    [
        'LOGIN USER,"env:K1_PASSWORD"',
        "LOGIN USER 'env:K1_PASSWORD'",
        'LOGIN USER password="env:K1_PASSWORD"',
    ],
)
def test_in_quotes_it_is_the_password_itself(line: str) -> None:
    statement = one(line)
    assert statement.references == () and statement.values["password"] == "env:K1_PASSWORD"
    assert "K1_PASSWORD" not in masked_text(line, [statement])


def test_only_a_secret_can_be_a_reference() -> None:
    assert one("LOGIN env:K1_PASSWORD").fault is not None
    assert one("raw env:K1_PASSWORD").references == ()


def test_a_variable_that_is_not_set() -> None:
    line = "LOGIN USER,env:K1_PASSWRD"
    with pytest.raises(MissingField, match="K1_PASSWRD") as caught:
        resolved(one(line), ENVIRONMENT)
    assert caught.value.span == (11, len(line))
    assert "env:K1_PASSWORD" in caught.value.hint and SECRET not in str(vars(caught.value))


def test_a_value_that_cannot_be_the_password_is_not_repeated() -> None:
    with pytest.raises(InvalidValue, match="LONG") as caught:
        resolved(one("LOGIN USER,env:LONG"), ENVIRONMENT)
    assert caught.value.field == "password" and "xxx" not in str(vars(caught.value))


@pytest.mark.parametrize("name", ["", "9lives-of-a-secret", "a.secret-of-12", "%%odd%%secret"])
def test_what_is_no_name_may_be_a_password_and_is_not_repeated(name: str) -> None:
    line = f"LOGIN USER,env:{name}"
    statement = one(line)
    error = statement.error
    assert isinstance(error, InvalidValue) and '"env:..."' in error.hint
    if name:
        assert name not in str(vars(error)) and name not in masked_text(line, [statement])
        assert name not in without_secrets(line, [statement])


def test_a_chain_says_that_it_takes_none() -> None:
    error = one("LOGIN USER,env:K1_PASSWORD|NAME?").error
    assert isinstance(error, UsageError) and "chain" in error.message


def test_names_are_offered_once_one_is_begun_and_values_never() -> None:
    words = Vocabulary(variables=("HOME", "K1_PASSWORD"))

    def offered(line: str) -> list[str]:
        return [item.text for item in suggest(line, len(line), words)]

    assert offered("LOGIN USER,") == ["env:", "password="]
    assert offered("LOGIN USER,env:") == ["env:HOME", "env:K1_PASSWORD"]
    assert offered("LOGIN USER password=env:k") == ["env:K1_PASSWORD"]
    assert offered("LOGIN USER,secr") == []
