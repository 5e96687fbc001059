"""Chores after a cell: in its thread, for as long as they are wanted, and IPython is left clean."""

from __future__ import annotations

import threading

from IPython.core.interactiveshell import InteractiveShell

from unitbench.widgets.after_cell import AfterCell


def listeners(shell: InteractiveShell) -> int:
    return sum(len(shell.events.callbacks[name]) for name in ("pre_run_cell", "post_run_cell"))


def test_a_chore_is_done_after_every_cell_in_its_thread(shell: InteractiveShell) -> None:
    after, done = AfterCell(), []

    def chore() -> None:
        done.append((threading.current_thread(), after.running))

    before = listeners(shell)
    after.add(chore)
    after.add(chore)
    shell.run_cell("1")
    shell.run_cell("2")
    assert done == [(threading.current_thread(), False)] * 2
    after.discard(chore)
    after.discard(chore)
    shell.run_cell("3")
    assert len(done) == 2
    assert listeners(shell) == before


def test_it_is_known_whether_a_cell_runs(shell: InteractiveShell) -> None:
    after, seen = AfterCell(), []
    after.add(lambda: None)
    assert after.running
    shell.run_cell("1")
    assert not after.running
    shell.user_ns["look"] = lambda: seen.append(after.running)
    shell.run_cell("look()")
    assert seen == [True] and not after.running


def test_without_ipython_nothing_happens() -> None:
    after = AfterCell()
    after.add(lambda: None)
    assert not after.running
