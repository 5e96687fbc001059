"""Laws of completion, on lines made from the catalogue in every spelling: the next token is offered at every prefix,
also in the middle of the line; nothing raises, and the work grows no faster than the line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.added import EXAMPLE, taken
from tests.support.lines import UNITS, scraps
from tests.support.strategies import requests
from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.line.parse import parse
from unitbench.line.parsed import Statement, Token, TokenKind
from unitbench.line.suggest import suggest, suggestions
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema import settings, text
from unitbench.schema.records import Command, Field, Protocol
from unitbench.schema.settings import Several
from unitbench.schema.values import Choice, Flag, Numbered
from unitbench.schema.verbs import Arg, Kind, Verb

OWN = [verb for verb in catalogue.own_verbs() if verb.name != "?"]
COMMANDS = [
    (protocol, command)
    for protocol in map(catalogue.protocol, catalogue.NAMES)
    for command in protocol.commands
]
LONG = 16
"""Letters of a token of which only the first and the last place are looked at: the others take time alone."""


# -- lines in every spelling


@st.composite
def wire_lines(draw: st.DrawFn, protocol: Protocol, command: Command) -> str:
    """A valid line of a command: any of its names, places or names of fields, blanks or commas, quotes, a target."""
    request = draw(requests(command, protocol.name))
    head = draw(st.sampled_from(list(heads(protocol, command))))
    head = draw(st.sampled_from([head, head.lower()]))
    rows = [
        (f, v) for f in command.args if f.typed and not f.secret for n, v in request.values if n == f.name
    ]
    words = [draw(spelt(field, value)) for field, value in rows]
    by_name = [f"{field.name}={word}" for (field, _), word in zip(rows, words, strict=True)]
    whole = len(rows) == sum(1 for field in command.args if field.typed)
    bare = not any(set(word) & set("'\",; =") or not word for word in words)
    shapes = [" ".join(by_name)]
    if whole and bare and (not words or "?" not in words[-1:]):
        shapes += [" ".join(words)] + ([",".join(words)] if len(words) > 1 else [])
    front = draw(st.sampled_from(["", "", "@all ", "SECUR?; ", "   "]))
    return f"{front}{head} {draw(st.sampled_from(shapes))}".rstrip()


def heads(protocol: Protocol, command: Command) -> Iterator[str]:
    """What a command can be called."""
    if command.code is not None and protocol.type_code is not None:
        subtype = command.name.split()[-1]
        yield from (f"{protocol.type_code:02X}h {subtype}", subtype, f"{protocol.type_code:02x} {subtype}")
        return
    yield command.name
    if command.packet_type is not None:
        yield f"{command.packet_type:02X}h"
    if protocol.command("#") and command.name != "#":
        yield f"#{command.name}"


def spelt(field: Field, value: object) -> st.SearchStrategy[str]:
    """The spellings of a value that a person may use."""
    plain = text.format_value(value)  # type: ignore[arg-type]
    found = [plain]
    if isinstance(field.type, (Choice, Numbered)):
        found += [w.text for w in field.type.words if value in (w.text, w.number)]
        found += [str(w.number) for w in field.type.words if value in (w.text, w.number)]
    if isinstance(field.type, Flag):
        found = list(text.TRUE if value else text.FALSE)
    quote = "'" if "'" not in plain else '"'
    if not plain or set(plain) & set(" ;,'\"#"):
        return st.just(f"{quote}{plain}{quote}")
    return st.sampled_from(found)


def completable(statement: Statement, token: Token, line: str) -> list[str] | None:
    """The spellings of which one must be offered for a token; None where there is no list to choose from."""
    if token.kind in (TokenKind.COMMAND, TokenKind.VERB, TokenKind.TARGET):
        return [token.text, token.text.removeprefix("#"), f"{token.text}h"]
    if token.kind is TokenKind.FIELD:
        return [token.text]
    if token.kind is not TokenKind.VALUE or statement.command is None or not token.text:
        return None
    before = [t for t in statement.tokens if t.end == token.start and t.kind is TokenKind.FIELD]
    fields = {field.name: field for field in statement.command.args}
    values = dict(statement.given)
    field = fields.get(before[0].text[:-1].lower()) if before else None
    if field is None:
        return None
    try:
        listed = [
            w.text for w in text.words(field.among(values).type) if same(field, values, w.text, token.text)
        ]
    except InvalidValue:
        return None
    return [token.text, *listed] if listed else None


def same(field: Field, values: dict[str, object], one: str, other: str) -> bool:
    kind = field.among(values).type  # type: ignore[arg-type]
    return text.parse(kind, one) == text.parse(kind, other)


def missing(line: str, vocabulary: Vocabulary = UNITS) -> list[str]:
    """What of a line is not offered where it should be: with and without what stands behind the cursor."""
    found = []
    for statement in parse(line, vocabulary).statements:
        for token in statement.tokens:
            wanted = completable(statement, token, line)
            if wanted is None:
                continue
            last = token.end - (token.kind is TokenKind.FIELD)
            places = range(token.start, last + 1) if len(token.text) < LONG else (token.start, last)
            for at in places:
                for whole in (line[:at], line):
                    offered = {
                        whole[: item.start] + item.text + whole[item.end :]
                        for item in suggest(whole, at, vocabulary)
                    }
                    behind = whole[token.end :]
                    good = {(line[: token.start] + word + behind).casefold() for word in wanted}
                    if good.isdisjoint(item.casefold() for item in offered):
                        found.append(f"{whole!r} at {at}: {token.text!r}")
    return found


@given(st.data())
def test_the_next_token_of_a_wire_command_is_offered_at_every_place(data: st.DataObject) -> None:
    line = data.draw(st.sampled_from(COMMANDS).flatmap(lambda row: wire_lines(*row)))
    assert [item.fault for item in parse(line, UNITS).statements if item.fault and not item.lacking] == []
    assert missing(line) == []


def test_so_it_is_for_protocols_that_people_add() -> None:
    with taken(EXAMPLE):
        added = catalogue.protocol("dx")
        lines = [example for command in added.commands for example in command.examples]
        assert lines
        assert [fault for line in lines for fault in missing(line)] == []


# -- our own verbs

VALUES = {
    Kind.UNIT: "k1",
    Kind.UNITS: "k1",
    Kind.SIMULATED: "k1",
    Kind.TARGET: "k1",
    Kind.PROTOCOL: "kramer",
    Kind.JOB: "3",
    Kind.COMMAND: "SECUR?",
    Kind.TOPIC: "SECUR?",
    Kind.LINE: "SECUR?",
}


def words_of(arg: Arg) -> list[str]:
    known = [VALUES[arg.kind]] if arg.kind in VALUES else []
    return [*known, *(word.text for word in arg.words)]


def verb_lines(verb: Verb) -> Iterator[tuple[str, str, str]]:
    """What stands before a word of a verb's line, the word, and what stands behind."""
    first, _, second = verb.name.partition(" ")
    yield "", first, ""
    if second:
        yield f"{first} ", second, ""
    before = verb.name
    for arg in verb.args:
        for word in words_of(arg):
            yield f"{before} ", word, ""
            yield f"SECUR?; {before} ", word, "; SECUR?"
        if not words_of(arg) or arg.kind is Kind.LINE:
            break
        before = f"{before} {words_of(arg)[0]}"
    for option in verb.options:
        yield f"{before} ", f"{option}=", ""
        for word in words_of(verb.choice(option)):
            yield f"{before} {option}=", word, ""
    for setting in verb.settings:
        yield f"{before} ", f"{setting.name}=", ""
        for known in settings.words(setting):
            yield f"{before} {setting.name}=", known.text, ""
            if isinstance(setting.type, Several):
                yield f"{before} {setting.name}={settings.words(setting)[0].text}+", known.text, ""


@pytest.mark.parametrize("verb", OWN, ids=lambda verb: verb.name)
def test_every_verb_option_and_value_is_offered(verb: Verb) -> None:
    rows = list(verb_lines(verb))
    assert rows
    for before, word, behind in rows:
        for at in range(len(word) + (word[-1] != "=")):
            for rest in ("", word[at:]):
                line = before + word[:at] + rest + behind
                found = suggest(line, len(before) + at, UNITS)
                made = [line[: item.start] + item.text + line[item.end :] for item in found]
                assert before + word + behind in made, (line, len(before) + at)


# -- the right span, the right order


@pytest.mark.parametrize(
    ("line", "word", "made"),
    [
        ("LOG|IN USER", "LOGOUT", "LOGOUT USER"),
        ("|LOGIN USER", "LOGIN?", "LOGIN? USER"),
        ("LOGIN US|ER,1234", "ADMIN", None),
        ("LOGIN |USER,1234", "ADMIN", "LOGIN ADMIN,1234"),
        ("10h mode='T|CP' active=1", "TCP", "10h mode='TCP' active=1"),
        ("10h mo|de=TCP active=1", "mode=", "10h mode=TCP active=1"),
        ("10h | active=1", "mode=", "10h mode= active=1"),
        ("@k|1 SECUR?", "@k1", "@k1 SECUR?"),
        ("SECUR?; 0E|h 19; LOGIN?", "0Eh", "SECUR?; 0Eh 19; LOGIN?"),
        ("encode 'AEh 0|Eh virtual_port=19'", "0Ch", "encode 'AEh 0Ch virtual_port=19'"),
        ("SECUR?|LO", "LOGOUT", None),
    ],
)
def test_what_stands_behind_the_cursor_is_replaced_up_to_the_end_of_the_word(
    line: str, word: str, made: str | None
) -> None:
    at = line.index("|")
    line = line.replace("|", "", 1)
    found = [line[: i.start] + i.text + line[i.end :] for i in suggest(line, at, UNITS) if i.text == word]
    assert found == ([made] if made else [])


def test_a_field_that_is_given_behind_the_cursor_is_not_offered_again() -> None:
    assert "active=" not in [item.text for item in suggest("10h  active=1", 4, UNITS)]


@pytest.mark.parametrize(
    ("typed", "first", "later"),
    [
        ("dis", "discover", "SETDISTRIBUTORPORTPROPERTIES"),
        ("10h port", "virtual_port=", "remote_ip_port="),
        ("sync", "DEVICESYNC", ""),
        ("dvsy", "DEVICESYNC", ""),
        ("GETLIFESIGNAL 31", "02:00:00:00:00:31", ""),
    ],
)
def test_the_beginning_comes_first_then_a_word_then_the_letters(typed: str, first: str, later: str) -> None:
    found = [item.text for item in suggest(typed, len(typed), UNITS)]
    assert found[0] == first
    assert not later or later in found[1:]
    assert [item.how for item in suggest(typed, len(typed), UNITS)] == sorted(
        item.how for item in suggest(typed, len(typed), UNITS)
    )


def test_other_spellings_are_offered_once_they_are_begun() -> None:
    assert "true" in [item.text for item in suggest("10h active=t", 12, UNITS)]
    assert [item.text for item in suggest("10h mode=1", 10, UNITS)] == ["1"]
    assert "06h" in [item.text for item in suggest("0", 1, UNITS)]


# -- total, and in time


def work(task: Callable[[], object]) -> int:
    """How many functions are called by a task: the same on every machine, however busy it is."""
    count = 0

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        task()
    finally:
        sys.setprofile(None)
    return count


def read(line: str, cursor: int) -> None:
    parse.__wrapped__(line, UNITS)
    suggestions.__wrapped__(line, cursor, UNITS)


BASE, PER_CHARACTER = 12_000, 700
"""Calls that a line may take: all that is known is looked through once or twice, then so many for each character."""


@pytest.mark.fuzz
@given(scraps(), st.integers(0, 200))
def test_nothing_raises_or_stalls(line: str, cursor: int) -> None:
    read(line, cursor)
    assert work(lambda: read(line, cursor)) < BASE + PER_CHARACTER * len(line)


@pytest.mark.parametrize(
    "piece", ["x;", "LOGIN ", "a,", "'", "SECUR?|", "10h mode=TCP;", "password=1;", "@k1 ", "="]
)
def test_the_work_grows_no_faster_than_the_line(piece: str) -> None:
    few, many = piece * 20, piece * 200
    read(many, len(many))  # so that what is made once is made
    assert work(lambda: read(many, len(many))) < 15 * work(lambda: read(few, len(few)))
