"""What is to be done when a cell has run, in the cell's own thread and before the kernel calls itself idle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.getipython import get_ipython

_chores: list[Callable[[], None]] = []
_EVENT = "post_run_cell"


def add(chore: Callable[[], None]) -> None:
    """Have ``chore`` done after every cell from this one on; without IPython nothing happens."""
    shell = get_ipython()
    if shell is None or chore in _chores:
        return
    if not _chores:
        shell.events.register(_EVENT, _run)
    _chores.append(chore)


def discard(chore: Callable[[], None]) -> None:
    """Do ``chore`` no more."""
    if chore not in _chores:
        return
    _chores.remove(chore)
    shell = get_ipython()
    if not _chores and shell is not None:
        shell.events.unregister(_EVENT, _run)


def _run(result: Any = None) -> None:
    for chore in list(_chores):
        chore()
