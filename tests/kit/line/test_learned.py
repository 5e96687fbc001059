"""Commands that only a unit's own list names: offered and understood for that unit, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lines import UNITS
from unitbench import catalogue
from unitbench.errors import InvalidValue, UnknownCommand
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement, TokenKind
from unitbench.line.secrets import masked_text, without_secrets
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.schema.records import Effect, Request, Status
from unitbench.wire import encode

OWN = ("VID", "AUD-LVL?", "VIDEO-GAIN", "SET-PASS")
K1, T1, Q1 = UNITS.units
TAUGHT = replace(UNITS, units=(replace(K1, commands=OWN), T1, Q1))
ELSEWHERE = replace(TAUGHT, current="t1")
SECRET = "correct-horse-battery"


def one(line: str, vocabulary: Vocabulary = TAUGHT) -> Statement:
    (statement,) = parse(line, vocabulary).statements
    return statement


def texts(line: str, vocabulary: Vocabulary = TAUGHT) -> list[str]:
    return [item.text for item in suggest(line, len(line), vocabulary)]


@pytest.mark.parametrize(
    ("line", "some"),
    [
        ("", list(OWN)),
        ("VI", ["VID", "VIDEO-GAIN"]),
        ("@k1 ", list(OWN)),
        ("@k1 aud", ["AUD-LVL?"]),
        ("#v", ["#VID", "#VIDEO-GAIN"]),
        ("@k1 #a", ["#AUD-LVL?"]),
    ],
)
def test_they_are_offered_for_their_unit(line: str, some: list[str]) -> None:
    offered = texts(line)
    assert [item for item in some if item not in offered] == []


@pytest.mark.parametrize(
    ("line", "vocabulary"),
    [
        ("VI", ELSEWHERE),
        ("@t1 ", TAUGHT),
        ("@q1 ", TAUGHT),
        ("@all ", TAUGHT),
        ("VI", UNITS),
        ("@k1 ", UNITS),
    ],
)
def test_they_are_offered_for_no_other(line: str, vocabulary: Vocabulary) -> None:
    assert not set(OWN) & set(texts(line, vocabulary))


def test_it_is_said_whence_they_are() -> None:
    found = {item.text: item for item in suggest("@k1 ", 4, TAUGHT)}
    assert found["VID"].meaning == "from the unit, no manual"
    assert found["VID"].effect == "reconfigures"
    assert found["SECUR?"].meaning != found["VID"].meaning


@pytest.mark.parametrize(
    ("line", "command", "data"),
    [
        ("VID", "VID", b"#VID\r"),
        ("vid 1>2", "VID", b"#VID 1>2\r"),
        ("#VID 1>2", "VID", b"#VID 1>2\r"),
        ("@k1 VID 1,2, 3", "VID", b"#VID 1,2, 3\r"),
        ("@k1 VIDEO-GAIN '1;2'", "VIDEO-GAIN", b"#VIDEO-GAIN 1;2\r"),
        ("VIDEO-GAIN a=1 b=2 // why", "VIDEO-GAIN", b"#VIDEO-GAIN a=1 b=2\r"),
        ("Aud-Lvl?", "AUD-LVL?", b"#AUD-LVL?\r"),
    ],
)
def test_what_stands_behind_is_sent_as_it_is(line: str, command: str, data: bytes) -> None:
    statement = one(line)
    assert statement.error is None and statement.request is not None
    assert statement.request.command == command
    assert encode(statement.request) == data


def test_for_all_we_know_it_changes_the_unit() -> None:
    command = one("VID 1>2").command
    assert command is not None
    assert (command.effect, command.source.status) == (Effect.RECONFIGURES, Status.LEARNED)
    assert command.reply == ("VID",)
    assert one("AUD-LVL?").command is not None
    assert one("VID ?").wants_help


@pytest.mark.parametrize(
    ("line", "vocabulary"), [("VID", ELSEWHERE), ("@t1 VID", TAUGHT), ("@all VID", TAUGHT), ("VID", UNITS)]
)
def test_elsewhere_it_is_unknown(line: str, vocabulary: Vocabulary) -> None:
    assert isinstance(one(line, vocabulary).error, UnknownCommand)


@pytest.mark.parametrize("line", ["VID a#b", "VID caf\xe9", "VID a~b", "VID a|b", "VID " + "x" * 61])
def test_what_would_break_the_message_is_refused(line: str) -> None:
    error = one(line).error
    assert isinstance(error, InvalidValue)
    assert error.field == "parameters"
    assert error.span == (4, len(line))


def test_a_request_of_a_script_must_say_that_it_is_learned() -> None:
    assert encode(Request("kramer", "VID", learned=True)) == b"#VID\r"
    with pytest.raises(UnknownCommand):
        encode(Request("kramer", "VID"))
    with pytest.raises(UnknownCommand):
        encode(Request("qstation", "VID", learned=True))


@pytest.mark.parametrize("line", ["SET-PASS {}", "SET-PASS USER,{}", "@k1 set-pass USER, {}", "SET-PASS #{}"])
def test_behind_one_that_sounds_like_a_login_all_is_secret(line: str) -> None:
    line = line.replace("{}", SECRET)
    statement = one(line)
    shown = masked_text(line, [statement]) + without_secrets(line, [statement])
    assert SECRET not in shown + str(statement.error) + str(vars(statement.error) if statement.error else "")
    assert TokenKind.SECRET in {token.kind for token in statement.tokens}


def test_a_command_of_the_catalogue_stays_what_it_is() -> None:
    known = replace(UNITS, units=(replace(K1, commands=("NAME", "STOP", "10H")), T1, Q1))
    name = one("NAME Hall-1", known).command
    assert name is catalogue.command("kramer", "NAME")
    assert one("stop 3", known).verb is not None
    assert one("STOP 3", known).command is not None
    assert one("10h 20", known).protocol == "dcol"


@given(
    names=st.lists(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF), min_size=1), max_size=5),
    line=st.text(max_size=30),
)
def test_whatever_a_unit_calls_them_nothing_is_raised(names: list[str], line: str) -> None:
    vocabulary = Vocabulary((UnitName("k1", "kramer", "kramer://h", commands=tuple(names)),), "k1")
    for text in (line, *names, *(f"@k1 {name} {line}" for name in names)):
        for statement in parse(text, vocabulary).statements:
            assert statement.error is None or statement.error.message
        assert all(item.text for item in suggest(text, len(text), vocabulary))
