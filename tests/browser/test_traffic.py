"""TrafficView in a real browser: another view's lines, the filter by keyboard, table and diagram, what is left."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.need import need
from unitbench import Session

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets"),
    pytest.mark.timeout(300),
]

PAGE = 10
CELLS = (
    "import os\n"
    "from unitbench import Session\n"
    "from unitbench.widgets import TrafficView\n"
    "session = Session.attach(os.environ['UNITBENCH_SESSION'])\n"
    f"view = TrafficView(session, page={PAGE})\n"
    "view",
    "print('chosen:', view.selected['command'], '| filter:', view.filter)",
)
SLEEPS = "import os, time\nwhile not os.path.exists({flag!r}):\n    time.sleep(0.2)"
CLIPBOARD = ("clipboard-read", "clipboard-write")


@pytest.fixture
def other(runtime: Path) -> Iterator[Session]:
    """Another view of a session of this test alone."""
    with Session.attach(f"traffic-{uuid4().hex[:6]}", sim=True, who="desk-9") as session:
        yield session


def exported(notebook: Path) -> Path:
    """The page that nbconvert makes of a saved notebook, without a kernel."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", str(notebook)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return notebook.with_suffix(".html")


def test_the_traffic_is_followed_sifted_and_left_behind(
    other: Session, tmp_path: Path, original_environment: dict[str, str]
) -> None:
    import nbformat
    from playwright.sync_api import expect

    from tests.browser import lab

    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(notebook, folder / "traffic.ipynb")
    with (
        lab.running_lab(folder, tmp_path / "private", UNITBENCH_SESSION=other.name) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "traffic.ipynb", reduced_motion="reduce", permissions=CLIPBOARD)
        cells = page.locator(".jp-Notebook .jp-Cell")
        cells.first.click()
        page.keyboard.press("Shift+Enter")
        view = page.locator(".ub-live.ub-traffic")
        table = view.locator("> .ub-scroll:not(.ub-grid)")
        rows, bands = table.locator("tbody tr"), view.locator(".ub-row-band")
        state, said = view.locator("> .ub-head .ub-state"), view.locator("> .ub-said")
        expect(view).to_have_count(1)
        lab.idle(page)

        # another view's lines, at once, while a cell sleeps; a burst of them leaves a page, not a thousand rows
        with lab.busy_cell(page, SLEEPS, tmp_path / "slept"):
            assert other.ask("SECUR?").ok
            expect(rows.first).to_contain_text("~01@SECUR ON")
            for text in ("desk-9", "k1", "23 53 45 43 55 52 3F 0D", "ok"):
                expect(rows.first).to_contain_text(text)
            for _ in range(150):
                other.ask("SECUR?")
            assert other.ask("LOGIN USER,wrongsecret17").outcome == "refused"
            expect(rows.first).to_contain_text("LOGIN USER,***")
            expect(rows.first).to_contain_text("refused")
            expect(said).to_contain_text("desk-9 asked k1 LOGIN USER,***: refused")
            other.timing("DEVICEIDENT?", rounds=5, gap_s=0.0).result()
            expect(rows.filter(has_text="timing DEVICEIDENT?")).to_have_count(1)
            expect(rows.filter(has_text="timing DEVICEIDENT?")).to_contain_text("5 of 5")
            assert rows.count() == bands.count() == PAGE
            assert lab.busy(page)
        assert rows.first.evaluate("row => getComputedStyle(row).animationName") == "none"

        # the filter: what may come next, what is wrong and where, how many pass
        find = view.get_by_label("Filter", exact=True)
        find.focus()
        page.keyboard.type("outcome=ref")
        options = view.get_by_role("option")
        expect(options).to_have_count(1)
        page.keyboard.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        expect(find).to_have_value("outcome=refused")
        expect(state).to_contain_text("1 of ")
        expect(rows).to_have_count(1)
        page.keyboard.type(" or uint=k1")
        expect(view.locator(".ub-filterbar mark")).to_have_text("uint")
        expect(view.locator(".ub-filterbar .ub-fault")).to_contain_text("is unit meant?")
        expect(find).to_have_attribute("aria-invalid", "true")
        expect(rows).to_have_count(1)
        find.fill("kind=exchange")
        expect(find).to_have_attribute("aria-invalid", "false")
        expect(state).to_contain_text("152 of ")

        # rows and arrows find each other, by keys alone; Enter opens the details
        table.focus()
        page.keyboard.press("ArrowDown")
        expect(rows.first).to_have_attribute("aria-selected", "true")
        expect(view.locator(".ub-row-band.ub-chosen")).to_have_count(1)
        expect(said).to_contain_text("LOGIN USER,***")
        page.keyboard.press("Enter")
        details = view.locator(".ub-part")
        expect(details).to_contain_text("Details of exchange")
        expect(details.locator(".ub-dump").first).to_contain_text("2a 2a 2a")
        expect(details.locator("tbody th", has_text="password").first).to_be_visible()
        lab.picture(page, view, tmp_path / "details.png")
        page.keyboard.press("Escape")
        expect(details).to_have_count(0)
        diagram = view.locator(".ub-sequence")
        diagram.focus()
        page.keyboard.press("ArrowUp")
        expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
        expect(diagram.locator("text", has_text="refused: ")).to_have_count(1)
        for _ in range(PAGE):
            table.press("ArrowDown")
        expect(view.locator(".ub-leaf .ub-state")).to_contain_text("11 to 20 of 152")
        table.press("Home")
        expect(view.locator(".ub-leaf .ub-state")).to_contain_text("1 to 10 of 152")
        assert cells.count() == len(CELLS) + 1, "a key for the view was a shortcut of the notebook"
        rows.first.click()
        expect(rows.first).to_have_attribute("aria-selected", "true")

        # lines of a camera: a table for each port, a column for each field, to be copied
        find.fill("")
        listening = other.start_listening("v1", 60.0)
        grid = view.locator("div", has=page.locator("> .ub-grid")).filter(has_text="v1 Serial TCP 1")
        expect(grid.locator("tbody tr").first).to_contain_text("PASS")
        listening.stop()
        grid.get_by_role("button", name="Copy as CSV").click()
        expect(said).to_contain_text("copied")
        assert "field 1" in str(page.evaluate("navigator.clipboard.readText()"))

        # what Python knows, and what stays when the view is closed, saved and exported
        find.fill("outcome=refused")
        expect(rows).to_have_count(1)
        rows.first.click()
        cells.nth(1).locator(".jp-InputArea").click()
        page.keyboard.press("Shift+Enter")
        expect(cells.nth(1).locator(".jp-OutputArea-output")).to_contain_text(
            "chosen: LOGIN USER,*** | filter: outcome=refused"
        )
        if shot := original_environment.get("UNITBENCH_SCREENSHOT"):
            lab.picture(page, view, Path(shot))
        lab.menu(page, "File", "Save Notebook")
        saved = folder / "traffic.ipynb"
        lab.wait_for(lambda: "rows pass outcome=refused" in saved.read_text(), "the notebook to be saved")
        assert "wrongsecret17" not in saved.read_text()
        plain = browser.new_context(color_scheme="dark").new_page()
        plain.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort(),
        )
        plain.goto(exported(saved).as_uri(), wait_until="domcontentloaded")
        static = plain.locator(".ub-static.ub-traffic")
        expect(static).to_contain_text("rows pass outcome=refused")
        expect(static.locator("table").first.locator("tbody tr")).to_have_count(1)
        expect(static.locator("table").first).to_contain_text("LOGIN USER,***")
        for picture in static.locator("img").all():
            assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
        expect(static.locator("img")).to_have_count(2)
        static.screenshot(path=tmp_path / "static.png")
