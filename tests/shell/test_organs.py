"""Completer, lexer and toolbar on documents: nothing but text in, nothing but fragments out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from unitbench import Session
from unitbench.line.suggest import Suggestion
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.session.console import Console
from unitbench_shell.completer import LineCompleter
from unitbench_shell.glance import Glance, reserved_s, unlocked_s
from unitbench_shell.lexer import LineLexer
from unitbench_shell.menu import row
from unitbench_shell.toolbar import Part, Toolbar, _of_unit, fitted

MACS = tuple(
    UnitName(f"q{n}", "qstation", f"qstation://127.77.0.3{n}", f"02:00:00:00:00:3{n}") for n in (1, 2)
)
UNITS = Vocabulary((UnitName("k1", "kramer", "kramer://127.77.0.11"), *MACS))
SECRET = "horse-battery9"


def completions(text: str) -> list[Suggestion]:
    return LineCompleter(lambda: UNITS).candidates(Document(text, len(text)))


def painted(text: str) -> StyleAndTextTuples:
    return LineLexer(lambda: UNITS, lambda: False).lex_document(Document(text))(0)


def plain(fragments: StyleAndTextTuples) -> str:
    return "".join(fragment[1] for fragment in fragments)


# -- completer


def test_a_candidate_has_effect_letter_and_meaning() -> None:
    found, setting, *loose = completions("SEC")
    assert "services" in [item.text for item in loose], "its letters are in it"
    assert (found.text, found.start, found.end) == ("SECUR?", 0, 3)
    assert plain(row(found, 8, 60, False)) == " SECUR?   r read the security flag"
    assert plain(row(setting, 8, 60, False)).split()[:2] == ["SECUR", "W"]


@pytest.mark.parametrize("width", [8, 20, 40])
@pytest.mark.parametrize("chosen", [False, True])
def test_a_row_of_the_menu_is_cut_to_its_width(width: int, chosen: bool) -> None:
    for item in completions("d"):
        shown = plain(row(item, 12, width, chosen))
        assert item.text[: width - 1] in shown
        assert len(shown) <= width


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sec", ["SECUR?", "SECUR"]),
        ("#LOGO", ["#LOGOUT"]),
        ("LOGIN ", ["USER", "ADMIN", "auth=", "password="]),
        ("LOGIN USER,", ["env:", "password="]),
        ("LOGIN USER,x", []),
        ("GETLIFESIGNAL ", ["02:00:00:00:00:31", "02:00:00:00:00:32"]),
        ("use q", ["q1", "q2"]),
        ("SECUR?", []),
        ("SECUR? # a remark", []),
    ],
)
def test_candidates(text: str, expected: list[str]) -> None:
    found = [item.text for item in completions(text)]
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_no_candidate_stands_twice() -> None:
    found = [item.text for item in completions("")]
    assert len(found) == len(set(found))


def test_only_the_line_of_the_cursor_counts() -> None:
    completer = LineCompleter(lambda: UNITS)
    found = completer.candidates(Document("LOGIN USER,x\nSEC", 16))
    assert [item.text for item in found][:2] == ["SECUR?", "SECUR"]


# -- lexer


def test_tokens_have_their_colours() -> None:
    assert painted("@k1 LOGIN USER") == [
        ("class:token.target", "@k1"),
        ("", " "),
        ("class:token.command", "LOGIN"),
        ("", " "),
        ("class:token.value", "USER"),
    ]


def test_a_fault_is_underlined_where_it_is() -> None:
    assert ("class:token.bad", "300") in painted("0Eh 300")
    assert painted("BOGUS") == [("class:token.bad", "BOGUS")]
    assert ("class:token.bad", "nosuch=1") in painted("set k1 nosuch=1")
    assert ("class:token.bad", "secur=MAYBE") in painted("set k1 name=front secur=MAYBE")
    assert not any(style == "class:token.bad" for style, *_ in painted("set k1 secur=ON"))


@pytest.mark.parametrize(
    "line", [f"LOGIN USER,{SECRET}", f"@k1 LOGIN ADMIN {SECRET}", f"LOGIM USER,{SECRET}"]
)
def test_a_typed_secret_shows_as_stars(line: str) -> None:
    shown = plain(painted(line))
    assert SECRET not in shown and len(shown) == len(line)


def test_of_an_accepted_line_not_even_the_length_of_a_secret_is_left() -> None:
    lexer = LineLexer(lambda: UNITS, lambda: True)
    lines = [f"LOGIN USER,{SECRET}; SECUR?", "LOGIN USER,x; SECUR?"]
    assert {plain(lexer.lex_document(Document(line))(0)) for line in lines} == {"LOGIN USER,***; SECUR?"}
    assert lexer.lex_document(Document("0Eh 300"))(0)[-1] == ("class:token.bad", "300")


@given(st.text(alphabet="AEh0Eh 19LOGINUSER,=;#@'\"\t?x", max_size=30))
def test_every_character_is_shown_once(line: str) -> None:
    assert len(plain(painted(line))) == len(line)


# -- toolbar


def test_of_a_session_that_is_gone_nothing_else_is_said() -> None:
    with Session.local(sim=True) as session:
        console = Console(session)
        list(console.run("use k1; LOGIN ADMIN,4321"))
        glance = Glance(console)
        assert "login ADMIN" in toolbar(glance, "SECUR?")[-1]
        session._lost("its keeper has ended")
        assert toolbar(glance, "SECUR?") == [
            " session local is gone; Enter on an empty line starts a new one".ljust(79)
        ]


@pytest.fixture(scope="module")
def glance() -> Iterator[Glance]:
    with Session.local(sim=True) as session:
        yield Glance(Console(session))


def toolbar(glance: Glance, line: str, columns: int = 80) -> list[str]:
    organ = Toolbar(glance, lambda: Document(line, len(line)), lambda: columns)
    return plain(organ()).split("\n")


def test_bytes_effect_and_unit(glance: Glance) -> None:
    first, second, third = toolbar(glance, "0Eh 19")
    assert first == " -> 02 00 AE 02 0E 13 D1 03"
    assert second == "    read | 8 bytes, checksum ok | answers AEh 0Fh or NAK | to t1"
    assert third.startswith(" t1 dcol://127.77.") and "link" in third


def test_the_status_is_of_the_unit_in_use_where_the_line_names_none(glance: Glance) -> None:
    glance.console.current = "q3"
    assert toolbar(glance, "")[-1].startswith(" q3 qstation://")
    glance.console.current = ""
    assert toolbar(glance, "")[-1].startswith(" session local")


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize(
    "line",
    [
        "",
        "0Eh 19",
        "AEh 10h virtual_port=20 ",
        "LOGIN USER",
        "GETLIFESIGNAL",
        "BOGUS WORDS AND MORE OF THEM ",
    ],
)
def test_it_fits_the_window(glance: Glance, line: str, columns: int) -> None:
    assert all(len(row) < columns for row in toolbar(glance, line, columns))


def test_a_secret_is_not_in_it(glance: Glance) -> None:
    assert SECRET not in "\n".join(toolbar(glance, f"LOGIN USER,{SECRET}"))


# -- mode of the prompt


def test_mode_of_simulated_and_real_units(glance: Glance) -> None:
    assert glance.mode == ("sim", "sim")
    real = replace(glance.state.units[0], simulated=False)
    assert glance.mode_of(real) == ("safe", "real:safe")
    assert glance.mode_of(None) == ("sim", "sim")


def test_the_time_that_a_unit_is_unlocked_counts_down() -> None:
    now_ns = time.time_ns()
    assert unlocked_s(None) == 0
    assert unlocked_s(SimpleNamespace(unlocked_until_ns=now_ns - 1)) == 0
    assert unlocked_s(SimpleNamespace(unlocked_until_ns=now_ns + 598_500_000_000)) == 599


# -- the status line where there is little room


def test_the_least_important_goes_first_and_the_name_stays() -> None:
    parts = [Part(0, "k1"), Part(8, "kramer://127.77.0.11", " "), Part(2, "login USER", " "), Part(1, "sim")]
    assert fitted(parts, 80) == " k1 kramer://127.77.0.11 login USER | sim"
    assert fitted(parts, 25) == " k1 login USER | sim"
    assert fitted(parts, 12) == " k1 | sim"
    assert fitted(parts, 3) == " k1"


@pytest.mark.parametrize("columns", [40, 80])
def test_login_and_its_time_left_stand_below_also_in_few_columns(columns: int) -> None:
    with Session.local(sim=True) as session:
        console = Console(session)
        glance = Glance(console)
        list(console.run("use k1; LOGIN ADMIN,4321"))
        status = toolbar(glance, "", columns)[-1]
        assert "k1" in status and "login ADMIN" in status and "| sim" in status
        (left,) = re.findall(r"login ADMIN (\d):(\d\d)", status)
        assert 0 < int(left[0]) * 60 + int(left[1]) <= 300
        assert glance.ticking


def test_who_has_reserved_a_unit_is_told(glance: Glance) -> None:
    unit = glance.state.units[0]
    held = replace(unit, reserved_by="shell-2", reserved_until_ns=time.time_ns() + 59_500_000_000)
    assert reserved_s(unit) == 0 and reserved_s(held) == 60
    assert "reserved by shell-2 1:00" in fitted(_of_unit(glance, held), 200)
