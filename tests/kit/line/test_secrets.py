"""No secret in an error, in the history or in the journal, wherever it was typed."""

from __future__ import annotations

import re
from copy import copy

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from unitbench.line.parse import parse
from unitbench.line.secrets import masked_line, masked_place, masked_text, without_secrets

SECRET = "correct-horse-battery"
PLACES = [
    "LOGIN USER,{}",
    "LOGIN USER, {}",
    "LOGIN USER {}",
    "LOGIN {}",
    "LOGIN {} USER",
    "LOGIN {},USER",
    "LOGIN USER {} x",
    "LOGIN USER x {}",
    "LOGIN USER,x,{}",
    "LOGIN ROOT,{}",
    "LOGIN ROOT {}",
    "LOGIN USER,'{}'",
    'LOGIN USER,"{}"',
    "LOGIN USER '{}'",
    "LOGIN USER,'{}",
    "LOGIN 'USER {}",
    "'LOGIN USER,{}'",
    "LOGIN USER,password={}",
    "LOGIN USER password={}",
    "LOGIN password={}",
    "LOGIN password={} auth=USER",
    "LOGIN password='{}' auth=USER",
    "LOGIN auth={}",
    "LOGIN auth=USER,password={}",
    "LOGIN auth=USER pasword={}",
    "LOGIN USER passwd={}",
    "LOGIN USER password = {}",
    "LOGIN USER password={} password=x",
    "LOGIN USER x password={}",
    "LOGIN,USER,{}",
    "LOGIN:USER:{}",
    "LOGIN=USER,{}",
    "LOGIN{}",
    "LOGINUSER,{}",
    "#LOGIN USER,{}",
    "##LOGIN USER,{}",
    "#01@LOGIN USER,{}",
    "login user,{}",
    "@k1 LOGIN USER,{}",
    "@k1 LOGIN {}",
    "@k1 LOGON USER,{}",
    "@kramer://10.0.0.1 LOGIN USER {} x",
    "@LOGIN USER,{}",
    "@USER,{}",
    "@ LOGIN USER,{}",
    "SECUR?|LOGIN USER,{}",
    "SECUR?|LOGIN {}",
    "SECUR?|LOGON USER,{}",
    "LOGIN USER,x|{}",
    "LOGIN USER,{}|SN?",
    "LOGIN USER,{}|FOO",
    "LOGIN USER,{}|",
    "PASS USER,{}|SN? // {}",
    "LOGON USER,{}",
    "LOGON {}",
    "LOGON,{}",
    "LOGN USER,{}",
    "LGN USER,{}",
    "LOGO USER,{}",
    "LOGOUT USER,{}",
    "LOGOUT {}",
    "LOGIN? USER,{}",
    "LOGIN? {}",
    "L0GIN USER,{}",
    "logni user {}",
    "signin USER {}",
    "USER,{}",
    "USER {}",
    "ADMIN {}",
    "password={}",
    "password {}",
    "PASS USER,{}",
    "PASS USER, {}",
    "PASS {}",
    "PASS {},USER",
    "PASS USER x {}",
    "PASS ROOT,{}",
    "PASS USER,'{}",
    "PASS auth=USER pasword={}",
    "PASS password={}",
    "PASS,USER,{}",
    "PASS{}",
    "#PASS USER,{}",
    "#01@PASS USER,{}",
    "pass admin,{}",
    "@k1 PAS {}",
    "PSAS {}",
    "PASSS {}",
    "PASSWD {}",
    "PASSWORD {}",
    "PASS? {}",
    "SETPASS {}",
    "encode PASS USER,{}",
    "raw '#PASS USER,{}\\r'",
    "help PASS USER,{}",
    "PASS USER,{};SECUR?",
    "PASS USER,{} # the lab unit",
    "FOO USER,{}",
    "encode LOGIN USER,{}",
    "encode LOGIN {}",
    "encode LOGON USER,{}",
    "encode 'LOGIN USER,{}'",
    "encode 'LOGON USER,{}'",
    "encode @k1 LOGIN USER,{}",
    "encode encode LOGIN USER,{}",
    "@k1 encode LOGIN USER,{}",
    "raw '#LOGIN USER,{}\\r'",
    "raw #LOGIN USER,{}",
    "decode '#LOGIN USER,{}\\r'",
    "decode protocol=kramer '#LOGON USER,{}\\r'",
    "help LOGIN USER,{}",
    "timing LOGIN USER,{}",
    "use LOGIN USER {}",
    "units LOGIN USER {}",
    "AEh LOGIN USER {}",
    "0Eh LOGIN {}",
    "SECUR? LOGIN USER,{}",
    "LOGIN USER,{} ?",
    "LOGIN {} ?",
    "LOGON USER,{} ?",
    "LOGIN USER,{} # the lab unit",
    "LOGIN USER //{}",
    "LOGIN USER, # {}",
    "LOGON USER //{}",
    "LOGIN USER,x;{}",
    "LOGIN USER,x;{} y",
    "LOGIN x;{}",
    "LOGON USER,x;{}",
    "LOGIN USER;{}",
    "SECUR?; LOGIN USER,{}",
    "FOO; LOGIN USER,{}",
    "LOGIN USER,{}; FOO",
    "LOGIN USER,{};LOGOUT",
    "LOGIN {};LOGON {}",
    "LOGIN\tUSER,\t{}",
    "  LOGIN   USER  ,  {}  ",
]


def leaks(line: str, secret: str) -> list[str]:
    """Where the secret is still to be seen, of all that may be shown, kept or raised."""
    parsed = parse(line)
    seen = {
        "masked_text": masked_text(line, parsed.statements),
        "masked_line": masked_line(line, parsed.statements),
        "without_secrets": without_secrets(line, parsed.statements),
    }
    for number, statement in enumerate(parsed.statements):
        if (error := statement.error) is not None:
            behind = getattr(error.__context__, "args", ())
            seen[f"error {number}"] = f"{error} {error.args} {vars(error)} {behind} {copy(error).args}"
    return [name for name, text in seen.items() if secret in text]


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_is_nowhere(place: str) -> None:
    assert leaks(place.replace("{}", SECRET), SECRET) == []


@pytest.mark.parametrize("place", PLACES)
def test_nor_is_one_that_could_be_sent(place: str) -> None:
    assert leaks(place.replace("{}", "hunter2hunter2"), "hunter2hunter2") == []


@pytest.mark.parametrize("place", [place for place in PLACES if ";" not in place])
def test_nor_is_one_with_a_semicolon(place: str) -> None:
    assert leaks(place.replace("{}", "hunter2;hunter2"), "hunter2;hunter2") == []
    assert leaks(place.replace("{}", "h;hunter2hunter"), "hunter2hunter") == []


@pytest.mark.parametrize(
    "encoded", [SECRET.encode().hex(), SECRET.encode().hex(" "), SECRET.encode().hex(",").upper()]
)
@pytest.mark.parametrize("verb", ["raw", "decode", "decode protocol=kramer", "@k1 raw"])
def test_nor_is_one_in_hex(verb: str, encoded: str) -> None:
    for head in ("234c4f47494e20", "23 4C 4F 47 4F 4E 20 "):
        assert leaks(f"{verb} {head}{encoded}", encoded) == []


@pytest.mark.fuzz
@given(
    place=st.sampled_from([place for place in PLACES if ";" not in place and "//" not in place]),
    secret=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x17F), min_size=12, max_size=24),
)
@example("LOGIN USER,{}", "'''''''''''' ")
def test_no_secret_of_any_characters_is_to_be_seen(place: str, secret: str) -> None:
    """Not one of the catalogue's own words, which an error may name in any case, nor another statement."""
    secret = secret.strip()
    assume(not secret.startswith(";") and not re.fullmatch(r"[\w? ]*", secret, re.ASCII))
    assert leaks(place.replace("{}", secret), secret) == []


@pytest.mark.fuzz
@given(
    words=st.lists(
        st.sampled_from(
            [
                "LOGIN",
                "LOGON",
                "login",
                "USER",
                "ADMIN",
                "auth=",
                "password=",
                "@k1",
                "encode",
                "#",
                "?",
                "x",
                "'",
                ",",
                "=",
            ]
        ),
        min_size=1,
        max_size=5,
    ),
    at=st.integers(0, 5),
    glue=st.sampled_from([" ", ",", ", ", "=", ""]),
)
def test_no_secret_among_any_words_of_a_login(words: list[str], at: int, glue: str) -> None:
    """Words that announce a secret, in any order, and the secret behind one of them."""
    line = glue.join(["LOGIN", *words[:at]]) + " " + " ".join([SECRET, *words[at:]])
    assert leaks(line, SECRET) == []


@pytest.mark.parametrize(
    ("line", "text", "kept"),
    [
        ("LOGIN USER,1234", "LOGIN USER,***", "LOGIN USER"),
        ("LOGIN USER, 'a b' # mine", "LOGIN USER, *** ***", "LOGIN USER"),
        ("LOGIN USER 1234; SECUR?", "LOGIN USER ***; SECUR?", "LOGIN USER; SECUR?"),
        ("LOGIN password=1234 auth=USER", "LOGIN password=*** auth=USER", "LOGIN auth=USER"),
        ("LOGIN auth=USER password=1234", "LOGIN auth=USER password=***", "LOGIN auth=USER"),
        ("LOGIN ROOT,1234", "LOGIN ***", "LOGIN"),
        ("LOGON USER,1234; SECUR?", "LOGON ***; SECUR?", "LOGON; SECUR?"),
        ("encode LOGIN USER,1234", "encode LOGIN USER,***", "encode LOGIN USER"),
        ("raw '#LOGIN USER,1234\\r'", "raw ***", "raw"),
        ("LOGIN USER,", "LOGIN USER,", "LOGIN USER,"),
        ("LOGIN", "LOGIN", "LOGIN"),
        ("LOGIN ?", "LOGIN ?", "LOGIN ?"),
        ("help LOGIN", "help LOGIN", "help LOGIN"),
        ("SECUR?; 0Eh 19 # x", "SECUR?; 0Eh 19 # x", "SECUR?; 0Eh 19 # x"),
        ("discvoer kramer://h", "discvoer kramer://h", "discvoer kramer://h"),
        ("10h 20 1 99999", "10h 20 1 99999", "10h 20 1 99999"),
        ("PASS USER,1234", "PASS USER,***", "PASS USER"),
        ("PASS", "PASS", "PASS"),
        ("SECUR ON; use k1", "SECUR ON; use k1", "SECUR ON; use k1"),
        ("pause 10; sample base", "pause 10; sample base", "pause 10; sample base"),
        ("raw 02 00 AE 01 00 AF 03", "raw 02 00 AE 01 00 AF 03", "raw 02 00 AE 01 00 AF 03"),
    ],
)
def test_all_else_stays(line: str, text: str, kept: str) -> None:
    statements = parse(line).statements
    assert masked_text(line, statements) == text
    assert without_secrets(line, statements) == kept
    assert len(masked_line(line, statements)) == len(line)


def test_three_stars_whatever_the_length() -> None:
    shown = {masked_text(line, parse(line).statements) for line in ("LOGIN USER,a", "LOGIN USER,abcdefgh")}
    assert shown == {"LOGIN USER,***"}


@pytest.mark.parametrize("secret", ["a", "abc", "geheimnis12345"])
@pytest.mark.parametrize(
    ("line", "word", "shown", "place"),
    [
        ("LOGN USER,{}", "LOGN", "LOGN ***", "LOGN"),
        ("LOGIN USER,{}; FOO", "FOO", "LOGIN USER,***; FOO", "FOO"),
        ("LOGIN USER,{}; FOO; BAR", "FOO", "LOGIN USER,***; FOO; BAR", "FOO"),
        ("SECUR?; LOGIN ROOT,{}", "{}", "SECUR?; LOGIN ***", "***"),
        ("LOGIN USER,{},{}", "{},{}", "LOGIN ***", "***"),
        ("LOGIN USER,{}", "LOGIN USER,{}", "LOGIN USER,***", "LOGIN USER,***"),
    ],
)
def test_a_place_in_a_line_is_found_again_beside_three_stars(
    secret: str, line: str, word: str, shown: str, place: str
) -> None:
    line, word = line.replace("{}", secret), word.replace("{}", secret)
    start = line.rindex(word)
    text, span = masked_place(line, parse(line).statements, (start, start + len(word)))
    assert span is not None and (text, text[slice(*span)]) == (shown, place)


def test_an_error_does_not_tell_how_long_a_secret_is() -> None:
    errors = [parse(line.replace("{}", s)).error for s in ("x" * 5, "x" * 12) for line in FAULTY_LINES]
    half = len(FAULTY_LINES)
    for short, long in zip(errors[:half], errors[half:], strict=True):
        assert short is not None and long is not None
        assert (str(short), short.line, short.span) == (str(long), long.line, long.span)


FAULTY_LINES = ("LOGN USER,{}", "LOGIN ROOT,{}", "LOGIN USER,{},x", "LOGIN USER,{}; FOO", "LOGIN USER,'{}")


def test_what_is_kept_asks_for_the_secret_again() -> None:
    line = "LOGIN auth=USER password=1234"
    (statement,) = parse(without_secrets(line, parse(line).statements)).statements
    assert [field.name for field in statement.lacking] == ["password"]
