"""An error repeats of a long word only its beginning."""

from __future__ import annotations

import pytest

from unitbench import Session, UsageError
from unitbench.session.console import Console

LONG = "k" * 300


@pytest.mark.parametrize(
    "line",
    [
        f"@{LONG} SECUR?",
        f"use {LONG}",
        f"why {LONG}",
        f"set {LONG} a=1",
        f"timing units={LONG}",
        f"timing {LONG}",
        f"stop {LONG}",
        f"unlock k1 {LONG}",
        f"decode protocol={LONG} 00",
    ],
)
def test_a_long_name_is_cut_and_that_is_said(line: str) -> None:
    with Session.local(sim=True) as session, pytest.raises(UsageError) as caught:
        list(Console(session).run(line))
    assert len(caught.value.message) < 140, caught.value.message
    assert f"{'k' * 60}... (240 more)" in caught.value.message
