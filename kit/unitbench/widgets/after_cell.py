"""What is to be done when a cell has run, in the cell's own thread and before the kernel calls itself idle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

Chore = Callable[[], None]


class AfterCell:
    """The chores of this process; it listens to IPython only while there are any."""

    def __init__(self) -> None:
        self._chores: list[Chore] = []
        self.running = False
        """Whether a cell runs right now, as far as is known."""

    def add(self, chore: Chore) -> None:
        """Have ``chore`` done after every cell from the one on that runs now; without IPython nothing happens."""
        shell = get_ipython()
        if shell is None or chore in self._chores:
            return
        if not self._chores:
            shell.events.register("pre_run_cell", self._begins)
            shell.events.register("post_run_cell", self._ended)
            self.running = True
        self._chores.append(chore)

    def discard(self, chore: Chore) -> None:
        """Do ``chore`` no more."""
        if chore not in self._chores:
            return
        self._chores.remove(chore)
        shell = get_ipython()
        if not self._chores and shell is not None:
            shell.events.unregister("pre_run_cell", self._begins)
            shell.events.unregister("post_run_cell", self._ended)
            self.running = False

    def _begins(self, info: Any) -> None:
        self.running = True

    def _ended(self, result: Any) -> None:
        self.running = False
        for chore in list(self._chores):
            chore()


after_cell = AfterCell()
