"""What hostile units say, in a real browser: in every view, in the saved notebook and in the exported page. One Lab."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.counterparts import TcpCounterpart, UdpCounterpart
from tests.support.need import need

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.lab import Lab

pytestmark = [
    pytest.mark.needs("chromium", "playwright", "jupyterlab", "widgets"),
    pytest.mark.timeout(300),
]

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "<img src=x onerror=window.__pwned=1>"
SCRIPT = "</script><script>window.__pwned=1</script>"
BREAKS_OUT = "\"'><svg onload=window.__pwned=1><iframe srcdoc='<script>top.__pwned=1</script>'>"
ESCAPES = "\x1b]0;owned\x07\x1b[31m\x1b[2J\u202egnp.exe"
LONG = "A" * 65_536
SAYINGS = [text.encode() for text in (IMAGE, SCRIPT, BREAKS_OUT, ESCAPES, LONG, f"{IMAGE}{LONG}{SCRIPT}")]
LINES = [b"~01@SECUR " + saying + b"\r\n" for saying in SAYINGS]
RECORD = b"SID:1\tSAN:" + IMAGE.encode() + b"\tSNR:" + SCRIPT.encode() + b"\tMAA:02:00:00:00:00:31\r\n"
REPORTS = b"".join(b",".join((saying[:4000], b"7", SCRIPT.encode())) + b"\r\n" for saying in SAYINGS)

CELLS = {
    "discovery": """
import os
from dataclasses import replace
from tests.browser.test_hostile import BREAKS_OUT, ESCAPES, IMAGE, LINES, LONG, SCRIPT
from tests.kit.widgets.events import event, exchanged, refused, told
from tests.kit.widgets.recorder import Stream
from unitbench import Session
from unitbench.session.results import Arrival, Round, Timing
from unitbench.widgets import CommandForm, DiscoveryView, FrameView, TimingView, TrafficView
session = Session.local()
kramer = f"kramer://127.0.0.1:{os.environ['KRAMER_PORT']}"
found = DiscoveryView(session)
session.discover(f"qstation://127.0.0.1:{os.environ['STATION_PORT']}")
found
""",
    "timing": """
names = (IMAGE, SCRIPT + LONG, ESCAPES)
rounds = (Round(1, 1, 1, tuple(Arrival(name, 0.002) for name in names), voided=IMAGE + LONG), Round(1, 2, 2, ()))
TimingView(Timing(1, IMAGE, names, rounds, 2, 1.0, 0.05, "kernel"))
""",
    "traffic": """
traffic = TrafficView(session, filter="not kind=unasked or service~serial")
for _ in LINES:
    session.ask(f"@{kramer} SECUR?", timeout_s=0.3)
session.listen(f"vs1+tcp://127.0.0.1:{os.environ['CAMERA_PORT']}", 0.5)
traffic
""",
    "frames": "FrameView([*LINES, LONG.encode()], 'kramer')",
    "form": """
form = CommandForm(session, "SECUR?", kramer)
form.send()
form
""",
    "traffic told": """
stream = Stream()
told_of = TrafficView(stream)
for number, text in enumerate((IMAGE, SCRIPT + LONG, BREAKS_OUT, ESCAPES), 1):
    reply = replace(exchanged(1).exchange.replies[0], unit=text, sender=text, text=text, meaning=text)
    stream.tell(
        exchanged(number, text, unit=text, origin=text, command=text, replies=(reply,)),
        replace(refused(number + 10), origin=text),
        event("notice", text, text=text),
        event("unasked", text, text=text),
    )
told_of
""",
}
KINDS = [name.split()[0] for name in CELLS]
TAGS = {
    *("section", "div", "p", "strong", "span", "small", "br", "pre", "mark", "progress", "style"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *(
        "svg",
        "title",
        "rect",
        "path",
        "text",
        "img",
        "form",
        "label",
        "input",
        "select",
        "option",
        "optgroup",
    ),
    *("button", "ul", "li", "datalist", "textarea", "fieldset", "legend"),
}
LONGEST_CELL = 5000
"""Characters of one cell, note or heading. (A dump has all bytes of the frame that a person gave.)"""
INSPECTED = """
root => {
    const every = [...root.querySelectorAll("*")];
    const own = every.filter((each) => !each.closest("pre.ub-dump, style, tbody tr") || each.matches("td, th"));
    return {
        tags: [...new Set(every.map((each) => each.tagName.toLowerCase()))],
        handlers: every.flatMap((each) => [...each.attributes]).map((each) => each.name)
            .filter((name) => /^on/.test(name)),
        sources: every.filter((each) => each.hasAttribute("src")).map((each) => each.getAttribute("src").slice(0, 26)),
        links: every.filter((each) => each.hasAttribute("href") || each.hasAttribute("srcdoc")).length,
        longest: Math.max(...own.filter((each) => !each.children.length || each.matches("td, th"))
            .map((each) => each.textContent.length)),
        controls: /[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/.test(root.outerHTML),
        text: root.textContent,
        wide: root.scrollWidth <= root.clientWidth + 2,
    };
}
"""


@dataclass
class Opened:
    """The notebook in Lab, run to its end."""

    jupyter: Lab
    page: Page
    notebook: Path


@contextmanager
def hostile_units() -> Iterator[dict[str, str]]:
    """Units that say what no unit should; their ports, as an environment."""
    answers = itertools.cycle(LINES)
    with ExitStack() as end:
        kramer = end.enter_context(
            TcpCounterpart(lambda data: next(answers), greeting=b"banner " + SAYINGS[0] + b"\r\n")
        )
        station = end.enter_context(UdpCounterpart(lambda data: RECORD))
        camera = end.enter_context(TcpCounterpart(greeting=REPORTS))
        yield {
            "KRAMER_PORT": str(kramer.port),
            "STATION_PORT": str(station.port),
            "CAMERA_PORT": str(camera.port),
            "PYTHONPATH": str(ROOT),
        }


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One Lab and one kernel for all of them."""
    import nbformat

    from tests.browser import lab

    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS.values()]
    folder = tmp_path_factory.mktemp("notebooks")
    nbformat.write(made, folder / "hostile.ipynb")
    with (
        hostile_units() as ports,
        lab.running_lab(folder, tmp_path_factory.mktemp("private"), "JupyterLab Dark", **ports) as jupyter,
        lab.chromium(need("chromium")) as browser,
    ):
        page = jupyter.open(browser, "hostile.ipynb")
        lab.run_all(page)
        page.locator(".ub-live").nth(len(CELLS) - 1).wait_for()
        lab.idle(page)
        yield Opened(jupyter, page, folder / "hostile.ipynb")


def inspected(root: Locator) -> dict[str, Any]:
    """What a view has become in the page, checked for what must never be."""
    found: dict[str, Any] = root.evaluate(INSPECTED)
    assert set(found["tags"]) <= TAGS
    assert found["handlers"] == [] and found["links"] == 0
    assert set(found["sources"]) <= {"data:image/svg+xml;base64,"}
    assert not found["controls"]
    assert found["longest"] < LONGEST_CELL
    return found


def unharmed(page: Page) -> None:
    """No script of a unit has run, neither at once nor from a queue."""
    assert page.evaluate("new Promise(done => setTimeout(() => done(window.__pwned ?? null), 0))") is None


def said(name: str, text: str) -> None:
    """The hostile text is there, as text."""
    part = "<img" if name in ("frames", "form") else "<img src=x onerror="  # a dump has lines of its own
    assert part in text, name
    if name in ("timing", "traffic", "traffic told"):
        assert "<ESC>" in text, name
    if name in ("timing", "traffic told"):
        assert "\\u202e" in text, name


@pytest.mark.parametrize("index", range(len(CELLS)), ids=list(CELLS))
def test_a_view_shows_it_as_text(opened: Opened, index: int, tmp_path: Path) -> None:
    from tests.browser import lab

    cell = opened.page.locator(".jp-Notebook .jp-Cell").nth(index)
    view = cell.locator(f".ub-live.ub-{KINDS[index]}")
    found = inspected(view)
    said(list(CELLS)[index], found["text"])
    assert found["wide"], "nothing reaches beyond the view"
    unharmed(opened.page)
    lab.picture(opened.page, view, tmp_path / "view.png")


def test_details_of_the_traffic_too(opened: Opened) -> None:
    from playwright.sync_api import expect

    for name, outcome in (("traffic", "malformed"), ("traffic told", "ok")):
        cell = opened.page.locator(".jp-Notebook .jp-Cell").nth(list(CELLS).index(name))
        view = cell.locator(".ub-live.ub-traffic")
        table = view.locator("> .ub-scroll:not(.ub-grid)")
        named = opened.page.get_by_text(outcome, exact=True)
        table.locator("tbody tr", has=named).first.locator("td").last.click()
        table.press("Enter")
        expect(view.locator(".ub-part")).to_contain_text("Details of exchange")
        inspected(view)
        table.press("Escape")
        expect(view.locator(".ub-part")).to_have_count(0)
    unharmed(opened.page)


def test_a_filter_takes_hostile_text_as_text(opened: Opened) -> None:
    from playwright.sync_api import expect

    cell = opened.page.locator(".jp-Notebook .jp-Cell").nth(list(CELLS).index("traffic told"))
    view = cell.locator(".ub-live.ub-traffic")
    find = view.get_by_label("Filter", exact=True)
    find.fill(f"{IMAGE}\u202e")
    expect(view.locator(".ub-filterbar .ub-fault")).to_contain_text("no test begins with '<'")
    find.fill(f"text '{IMAGE}'")
    expect(view.locator("> .ub-head .ub-state")).to_contain_text(IMAGE)
    inspected(view)
    find.fill("")
    expect(cell.locator(".ub-static > .ub-head .ub-state")).to_have_text("16 rows")
    unharmed(opened.page)


def test_saved_and_exported_it_is_text_too(opened: Opened, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    from tests.browser import lab

    lab.menu(opened.page, "File", "Save Notebook")
    lab.wait_for(
        lambda: opened.notebook.read_text().count("ub-static") >= len(CELLS), "the notebook to be saved"
    )
    saved = opened.notebook.with_name("saved.ipynb")
    saved.write_bytes(opened.notebook.read_bytes())
    browser = opened.page.context.browser
    assert browser is not None

    # in Lab: another reader has not run it, so that Lab does not trust it
    page = opened.jupyter.open(browser, saved.name)
    pages = [page]

    # exported: a page that knows no kernel
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", str(saved)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    plain = browser.new_context().new_page()
    plain.route("http*://**/*", lambda route: route.abort())
    plain.goto(saved.with_suffix(".html").as_uri(), wait_until="domcontentloaded")
    pages.append(plain)
    for shown in pages:
        views = shown.locator(".ub-static")
        expect(views).to_have_count(len(CELLS))
        for index, name in enumerate(CELLS):
            view = views.nth(index)
            called = [str(each.get_attribute("alt")) for each in view.locator("img").all()]
            said(name, " ".join([inspected(view)["text"], *called]))
        unharmed(shown)
