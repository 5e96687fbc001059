"""What the manuals leave open is told in full, and as text."""

from __future__ import annotations

import pytest

from unitbench import catalogue
from unitbench.errors import InvalidValue
from unitbench.export.openpoints import escaped, open_points
from unitbench.schema.records import Status


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_each_remark_and_each_fact_that_is_not_documented_is_there(name: str) -> None:
    protocol = catalogue.protocol(name)
    told = open_points(name)
    assert protocol.notes
    for note in (*protocol.notes, *(command.note for command in protocol.commands)):
        assert escaped(note) in told
    for item in (*protocol.commands, *protocol.reports):
        if item.source.status is not Status.DOCUMENTED:
            assert f"| `{item.name}` |" in told
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert {line.replace(r"\|", "").count("|") for line in rows} <= {5}


def test_marks_of_markdown_stay_text() -> None:
    assert escaped("a*b|c<d>`e`") == r"a\*b\|c\<d\>\`e\`"


def test_a_protocol_that_does_not_exist_is_named() -> None:
    with pytest.raises(InvalidValue, match="nonsense"):
        open_points("nonsense")
