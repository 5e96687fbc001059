"""A cell in a real JupyterLab: completion by Tab, the hidden prompt, and forms that a busy cell does not hold up."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.need import need
from unitbench import Session

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets"),
    pytest.mark.timeout(300),
]

SLEEPS = "import os, time\nwhile not os.path.exists({flag!r}):\n    time.sleep(0.5)"
HOLDS = (
    "import ctypes, os\nfd = os.open({flag!r}, os.O_RDWR)\n"
    "ctypes.PyDLL(None).read(fd, ctypes.create_string_buffer(1), 1)"
)
"""Waits without giving the interpreter lock back: no thread of the kernel runs until a byte comes."""


def test_a_cell_completes_asks_hidden_and_holds_no_form_up(runtime: Path, tmp_path: Path) -> None:
    import nbformat
    from playwright.sync_api import expect

    from tests.browser import lab

    name = f"cell-{uuid4().hex[:6]}"
    cells = (
        "%load_ext unitbench\n"
        "from unitbench import Session\n"
        "from unitbench.widgets import CommandForm\n"
        "s = Session.attach()\n"
        "form = CommandForm(s, 'AEh 10h virtual_port=20')\n"
        "form",
        "",
        "%ub LOGIN USER",
        "s.units",
        SLEEPS.format(flag=str(tmp_path / "slept")),
        HOLDS.format(flag=str(tmp_path / "held")),
    )
    os.mkfifo(tmp_path / "held")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in cells]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "cell.ipynb")
    with (
        Session.attach(name, sim=True, who="other") as session,
        lab.running_lab(folder, tmp_path / "private", UNITBENCH_SESSION=name) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "cell.ipynb", reduced_motion="reduce")
        cell = page.locator(".jp-Notebook .jp-Cell").nth

        def run(number: int) -> None:
            cell(number).locator(".jp-InputArea-editor").click()
            page.keyboard.press("Shift+Enter")

        run(0)
        view = cell(0).locator(".ub-live.ub-form")
        waits = view.locator(".ub-editline .ub-waits")
        expect(view.locator("form")).to_have_count(1)
        lab.idle(page)

        # Tab
        cell(1).locator(".jp-InputArea-editor").click()
        page.keyboard.type("%ub SEC")
        page.keyboard.press("Tab")
        menu = page.locator(".jp-Completer")
        expect(menu.locator(".jp-Completer-item", has_text="SECUR?")).to_contain_text(
            "read the security flag"
        )
        page.screenshot(path=tmp_path / "menu.png")
        menu.locator(".jp-Completer-item", has_text="SECUR?").click()
        expect(cell(1).locator(".cm-content")).to_have_text("%ub SECUR?")
        page.keyboard.press("Shift+Enter")
        expect(cell(1).locator(".jp-OutputArea-output")).to_contain_text("~01@SECUR ON")

        # a secret that was left out
        run(2)
        secret = cell(2).locator(".jp-Stdin-input")
        expect(secret).to_have_attribute("type", "password")
        secret.fill("1234")
        secret.press("Enter")
        answer = cell(2).locator(".jp-OutputArea-output", has_text="LOGIN USER OK")
        expect(answer).to_have_count(1)
        assert "1234" not in cell(2).inner_text()

        run(3)
        expect(cell(3).locator(".jp-OutputArea-output table tbody tr")).to_have_count(len(session.units))
        lab.idle(page)

        # a cell that sleeps holds no form up: it is filled in, sent and answered
        run(4)
        form = view.locator("form")
        form.get_by_label("ip_port", exact=True).fill("5018")
        form.get_by_label("mode", exact=True).select_option("UDP")
        timeout = form.get_by_label("udp_timeout", exact=True)
        expect(timeout).to_be_enabled()
        timeout.fill("60")
        expect(view.locator(".ub-part .ub-dump")).to_contain_text("14 00 13 9a 01 3c")
        form.get_by_role("button", name="Send").click()
        expect(view.locator(".ub-part").nth(1)).to_contain_text("ok, from t1")
        expect(waits).to_be_empty()
        sleeps = cell(4).locator(".jp-InputPrompt")
        expect(sleeps).to_have_text("[*]:")
        (tmp_path / "slept").touch()
        expect(sleeps).not_to_have_text("[*]:")

        # one that holds the interpreter lock stops every thread of the kernel: the view says so by itself
        run(5)
        with (tmp_path / "held").open("wb", buffering=0) as held:
            port = form.get_by_label("ip_port", exact=True)
            port.fill("5019")
            expect(waits).to_contain_text("the kernel is busy with a cell")
            lab.picture(page, view, tmp_path / "waits.png")
            assert session.ask("SECUR?").ok, "the session waits for no kernel"
            held.write(b"x")
        expect(waits).to_be_empty()
        expect(view.locator(".ub-part .ub-dump").first).to_contain_text("14 00 13 9b 01 3c")
