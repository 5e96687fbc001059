"""Our errors in a cell: what is wrong, where, and what to try, in place of a traceback."""

from __future__ import annotations

import sys
from typing import Any

from unitbench.errors import BenchError, UsageError
from unitbench.schema.printable import printable


def said(error: BenchError) -> list[str]:
    """An error in lines: what, where in the line, and what to try."""
    lines = [printable(error.message)]
    if isinstance(error, UsageError) and error.line and error.span:
        start, end = error.span
        lines += [printable(error.line), " " * start + "^" * max(1, end - start)]
    if error.hint:
        lines.append(f"try: {printable(error.hint)}")
    return lines


def show(
    shell: Any, kind: type[BaseException], error: BenchError, trace: Any, tb_offset: Any = None
) -> list[str]:
    """Show an error; where in the code it was raised is kept for ``%tb`` and ``%debug``."""
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    lines = said(error)
    shell._showtraceback(kind, error, lines)
    return lines


def install(ipython: Any) -> None:
    """Have our errors shown in short, whatever in a cell raised them."""
    ipython.set_custom_exc((BenchError,), show)


def remove(ipython: Any) -> None:
    """Have them shown as all others are."""
    if ipython.custom_exceptions == (BenchError,):
        ipython.set_custom_exc((), None)
