"""What could come next: the next token of every valid line, with its meaning, and never a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lines import EXAMPLES, LINES, MAC, UNITS, scraps
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement, Token, TokenKind
from unitbench.line.suggest import Suggestion, suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema import text
from unitbench.schema.records import Field
from unitbench.schema.values import Mac

PUT = "SETDISTRIBUTORPORTPROPERTIES"


def texts(line: str, vocabulary: Vocabulary = UNITS) -> list[str]:
    return [item.text for item in suggest(line, len(line), vocabulary)]


def completed(line: str, item: Suggestion) -> str:
    return line[: item.start] + item.text


def field_of(statement: Statement, token: Token) -> Field | None:
    """The field that a value token is for, where the line names it or gives it by its place."""
    if statement.command is None:
        return None
    tokens = [t for t in statement.tokens if t.kind in (TokenKind.FIELD, TokenKind.VALUE, TokenKind.SECRET)]
    before = tokens[tokens.index(token) - 1] if tokens.index(token) else None
    fields = [field for field in statement.command.args if field.typed]
    if before is not None and before.kind is TokenKind.FIELD and before.end == token.start:
        return next(field for field in fields if field.name == before.text[:-1].lower())
    return fields[[t for t in tokens if t.kind is not TokenKind.FIELD].index(token)]


def completable(statement: Statement, token: Token) -> bool:
    """Whether there is a list to choose the token from."""
    if token.kind in (TokenKind.COMMAND, TokenKind.VERB, TokenKind.FIELD):
        return True
    field = field_of(statement, token) if token.kind is TokenKind.VALUE else None
    if field is None:
        return False
    if isinstance(field.type, Mac):
        return token.text == MAC
    listed = [word.text.casefold() for word in (*text.words(field.type), *field.usual)]
    return token.text.casefold() in listed


@pytest.mark.parametrize("line", [*EXAMPLES, *LINES])
def test_the_next_token_of_a_valid_line_is_offered(line: str) -> None:
    steps = 0
    for statement in parse(line, UNITS).statements:
        for token in statement.tokens:
            if not completable(statement, token):
                continue
            hidden = line[token.start] == "#" and len(token.text) > 1
            for end in range(token.start + hidden, token.end + (token.kind is not TokenKind.FIELD)):
                begun = line[:end]
                offered = [completed(begun, item).casefold() for item in suggest(begun, end, UNITS)]
                assert line[: token.end].casefold() in offered, begun
            steps += 1
    assert steps


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("", ["SECUR?", "AEh", "DEVICEIDENT?", "discover", "@k1", "@all", "#"], ["19", "auth="]),
        ("s", ["SECUR?", "sim", "stop"], ["discover"]),
        ("SEC", ["SECUR?"], ["sim"]),
        ("#", ["#", "#SECUR?", "#LOGIN"], ["SECUR?"]),
        ("#lo", ["#LOGIN", "#LOGIN?", "#LOGOUT"], ["LOGIN"]),
        ("ae", ["AEh"], ["0Eh"]),
        ("AEh ", ["00h", "0Ch", "0Eh", "10h"], ["0Dh", "SECUR?"]),
        ("0", ["00h", "0Eh"], ["10h"]),
        ("@", ["@k1", "@t1", "@q1", "@all"], ["SECUR?"]),
        ("@k1 ", ["SECUR?", "LOGIN"], ["AEh", "discover", "DEVICESYNC"]),
        ("@q1 D", ["DEVICEIDENT?", "DEVICESYNC"], ["discover"]),
        ("@qstation://192.168.1.255 ", ["DEVICEIDENT?"], ["SECUR?"]),
        ("@all ", ["DEVICEIDENT?", "SECUR?"], []),
        ("LOGIN ", ["USER", "ADMIN", "auth=", "password="], []),
        ("LOGIN u", ["USER"], ["ADMIN"]),
        ("LOGIN auth=", ["USER", "ADMIN"], ["auth="]),
        ("LOGIN auth=a", ["ADMIN"], ["USER"]),
        ("LOGIN auth=USER ", ["password="], ["auth=", "USER"]),
        ("0Eh ", ["19", "20", "virtual_port="], []),
        ("0Eh virtual_port=", ["19", "20"], ["virtual_port="]),
        ("0Eh 19 ", [], ["19", "virtual_port="]),
        ("10h 20 ", ["1", "0", "active=", "mode="], ["virtual_port="]),
        ("10h 20 1 5018 ", ["TCP", "UDP"], []),
        ("10h virtual_port=20 ", ["active=", "mode="], ["virtual_port=", "reserved_12="]),
        ("10h mode=", ["TCP", "UDP"], ["0"]),
        ("10h 20,1,5018,", ["TCP", "UDP"], []),
        ("02h 0 ", ["127.77.0.11"], []),
        ("GETLIFESIGNAL ", ["02:00:00:00:00:31"], ["127.77.0.31"]),
        ("DEVICESYNC 02", ["02:00:00:00:00:31"], []),
        (f"{PUT} ", ["02:00:00:00:00:31", "identifier=", "data="], ["5"]),
        (f"{PUT} 02:00:00:00:00:31 ", ["FrequencySendToHz", "TransferON"], ["mac="]),
        (f"{PUT} 02:00:00:00:00:31 freq", ["FrequencySendToHz"], ["TransferON"]),
        (f"{PUT}ALL 5 ", ["100", "-1", "data="], ["Variables", "5"]),
        (f"{PUT}ALL TransferDataTheme ", ["Variables", "RTC", "-1"], ["100"]),
        (f"{PUT}ALL 7 ", ["127.77.0.31", "-1"], ["100"]),
        (f"{PUT}ALL data=", ["-1"], ["100"]),
        (f"{PUT}ALL identifier=8 data=", ["5567", "-1"], ["5566"]),
        (f"{PUT} 02:00:00:00:00:31,9,", ["5566", "-1"], ["5567"]),
        ("use ", ["k1", "t1", "q1"], ["kramer://", "SECUR?"]),
        ("discover ", ["kramer://", "k1"], []),
        ("discover k1 ", ["kramer://"], []),
        ("decode ", ["protocol="], []),
        ("decode protocol=", ["kramer", "dcol", "qstation"], []),
        ("decode protocol=k", ["kramer"], ["dcol"]),
        ("timing ", ["DEVICEIDENT?", "rounds=", "units="], []),
        ("timing rounds=3 ", ["units="], ["rounds="]),
        ("help ", ["LOGIN", "discover"], []),
        ("encode ", ["SECUR?", "AEh"], ["discover"]),
        ("encode AEh ", ["0Eh"], ["SECUR?"]),
        ("encode LOGIN ", ["USER", "auth="], ["LOGIN"]),
        ("encode 0Eh virtual_port=", ["19"], []),
        ("stop ", ["3"], []),
        ("SECUR?; 0E", ["0Eh"], []),
        ("FOO ", [], ["SECUR?"]),
        ("SECUR? ", [], ["SECUR?"]),
        ("# ", [], ["SECUR?"]),
        ("SECUR? // ", [], ["SECUR?"]),
    ],
)
def test_what_is_offered(line: str, some: list[str], none: list[str]) -> None:
    offered = texts(line)
    assert [item for item in some if item not in offered] == []
    assert [item for item in none if item in offered] == []


def test_the_rule_of_a_property_is_that_of_its_number() -> None:
    line = f"{PUT}ALL RetriggerTimeS "
    found = {item.text: item.meaning for item in suggest(line, len(line), UNITS)}
    assert "0.05..1000000000 s; 0 or less means never closed" in found["data="]
    assert found["100"] == "the default"


@pytest.mark.parametrize(
    "line", ["LOGIN USER,", "LOGIN USER, ", "LOGIN USER ", "LOGIN password=", "LOGIN USER password=12"]
)
def test_a_secret_is_never_offered(line: str) -> None:
    assert set(texts(line)) <= {"password=", "auth=", "env:"}


def test_candidates_carry_their_meaning_and_effect() -> None:
    found = {item.text: item for item in suggest("", 0, UNITS)}
    assert found["DEVICESYNC"].meaning == "reset the time stamp of one or all units"
    assert found["DEVICESYNC"].effect == "reconfigures, broadcast"
    assert found["SECUR?"].effect == "read"
    assert found["10h"].effect == "reconfigures"
    assert all(item.meaning for item in found.values())
    (mac,) = suggest("GETLIFESIGNAL 0", 15, UNITS)
    assert (mac.start, mac.meaning) == (14, "q1: Q.station at qstation://127.77.0.31")


def test_only_what_stands_before_the_cursor_counts() -> None:
    line = "LOGIN USER,1234"
    assert "USER" in [item.text for item in suggest(line, 6, UNITS)]
    assert "SECUR?" in [item.text for item in suggest(line, 0, UNITS)]


def test_nothing_is_offered_twice() -> None:
    for line in ("", "@k1 ", "AEh ", "0Eh ", "LOGIN ", "timing ", "encode ", "02h 0 "):
        offered = texts(line)
        assert len(offered) == len(set(offered)), line


@pytest.mark.fuzz
@given(line=scraps(), data=st.data())
def test_it_never_raises_and_what_it_offers_fits(line: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(line) + 2))
    for item in suggest(line, cursor, data.draw(st.sampled_from([UNITS, Vocabulary()]))):
        assert 0 <= item.start <= min(cursor, len(line)) <= item.end <= len(line)
        letters = iter(item.text.casefold())
        typed = line[item.start : cursor].strip("'\"").casefold()
        assert all(letter in letters for letter in typed)
        assert item.text
