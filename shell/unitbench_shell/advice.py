"""What to do about an error, for who sits at a command line: its hint may be for who writes Python."""

from __future__ import annotations

from unitbench.errors import BenchError, SessionGone, UnknownCommand, UsageError
from unitbench.schema.printable import printable

AGAIN = "the same command line again, or unitbench --session {}, starts a new one"
STOP = "stop"
"""Ends a job where it stands in a line, and a session on the command line."""


def advice(error: BenchError) -> str:
    """The hint of an error; of a session that is gone how another one is started, of a command of the command line
    that was typed as a line where it belongs."""
    if isinstance(error, SessionGone) and error.session:
        return "; ".join(filter(None, (AGAIN.format(error.session), error.further)))
    if isinstance(error, UsageError):
        return _elsewhere(error) or error.hint
    return error.hint


def _elsewhere(error: UsageError) -> str:
    """How a command of the command line is given that was typed as a line; empty where it was none."""
    from unitbench_shell.parsers import PARSERS

    if not error.line or error.span is None:
        return ""
    before, word = error.line[: error.span[0]].split(), error.line[slice(*error.span)]
    if isinstance(error, UnknownCommand) and word in PARSERS:
        return f"{word} is a command of the command line: unitbench {word}"
    if getattr(error, "field", "") == "job" and before[-1:] == [STOP] and word[:1].isalpha():
        return f"{error.hint}; a session is ended on the command line: unitbench {STOP} {printable(word, 40)}"
    return ""
