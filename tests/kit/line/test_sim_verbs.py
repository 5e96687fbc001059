"""The verbs of two words: read, completed and helped from the one description of the faults."""

from __future__ import annotations

import pytest

from unitbench.catalogue.faults import FAULTS
from unitbench.line.matching import BEGINS
from unitbench.line.parse import parse
from unitbench.line.parsed import TokenKind
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import UnitName, Vocabulary
from unitbench.session.help.pages import about, render

KNOWN = Vocabulary((UnitName("k1", "kramer", "kramer://127.77.0.11"),))
NAMES = [fault.name for fault in FAULTS]


def offered(line: str) -> list[str]:
    return [item.text for item in suggest(line, len(line), KNOWN) if item.how == BEGINS]


def test_a_line_with_faults() -> None:
    (statement,) = parse("sim fault k1 loss=20% delay=50ms").statements
    assert statement.verb is not None and statement.verb.name == "sim fault" and statement.fault is None
    assert statement.args == ("k1",) and statement.options == {"loss": "20%", "delay": "50ms"}
    assert [token.kind for token in statement.tokens[:3]] == [TokenKind.VERB, TokenKind.VERB, TokenKind.VALUE]
    (alone,) = parse("sim").statements
    assert alone.verb is not None and alone.verb.name == "sim" and alone.fault is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sim ", ["fault", "speed", "state", "log"]),
        ("sim state ", ["k1"]),
        ("sim log k1 ", ["20", "1000"]),
        ("sim f", ["fault"]),
        ("sim fault ", ["all", "k1"]),
        ("sim fault k", ["k1"]),
        ("sim fault k1 o", ["off"]),
        ("sim fault k1 lo", ["loss_req=", "loss=", "loss_ack="]),
        ("sim fault k1 loss=1 lo", ["loss_req="]),
        ("sim fault k1 loss_ack=1 lo", ["loss_req="]),
        ("sim fault k1 second=", ["rst", "silent", "close", "off"]),
        ("sim fault k1 crash=", ["3s"]),
        ("sim speed ", ["1", "60"]),
    ],
)
def test_what_is_offered(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_every_fault_is_offered_with_its_meaning_and_explained_in_help() -> None:
    line = "sim fault k1 "
    found = {item.text: item.meaning for item in suggest(line, len(line), KNOWN)}
    assert [name for name in found if name.endswith("=")] == [f"{name}=" for name in NAMES]
    assert all(fault.about in found[f"{fault.name}="] for fault in FAULTS)
    page = render(about("sim fault"))
    assert all(f"\n  {name}" in page for name in NAMES) and "loss, loss_ack" in page
    assert "sim speed" in render(about("sim"))


@pytest.mark.parametrize("line", ["sim fault ?", "sim speed ?", "help 'sim fault'"])
def test_help_is_asked_for(line: str) -> None:
    (statement,) = parse(line).statements
    assert statement.fault is None
