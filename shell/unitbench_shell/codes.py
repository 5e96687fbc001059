"""Exit codes, and how an error is said on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

from unitbench.errors import (
    BenchError,
    NoReply,
    RemoteProtocolError,
    SessionGone,
    TransportError,
    UnitRefused,
    UsageError,
    Withheld,
)
from unitbench.schema.printable import printable
from unitbench_shell.advice import advice

OK, REFUSED, USAGE, NO_REPLY, NO_LINK, WITHHELD = 0, 1, 2, 3, 4, 5
WIDEST = 160
"""Characters of a line that are shown around a place in it."""
ORDER = (USAGE, WITHHELD, NO_LINK, NO_REPLY, REFUSED)
"""Where several occurred, the first met in this order is the exit code."""


def worst(codes: Iterable[int]) -> int:
    """The exit code for all that occurred."""
    seen = set(codes)
    return next((code for code in ORDER if code in seen), OK)


def code_of(error: BenchError) -> int:
    """The exit code of an error."""
    for kind, code in (
        (UsageError, USAGE),
        (Withheld, WITHHELD),
        (TransportError, NO_LINK),
        (NoReply, NO_REPLY),
        (SessionGone, NO_REPLY),
        (UnitRefused, REFUSED),
        (RemoteProtocolError, REFUSED),
    ):
        if isinstance(error, kind):
            return code
    return NO_LINK


UNCUT = 100_000
"""Columns of what goes to a file or a pipe: nothing is cut or broken."""
USUAL = 80


def columns_of(stream: TextIO) -> int:
    """The columns of the terminal that a stream goes to; of one that does not tell as many as is usual.

    The variable COLUMNS is not asked: libraries for editing lines leave there what was once.
    """
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL
    except (AttributeError, OSError, ValueError):  # it is no terminal
        return UNCUT


def said_in() -> int:
    """The columns that a remark on stderr has."""
    return columns_of(sys.stderr)


def explained(error: BenchError) -> str:
    """What, where and what to do: the message, the place underlined, the hint on a line of its own."""
    lines = [printable(error.message, 600)]
    if isinstance(error, UsageError) and error.line and error.span:
        lines += _underlined(error.line, *error.span)
    if hint := advice(error):
        lines.append(f"  try: {printable(hint, 600)}")
    return "\n".join(lines)


def _underlined(line: str, start: int, end: int) -> list[str]:
    """A line and marks below a place in it; of a long one what is near the place."""
    left = max(0, min(start - WIDEST // 2, len(line) - WIDEST))
    right = left + WIDEST
    before, place, behind = line[left:start], line[start : min(end, right)], line[max(end, start) : right]
    head = ("..." if left else "") + printable(before)
    tail = printable(behind) + ("..." if right < len(line) else "")
    shown = printable(place)
    return [f"  {head}{shown}{tail}", "  " + " " * len(head) + "^" * max(1, len(shown))]


def complain(error: BenchError, where: str = "") -> None:
    """Say an error on stderr; ``where`` it comes from stands before it."""
    head = f"unitbench: {f'{printable(where)}: ' if where else ''}"
    if (width := said_in()) != UNCUT:
        from unitbench_shell.faults import told

        text = told(error, width, head)
    else:
        text = head + explained(error)
    print(text, file=sys.stderr, flush=True)
