"""The clock of a set: faster, never jumping."""

from __future__ import annotations

import pytest

from unitbench.errors import InvalidValue
from unitbench.sim.clock import Clock


class Source:
    """A clock that the test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_runs_as_its_source_and_then_faster_without_a_jump() -> None:
    source = Source()
    clock = Clock(source=source)
    source.now = 110.0
    assert clock.now() == 110.0 and clock.until(170.0) == 60.0
    clock.speed = 60
    assert clock.now() == 110.0 and clock.until(170.0) == 1.0
    source.now = 110.5
    assert clock.now() == 140.0 and clock.until(170.0) == 0.5
    clock.speed = 1
    assert clock.now() == 140.0 and clock.until(170.0) == 30.0
    source.now = 150.0
    assert clock.until(170.0) == 0.0 and clock.line() == 150.0


@pytest.mark.parametrize("speed", [0, 0.5, -1, 3601, float("nan"), "x", None, True, ""])
def test_speeds_that_are_none(speed: object) -> None:
    clock = Clock()
    with pytest.raises(InvalidValue, match=r"speed: .* is not a number 1\.\.3600"):
        clock.speed = speed  # type: ignore[assignment]
    assert clock.speed == 1
