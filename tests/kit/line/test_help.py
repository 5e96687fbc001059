"""``help`` is ours in lower case and a maker's command in capitals; and what a page of help says of a login."""

from __future__ import annotations

import pytest

from tests.support.lines import only
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import Vocabulary
from unitbench.schema.records import Request
from unitbench.session.help.pages import about, render


@pytest.mark.parametrize("line", ["HELP", "Help", "#HELP", "#help"])
def test_the_units_own_list(line: str) -> None:
    assert only(line).request == Request("kramer", "HELP")


@pytest.mark.parametrize("line", ["help", "help HELP", "help MODEL?", "?"])
def test_our_help(line: str) -> None:
    found = only(line)
    assert found.verb is not None
    assert found.verb.name == "help"


def test_both_are_offered() -> None:
    found = {item.text: item.effect for item in suggest("hel", 3, Vocabulary())}
    assert found == {"HELP": "read", "help": ""}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("MODEL?", "  needs      LOGIN USER while the unit's security is on"),
        ("NAME", "  needs      LOGIN ADMIN while the unit's security is on"),
        ("HELP", "  needs      LOGIN USER while the unit's security is on"),
    ],
)
def test_a_page_of_help_says_what_a_command_needs(name: str, row: str) -> None:
    assert row in render(about(name)).splitlines()
    assert "needs " not in render(about("SECUR?"))
