"""Two shells and a notebook around one session: a cell that lets nobody else run, one order of events, a tab that is
closed and opened again, a kernel that a program restarts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.support.need import need
from tests.support.terminal import Terminal
from unitbench import Session
from unitbench.session.operations import Look

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.lab import Lab

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets", "pexpect"),
    pytest.mark.timeout(300),
]

KEPT = 2000
VIEW = f"""
import os
from unitbench import Session
from unitbench.widgets import TrafficView
s = Session.attach(os.environ["UNITBENCH_SESSION"])
view = TrafficView(s, keep={KEPT})
view
"""
# A thread that only beats shows whether anybody else could run. ``PyDLL`` calls C without giving the interpreter's lock
# away, and a pipe is opened when somebody opens its other end.
HOLDS = """
import ctypes, os, threading, time
beats, stop = [], threading.Event()
def beat():
    while not stop.wait(0.01):
        beats.append(1)
threading.Thread(target=beat).start()
while not os.path.exists({flag!r}):
    time.sleep(0.02)
before = len(beats)
open({flag!r} + ".held", "w").close()
ctypes.PyDLL(None).open(({flag!r} + ".pipe").encode(), os.O_RDONLY)
during = len(beats) - before
stop.set()
print("beats while the lock was held:", during)
"""
ASKS = "import os, time\nwhile not os.path.exists({flag!r}):\n    s.ask('SECUR?'); time.sleep(0.02)"
IDS = "print([row['id'] for row in view.rows if row['id']])"
BURST = 300
CHAIN = "; ".join(["SECUR?", "LOGIN?"] * 10)
PASSWORD = "4321"


@dataclass(frozen=True)
class Desk:
    """A Lab whose notebooks join the session ``name``."""

    name: str
    lab: Lab
    browser: Browser

    def open(self, notebook: str) -> Page:
        """A page with a notebook that has a TrafficView in it, made where there is none."""
        import nbformat

        from tests.browser import lab

        file = self.lab.folder / notebook
        if not file.exists():
            made = nbformat.v4.new_notebook()
            made.cells = [nbformat.v4.new_code_cell(VIEW.strip())]
            nbformat.write(made, file)
            page = self.lab.open(self.browser, notebook)
            lab.run_all(page)
        else:
            page = self.lab.open(self.browser, notebook)
        page.locator(".ub-live.ub-traffic").wait_for()
        lab.idle(page)
        return page

    def session(self, who: str = "script") -> Session:
        """A view of the session in this process."""
        return Session.attach(self.name, start=False, who=who)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from tests.browser import lab

    folder, private = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("private")
    name = f"shared-{uuid4().hex[:6]}"
    with ExitStack() as end:
        end.callback(subprocess.run, [sys.executable, "-m", "unitbench_shell.cli", "stop", name], check=True)
        end.enter_context(Session.attach(name, sim=True, who="desk"))
        jupyter = end.enter_context(lab.running_lab(folder, private, UNITBENCH_SESSION=name))
        yield Desk(name, jupyter, end.enter_context(lab.chromium(need("chromium"))))


@contextmanager
def shells(name: str, count: int) -> Iterator[list[Terminal]]:
    """Shells, each in a terminal of its own."""
    with ExitStack() as end, Session.attach(name, start=False, who="judge") as judge:
        opened = []
        for number in range(1, count + 1):  # one after the other, since their names are numbers
            terminal = end.enter_context(Terminal("--session", name, columns=120, rows=40, kept=KEPT))
            terminal.until("]>")
            terminal.until(lambda n=number: f"shell-{n}" in judge.perform(Look()).clients)
            opened.append(terminal)
        yield opened


def told(terminal: Terminal) -> list[int]:
    """The numbers of what others have asked, as they stand on a screen and above it."""
    lines = [*terminal.scrolled, *terminal.lines]
    return [int(found[1]) for line in lines if (found := re.match(r"\[(?!judge).*\] #(\d+) ", line))]


def listed(text: str) -> list[int]:
    """Numbers in brackets."""
    return [int(number) for number in re.findall(r"\d+", text)]


def newest(page: Page) -> str:
    """The newest row of the traffic on a page."""
    return page.locator(".ub-live.ub-traffic tbody tr").first.inner_text()


def test_a_cell_that_holds_the_interpreter_lock_delays_nobody_else(desk: Desk, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    from tests.browser import lab

    flag = tmp_path / "go"
    pipe, held = Path(f"{flag}.pipe"), Path(f"{flag}.held")
    os.mkfifo(pipe)
    page = desk.open("holds.ipynb")
    with shells(desk.name, 2) as (one, two), desk.session() as script:
        cell = lab.start(page, HOLDS.format(flag=str(flag)))
        expect(page.locator(lab.STATUS)).to_have_attribute("data-status", "busy")
        flag.touch()
        lab.wait_for(held.exists, "the cell to hold the lock")
        one.type("SECUR?\r")
        one.until("~01@SECUR ON")
        two.until("[shell-1] #")
        assert all(script.ask("SECUR?").ok for _ in range(BURST))
        last = script.journal[-1].id
        for terminal in (one, two):
            terminal.until(f"[script] #{last} ")
        two.type("0Eh 19\r")
        two.until("return individual IP port configuration")
        one.until("[shell-2] #")
        assert len(told(one)) == BURST + 1 and len(told(two)) == BURST + 1
        assert lab.busy(page) and not newest(page).startswith(str(last + 1)), "it could not be written"
        assert "nb:holds.ipynb" in script.perform(Look()).clients
        os.close(os.open(pipe, os.O_WRONLY))
        expect(cell.locator(".jp-InputPrompt")).to_have_text(lab.NUMBERED)
        (during,) = listed(cell.locator(".jp-OutputArea").inner_text())
        assert during <= 3, "another thread could run meanwhile, so nothing was shown"
        lab.wait_for(lambda: newest(page).startswith(str(last + 1)), "the view to catch up")
        assert all(text in newest(page) for text in ("shell-2", "AEh 0Eh", "ip_port=5017"))
        expected = [found.id for found in script.journal]
    assert listed(lab.run(page, IDS).inner_text()) == expected[::-1], "nothing was lost"
    page.close()


def test_two_shells_and_a_notebook_see_one_order(desk: Desk, tmp_path: Path) -> None:
    from tests.browser import lab

    page = desk.open("order.ipynb")
    with shells(desk.name, 2) as (one, two), desk.session() as judge:
        since = judge.perform(Look()).seq
        with lab.busy_cell(page, ASKS, tmp_path / "asked"):
            one.until("[nb:order.ipynb] #")
            for terminal in (one, two):
                terminal.type(f"{CHAIN}\r")
            one.until(lambda: one.output.count(b"[shell-2] #") == CHAIN.count("?"))
            two.until(lambda: two.output.count(b"[shell-1] #") == CHAIN.count("?"))
        news: list[tuple[int, str]] = []
        judge.subscribe(
            lambda event: event.exchange and news.append((event.exchange.id, event.origin)), since=since
        )
        assert [number for number, _ in news] == sorted(number for number, _ in news)
        assert len({origin for _, origin in news[: news.index(news[-1])]}) == 3
        for terminal, who in ((one, "shell-1"), (two, "shell-2")):
            others = [number for number, origin in news if origin != who]
            terminal.until(lambda t=terminal, n=others[-1]: told(t)[-1:] == [n])
            assert told(terminal) == others
        everything = [found.id for found in judge.journal]
    lab.wait_for(lambda: newest(page).startswith(str(everything[-1])), "the last row")
    assert listed(lab.run(page, IDS).inner_text()) == everything[::-1]
    page.close()


def test_a_closed_tab_and_a_kernel_restarted_by_a_program_lose_nothing(desk: Desk) -> None:
    from tests.browser import lab

    notebook = "closed.ipynb"
    page = desk.open(notebook)
    assert "ADMIN" in lab.run(page, f"print(s.ask('LOGIN ADMIN,{PASSWORD}').fields)").inner_text()
    lab.menu(page, "File", "Save Notebook")
    saved = desk.lab.folder / notebook
    lab.wait_for(lambda: "widget-view" in saved.read_text(), "the saved notebook")
    with desk.session() as script:

        def there() -> bool:
            return f"nb:{notebook}" in script.perform(Look()).clients

        page.close()
        asked = script.ask("SECUR?").id
        assert there()
        page = desk.open(notebook)
        lab.wait_for(lambda: newest(page).startswith(str(asked)), "what was asked without the page")
        desk.lab.restart(notebook)
        lab.wait_for(lambda: not there(), "the kernel to leave")
        lab.idle(page)
        assert "ADMIN" in lab.run(page, f"{VIEW}\nprint(s.ask('LOGIN?').fields)").inner_text()
        assert [found.command for found in script.journal].count("LOGIN ADMIN,***") == 1
        (unit,) = (known for known in script.units if known.name == "k1")
        assert (unit.login, unit.link) == ("ADMIN", "open")
    page.close()
