"""Several commands in one message: understood as a whole, refused as a whole, completed member by member."""

from __future__ import annotations

import pytest

from tests.support.lines import UNITS, only
from unitbench.errors import InvalidValue, MissingField, UnknownCommand, UsageError
from unitbench.line.parse import parse
from unitbench.line.parsed import TokenKind
from unitbench.line.secrets import masked_text, without_secrets
from unitbench.line.suggest import suggest
from unitbench.schema.records import Request
from unitbench.wire import codec_of, encode


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("LOGIN?|SECUR?", b"#LOGIN?|SECUR?\r"),
        ("#login?|secur?", b"#LOGIN?|SECUR?\r"),
        ("LOGIN? | SECUR?", b"#LOGIN?|SECUR?\r"),
        ("LOGIN?| SECUR? |NAME Hall-1", b"#LOGIN?|SECUR?|NAME Hall-1\r"),
        ("LOGIN USER,1234|NAME?", b"#LOGIN USER,1234|NAME?\r"),
        ("SECUR?|LOGIN USER, 1234", b"#SECUR?|LOGIN USER,1234\r"),
        ("@k1 SECUR?|LOGIN auth=USER password=1234|SN?", b"#SECUR?|LOGIN USER,1234|SN?\r"),
        ("SECUR?|SECUR? // twice", b"#SECUR?|SECUR?\r"),
    ],
)
def test_what_it_becomes(line: str, data: bytes) -> None:
    statement = only(line)
    assert statement.request is not None
    assert encode(statement.request) == data
    assert statement.command is not None and statement.command.name == statement.request.command


def test_each_member_has_its_tokens() -> None:
    tokens = [(token.text, token.kind) for token in only("SECUR?|LOGIN USER,1234|SN?").tokens]
    command, value, secret = TokenKind.COMMAND, TokenKind.VALUE, TokenKind.SECRET
    assert tokens == [
        ("SECUR?", command),
        ("LOGIN", command),
        ("USER", value),
        ("1234", secret),
        ("SN?", command),
    ]


@pytest.mark.parametrize(
    ("line", "kind", "span"),
    [
        ("SECUR?|FOO", UnknownCommand, (7, 10)),
        ("SECUR?|", UsageError, (7, 7)),
        ("SECUR?||SN?", UsageError, (7, 7)),
        ("SECUR?|NAME", MissingField, (11, 11)),
        ("SECUR?|NAME a_b", InvalidValue, (12, 15)),
        ("SECUR? 1|SN?", UsageError, (7, 8)),
        ("SECUR?|LOGIN USER", MissingField, (17, 17)),
        ("SECUR?|HELP", UsageError, (7, 11)),
        ("HELP|SECUR?", UsageError, (0, 4)),
        ("SECUR?|0Eh 19", UnknownCommand, (7, 10)),
    ],
)
def test_one_bad_member_spoils_it(line: str, kind: type[UsageError], span: tuple[int, int]) -> None:
    (statement,) = parse(line, UNITS).statements
    error = statement.error
    assert isinstance(error, kind) and statement.fault is not None
    assert statement.fault.span == span
    assert error.message
    assert statement.request is None


def test_the_near_spelling_is_of_the_same_protocol() -> None:
    (statement,) = parse("SECUR?|MODL?", UNITS).statements
    assert isinstance(statement.error, UnknownCommand)
    assert statement.error.near == "MODEL?"


@pytest.mark.parametrize("line", ["0Eh 19|20", "FOO|SECUR?", "discover a|b", "'SECUR?|LOGIN?'"])
def test_elsewhere_the_mark_means_nothing(line: str) -> None:
    (statement,) = parse(line, UNITS).statements
    assert statement.request is None


@pytest.mark.parametrize(
    ("line", "shown", "kept"),
    [
        ("SECUR?|LOGIN USER,1234", "SECUR?|LOGIN USER,***", "SECUR?|LOGIN USER"),
        ("LOGIN USER,1234|SN? // me", "LOGIN USER,***|SN? ***", "LOGIN USER|SN?"),
    ],
)
def test_its_secrets_are_masked(line: str, shown: str, kept: str) -> None:
    statements = parse(line, UNITS).statements
    assert masked_text(line, statements) == shown
    assert without_secrets(line, statements) == kept
    request = statements[0].request
    assert request is not None
    assert "1234" not in codec_of("kramer").spelling(request)


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("SECUR?|", ["LOGIN", "SN?"], ["discover", "AEh", "@k1"]),
        ("SECUR?|LO", ["LOGIN", "LOGIN?", "LOGOUT"], ["SECUR?"]),
        ("@k1 SECUR? | SN", ["SN?"], ["LOGIN"]),
        ("SECUR?|LOGIN ", ["USER", "auth="], ["SN?"]),
        ("SECUR?|LOGIN u", ["USER"], ["ADMIN"]),
        ("SECUR?|LOGIN USER,", [], ["USER"]),
    ],
)
def test_what_is_offered(line: str, some: list[str], none: list[str]) -> None:
    found = suggest(line, len(line), UNITS)
    offered = [item.text for item in found]
    assert [item for item in some if item not in offered] == []
    assert [item for item in none if item in offered] == []
    assert all(item.start > line.index("|") for item in found)


def test_other_protocols_and_long_answers_have_no_chains() -> None:
    more = (Request("dcol", "AEh 00h"),)
    with pytest.raises(InvalidValue, match="cannot be chained: one dcol command in a message"):
        encode(Request("dcol", "AEh 00h", then=more))
    with pytest.raises(InvalidValue, match="HELP cannot be chained"):
        encode(Request("kramer", "SECUR?", then=(Request("kramer", "HELP"),)))
    with pytest.raises(InvalidValue, match="64 are allowed"):
        encode(Request("kramer", "SECUR?", then=(Request("kramer", "SECUR?"),) * 9))
