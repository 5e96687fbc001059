"""The filter language: what passes, what is wrong and where, what may come next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kit.widgets.events import event, exchanged, refused, told
from unitbench.errors import UsageError
from unitbench.session.facts import NAMES, Known
from unitbench.session.filterhints import suggest
from unitbench.session.filtering import DEEPEST, LONGEST, Filter, quoted
from unitbench.session.filtering import told as in_words
from unitbench.session.results import HeardLine
from unitbench.session.stream import Event

REPORT = HeardLine(9, "v1", "Serial TCP 1", 49211, 1, "kernel", b"a,1\r\n", 5, ("a", "1"), "line end")
STREAM = {
    "plain": exchanged(1),
    "refused": refused(2),
    "silent": exchanged(
        3, outcome="silent", replies=(), rtt_s=None, unit="q1", protocol="qstation", origin="nb:tour.ipynb"
    ),
    "slow": exchanged(4, rtt_s=0.25, effect="reconfigures", command="SECUR ON"),
    "heard": event("unasked", "k1", text="~01@SECUR OFF"),
    "late": event("unasked", "k1", text="late answer: ~01@SECUR ON"),
    "report": event("unasked", "nb:tour.ipynb", text="v1 Serial TCP 1: a | 1", line=REPORT),
    "notice": event("notice", "k1", text="the connection to k1 ended"),
    "job": told(4, "timing", units=("q1", "q2")),
}


def passing(text: str) -> set[str]:
    sifted = Filter(text)
    return {name for name, each in STREAM.items() if sifted.matches(each)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", set(STREAM)),
        ("unit=q1", {"silent", "job"}),
        ("UNIT=Q1", {"silent", "job"}),
        ("unit=v*", {"report"}),
        ("unit=v1,q1", {"silent", "job", "report"}),
        ("kind=exchange unit!=k1", {"silent"}),
        ("kind=exchange origin=shell-1", {"plain", "refused", "slow"}),
        ("protocol=qstation", {"silent"}),
        ("outcome=refused", {"refused"}),
        ("outcome=heard,late", {"heard", "late", "report"}),
        ("outcome=late", {"late"}),
        ("command~login", {"refused"}),
        ("command=SECUR?", {"plain", "silent"}),
        ("command!~SECUR kind=exchange", {"refused"}),
        ("effect=reconfigures", {"slow"}),
        ("rtt>0.01", {"slow"}),
        ("rtt > 10ms", {"slow"}),
        ("rtt<=400us", {"plain", "refused"}),
        ("not rtt>10ms kind=exchange", {"plain", "refused", "silent"}),
        ('text "secur off"', {"heard"}),
        ("text off", {"heard"}),
        ('"secur off"', {"heard"}),
        ("'ended'", {"notice"}),
        ("code=ERR004", {"refused"}),
        ("meaning~unauthorized", {"refused"}),
        ('bytes~"23 53 45" id=4', {"slow"}),
        ("id>=3", {"silent", "slow"}),
        ("replies=0", {"silent"}),
        ("service~serial", {"report"}),
        ("kind=job or kind=notice", {"job", "notice"}),
        ("outcome=running", {"job"}),
        ("unit=q1 and (outcome=silent or kind=notice)", {"silent"}),
        ("unit=q1 outcome=silent or kind=notice", {"silent", "notice"}),
        ("not (kind=exchange or kind=unasked) not kind=job", {"notice"}),
        ("not not kind=job", {"job"}),
    ],
)
def test_what_passes(text: str, names: set[str]) -> None:
    assert passing(text) == names


@pytest.mark.parametrize(
    ("text", "place", "message", "expected"),
    [
        ("uint=k1", "uint", "no name 'uint'", "unit"),
        ("unit=k1 out", "out", "no name 'out'", "outcome"),
        ("unit", "", "behind unit a comparison", "="),
        ("unit<3", "<", "cannot be compared by <", "~"),
        ("unit=", "", "a value is missing", "a word"),
        ("unit=a,", "", "a value is missing", "a word"),
        ("rtt=abc", "abc", "no number", "a time such as 0.01, 10ms or 500us"),
        ("id=1ms", "1ms", "no number", "a whole number"),
        ("rtt>1,2", "1,2", "only one value", "a number"),
        ("outcome=never", "never", "outcome is never 'never'", "refused"),
        ("(unit=k1", "(unit=k1", "not closed", ")"),
        ("unit=k1)", ")", "nothing is open", "or"),
        ("unit=k1 or", "", "a test is missing", "unit"),
        ("or unit=k1", "or", "a test is missing", "unit"),
        ("not", "", "a test is missing", "unit"),
        ('text "a', '"', "the quote is not closed", '"'),
        ("=3", "=", "no test begins with '='", "unit"),
    ],
)
def test_an_error_says_what_where_and_what_may_stand_there(
    text: str, place: str, message: str, expected: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Filter(text)
    error = caught.value
    assert error.span is not None
    assert text[slice(*error.span)].strip() == place and message in error.message
    assert expected in error.expected
    assert expected in in_words(error, 100) and f"character {error.span[0] + 1}" in in_words(error)


def test_a_likely_name_is_offered() -> None:
    with pytest.raises(UsageError) as caught:
        Filter("orign=shell-1")
    assert caught.value.hint == "is origin meant?"


def test_a_filter_is_bounded() -> None:
    for before, behind in (("not ", ""), ("(", ")")):
        Filter(before * (DEEPEST - 1) + "id=1" + behind * (DEEPEST - 1))
        with pytest.raises(UsageError, match=f"more than {DEEPEST} brackets and nots"):
            Filter(before * DEEPEST + "id=1" + behind * DEEPEST)
    Filter("(id=1) " * (2 * DEEPEST))
    with pytest.raises(UsageError, match=f"at most {LONGEST} characters"):
        Filter("x" * (LONGEST + 1))


WORDS = st.sampled_from(
    [*NAMES, *"= != ~ < >= ( ) and or not , \" ' k1 10ms * \\ \u202e é".split(), "\x00", " ", "\t"]
)


@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map(" ".join)), st.integers(0, 50))
def test_whatever_is_typed_is_a_filter_or_an_error_with_a_place(text: str, cursor: int) -> None:
    known = Known()
    for each in STREAM.values():
        known.see(each)
    try:
        sifted = Filter(text)
    except UsageError as error:
        assert error.span is None or 0 <= error.span[0] < error.span[1]
    else:
        assert all(isinstance(sifted.matches(each), bool) for each in STREAM.values())
    for item in suggest(text, min(cursor, len(text)), known):
        assert 0 <= item.start <= item.end


@given(st.text(min_size=1, max_size=30))
def test_any_value_can_be_typed(value: str) -> None:
    said: Event = exchanged(1, command=value)
    if value.isprintable() and "*" not in value:
        assert Filter(f"command={quoted(value)}").matches(said)


def hints(text: str) -> list[str]:
    known = Known()
    for each in STREAM.values():
        known.see(each)
    return [text[: item.start] + item.text for item in suggest(text, len(text), known)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["unit=", "origin="]),
        ("un", ["unit="]),
        ("unit", ["unit=", "unit!=", "unit~", "unit!~"]),
        ("rtt", ["rtt=", "rtt!=", "rtt<"]),
        ("unit=", ["unit=k1", "unit=q1", "unit=v1"]),
        ("unit=k1,q", ["unit=k1,q1", "unit=k1,q2"]),
        ("outcome=re", ["outcome=refused"]),
        ("origin=n", ["origin=nb:tour.ipynb"]),
        ("service=", ['service="Serial TCP 1"']),
        ("unit=k1 o", ["unit=k1 origin=", "unit=k1 outcome=", "unit=k1 or"]),
        ("(unit=k1 a", ["(unit=k1 and"]),
        ("an", []),
        ('text "un', []),
        ("unit=zz", []),
    ],
)
def test_what_may_come_next(text: str, first: list[str]) -> None:
    assert hints(text)[: len(first)] == first
    assert bool(first) == bool(hints(text))


def test_names_that_cannot_be_typed_are_not_offered() -> None:
    known = Known()
    known.see(exchanged(1, unit="\x1b[31m", origin="\u202e", command="x" * 500))
    assert [known.of(name) for name in ("unit", "origin", "command")] == [["k1"], [], []]
