"""A real JupyterLab in a process of its own, with private folders, and a real browser to look at it."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

T = TypeVar("T")
START_S = 60.0
KERNEL = "python3"
KERNEL_TITLE = "Python 3 (ipykernel)"
LOAD_MS = 60_000
WAIT_MS = 30_000
LOOK_S = 0.05
NUMBERED = re.compile(r"\[[0-9]+\]:")
"""What stands beside a cell that has ended."""
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it is, and the folder that it serves."""

    url: str
    token: str
    folder: Path

    def open(self, browser: Browser, notebook: str, **context: Any) -> Page:
        """A page with a notebook of the folder, ready when its kernel is idle.

        The kernel is started first, and waited for by name: Lab calls a notebook idle before it has a kernel,
        and asks for one when a cell is run too early.
        """
        self._call(
            "sessions", {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": KERNEL}}
        )
        page = browser.new_context(viewport={"width": 1320, "height": 1000}, **context).new_page()
        page.set_default_timeout(LOAD_MS)
        # A workspace of its own: another would open with the notebooks that were open there before.
        workspace = f"{self.url}/lab/workspaces/{secrets.token_hex(4)}"
        page.goto(f"{workspace}/tree/{notebook}?token={self.token}")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        expect(page.locator(".jp-StatusBar-Widget")).to_contain_text(
            f"{KERNEL_TITLE} | Idle", timeout=LOAD_MS
        )
        return page

    def restart(self, notebook: str) -> None:
        """Restart the kernel of a notebook as a program does it, by the server's own interface."""
        kernel = next(item["kernel"]["id"] for item in self._call("sessions") if item["path"] == notebook)
        self._call(f"kernels/{kernel}/restart", {})

    def _call(self, where: str, what: dict[str, Any] | None = None) -> Any:
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = None if what is None else json.dumps(what).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.url}/api/{where}", data, headers), timeout=START_S
        ) as answer:
            return json.load(answer)


@contextmanager
def running_lab(
    folder: Path, private: Path, theme: str = "JupyterLab Light", **environment: str
) -> Iterator[Lab]:
    """JupyterLab on ``folder``, with all its own folders under ``private``; ends with the block."""
    places = {
        name: private / name.lower()
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    places["JUPYTERLAB_SETTINGS_DIR"] = private / "settings"
    places["JUPYTERLAB_WORKSPACES_DIR"] = private / "workspaces"
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    for name, values in {**SETTINGS, "apputils-extension/themes": {"theme": theme}}.items():
        file = places["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"),
        *("--ServerApp.port=0", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"),
    ]
    log = private / "lab.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            env={**os.environ, **{name: str(place) for name, place in places.items()}, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        runtime = places["JUPYTER_RUNTIME_DIR"] / f"jpserver-{process.pid}.json"

        def answers() -> str | None:
            assert process.poll() is None, log.read_text()
            return _answering(runtime, token)

        yield Lab(wait_for(answers, "JupyterLab", START_S), token, folder)
    finally:
        process.terminate()
        process.wait(30)


def _answering(runtime: Path, token: str) -> str | None:
    """The address of a server that answers, else None."""
    try:
        told = json.loads(runtime.read_text())
        address = f"http://127.0.0.1:{told['port']}"
        request = urllib.request.Request(f"{address}/api/status", headers={"Authorization": f"token {token}"})
        with urllib.request.urlopen(request, timeout=5):
            return address
    except (OSError, ValueError, urllib.error.URLError):
        return None


def wait_for(condition: Callable[[], T | None], what: str, timeout_s: float = 30.0) -> T:
    """Wait until ``condition`` gives something true; that is returned."""
    until = time.monotonic() + timeout_s
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < until, f"waited {timeout_s:g} s in vain for {what}"
        time.sleep(LOOK_S)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """The browser that the machine has."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        try:
            yield browser
        finally:
            browser.close()


STATUS = ".jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator"


def _status(page: Page) -> Locator:
    return page.locator(STATUS)


def idle(page: Page) -> None:
    """Wait until the kernel has nothing to do."""
    expect(_status(page)).to_have_attribute("data-status", "idle", timeout=LOAD_MS)


def busy(page: Page) -> bool:
    """Whether a cell runs."""
    return _status(page).get_attribute("data-status") == "busy"


def menu(page: Page, *path: str) -> None:
    """Choose from the main menu, such as ``menu(page, "Run", "Run All Cells")``."""
    page.locator(".lm-MenuBar-item", has_text=path[0]).click()
    for name in path[1:]:
        page.locator(".lm-Menu-item:visible", has=page.get_by_text(name, exact=True)).first.click()


def run_all(page: Page) -> None:
    """Run every cell."""
    menu(page, "Run", "Run All Cells")


def start(page: Page, code: str) -> Locator:
    """Run ``code`` in a new last cell; gives the cell."""
    cells = page.locator(".jp-Notebook .jp-Cell")
    cells.last.locator(".jp-InputArea").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    cell = cells.nth(cells.count() - 1)
    expect(cell.locator(".cm-content")).to_have_text("")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    return cell


def run(page: Page, code: str, secret: str = "") -> Locator:
    """Run ``code`` in a new last cell, give it the ``secret`` that it asks for, and wait for its end; gives what it
    wrote."""
    cell = start(page, code)
    if secret:
        hidden = cell.locator("input.jp-Stdin-input")
        expect(hidden).to_have_attribute("type", "password", timeout=LOAD_MS)
        hidden.fill(secret)
        hidden.press("Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(NUMBERED, timeout=LOAD_MS)
    return cell.locator(".jp-Cell-outputArea")


@contextmanager
def busy_cell(page: Page, code: str, flag: Path) -> Iterator[None]:
    """A new last cell that runs for as long as the block: until the file ``flag`` is there."""
    start(page, code.format(flag=str(flag)))
    expect(_status(page)).to_have_attribute("data-status", "busy", timeout=LOAD_MS)
    try:
        yield
    finally:
        flag.touch()
    idle(page)


def restart_kernel(page: Page) -> None:
    """Restart the kernel by the menu, and confirm."""
    menu(page, "Kernel", "Restart Kernel…")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    idle(page)


def picture(page: Page, view: Locator, path: Path) -> None:
    """A screenshot with a view at the top."""
    view.evaluate("view => view.closest('.jp-Cell').scrollIntoView({block: 'start'})")
    view.scroll_into_view_if_needed()
    page.screenshot(path=path)
