"""The JSON schema fits what is printed: every object of every command, strictly, and none is without a schema."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import unitbench
import unitbench_shell
from tests.support.commands import Ran, inside
from unitbench import Session
from unitbench.errors import InvalidValue
from unitbench.export.schema import EVENTS, OBJECTS, names, schema

LINES = (
    "discover q1",
    "SECUR?; MODEL?; LOGIN USER,1234; units",
    "@k1 raw 23 0D; why; journal; jobs; last",
    "AEh 0Eh 19; AEh 0Eh 99; set t1 virtual_port=20 udp_timeout=30; undo",
    "set t1 virtual_port=20 udp_timeout=30 dry=yes",
    "snapshot t1; compare t1 t1",
    "timing rounds=2 gap_s=0 units=q1,q2",
    "listen v1 1s; services r1; identify q1",
    "sim; sim fault k1 loss=100%; sim state q1; SECUR?; sim log k1",
    "reserve k1 10m; units",
    "DEVICEIDENT?; @all DEVICEIDENT?; TRIGGERBUFFER",
    "decode 02 00 AE 01 00 AF 03; decode 0200AE0100B003; encode 0Eh 19",
    "decode #SECUR?\\r; decode FF",
    "help; help LOGIN; ?; LOGIN ?",
    "set; set menu; set menu tab; set menu default; set timeout 2s",
    "repeat 3 SECUR?; SECUR?; expect secur=ON; alias s = SECUR?; alias",
)
OTHERS: tuple[tuple[str, ...], ...] = (
    ("decode", "02", "00", "AE", "01", "00", "AF", "03", "--json"),
    ("decode", "#SECUR?\\r#LOGIN?\\r", "--json"),
    ("encode", "LOGIN USER,1234; SECUR?", "--json"),
    ("catalogue", "--json"),
    ("doctor", "--json"),
)


def closed(body: Any) -> Any:
    """A schema that lets nothing pass which it does not name."""
    if isinstance(body, dict):
        found = {key: closed(value) for key, value in body.items()}
        return found | ({"additionalProperties": False} if "properties" in body else {})
    return [closed(item) for item in body] if isinstance(body, list) else body


STRICT = Draft202012Validator(closed(schema()))


def judged(ran: Ran) -> list[dict[str, Any]]:
    """The objects of a run, each by the schema of its own name, which says more than that none fits."""
    for item in ran.objects:
        name = item["kind"] if item["type"] == "event" else item["type"]
        faults = [error.message for error in Draft202012Validator(closed(schema(name))).iter_errors(item)]
        assert faults == [], item
        STRICT.validate(item)
    return ran.objects


@pytest.mark.parametrize("line", LINES)
def test_all_that_the_command_language_gives_fits(line: str) -> None:
    ran = inside("--sim", "-c", line, "--json", "--timeout", "0.3")
    assert judged(ran), ran.err


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: " ".join(words)[:30])
def test_all_that_the_other_commands_print_fits(words: tuple[str, ...]) -> None:
    assert judged(inside(*words))


def test_sessions_and_lines_of_standard_input_fit(runtime: Path) -> None:
    with Session.attach("shaped"):
        (found,) = judged(inside("sessions", "--json"))
        assert found["name"] == "shaped"
    lines = judged(inside("decode", "-", "--json", stdin="0200AE0100AF03\nno bytes\n"))
    assert [item["line"] for item in lines] == [1, 2]


def test_no_object_is_without_a_schema() -> None:
    made = set(_made())
    assert len(made) > 10, "the source was searched"
    shapes = {(name, "") for name in OBJECTS} | {("event", kind) for kind in EVENTS}
    assert made == shapes


def _made() -> Iterator[tuple[str, str]]:
    """Type and kind of each object that the source spells out."""
    for package in (unitbench, unitbench_shell):
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found = _texts(node) if isinstance(node, ast.Dict) else {}
                if "type" in found and path.name != "schema.py":
                    yield found["type"], found.get("kind", "")


def _texts(node: ast.Dict) -> Mapping[str, str]:
    """The keys of a dictionary in the source whose values are plain texts."""
    return {
        key.value: value.value
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_it_is_a_schema_of_its_draft_and_says_what_fields_mean() -> None:
    whole = json.loads(inside("schema").out)
    Draft202012Validator.check_schema(whole)
    assert len(whole["oneOf"]) == len(names())
    one = json.loads(inside("schema", "exchange").out)
    assert one["$ref"] == "#/$defs/exchange"
    fields = one["$defs"]["exchange"]["properties"]
    assert fields["outcome"]["enum"] == ["ok", "refused", "malformed", "silent", "closed", "withheld"]
    assert "seconds" in fields["waited_s"]["description"] and "nanoseconds" in fields["t_ns"]["description"]


@pytest.mark.parametrize(
    "change",
    [{"outcome": "fine"}, {"id": "one"}, {"replies": None}, {"request": {"hex": ""}}, {"type": "event"}],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any]) -> None:
    (good,) = inside("--sim", "-c", "SECUR?", "--json").objects
    judge = Draft202012Validator(schema("exchange"))
    assert judge.is_valid(good) and not judge.is_valid(good | change)
    assert not judge.is_valid({key: value for key, value in good.items() if key != "outcome"})


def test_an_object_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(InvalidValue, match="no object 'packet'"):
        schema("packet")
    ran = inside("schema", "packet")
    assert ran.code == 2 and "exchange" in ran.err and max(map(len, ran.err.splitlines())) < 300
