"""CommandForm in a real browser: filled in by keyboard, sent to simulated units, its secret nowhere afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.need import need

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets"),
    pytest.mark.timeout(300),
]

PASSWORD = "verysecret9417"
CELLS = (
    "from unitbench import Session\n"
    "from unitbench.widgets import CommandForm\n"
    "session = Session.local(sim=True)\n"
    "form = CommandForm(session, 'AEh 10h virtual_port=20')\n"
    "form",
    "print('answered:', form.answer.outcome, form.values['mode'])",
    "import socket\n"
    "deaf = socket.socket(); deaf.bind(('127.0.0.1', 0))\n"
    "CommandForm(session, 'FACTORY', f'kramer://127.0.0.1:{deaf.getsockname()[1]}')",
)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_form_is_filled_in_sent_and_answered(tmp_path: Path, theme: str) -> None:
    import nbformat
    from playwright.sync_api import expect

    from tests.browser import lab

    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "form.ipynb")
    with (
        lab.running_lab(folder, tmp_path / "private", theme) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "form.ipynb", reduced_motion="reduce")
        cells = page.locator(".jp-Notebook .jp-Cell")
        cells.first.click()
        page.keyboard.press("Shift+Enter")
        view = cells.first.locator(".ub-live.ub-form")
        form = view.locator("form")
        expect(form).to_have_count(1)
        lab.idle(page)

        # what is missing is said, what has no meaning is grey with the reason, what is wrong is said beside it
        send = form.get_by_role("button", name="Send")
        expect(send).to_have_attribute("aria-disabled", "true")
        expect(form.locator(".ub-why")).to_contain_text("still needed: ip_port, mode")
        timeout = form.get_by_label("udp_timeout", exact=True)
        expect(timeout).to_be_disabled()
        expect(form.locator(".ub-idle", has_text="udp_timeout")).to_contain_text("only when mode is UDP")
        port = form.get_by_label("ip_port", exact=True)
        port.focus()
        page.keyboard.type("70000")
        wrong = form.locator(".ub-row", has=page.get_by_label("ip_port", exact=True)).locator(".ub-fault")
        expect(wrong).to_contain_text("a whole number 0..65535")
        expect(port).to_have_attribute("aria-invalid", "true")
        lab.picture(page, view, tmp_path / "wrong.png")
        port.fill("5017")
        page.keyboard.press("Tab")
        expect(form.get_by_label("mode", exact=True)).to_be_focused()
        page.keyboard.type("U")
        expect(timeout).to_be_enabled()
        timeout.fill("60")
        expect(view.locator(".ub-part .ub-dump")).to_contain_text("14 00 13 99 01 3c")
        expect(send).to_have_attribute("aria-disabled", "false")
        assert cells.count() == len(CELLS), "a key for the form was a shortcut of the notebook"
        send.press("Enter")
        answer = view.locator(".ub-part").nth(1)
        expect(answer).to_contain_text("ok, from t1")
        expect(answer.locator("tr", has_text="ack")).to_contain_text("the unit accepts")
        expect(view.locator("> .ub-said")).to_contain_text("t1 answered AEh 10h")
        form.get_by_role("button", name="Read what is set now").click()
        expect(form.locator(".ub-row", has=page.get_by_label("udp_timeout", exact=True))).to_contain_text(
            "now 60"
        )
        lab.picture(page, view, tmp_path / "answered.png")
        cells.nth(1).locator(".jp-InputArea").click()
        page.keyboard.press("Shift+Enter")
        expect(cells.nth(1).locator(".jp-OutputArea-output")).to_contain_text("answered: ok UDP")

        # a secret leaves the form when it is sent, and is nowhere afterwards
        form.get_by_label("command", exact=True).select_option("kramer LOGIN")
        password = form.get_by_label("password", exact=True)
        expect(password).to_have_attribute("type", "password")
        form.get_by_label("auth", exact=True).select_option("ADMIN")
        password.fill(PASSWORD)
        expect(view.locator(".ub-part .ub-dump")).to_contain_text("2a 2a 2a")
        password.press("Enter")
        expect(view.locator(".ub-part").nth(1)).to_contain_text("refused, from k1")
        expect(password).to_have_value("")
        lab.picture(page, view, tmp_path / "login.png")
        static = cells.first.locator(".ub-static.ub-form")
        expect(static).to_contain_text("refused, from k1")

        # what the policy withholds is sent when its word is typed, and not before
        cells.nth(2).locator(".jp-InputArea").click()
        page.keyboard.press("Shift+Enter")
        other = cells.nth(2).locator(".ub-live.ub-form")
        other.get_by_role("button", name="Send").click()
        expect(other.locator(".ub-why")).to_contain_text("not known to be simulated")
        word = other.locator(".ub-confirm input")
        word.fill("yes")
        page.keyboard.press("Enter")
        expect(other.locator(".ub-why")).to_contain_text("nothing was sent")
        lab.picture(page, other, tmp_path / "withheld.png")
        word.fill(other.locator(".ub-confirm span").inner_text().split()[1])
        page.keyboard.press("Enter")
        expect(other.locator(".ub-part").nth(1)).to_contain_text("OpenFailed: cannot connect")

        page.keyboard.press("Escape")
        lab.menu(page, "File", "Save Notebook")
        saved = folder / "form.ipynb"
        lab.wait_for(lambda: "refused, from k1" in saved.read_text() or None, "the saved notebook")
        told = saved.read_text()
        assert PASSWORD not in told and PASSWORD not in page.content()
        outputs = [out for cell in json.loads(told)["cells"] for out in cell.get("outputs", ())]
        assert any("ub-static ub-form" in str(out.get("data", {}).get("text/html")) for out in outputs)
