"""The mission: shell and notebook on one live session, while a cell is busy, and across a kernel's restart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.need import need
from unitbench import Session
from unitbench.session.operations import Look

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets", "pexpect"),
    pytest.mark.timeout(300),
]

TOUR = Path(__file__).resolve().parents[2] / "notebooks" / "00_tour.ipynb"
SHELL = "shell-1"
PASSWORD = "4321"
KINDS = ("discovery", "timing", "traffic")
SLEEPS = "import os, time\nwhile not os.path.exists({flag!r}):\n    time.sleep(0.5)"
COMPUTES = "n = 0\nwhile not os.path.exists({flag!r}):\n    for _ in range(10_000):\n        n += 1"


@pytest.fixture
def name(runtime: Path) -> Iterator[str]:
    """A session of this test alone."""
    yield f"mission-{uuid4().hex[:6]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the tour."""
    made = tmp_path / "notebooks"
    made.mkdir()
    shutil.copy(TOUR, made / "tour.ipynb")
    return made


def test_shell_and_notebook_share_one_live_session(
    name: str, folder: Path, tmp_path: Path, original_environment: dict[str, str]
) -> None:
    from playwright.sync_api import expect

    from tests.browser import lab
    from tests.browser.terminal import shell

    with (
        shell("--session", name, "--sim") as terminal,
        lab.running_lab(folder, tmp_path / "private", UNITBENCH_SESSION=name) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "tour.ipynb")
        lab.run_all(page)
        discovery, timing, traffic = (page.locator(f".ub-live.ub-{kind}") for kind in KINDS)
        expect(traffic.locator("tbody tr").first).to_contain_text("nb:tour.ipynb")
        lab.idle(page)
        expect(page.locator(".ub-static")).to_have_count(3)
        expect(page.locator(".ub-static").first).to_be_hidden()

        def seen(command: str, reply: str) -> None:
            """The newest row of the page is this exchange of the shell, and the cell is still busy."""
            row = traffic.locator("tbody tr").first
            for text in (SHELL, command, reply):
                expect(row).to_contain_text(text)
            assert lab.busy(page)

        with lab.busy_cell(page, SLEEPS, tmp_path / "slept"):
            terminal.type("SECU\t")
            terminal.until("]> SECUR?")
            terminal.type("\r")
            terminal.until("~01@SECUR ON")
            seen("SECUR?", "~01@SECUR ON")
            terminal.type("LOGIN US\t")
            terminal.until("]> LOGIN USER")
            terminal.type("\r")
            terminal.until("password:")
            terminal.type("1234\r")
            terminal.until("~01@LOGIN USER OK")
            assert "1234" not in terminal.text
            seen("LOGIN USER,***", "~01@LOGIN USER OK")
            terminal.type("0Eh 19\r")
            terminal.until("virtual port")
            seen("AEh 0Eh", "ip_port=5017")
            terminal.type("GETL\t")
            terminal.until("]> GETLIFESIGNAL")
            terminal.type("\r")
            terminal.until("<TAB>ACK")
            seen("GETLIFESIGNAL 02:00:00:00:00:31", "ACK")

        with lab.busy_cell(page, COMPUTES, tmp_path / "computed"):
            terminal.type("discover\r")
            expect(discovery.locator(".ub-state")).to_contain_text(f"by {SHELL} done: 7 units answered")
            for unit in ("k1", "t1", "q1", "q2", "q3"):
                expect(discovery.locator("tbody th", has_text=unit)).to_have_count(1)
            terminal.type("timing DEVICESYNC rounds=10\r")
            expect(timing.locator(".ub-state")).to_contain_text("timing DEVICESYNC")
            expect(timing.locator(".ub-state")).to_contain_text(f"by {SHELL}: done after 10 rounds")
            for unit in ("q1", "q2", "q3"):
                row = timing.locator("tbody tr", has_text=unit)
                counts = [cell.splitlines()[0] for cell in row.locator("td").all_inner_texts()[:3]]
                assert counts == ["10", "10", "0"]
            assert str(timing.locator("path.ub-ok").get_attribute("d")).count("h0") == 30
            assert lab.busy(page)
            terminal.until("arrival of replies")
            if picture := original_environment.get("UNITBENCH_SCREENSHOT"):
                lab.picture(page, timing, Path(picture))

        secret = lab.run(page, "%load_ext unitbench\n%ub LOGIN ADMIN", secret=PASSWORD)
        expect(secret).to_contain_text("~01@LOGIN ADMIN OK")
        terminal.until("k1 LOGIN ADMIN,*** -> ~01@LOGIN ADMIN OK")
        with Session.attach(name, start=False, who="test") as session:
            assert "nb:tour.ipynb" in session.perform(Look()).clients
            lab.restart_kernel(page)
            lab.wait_for(
                lambda: "nb:tour.ipynb" not in session.perform(Look()).clients, "the kernel to leave"
            )
        expect(page.locator(".ub-live")).to_have_count(0)
        for kind in KINDS:
            expect(page.locator(f".ub-static.ub-{kind}")).to_be_visible()
        expect(page.locator(".ub-static.ub-timing")).to_contain_text(f"by {SHELL}: done after 10 rounds")
        terminal.type("LOGIN?\r")
        terminal.until("<- ~01@LOGIN ADMIN    logged in as administrator")
        fields = lab.run(
            page, f"from unitbench import Session\nSession.attach({name!r}).ask('LOGIN?').fields"
        )
        expect(fields).to_contain_text("'auth': 'ADMIN'")
