"""What a front end sends to a view, and how it is kept from waiting for a busy cell."""

from __future__ import annotations

from typing import Any

POST = "post"
"""Under this name a message has a number of its own; that it was taken is said by the same."""


def receipt(message: Any) -> dict[str, Any] | None:
    """What a front end waits for that has sent a message; None where it waits for nothing."""
    return {"taken": message[POST]} if isinstance(message, dict) and POST in message else None


def straight(comm: Any) -> None:
    """Let the messages of a comm be taken where the front end sends them.

    JupyterLab sends those of widgets to a subshell, a thread of the kernel that no cell holds up. ipykernel 7 takes
    them back to the shell that wrote to the comm last, so that callbacks run where the program does; our views have
    their own lock and need no such place.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_asked


def _as_asked(data: Any, asked: str | None) -> str | None:
    return asked
