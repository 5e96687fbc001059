"""Whatever is typed: a parse, never an exception; tokens and spans within the line."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support.lines import EXAMPLES, LINES, UNITS, scraps
from unitbench.errors import InvalidValue, UsageError
from unitbench.line.notation import parse_bytes
from unitbench.line.parse import parse
from unitbench.line.parsed import Parsed
from unitbench.line.secrets import masked_line, masked_text, without_secrets
from unitbench.wire import codec_of, encode


def check(line: str, parsed: Parsed) -> None:
    """What holds for every parse."""
    assert parsed.text == line
    at = 0
    for token in parsed.tokens:
        assert at <= token.start <= token.end <= len(line)
        at = token.end
    for statement in parsed.statements:
        assert 0 <= statement.start <= statement.end <= len(line)
        error = statement.error
        if error is None:
            assert statement.command is None or statement.verb is None
        else:
            assert isinstance(error, UsageError)
            assert error.span is not None
            assert 0 <= error.span[0] <= error.span[1] <= len(error.line)
            assert error.message.isprintable()
            assert error.hint
            assert error.line == masked_text(line, parsed.statements)
        if statement.request is not None:
            assert encode(statement.request)
            assert codec_of(statement.protocol).spelling(statement.request)
    assert len(masked_line(line, parsed.statements)) == len(line)
    assert masked_text(line, parsed.statements) is not None
    assert len(without_secrets(line, parsed.statements)) <= len(line)


@pytest.mark.fuzz
@given(line=scraps())
def test_any_text_can_be_parsed(line: str) -> None:
    check(line, parse(line, UNITS))
    check(line, parse(line))


@pytest.mark.parametrize("line", [*EXAMPLES, *LINES])
def test_every_prefix_of_a_line_can_be_parsed(line: str) -> None:
    for end in range(len(line) + 1):
        check(line[:end], parse(line[:end], UNITS))


@pytest.mark.parametrize(
    "line",
    [
        "encode " * 3000 + "SECUR?",
        "@k1 " * 3000,
        ";" * 3000,
        "'" * 3001,
        "LOGIN " + "," * 3000,
        "LOGIN USER," + "x" * 100_000,
        "x" * 100_000,
        "0Eh " + "9" * 100_000,
        "0Eh " + "1 " * 3000,
        "raw " + "00 " * 3000,
        "#" * 3000,
        "? " * 3000,
        "a=" * 3000,
    ],
    ids=lambda line: f"{line[:12]}... {len(line)}",
)
def test_long_lines(line: str) -> None:
    check(line, parse(line))


@pytest.mark.fuzz
@given(typed=scraps())
def test_any_text_is_bytes_or_refused(typed: str) -> None:
    try:
        data = parse_bytes(typed)
    except InvalidValue as error:
        assert error.hint
        assert error.message
    else:
        assert isinstance(data, bytes)
