"""Who a process is in the stream of events."""

from __future__ import annotations

import os
from pathlib import Path

WHO = "UNITBENCH_WHO"


def default_origin() -> str:
    """Who this process is in the stream: ``UNITBENCH_WHO``, a notebook by its name, or ``script``."""
    named = os.environ.get(WHO)
    if named:
        return named
    notebook = os.environ.get("JPY_SESSION_NAME")
    return f"nb:{Path(notebook).name}" if notebook else "script"
