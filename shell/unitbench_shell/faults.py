"""An error as a person at the prompt sees it: what, where in the line, what to try; in the window's width."""

from __future__ import annotations

from textwrap import wrap

from unitbench.errors import BenchError, UsageError
from unitbench.schema.printable import printable
from unitbench_shell.advice import advice

INDENT = "  "
LEAST = 20
"""Columns that are used at least, however narrow the window is."""
CUT = "..."


def told(error: BenchError, width: int, head: str = "") -> str:
    """The message behind ``head``, the place underlined, the hint on a line of its own."""
    width = max(width, LEAST)
    lines = wrap(head + printable(error.message, 600), width)
    if isinstance(error, UsageError) and error.line and error.span:
        lines += [INDENT + row for row in _place(error.line, error.span, width - len(INDENT))]
    if found := advice(error):
        hint = f"try: {printable(found, 600)}"
        lines += wrap(hint, width, initial_indent=INDENT, subsequent_indent=2 * INDENT)
    return "\n".join(lines)


def _place(line: str, span: tuple[int, int], width: int) -> tuple[str, str]:
    """The line and the carets below it; of a long line the part around the place."""
    start, end = span
    shown = "".join(char if char.isprintable() else " " for char in line)
    if len(shown) > width:
        room = width - 2 * len(CUT)
        left = max(0, min(start - room // 3, len(shown) - room))
        before = CUT if left else ""
        after = CUT if left + room < len(shown) else ""
        shown = f"{before}{shown[left : left + room]}{after}"
        start, end = start - left + len(before), end - left + len(before)
    carets = max(1, min(end, width) - start)
    return shown, " " * start + "^" * carets
