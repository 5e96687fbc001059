"""Errors at the prompt: the place stays under its word in windows of any width."""

from __future__ import annotations

import pytest

from unitbench.errors import BenchError, UsageError
from unitbench.line.parse import parse
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.session.arguments import verified
from unitbench_shell.advice import advice
from unitbench_shell.faults import told

LONG = (
    "AEh 10h virtual_port=20 active=1 ip_port=5018 mode=TCP udp_timeout=60 output_only=0 "
    "initiate_connection=nonsense remote_ip_port=9000 remote_ip_address=10.0.0.9"
)


def error_of(line: str) -> UsageError:
    error = parse(line).error
    assert error is not None
    return error


def marked(text: str) -> str:
    """The word above the carets."""
    rows = text.split("\n")
    at = next(index for index, row in enumerate(rows) if row.strip() and not row.strip(" ^"))
    start = rows[at].index("^")
    return rows[at - 1][start : rows[at].rindex("^") + 1]


@pytest.mark.parametrize("width", [24, 40, 80, 200])
@pytest.mark.parametrize(
    ("line", "word"),
    [("0Eh 300", "300"), (LONG, "nonsense"), ("SECUR?;\t0Eh\t999", "999"), ("BOGUS", "BOGUS")],
)
def test_the_carets_stand_under_the_fault(line: str, word: str, width: int) -> None:
    text = told(error_of(line), width)
    assert marked(text) == word
    assert all(len(row) <= width for row in text.split("\n"))


def test_a_missing_field_points_behind_the_line() -> None:
    rows = told(error_of("AEh 0Eh"), 200).split("\n")
    assert rows[1:3] == ["  AEh 0Eh", "         ^"]


def test_the_hint_has_a_line_of_its_own() -> None:
    error = BenchError("it does not work", hint="do it otherwise")
    assert told(error, 80) == "it does not work\n  try: do it otherwise"


def test_no_control_character_reaches_the_screen() -> None:
    error = UsageError("bad \x1b[31m text", line="a\x1bb", span=(1, 2), hint="try\x07")
    assert not any(ord(char) < 32 and char != "\n" for char in told(error, 80))


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("7e 30 31 40", "bytes are explained by: decode 7e 30 31 40"),
        ("02 00 AE 02 0E 13 D1 03", "bytes are explained by: decode 02 00 AE 02 0E 13 D1 03"),
        ("0x7e 0x30", "bytes are explained by: decode 0x7e 0x30"),
        (r"\x7e\x30", r"bytes are explained by: decode \x7e\x30"),
        ("SECUR?; 7e3031", "bytes are explained by: decode 7e3031"),
        ("7e", "help lists the commands"),
        ("12345", "help lists the commands"),
        ("face", "did you mean 'FACTORY'?"),
    ],
)
def test_bytes_where_a_command_belongs_can_be_explained(line: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        verified(line, Vocabulary(), secrets=True)
    assert advice(caught.value) == hint


def test_many_bytes_are_cut_in_the_hint() -> None:
    with pytest.raises(UsageError) as caught:
        verified("7e " * 20_000, Vocabulary(), secrets=True)
    assert advice(caught.value).endswith("7e 7e ...") and len(advice(caught.value)) < 120


@pytest.mark.parametrize(
    ("target", "example"),
    [
        ("t1", "@t1 AEh 0Ch"),
        ("q3", "@q3 DEVICEIDENT?"),
        ("desk", "@desk AEh 0Ch"),
        ("all", "@all AEh 0Ch"),
        ("kramer://192.0.2.1", "@kramer://192.0.2.1 SECUR?"),
        ("nobody", "@UNIT SECUR?"),
    ],
)
def test_the_example_is_of_the_protocol_that_is_addressed(target: str, example: str) -> None:
    known = Vocabulary((UnitName("desk", "dcol", "dcol://192.0.2.9"),))
    with pytest.raises(UsageError) as caught:
        verified(f"@{target} ", known, secrets=True)
    assert caught.value.hint == f"for example: {example}"
