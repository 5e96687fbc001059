"""Secrets in comments, and passwords that were used and are typed again where any text can stand."""

from __future__ import annotations

import pytest

from unitbench.line.known import Password, without_known
from unitbench.line.parse import parse
from unitbench.line.secrets import masked_line, masked_text, without_secrets
from unitbench.line.vocabulary import Vocabulary

SECRET = "horse-batt-66"
USED = Vocabulary(secrets=(Password(SECRET),))


@pytest.mark.parametrize(
    ("line", "shown", "kept"),
    [
        ("# LOGIN USER,{}", "# LOGIN USER,***", "# LOGIN USER"),
        ("// LOGIN USER,{}", "// LOGIN USER,***", "// LOGIN USER"),
        ("//LOGIN USER {}", "//LOGIN USER ***", "//LOGIN USER"),
        ("//# // # LOGIN USER,{}", "//# // # LOGIN USER,***", "//# // # LOGIN USER"),
        ("# first # LOGIN USER,{}", "# first # LOGIN ***", "# first # LOGIN"),
        (
            "SECUR?; LOGIN? # @k1 PASS ADMIN,{}",
            "SECUR?; LOGIN? # @k1 PASS ADMIN,***",
            "SECUR?; LOGIN? # @k1 PASS ADMIN",
        ),
        ("# SECUR?; LOGIN USER,{};x", "# SECUR?; LOGIN USER,***;***", "# SECUR?; LOGIN USER;"),
        ("units # LOGIM USER {}", "units # LOGIM ***", "units # LOGIM"),
        ("# LOGIN USER,'{}", "# LOGIN ***", "# LOGIN"),
        ("# decode '~01@LOGIN USER,{}'", "# decode ***", "# decode"),
    ],
)
def test_a_secret_in_a_comment(line: str, shown: str, kept: str) -> None:
    line = line.format(SECRET)
    statements = parse(line).statements
    assert masked_text(line, statements) == shown
    assert without_secrets(line, statements) == kept
    assert SECRET not in masked_line(line, statements)
    assert len(masked_line(line, statements)) == len(line)


@pytest.mark.parametrize(
    "line", ["# a note", "SECUR? // see page 7; then 12", "0Eh 19 # x # y", "# SECUR ON", "#", "//"]
)
def test_a_comment_without_one_stays(line: str) -> None:
    statements = parse(line).statements
    assert masked_text(line, statements) == without_secrets(line, statements) == line
    assert all(statement.fault is None for statement in statements)


def test_signs_of_comments_without_end_are_no_depth() -> None:
    line = "# a " * 3000
    assert masked_text(line, parse(line).statements) == line


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("expect text~{}", "expect text~***"),
        ("expect secur=ON name={}", "expect secur=ON name=***"),
        ("wait-for 1s SECUR? until text~{}", "wait-for 1s SECUR? until text~***"),
        ("watch SECUR? until text~{}", "watch SECUR? until text~***"),
        ("history {}", "history ***"),
        ("history a {} b", "history a *** b"),
        ("help {}", "help ***"),
        ("units # {} was it", "units # *** was it"),
        ("{}", "***"),
        ("histroy {}", "histroy ***"),
        ("use k1 # {0}; {0}", "use k1 # ***; ***"),
    ],
)
def test_a_password_that_was_used(line: str, shown: str) -> None:
    for typed in (line.format(SECRET), line.format(SECRET.upper())):
        parsed = parse(typed, USED)
        assert masked_text(typed, parsed.statements) == shown
        hidden = masked_line(typed, parsed.statements) + without_secrets(typed, parsed.statements)
        hidden += str(parsed.error) + repr(vars(parsed.error) if parsed.error else "")
        assert SECRET not in hidden.lower()
        assert "66" not in hidden.lower(), "nor a part of it"


def test_a_password_of_the_same_line() -> None:
    line = f"LOGIN USER,{SECRET}; expect text~{SECRET}"
    assert masked_text(line, parse(line).statements) == "LOGIN USER,***; expect text~***"


@pytest.mark.parametrize("line", ["use horse-batt-66", "NAME horse-batt-66", "@horse-batt-66 SECUR?"])
def test_what_cannot_be_any_text_stays(line: str) -> None:
    """A password may well be what a unit is called."""
    assert masked_text(line, parse(line, USED).statements) == line


def test_a_short_one_is_not_looked_for() -> None:
    line, known = "expect text~abc", Vocabulary(secrets=(Password("abc"),))
    assert masked_text(line, parse(line, known).statements) == line


def test_it_does_not_say_itself() -> None:
    assert SECRET not in repr(USED) and USED.secrets[0] == SECRET
    assert without_known(f"'{SECRET}{SECRET.title()}' is no", USED.secrets) == "'******' is no"
    assert without_known("abcabcab", ["abcab", "cabca"]) == "***b"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("decode '~01@LOG", "decode ********"),
        ("decode '~01@LOGIN USER,pass", "decode ********************"),
        ("decode '~01@SECUR", "decode '~01@SECUR"),
        ("raw '#LOGIN", "raw *******"),
        ("use 'k1", "use 'k1"),
        ("LOGIN USER,'abc", "LOGIN *********"),
    ],
)
def test_a_quote_that_is_not_closed_yet_is_hidden_as_a_whole_or_not_at_all(line: str, shown: str) -> None:
    assert masked_line(line, parse(line).statements) == shown
