"""Conditions on an exchange: operators, kinds of values, several replies."""

from __future__ import annotations

from typing import Any

import pytest

from unitbench.errors import InvalidValue
from unitbench.session.expecting import check, condition
from unitbench.session.model import Exchange, Problem, Reply


def exchange(*fields: dict[str, Any], **more: Any) -> Exchange:
    replies = tuple(
        Reply("192.0.2.1:5", f"q{n}", b"x", f"text {n}", 1, 0.25, each, "ok")
        for n, each in enumerate(fields, 1)
    )
    given: dict[str, Any] = {"outcome": "ok", "replies": replies, "rtt_s": 0.25, **more}
    return Exchange(7, "s", "me", "q1", "a", True, "dcol", "C", b"", "", **given)


ONE = exchange(
    {
        "active": True,
        "ip_port": 5017,
        "mode": "TCP",
        "ports": [19, 20],
        "host": "10.0.0.9",
        "empty": "",
        "secur": "ON",
    }
)
REFUSED = exchange({}, outcome="refused", error=Problem("ERR004", "no"))


@pytest.mark.parametrize(
    "word",
    [
        "active=true",
        "active=1",
        "active=on",
        "active!=false",
        "ip_port=5017",
        "IP_PORT=5017",
        "ip_port=5016,5017",
        "ip_port!=1",
        "ip_port>5016",
        "ip_port>=5017",
        "ip_port<=5017",
        "ip_port<5018",
        "mode=tcp",
        "mode=T*",
        "mode~c",
        "mode!~udp",
        "mode!=UDP",
        "ports=19,20",
        "ports~19",
        "host=10.0.0.*",
        "empty=",
        "outcome=ok",
        "rtt_s<300ms",
        "rtt_s>0.2",
        "text~text",
        "replies=1",
        "error=",
    ],
)
def test_it_holds(word: str) -> None:
    found = check(condition(word), ONE)
    assert found.holds, found


@pytest.mark.parametrize(
    ("word", "seen"),
    [
        ("active=false", "true"),
        ("ip_port=501", "5017"),
        ("ip_port>5017", "5017"),
        ("mode=TC", "TCP"),
        ("ports=20,19", "19, 20"),
        ("ports=19", "19, 20"),
        ("mode>5", "TCP"),
        ("outcome=refused", "ok"),
        ("nosuch=1", ""),
        ("nosuch!=1", ""),
    ],
)
def test_it_does_not_hold_and_says_what_was_seen(word: str, seen: str) -> None:
    found = check(condition(word), ONE)
    assert not found.holds and found.seen.replace(",", ", ").replace("  ", " ") == seen


def test_a_refusal_can_be_wanted() -> None:
    assert check(condition("outcome=refused"), REFUSED).holds
    assert check(condition("error=err004"), REFUSED).holds
    assert not check(condition("error=ERR001"), REFUSED).holds


def test_each_of_several_replies_must_fulfil_it() -> None:
    both = exchange({"sid": 1}, {"sid": 2})
    assert not check(condition("sid=1"), both).holds
    assert check(condition("sid=1,2"), both).holds
    assert check(condition("replies=2"), both).holds
    assert not check(condition("sid=1"), exchange({"sid": 1}, {})).holds


@pytest.mark.parametrize("word", ["", "=", "a", "=1", "ip_port<x", "outcome=fine", "a b=1"])
def test_what_is_no_condition(word: str) -> None:
    with pytest.raises(InvalidValue) as told:
        condition(word)
    assert told.value.field == "condition"
