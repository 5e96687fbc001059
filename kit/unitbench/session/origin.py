"""Who a process is in the stream of events, and which session it is meant for."""

from __future__ import annotations

import os
import re
from pathlib import Path

from unitbench.errors import UsageError
from unitbench.schema.printable import printable

WHO = "UNITBENCH_WHO"
SESSION = "UNITBENCH_SESSION"
LONGEST = 40
"""Characters: it stands before every line that another view sees."""
RULE = f"1 to {LONGEST} printable characters without blanks, such as anna or bench-3"
SCRIPT, NOTEBOOK = "script", "nb:"
"""What a process is called that has no name of its own; and how the name of a notebook begins."""
_GIVEN = re.compile(r"(?:shell|script|nb:.+\.ipynb)-[0-9]+")
OURS = "session"
"""Whose doing it is where the session itself acts."""


def default_session() -> str:
    """The session that Python joins where none is named: that of ``UNITBENCH_SESSION``, else ``default``."""
    return os.environ.get(SESSION) or "default"


def default_origin() -> str:
    """Who this process is in the stream: ``UNITBENCH_WHO``, a notebook by its name, or ``script``. Where another
    process has the name of a notebook or ``script`` already, the keeper puts a number behind it.

    Raises ``UsageError`` where the variable holds what cannot be a name.
    """
    named = os.environ.get(WHO)
    if named:
        return _own(named, f"the name in {WHO}")
    notebook = os.environ.get("JPY_SESSION_NAME")
    return f"{NOTEBOOK}{_shortened(Path(notebook).name)}" if notebook else SCRIPT


def origin_of(who: str | None) -> str:
    """The origin of a view that wants to be called so, or what it is called by default; raises ``UsageError``."""
    return _own(who, "who") if who else default_origin()


def alone(who: str) -> str:
    """What the only view of a session is called: it asks for a number, and there is no keeper to give one."""
    return f"{who}1" if who.endswith("-") else who


def checked(name: str, what: str) -> str:
    """A name that an origin may have; raises ``UsageError``. ``what`` it is, for the message."""
    shown = printable(name)
    plain = name == shown and not any(letter.isspace() for letter in name)
    if not plain or not 0 < len(name) <= LONGEST:
        raise UsageError(f"{what} cannot be '{shown[:LONGEST]}'", hint=f"it has {RULE}")
    if name == OURS:
        raise UsageError(f"{what} cannot be '{OURS}': that is what the session itself does", hint=RULE)
    return name


def shared(name: str) -> bool:
    """Whether a name is none that a person has chosen: several processes may come by it, and are not one then."""
    return name == SCRIPT or name.startswith(NOTEBOOK)


def _own(name: str, what: str) -> str:
    """A name that a view may have by its own wish: who has a number was given it, and another must not be taken for
    it."""
    if _GIVEN.fullmatch(name):
        kind = name.rpartition("-")[0]
        raise UsageError(
            f"{what} cannot be '{printable(name)[:LONGEST]}': numbers behind {printable(kind)[:LONGEST]} are given by "
            "the session",
            hint="choose a name of your own, such as anna or bench-3",
        )
    return checked(name, what)


def _shortened(file: str) -> str:
    """The name of a notebook's file as a part of an origin: nobody has chosen it for that."""
    text = "_".join(printable(file).split()) or "notebook"
    room = LONGEST - len(NOTEBOOK)
    return text if len(text) <= room else f"{text[: room - 10]}...{text[-7:]}"
