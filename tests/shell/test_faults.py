"""Errors at the prompt: the place stays under its word in windows of any width."""

from __future__ import annotations

import pytest

from unitbench.errors import BenchError, UsageError
from unitbench.line.parse import parse
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
