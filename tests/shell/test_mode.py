"""The prompt says what the session is, as soon as it becomes so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from unitbench import Session

pytestmark = pytest.mark.needs("pexpect")


def test_the_mode_follows_when_another_view_starts_simulated_units(runtime: Path) -> None:
    with Terminal("--session", "mode") as terminal:
        terminal.until("unitbench [-|real:safe]>")
        terminal.type("SECU")
        terminal.until("]> SECU")
        with Session.attach("mode", sim=True, start=False, who="nb:tour.ipynb"):
            terminal.until("unitbench [-|sim]> SECU")
            terminal.until("[nb:tour.ipynb] simulated units run in this session, at ")
