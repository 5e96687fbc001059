"""What cannot be meant: the right class, the place in the line, and what to try."""

from __future__ import annotations

import pickle
from copy import copy

import pytest

from unitbench.errors import InvalidValue, MissingField, UnknownCommand, UsageError
from unitbench.line.parse import parse

SET = "10h 20 1 5018 TCP 0 {output_only} {initiate} 28001 10.0.0.9"


def error(line: str) -> UsageError:
    found = parse(line).error
    assert found is not None, line
    assert found.hint, line
    assert found.span is not None
    assert found.line
    return found


@pytest.mark.parametrize(
    ("line", "kind", "place"),
    [
        ("FOO?", UnknownCommand, "FOO?"),
        ("SECUR? ; FOO?", UnknownCommand, "FOO?"),
        ("@k1 FOO? 1 2", UnknownCommand, "FOO?"),
        ("'SECUR? 1'", UnknownCommand, "'SECUR? 1'"),
        ("AEh 0Fh", UnknownCommand, "0Fh"),
        ("0Fh 19", UnknownCommand, "0Fh"),
        ("AEh 11h", UnknownCommand, "11h"),
        ("AEh get", UnknownCommand, "get"),
        ("Discover", UnknownCommand, "Discover"),
        ("0Eh 256", InvalidValue, "256"),
        ("0Eh x", InvalidValue, "x"),
        ("0Eh virtual_port=x", InvalidValue, "x"),
        ("0Eh virtual_port=", InvalidValue, ""),
        ("0Eh port=19", InvalidValue, "port=19"),
        ("0Eh 19 virtual_port=19", InvalidValue, "virtual_port=19"),
        ("DEVICESYNC 02-00-00-00-00-31", InvalidValue, "02-00-00-00-00-31"),
        ("SETDISTRIBUTORPORTPROPERTIESALL 14 1", InvalidValue, "14"),
        ("SETDISTRIBUTORPORTPROPERTIESALL 5 1001", InvalidValue, "1001"),
        ("SETDISTRIBUTORPORTPROPERTIESALL data=1.2.3.4 identifier=5", InvalidValue, "1.2.3.4"),
        ("SETDISTRIBUTORPORTPROPERTIESALL IPPortSendTo 8000", InvalidValue, "8000"),
        ("SETDISTRIBUTORPORTPROPERTIESALL 5", MissingField, ""),
        (SET.format(output_only=1, initiate=1), InvalidValue, "1"),
        ("0Eh 19 20", UsageError, "20"),
        ("SECUR? now", UsageError, "now"),
        ("units all", UsageError, "all"),
        ("timing DEVICEIDENT? 5", UsageError, "5"),
        ("use 'k1", UsageError, "'k1"),
        ("0Eh '?'", InvalidValue, "'?'"),
        ("SECUR? 'a?' '?'", UsageError, "'a?'"),
        ("encode 0Eh 256", InvalidValue, "256"),
        ("encode units", UnknownCommand, "units"),
        ("encode encode SECUR?", UnknownCommand, "encode"),
        ("encode 'FOO 1'", UnknownCommand, "FOO"),
        ("@ SECUR?", UsageError, "@"),
        ("0Eh", MissingField, ""),
        ("0Eh # 19", MissingField, ""),
        ("AEh", MissingField, ""),
        ("LOGIN", MissingField, ""),
        ("use", MissingField, ""),
        ("raw", MissingField, ""),
        ("encode", MissingField, ""),
        ("unlock t1", MissingField, ""),
        ("@k1", UsageError, ""),
    ],
)
def test_the_class_and_the_place(line: str, kind: type[UsageError], place: str) -> None:
    found = error(line)
    assert type(found) is kind
    assert found.span is not None
    assert line[slice(*found.span)] == place
    assert found.line == line


def test_the_first_of_several_faults_is_told() -> None:
    assert error("10h x y z").span == (4, 5)
    assert error("10h 300 2 99999 SCTP").span == (4, 7)


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("SECRU?", "SECUR?"),
        ("prot-ver", "PROT-VER?"),
        ("#secru?", "SECUR?"),
        ("LOGN", "LOGIN"),
        ("LOGOFF", "LOGOUT"),
        ("DEVICEIDENT", "DEVICEIDENT?"),
        ("DEVICESYNK", "DEVICESYNC"),
        ("getlivesignal", "GETLIFESIGNAL"),
        ("discvoer", "discover"),
        ("Discover", "discover"),
        ("AEh 0Eg", "0Eh"),
        ("xyzzy", ""),
        ("12345", ""),
    ],
)
def test_the_nearest_spelling(line: str, near: str) -> None:
    found = error(line)
    assert isinstance(found, UnknownCommand)
    assert found.near == near
    assert not near or near in found.hint


@pytest.mark.parametrize(
    ("line", "field", "rule"),
    [
        ("0Eh 256", "virtual_port", "a whole number 0..255"),
        ("10h 20 2", "active", "0 or 1 (also off/on, false/true)"),
        ("10h 20 1 5018 SCTP", "mode", "one of TCP (0), UDP (1)"),
        ("02h 0 1.2.3", "ip_address", "an IPv4 address such as 192.168.1.20"),
        ("DEVICESYNC 02", "mac", "a MAC address such as 02:00:00:00:00:31"),
        ("LOGIN ROOT,x", "auth", "one of USER, ADMIN"),
    ],
)
def test_a_wrong_value_names_its_field_and_rule(line: str, field: str, rule: str) -> None:
    found = error(line)
    assert isinstance(found, InvalidValue)
    assert (found.field, found.rule) == (field, rule)
    assert rule in found.hint
    assert found.message.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("line", "field", "hint"),
    [
        ("0Eh", "virtual_port", "0Eh 19"),
        ("10h 20", "active", "AEh 10h virtual_port=20"),
        ("02h", "dhcp_active", "AEh 02h dhcp_active=1"),
        ("LOGIN", "auth", "LOGIN USER"),
        ("AEh", "subtype", "0Eh"),
        ("use", "unit", "usage: use UNIT"),
        ("encode", "command", "usage: encode COMMAND"),
    ],
)
def test_what_is_missing_is_named_with_an_example(line: str, field: str, hint: str) -> None:
    found = error(line)
    assert isinstance(found, MissingField)
    assert found.field == field
    assert hint in found.hint


def test_the_rule_of_the_manual_is_quoted() -> None:
    found = error(SET.format(output_only=1, initiate=1))
    assert "in client mode, OUTPUT ONLY must be disabled" in found.message
    assert found.hint == "give initiate_connection=0 or output_only=0"
    assert parse(SET.format(output_only=0, initiate=1)).error is None


def test_a_report_is_not_something_to_send() -> None:
    assert "the unit sends it" in error("AEh 01h").message


def test_what_was_typed_is_made_printable_and_short() -> None:
    found = error("FOO\x1b[31m\u202e" + "x" * 500)
    assert found.message.isprintable()
    assert len(found.message) < 100
    assert error("0Eh \x07" + "9" * 5000).message.isprintable()


def test_errors_of_every_statement_know_the_whole_line() -> None:
    parsed = parse("FOO; BAR")
    assert [statement.error.line for statement in parsed.statements if statement.error] == ["FOO; BAR"] * 2
    assert str(parsed.error) == "unknown command 'FOO'"


def test_an_error_can_be_copied_and_travels() -> None:
    found = error("SECRU?")
    for twin in (copy(found), pickle.loads(pickle.dumps(found))):
        assert type(twin) is UnknownCommand
        assert vars(twin) == vars(found)
        assert isinstance(twin, ValueError)


@pytest.mark.parametrize("line", ["foo on", "foo in", "foo off", "foo no"])
def test_a_harmless_word_is_not_masked(line: str) -> None:
    error = parse(line).error
    assert error is not None and "unknown command 'foo'" in error.message and error.line == line
