"""A remark that something takes long, before there is a screen to say it on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 0.5
"""How long a start may take until it is said what is waited for."""


@contextmanager
def waiting(what: str, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Say on standard error what is waited for, if the block takes longer than that."""
    timer = threading.Timer(patience_s, lambda: print(f"{what} ...", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
