"""Aliases and saved requests, as text: what they stand for, what cannot be given a name, no secret on the way."""

from __future__ import annotations

import pytest

from unitbench.line.macros import LONGEST, spelt
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement
from unitbench.line.secrets import masked_text, without_secrets
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import Macro, UnitName, Vocabulary

SECRET = "horse-battery-77"
MACROS = (
    Macro("port", "0Eh", True),
    Macro("both", "SECUR?; LOGIN?", True),
    Macro("enter", "LOGIN", True),
    Macro("get", "0Eh $vport", parameters=(("vport", None),)),
    Macro("usual", "0Eh $vport", parameters=(("vport", "19"),)),
    Macro("twice", "get $vport; get vport=20", parameters=(("vport", None),)),
    Macro("a", "b", True),
    Macro("b", "a", True),
)
KNOWN = Vocabulary((UnitName("t1", "dcol", "dcol://192.0.2.1"),), "t1", macros=MACROS)


def one(line: str, vocabulary: Vocabulary = KNOWN) -> Statement:
    (statement,) = parse(line, vocabulary).statements
    return statement


def asked(line: str) -> list[dict[str, object]]:
    """The values of all requests that a line comes to."""
    found: list[dict[str, object]] = []

    def walk(statement: Statement) -> None:
        assert statement.error is None, statement.error
        if statement.request is not None:
            found.append(statement.request.fields)
        for each in (*statement.inner, *(statement.expansion.statements if statement.expansion else ())):
            walk(each)

    for statement in parse(line, KNOWN).statements:
        walk(statement)
    return found


@pytest.mark.parametrize(
    ("line", "ports"),
    [
        ("port 19", [19]),
        ("port virtual_port=20", [20]),
        ("@t1 port 19", [19]),
        ("get 21", [21]),
        ("get vport=21", [21]),
        ("get $vport=21", [21]),
        ("usual", [19]),
        ("usual 22", [22]),
        ("@t1 get 21", [21]),
        ("twice 24", [24, 20]),
        ("watch 2s port 19", [19]),
        ("repeat 3 'get 19; port 20'", [19, 20]),
    ],
)
def test_a_name_stands_for_its_line(line: str, ports: list[int]) -> None:
    assert asked(line) == [{"virtual_port": port} for port in ports]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("get", "get needs vport"),
        ("get 1 2", "takes no more than 1 values"),
        ("get vport=1 vport=2", "vport is given twice"),
        ("get 999", "get is 0Eh $vport: virtual_port: '999'"),
        ("port x", "port is 0Eh x: virtual_port: 'x'"),
        ("a", "a stands for itself: a > b > a"),
        ("both x", "both is several commands"),
        ("@t1 both", "both is several commands"),
    ],
)
def test_what_cannot_be_meant_is_said_at_once(line: str, said: str) -> None:
    error = one(line).error
    assert error is not None and said in str(error) and error.hint


def test_the_commands_themselves_come_first() -> None:
    shadowed = Vocabulary(macros=(Macro("units", "LOGOUT", True),))
    assert one("units", shadowed).expansion is None


def test_many_names_within_each_other_have_an_end() -> None:
    deep = tuple(Macro(f"n{n}", f"n{n + 1}" if n < 20 else "SECUR?", True) for n in range(21))
    assert "deeper than" in str(one("n0", Vocabulary(macros=deep)).error)
    wide = tuple(Macro(f"w{n}", "; ".join(9 * [f"w{n + 1}"]) if n < 5 else "SECUR?", True) for n in range(6))
    assert "more than 1000 commands" in str(one("w0", Vocabulary(macros=wide)).error)


def test_what_a_line_defines_the_rest_of_it_knows() -> None:
    statements = parse("alias p = 0Eh; p 19; save q 0Eh $v with $v; q 20").statements
    assert [statement.error for statement in statements] == [None] * 4
    assert statements[0].defines == Macro("p", "0Eh", True)
    assert statements[2].defines == Macro("q", "0Eh $v", parameters=(("v", None),))


@pytest.mark.parametrize(
    "line",
    ["save x FOO", "save x 0Eh 999", "save x 0Eh $other with $v", "save x 0Eh 19 with v", "alias x = FOO 1"],
)
def test_a_body_is_understood_before_it_is_kept(line: str) -> None:
    assert one(line).error is not None


def test_a_long_body_is_refused() -> None:
    assert one(f"save x '{';' * (LONGEST + 1)}SECUR?'").error is not None


@pytest.mark.parametrize(
    "line",
    [
        f"enter USER,{SECRET}",
        f"watch 2s LOGIN USER,{SECRET}",
        f"repeat 2 'SECUR?; LOGIN USER,{SECRET}'",
        f"wait-for 2s LOGIN USER,{SECRET} until outcome=ok",
        f"save name LOGIN USER,{SECRET}",
        f"alias name = LOGIN USER,{SECRET}",
        f"enter USER,{SECRET},{SECRET}",
        f"watch 2s enter USER,{SECRET}",
        f"watch 2s LOGIM USER,{SECRET}",
        f"watch x LOGIN USER,{SECRET}",
    ],
)
def test_no_secret_in_what_is_shown_or_remembered(line: str) -> None:
    statement = one(line)
    assert SECRET not in masked_text(line, [statement])
    assert SECRET not in without_secrets(line, [statement])
    assert SECRET not in str(statement.error)


@pytest.mark.parametrize("line", ["save plain 0Eh 19", "alias line = 0Eh", "watch 2s discover t1", "get 19"])
def test_what_holds_no_secret_is_remembered_whole(line: str) -> None:
    assert without_secrets(line, [one(line)]) == line


@pytest.mark.parametrize("line", ["watch 2s ; SECUR?", "watch 2s", "wait-for 2s SECUR?", "expect"])
def test_a_body_or_a_condition_that_is_missing(line: str) -> None:
    first = parse(line).statements[0]
    assert first.error is not None or (first.verb is not None and not first.args)


@pytest.mark.parametrize(
    ("line", "body", "conditions"),
    [
        ("wait-for 2s SECUR? secur=ON", "SECUR?", ["secur=ON"]),
        ("wait-for 2s 0Eh virtual_port=19 active=1", "0Eh virtual_port=19", ["active=1"]),
        ("wait-for 2s 0Eh 19 virtual_port=19 rtt_s<1", "0Eh 19", ["virtual_port=19", "rtt_s<1"]),
        ("wait-for 2s 0Eh 19 until virtual_port=19", "0Eh 19", ["virtual_port=19"]),
        ("wait-for 2s 'SECUR?; LOGIN?' auth=USER", "SECUR?; LOGIN?", ["auth=USER"]),
        ("wait-for 2s every=1s @t1 0Eh 19 outcome!=silent", "@t1 0Eh 19", ["outcome!=silent"]),
    ],
)
def test_where_a_body_ends(line: str, body: str, conditions: list[str]) -> None:
    statement = one(line)
    assert statement.error is None, statement.error
    assert statement.args == ("2s", body, *conditions)


@pytest.mark.parametrize(
    "typed",
    [
        "alias p = 0Eh",
        "alias both = 'SECUR?; LOGIN?'",
        "save q 0Eh $v with $v",
        "save q 'SECUR?; 0Eh $v' with $v=19",
    ],
)
def test_a_definition_is_spelt_as_it_is_typed(typed: str) -> None:
    macro = parse(typed).statements[0].defines
    assert macro is not None
    assert parse(spelt(macro)).statements[0].defines == macro


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("", {"port", "usual", "watch"}),
        ("watch 2s ", {"SECUR?", "units", "port"}),
        ("watch 2s SEC", {"SECUR?"}),
        ("repeat 3 'units; SEC", {"SECUR?"}),
        ("get ", {"vport="}),
        ("port ", {"virtual_port="}),
        ("unalias ", {"port"}),
        ("wait-for 2s SECUR? ", {"until", "secur=ON", "outcome=ok"}),
        ("wait-for 2s SECUR? until ", {"secur=ON", "outcome=ok"}),
        ("save x SECUR? ", {"with"}),
        ("run ", {"get"}),
    ],
)
def test_all_of_it_is_completed(line: str, offered: set[str]) -> None:
    assert offered <= {item.text for item in suggest(line, len(line), KNOWN)}
