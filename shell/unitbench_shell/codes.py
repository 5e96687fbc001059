"""Exit codes, and how an error is said on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from unitbench.errors import (
    BenchError,
    NoReply,
    RemoteProtocolError,
    TransportError,
    UnitRefused,
    UsageError,
    Withheld,
)
from unitbench.schema.printable import printable

OK, REFUSED, USAGE, NO_REPLY, NO_LINK, WITHHELD = 0, 1, 2, 3, 4, 5
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
        (UnitRefused, REFUSED),
        (RemoteProtocolError, REFUSED),
    ):
        if isinstance(error, kind):
            return code
    return NO_LINK


def explained(error: BenchError) -> str:
    """What, where and what to do: the message, the place underlined, the hint on a line of its own."""
    lines = [printable(error.message, 600)]
    if isinstance(error, UsageError) and error.line and error.span:
        start, end = error.span
        lines = [lines[0], f"  {printable(error.line)}", "  " + " " * start + "^" * max(1, end - start)]
    if error.hint:
        lines.append(f"  try: {printable(error.hint, 600)}")
    return "\n".join(lines)


def complain(error: BenchError, where: str = "") -> None:
    """Say an error on stderr; ``where`` it comes from stands before it."""
    print(
        f"unitbench: {f'{printable(where)}: ' if where else ''}{explained(error)}",
        file=sys.stderr,
        flush=True,
    )
