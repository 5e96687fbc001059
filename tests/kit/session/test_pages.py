"""What ``identify`` says comes next."""

from __future__ import annotations

import pytest

from unitbench.session.model import Unit
from unitbench.session.reasons.unit import page


@pytest.mark.parametrize(
    ("protocol", "score", "said"),
    [
        ("kramer", 0.0, "next: discover u1"),
        ("kramer", 1.0, "next: nothing; it named itself in full"),
        ("recorder", 0.0, "next: discover u1"),
        ("recorder", 0.8, "next: @u1 *IDN? takes its only place for a command client"),
        ("vs1", 0.0, "next: discover u1"),
        ("vs1", 0.8, "next: nothing harmless would say more; likely Maker"),
    ],
)
def test_the_next_step(protocol: str, score: float, said: str) -> None:
    unit = Unit("u1", protocol, "Maker", f"{protocol}://192.0.2.1", score=score)
    assert said in page(unit).text
