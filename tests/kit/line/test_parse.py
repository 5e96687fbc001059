"""Wire commands: what may be typed, and what it means."""

from __future__ import annotations

import pytest

from tests.support.lines import MAC, only
from unitbench import catalogue
from unitbench.line.parse import parse
from unitbench.schema.records import Request
from unitbench.wire import encode

EXAMPLES = [
    pytest.param(protocol.name, command.name, example, id=example)
    for protocol in catalogue.protocols()
    for command in protocol.commands
    for example in command.examples
]


@pytest.mark.parametrize(("protocol", "command", "example"), EXAMPLES)
def test_every_example_of_the_catalogue_is_a_complete_request(
    protocol: str, command: str, example: str
) -> None:
    request = only(example).request
    assert request is not None
    assert (request.protocol, request.command) == (protocol, command)
    assert encode(request)


@pytest.mark.parametrize(
    "line",
    [
        "AEh 0Eh virtual_port=19",
        "AEh 0Eh VIRTUAL_PORT=19",
        "AEh 0Eh virtual_port='19'",
        "aeh 0eh 19",
        "AE 0E 19",
        "ae 0eh 0x13",
        "AEh Eh 19",
        "0Eh 19",
        "0eh 0X13",
        "  0Eh   19  ",
        "0Eh '19'",
        "0Eh 19 # the first one",
        "0Eh 19 // the first one",
        "0Eh 19;",
    ],
)
def test_spellings_of_a_dcol_command(line: str) -> None:
    assert parse(line).statements[0].request == Request("dcol", "AEh 0Eh", (("virtual_port", 19),))


@pytest.mark.parametrize("line", ["SECUR?", "secur?", "Secur?", "#SECUR?", "#secur?", "SECUR? # ask"])
def test_spellings_of_a_kramer_command(line: str) -> None:
    assert only(line).request == Request("kramer", "SECUR?")


@pytest.mark.parametrize(
    "line",
    [
        "LOGIN USER,1234",
        "LOGIN USER, 1234",
        "LOGIN USER ,1234",
        "LOGIN USER , 1234",
        "LOGIN USER 1234",
        "login user 1234",
        "#LOGIN USER,1234",
        "LOGIN 'USER',1234",
        'LOGIN USER,"1234"',
        "LOGIN USER '1234'",
        "LOGIN auth=USER password=1234",
        "LOGIN password=1234 auth=USER",
        "LOGIN PASSWORD=1234 USER",
        "LOGIN USER password=1234",
        "LOGIN USER,password=1234",
        "LOGIN USER, password='1234'",
    ],
)
def test_spellings_of_a_login(line: str) -> None:
    assert only(line).request == Request("kramer", "LOGIN", (("auth", "USER"), ("password", "1234")))


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("LOGIN USER,", ""),
        ("LOGIN USER,''", ""),
        ("LOGIN USER ''", ""),
        ("LOGIN USER 'a;b'", "a;b"),
        ("LOGIN USER,'a b'", "a b"),
        ("LOGIN USER, a b", "a b"),
        ("LOGIN USER 'x=y'", "x=y"),
        ("LOGIN USER x=y", "x=y"),
        ("LOGIN USER it's", "it's"),
    ],
)
def test_odd_passwords(line: str, password: str) -> None:
    assert only(line).values == {"auth": "USER", "password": password}


@pytest.mark.parametrize("line", ["#", "  #", "#;", "@k1 #", "#; # x"])
def test_a_lone_mark_is_the_handshake(line: str) -> None:
    assert parse(line).statements[0].request == Request("kramer", "#")


def test_a_mark_before_a_blank_begins_a_comment() -> None:
    assert parse("# ").statements[0].empty
    assert parse("SECUR? # ").error is None


@pytest.mark.parametrize("line", ["", "  ", "# x", "// x", "//x", "# 0Eh 19", "// SECUR?; LOGOUT"])
def test_nothing_to_do(line: str) -> None:
    assert only(line).empty
    assert parse(line).error is None


@pytest.mark.parametrize(
    ("line", "target", "command"),
    [
        ("@k1 SECUR?", "k1", "SECUR?"),
        ("@all DEVICESYNC", "all", "DEVICESYNC"),
        ("@kramer://10.0.0.1 SECUR?", "kramer://10.0.0.1", "SECUR?"),
        ("@qstation://192.168.1.255 DEVICEIDENT?", "qstation://192.168.1.255", "DEVICEIDENT?"),
        ("@nobody_knows 0Eh 19", "nobody_knows", "AEh 0Eh"),
        ("@dcol+serial:///dev/ttyUSB0?baud=38400 0Ch", "dcol+serial:///dev/ttyUSB0?baud=38400", "AEh 0Ch"),
    ],
)
def test_a_unit_is_addressed(line: str, target: str, command: str) -> None:
    statement = only(line)
    assert statement.target == target
    assert statement.command is not None
    assert statement.command.name == command


@pytest.mark.parametrize(
    ("line", "lacking"),
    [
        ("LOGIN USER", ["password"]),
        ("LOGIN auth=ADMIN", ["password"]),
        ("GETLIFESIGNAL", ["mac"]),
        ("DEVICESYNC", []),
    ],
)
def test_what_may_be_filled_in_later(line: str, lacking: list[str]) -> None:
    statement = only(line)
    assert [field.name for field in statement.lacking] == lacking
    assert (statement.request is None) is bool(lacking)


@pytest.mark.parametrize(
    "line", [f"GETLIFESIGNAL {MAC}", f"getlifesignal {MAC}?", f"GETLIFESIGNAL mac={MAC}"]
)
def test_the_question_mark_of_a_life_signal_may_be_typed(line: str) -> None:
    request = only(line).request
    assert request is not None
    assert encode(request) == f"GETLIFESIGNAL\t{MAC}?\r".encode()
