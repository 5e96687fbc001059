"""What is offered for a recorder and a camera."""

from __future__ import annotations

from unitbench.line.matching import BEGINS
from unitbench.line.suggest import suggest
from unitbench.line.vocabulary import UnitName, Vocabulary

UNITS = Vocabulary(
    (UnitName("r1", "recorder", "recorder://192.0.2.1"), UnitName("v1", "vs1", "vs1://192.0.2.2"))
)


def offered(line: str) -> list[str]:
    return [item.text for item in suggest(line, len(line), UNITS) if item.how == BEGINS]


def test_each_unit_gets_its_own_commands() -> None:
    assert offered("@r1 ") == ["*IDN?", "SIMFIND?", "SIMNETRESTART", "raw"]
    assert offered("@v1 ") == ["SIMLOGIN", "SIMCONTROL", "raw"]
    assert offered("@v1 SIMCONTROL ") == ["TAKE", "KEEP", "RELEASE", "action="]
    assert offered("*i") == ["*IDN?"]


def test_our_own_verbs() -> None:
    assert offered("listen ") == ["r1", "v1", "framing="]
    assert offered("listen v1 ") == ["5s", "10m", "framing="]
    assert offered("serv") == ["services"]
    assert offered("discover vs") == ["vs1://192.0.2.2", "vs1://", "vs1+tcp://"]
