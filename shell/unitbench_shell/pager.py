"""Long output page by page: by the program that PAGER names, else less, else more; none where there is none."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping

from prompt_toolkit.utils import get_cwidth

from unitbench.session.items import Jobs, Journal, Notice, Page, Places, Recalled, Units

LONG = (Page, Units, Journal, Jobs, Places, Recalled)
"""What is a page or a table."""
AUTO, ON = "auto", "on"
KEPT_FREE = 2
"""Rows for the line that was typed, and for the next prompt."""


def pages(item: object, text: str, when: str, rows: int, columns: int) -> bool:
    """Whether an item is shown page by page, as the setting ``when`` says; never a remark."""
    from unitbench.session.help.model import HelpPage
    from unitbench.session.preferences import Listing

    wanted = when == ON or (when == AUTO and isinstance(item, (*LONG, HelpPage, Listing)))
    return wanted and not isinstance(item, Notice) and height(text, columns) > max(rows - KEPT_FREE, 1)


def height(text: str, columns: int) -> int:
    """The rows that a text takes."""
    return sum(max(1, -(-get_cwidth(line) // max(columns, 1))) for line in text.split("\n"))


def program(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The words that start the pager; none where there is none."""
    import shlex
    import shutil

    named = environment.get("PAGER", "").strip()
    try:
        words = shlex.split(named)
    except ValueError:  # a quote that is not closed
        words = []
    candidates = [words] if words else [["less"], ["more"]]
    return next((words for words in candidates if shutil.which(words[0])), [])


def show(text: str) -> bool:
    """Show a text page by page until the person has enough; False where no program does."""
    words = program()
    if not words:
        return False
    # What fits one screen ends less at once, and what was read stays on the screen.
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's
    try:
        done = subprocess.run(
            words, input=text.encode(errors="replace") + b"\n", env=environment, check=False
        )
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode == 0
