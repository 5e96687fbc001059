"""Statements beside plain wire commands: help, our own verbs, several in a line, and their tokens."""

from __future__ import annotations

import pytest

from tests.support.lines import UNITS, only
from unitbench.line.parse import parse
from unitbench.line.parsed import TokenKind


@pytest.mark.parametrize(
    ("line", "verb", "command"),
    [
        ("?", "help", None),
        ("? LOGIN", "help", None),
        ("help", "help", None),
        ("help LOGIN", "help", None),
        ("timing ?", "timing", None),
        ("SECUR? ?", None, "SECUR?"),
        ("LOGIN ?", None, "LOGIN"),
        ("LOGIN USER ?", None, "LOGIN"),
        ("0Eh ?", None, "AEh 0Eh"),
        ("AEh 0Eh 19 ?", None, "AEh 0Eh"),
        ("@k1 LOGIN ?", None, "LOGIN"),
        ("AEh ?", "help", None),
        ("@k1 ?", "help", None),
    ],
)
def test_help_is_asked_for_by_a_word_of_its_own(line: str, verb: str | None, command: str | None) -> None:
    statement = only(line)
    assert (statement.verb.name if statement.verb else None) == verb
    assert (statement.command.name if statement.command else None) == command
    assert statement.wants_help or line.startswith(("?", "help"))
    assert statement.request is None


@pytest.mark.parametrize(
    ("line", "args", "options"),
    [
        ("discover", (), {}),
        ("discover 10.0.0.0/24 kramer://h", ("10.0.0.0/24", "kramer://h"), {}),
        ("use k1", ("k1",), {}),
        ("raw 02 00 AE 01 00 AF 03", ("02 00 AE 01 00 AF 03",), {}),
        ("raw '#SECUR?\\r' # as it is", ("'#SECUR?\\r'",), {}),
        ("decode protocol=dcol 02 00", ("02 00",), {"protocol": "dcol"}),
        ("encode SECUR?", ("SECUR?",), {}),
        ("encode 0Eh 19 // x", ("0Eh 19",), {}),
        ("encode 'LOGIN USER,1234'", ("LOGIN USER,1234",), {}),
        ("@k1 encode @k1 SECUR?", ("@k1 SECUR?",), {}),
        ("timing DEVICEIDENT? rounds=200 gap_s=0.25", ("DEVICEIDENT?",), {"rounds": "200", "gap_s": "0.25"}),
        ("timing units='q*' rounds=3", (), {"units": "q*", "rounds": "3"}),
        ("unlock t1 10m", ("t1", "10m"), {}),
        ("stop 3", ("3",), {}),
    ],
)
def test_our_own_verbs(line: str, args: tuple[str, ...], options: dict[str, str]) -> None:
    statement = only(line)
    assert (statement.args, statement.options) == (args, options)
    assert statement.command is None


def test_several_statements() -> None:
    parsed = parse("SECUR?; @t1 0Eh 19 ;units; # done")
    kinds = [(s.command.name if s.command else s.verb.name if s.verb else "") for s in parsed.statements]
    assert kinds == ["SECUR?", "AEh 0Eh", "units", ""]
    assert parsed.error is None


def test_tokens_stand_where_their_text_is() -> None:
    line = "@k1 LOGIN auth=USER password='12 34'; decode protocol=dcol 02 // x"
    tokens = parse(line).tokens
    kinds = TokenKind
    assert [(line[token.start : token.end], token.kind) for token in tokens] == [
        ("@k1", kinds.TARGET),
        ("LOGIN", kinds.COMMAND),
        ("auth=", kinds.FIELD),
        ("USER", kinds.VALUE),
        ("password=", kinds.FIELD),
        ("'12 34'", kinds.SECRET),
        ("decode", kinds.VERB),
        ("protocol=", kinds.FIELD),
        ("dcol", kinds.VALUE),
        ("02", kinds.VALUE),
        ("// x", kinds.COMMENT),
    ]


def test_a_parse_is_shared_but_what_it_gives_is_not() -> None:
    one, two = parse("LOGIN USER,1234", UNITS), parse("LOGIN USER,1234", UNITS)
    assert one is two
    one.statements[0].values["password"] = "changed"
    assert two.statements[0].values["password"] == "1234"
    bad = parse("FOO?")
    assert bad.error is not None
    assert bad.error is not bad.error
    assert str(bad.error) == str(bad.error)
