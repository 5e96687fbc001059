"""What the toolbar says of units with faults and of clocks that run faster, so that nobody takes them for real."""

from __future__ import annotations

from prompt_toolkit.document import Document

from unitbench import Session
from unitbench.session.console import Console
from unitbench_shell.glance import Glance
from unitbench_shell.toolbar import Toolbar


def test_faults_and_speed_stand_below_the_prompt() -> None:
    with Session.local(sim=True) as session:
        console = Console(session)
        toolbar = Toolbar(Glance(console), lambda: Document("SECUR?", 6), lambda: 160)

        def shown() -> str:
            return "".join(part[1] for part in toolbar())

        assert "FAULTS" not in shown() and "clocks" not in shown()
        list(console.run("use k1; sim fault k1 loss=20%; sim speed 60"))
        assert "FAULTS loss 20 %" in shown() and "clocks x60" in shown()
        list(console.run("sim fault k1 off; sim speed 1"))
        assert "FAULTS" not in shown() and "clocks" not in shown()
