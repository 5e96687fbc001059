"""A line cut into statements and words: quotes, comments, semicolons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitbench.line.words import statements


def words(line: str) -> list[list[str]]:
    return [[word.text for word in statement.words] for statement in statements(line)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", [[]]),
        ("   ", [[]]),
        ("SECUR?", [["SECUR?"]]),
        ("  a\tb  c ", [["a", "b", "c"]]),
        ("a;b ; c", [["a"], ["b"], ["c"]]),
        ("a;;", [["a"], [], []]),
        ("a 'b c' d", [["a", "b c", "d"]]),
        ('a "b;c" d', [["a", "b;c", "d"]]),
        ("a='b c'", [["a=b c"]]),
        ("a,'b c'", [["a,b c"]]),
        ("a=''", [["a="]]),
        ("it's here", [["it's", "here"]]),
        ("'a\"b'", [['a"b']]),
        ("'# no comment'", [["# no comment"]]),
        ("'// neither'", [["// neither"]]),
        ("# a comment; no command", [[]]),
        ("// a comment", [[]]),
        ("//comment", [[]]),
        ("SECUR? # why", [["SECUR?"]]),
        ("SECUR? // why", [["SECUR?"]]),
        ("SECUR?; # why; not", [["SECUR?"], []]),
        ("#", [["#"]]),
        ("#;#", [["#"], ["#"]]),
        ("#SECUR?", [["#SECUR?"]]),
        ("a# b", [["a#", "b"]]),
        ("a//b", [["a//b"]]),
        ("kramer://h", [["kramer://h"]]),
        ("use kramer://h // mine", [["use", "kramer://h"]]),
        ("a 'open ; # x", [["a", "open ; # x"]]),
    ],
)
def test_words(line: str, found: list[list[str]]) -> None:
    assert words(line) == found


def test_places() -> None:
    line = "  use 'a b' ; SECUR? # why"
    one, two = statements(line)
    assert [line[word.start : word.end] for word in one.words] == ["use", "'a b'"]
    assert [word.quoted for word in one.words] == [False, True]
    assert line[one.start : one.end] == "  use 'a b' "
    assert two.comment is not None
    assert line[slice(*two.comment)] == "# why"
    assert one.comment is None


@pytest.mark.parametrize("line", ["'", '"', "a 'b", "a='b", "a,'b", "'a' 'b"])
def test_a_quote_that_is_not_closed(line: str) -> None:
    assert statements(line)[-1].words[-1].open_quote


@given(st.text(st.sampled_from("ab '\";#/=,\t\n?é"), max_size=40))
def test_any_line_is_cut_into_places_within_it(line: str) -> None:
    found = statements(line)
    at = 0
    for statement in found:
        assert at <= statement.start <= statement.end <= len(line)
        for word in statement.words:
            assert statement.start <= word.start < word.end <= statement.end
            assert len(word.text) <= word.end - word.start
            assert line[word.start : word.end].strip() != ""
        at = statement.end
    assert found[-1].end == len(line)
