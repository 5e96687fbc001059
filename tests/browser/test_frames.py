"""FrameView in a real browser: bytes and fields find and follow each other, by mouse and by keyboard alone."""

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
    "view = FrameView(['02 00 AE 02 0E 13 D1 03', '02 00 AE 02 0E 14 D2 03', b'~01@SECUR ON\\r\\n',\n"
    "                  b'~01@<b>bold</b>\\r\\n'])\n"
    "view",
    "print('chosen:', view.selected)",
    "print('edited:', view.frames[0].hex())",
)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_bytes_and_fields_find_and_follow_each_other(tmp_path: Path, theme: str) -> None:
    import nbformat
    from playwright.sync_api import expect

    from tests.browser import lab

    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "frames.ipynb")
    with (
        lab.running_lab(folder, tmp_path / "private", theme) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "frames.ipynb", reduced_motion="reduce")
        cells = page.locator(".jp-Notebook .jp-Cell")
        cells.first.click()
        page.keyboard.press("Shift+Enter")
        view = page.locator(".ub-live.ub-frames")
        dump = view.locator(".ub-dump").first
        expect(view.locator(".ub-dump")).to_have_count(4)
        lab.idle(page)
        chosen = view.locator("tr.ub-chosen")
        said = view.locator(".ub-said")
        fields = view.locator(".ub-scroll:not(.ub-grid)")

        # each finds the other
        dump.locator(".ub-byte", has_text="13").first.click()
        expect(chosen).to_have_count(1)
        expect(chosen).to_contain_text("virtual_port")
        fields.focus()
        page.keyboard.press("ArrowDown")
        expect(chosen).to_contain_text("checksum")
        expect(view.locator(".ub-span.ub-chosen").first).to_have_text("d1")
        expect(said).to_contain_text("checksum")
        fields.locator("tr", has_text="secur").last.click()
        expect(view.locator(".ub-span.ub-chosen").first).to_have_text("4f 4e")

        # a byte is overwritten by the keyboard: the field follows, and the broken rule is marked and told
        dump.focus()
        page.keyboard.press("Home")
        for key in ("ArrowRight",) * 5:
            page.keyboard.press(key)
        expect(said).to_contain_text("byte 5: 13, virtual_port 19")
        page.keyboard.type("1b")
        first = fields.locator("tr", has_text="virtual_port").first
        expect(first).to_contain_text("27")
        expect(fields.locator("td.ub-bad").first).to_contain_text("checksum D1h, expected D9h")
        expect(dump.locator(".ub-span.ub-bad").first).to_have_text("d1")
        expect(said).to_contain_text("byte 6: checksum D1h, expected D9h")
        expect(view.locator(".ub-grid").first).to_contain_text("≠ 20")
        assert cells.count() == len(CELLS), "a key for the view was a shortcut of the notebook"
        lab.picture(page, view, tmp_path / "broken.png")

        # what is computed follows when a button asks for it, and the edits can be taken back
        panel = view.locator(".ub-edit")
        panel.get_by_role("button", name="Mend lengths and checksum").press("Enter")
        expect(dump.locator(".ub-span.ub-bad")).to_have_count(0)
        expect(said).to_contain_text("frame 1: ok")
        panel.get_by_role("button", name="Undo").click()
        expect(panel).to_contain_text("1Bh in place of 13h")
        panel.get_by_role("button", name="Apply the likeliest repair").click()
        expect(first).to_contain_text("19")

        # a field is typed: the bytes follow, checksum and all; one that breaks its rule is refused beside it
        first.click()
        fields.focus()
        page.keyboard.press("Enter")
        control = panel.get_by_label("frame 1, virtual_port")
        expect(control).to_be_focused()
        control.fill("300")
        page.keyboard.press("Enter")
        expect(panel.locator(".ub-fault")).to_contain_text("a whole number 0..255")
        expect(control).to_have_attribute("aria-invalid", "true")
        lab.picture(page, view, tmp_path / "refused.png")
        control.fill("20")
        page.keyboard.press("Enter")
        expect(panel.locator(".ub-fault")).to_be_empty()
        expect(view.locator(".ub-dumphead").first).to_contain_text("edited")
        expect(dump).to_contain_text("02 00 ae 02 0e 14 d2 03")
        lab.picture(page, view, tmp_path / "frames.png")
        assert view.locator("b").count() == 0

        for number, told in ((1, "'field': 'virtual_port'"), (2, "edited: 0200ae020e14d203")):
            cells.nth(number).locator(".jp-InputArea").click()
            page.keyboard.press("Shift+Enter")
            expect(cells.nth(number).locator(".jp-OutputArea-output")).to_contain_text(told)
