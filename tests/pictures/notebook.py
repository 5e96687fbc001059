"""The tour notebook in a real JupyterLab in Chromium, on a session that a second view uses at the same time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.lab import chromium, idle, menu, running_lab

TOUR = Path(__file__).parents[2] / "notebooks" / "00_tour.ipynb"
SESSION = "picture"


def take(target: Path) -> None:
    """Run the tour and take its picture."""
    browser_path = shutil.which("chromium")
    if browser_path is None:
        raise SystemExit("chromium is not installed; make system-deps does it")
    unitbench = str(Path(sys.executable).with_name("unitbench"))
    with tempfile.TemporaryDirectory() as place:
        folder, private = Path(place) / "notebooks", Path(place) / "private"
        folder.mkdir()
        private.mkdir()
        shutil.copy(TOUR, folder)
        with (
            running_lab(folder, private, UNITBENCH_SESSION=SESSION) as lab,
            chromium(browser_path) as browser,
        ):
            page = lab.open(browser, TOUR.name, device_scale_factor=1.5)
            menu(page, "Run", "Run All Cells")
            page.wait_for_selector(".ub-live >> text=q3")
            idle(page)
            subprocess.run(
                [unitbench, "--session", SESSION, "-c", "SECUR?; 0Eh 19"], check=True, capture_output=True
            )
            page.locator(".ub-live").nth(1).scroll_into_view_if_needed()
            page.screenshot(path=str(target))
    subprocess.run([unitbench, "stop", SESSION], check=True, capture_output=True)
