"""Keys typed while a command runs are kept for the next prompt, and not shown: they would stand in the midst of what
is drawn meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

try:
    import termios
except ImportError:  # where there is none, nothing is switched
    termios = None  # type: ignore[assignment]

FAULTS: tuple[type[Exception], ...] = (AttributeError, OSError, ValueError)
if termios is not None:
    FAULTS += (termios.error,)
LOCAL = 3
"""Where the local modes stand among a terminal's attributes."""


@contextmanager
def hushed() -> Iterator[None]:
    """Have the terminal not echo what is typed; what was typed stays to be read, and Ctrl-C works."""
    try:
        source = sys.stdin.fileno()
        before = termios.tcgetattr(source) if termios is not None else None
    except FAULTS:  # it is no terminal
        before = None
    if before is None or not before[LOCAL] & termios.ECHO:
        yield
        return
    _echo(source, on=False)
    try:
        yield
    finally:
        _echo(source, on=True)


def _echo(source: int, *, on: bool) -> None:
    """Switch the echo alone: other modes may have been changed meanwhile. Nothing that waits to be read is lost."""
    with suppress(*FAULTS):  # the terminal is gone
        modes = termios.tcgetattr(source)
        modes[LOCAL] = modes[LOCAL] | termios.ECHO if on else modes[LOCAL] & ~termios.ECHO
        termios.tcsetattr(source, termios.TCSANOW, modes)
