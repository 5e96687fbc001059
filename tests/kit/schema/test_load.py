"""Plain data as a protocol's record: what is taken, what is refused and where, and nothing else ever."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.added import EXAMPLE, LAMP
from unitbench.schema.linelint import line_flaws
from unitbench.schema.lint import Path, flaws
from unitbench.schema.load import Unfit, protocol_from
from unitbench.schema.places import line_of, places_in
from unitbench.schema.records import Effect, Status
from unitbench.schema.simulated import Answer
from unitbench.schema.values import IPv4, Text, Token, UInt

TEXTS = [LAMP, EXAMPLE.read_text(encoding="utf-8")]
ODD = [
    "",
    "x",
    "kind",
    -1,
    0,
    10**30,
    3.5,
    float("nan"),
    float("-inf"),
    True,
    [],
    {},
    [{}],
    [[]],
    ["x"],
    {"kind": "uint"},
]


def paths(data: Any, at: Path = ()) -> list[Path]:
    """Every place in some data."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(path for key, item in pairs for path in paths(item, (*at, key)))][not at :]


def test_records_are_what_the_file_says() -> None:
    lamp, dx = (protocol_from(tomllib.loads(text)) for text in TEXTS)
    level = lamp.command("LEVEL")
    assert level is not None and level.effect is Effect.RECONFIGURES
    assert level.args[0].type == UInt(1, high=100, unit="%")
    assert level.args[1].type == Text(40, forbid=" ", secret=True)
    assert level.source == lamp.source and lamp.source.status is Status.PUBLIC
    assert lamp.simulated is not None and lamp.simulated.state == (("level", "10"),)
    assert lamp.simulated.answers[1] == Answer("LEVEL", "level", sets=(("level", "{level}"),))
    address, model = dx.command("ip"), dx.command("model")
    assert address is not None and isinstance(address.args[2].type, Token)
    assert model is not None and model.source.document.startswith("IM 04L31A01-17E")
    assert dx.reports[0].fields[2].type == IPv4()
    assert dx.simulated is not None and dx.simulated.otherwise == Answer(reply="information", items=())


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("letter",), 2),
        (("source",), 7),
        (("source", "status"), 10),
        (("services",), 16),
        (("services", 0, "port"), 19),
        (("commands", 1), 30),
        (("commands", 1, "args", 1, "type"), 46),
        (("commands", 1, "args", 1, "type", "high"), 46),
        (("reports", 1, "fields", 0, "about"), 66),
        (("simulated", "answers", 2, "reply"), 73),
        (("simulated", "state", "level"), 78),
        (("nowhere",), 1),
    ],
)
def test_where_something_stands(path: Path, line: int) -> None:
    assert line_of(path, places_in(LAMP)) == line


def test_texts_over_several_lines_are_passed_over() -> None:
    places = places_in("a = '''\nb = 1\n[c]\n'''\nd = 1\n")
    assert places == {(): 1, ("a",): 1, ("d",): 5}


def test_a_long_header_is_read_in_time() -> None:
    assert places_in(f"[a{' ' * 500_000}]\nb{' ' * 500_000}= 1")["a", "b"] == 2


@pytest.mark.fuzz
@given(st.sampled_from(TEXTS), st.data())
def test_odd_data_are_refused_or_linted_and_never_raise(text: str, data: st.DataObject) -> None:
    told = copy.deepcopy(tomllib.loads(text))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(paths(told)))
        inner: Any = told
        for key in path[:-1]:
            inner = inner[key]
        if data.draw(st.booleans()):
            inner[path[-1]] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        else:
            del inner[path[-1]]
    try:
        protocol = protocol_from(told)
    except Unfit as error:
        assert error.flaw.text
        assert line_of(error.flaw.at, places_in(text)) >= 1
        return
    for flaw in list(flaws(protocol, manuals=(), verbs=())) or list(line_flaws(protocol)):
        assert flaw.text and line_of(flaw.at, places_in(text)) >= 1
