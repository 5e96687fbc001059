"""FrameView in a real browser: a byte finds its field and a field its bytes, by mouse and by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.need import need

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets"),
    pytest.mark.timeout(300),
]

CELLS = (
    "from unitbench.widgets import FrameView\n"
    "view = FrameView(['02 00 AE 02 0E 13 D1 03', b'~01@SECUR ON\\r\\n', b'~01@<b>bold</b>\\r\\n'])\n"
    "view",
    "print('chosen:', view.selected)",
)


def test_bytes_and_fields_find_each_other(tmp_path: Path) -> None:
    import nbformat
    from playwright.sync_api import expect

    from tests.browser import lab

    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "frames.ipynb")
    with (
        lab.running_lab(folder, tmp_path / "private") as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "frames.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.click()
        page.keyboard.press("Shift+Enter")
        view = page.locator(".ub-live.ub-frames")
        expect(view.locator(".ub-dump")).to_have_count(3)
        lab.idle(page)
        chosen = view.locator("tr.ub-chosen")

        view.locator(".ub-dump").first.locator(".ub-span", has_text="13").first.click()
        expect(chosen).to_have_count(1)
        expect(chosen).to_contain_text("virtual_port")
        page.keyboard.press("Escape")
        view.locator(".ub-scroll").focus()
        page.keyboard.press("ArrowDown")
        expect(chosen).to_contain_text("checksum")
        expect(view.locator(".ub-span.ub-chosen").first).to_have_text("d1")
        expect(view.locator(".ub-said")).to_contain_text("checksum")

        view.locator("tr", has_text="secur").last.click()
        expect(view.locator(".ub-span.ub-chosen").first).to_have_text("4f 4e")
        lab.picture(page, view, tmp_path / "frames.png")
        assert view.locator("b").count() == 0

        cell = page.locator(".jp-Notebook .jp-Cell").nth(1)
        cell.locator(".jp-InputArea").click()
        page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-OutputArea-output")).to_contain_text("'field': 'secur'")
