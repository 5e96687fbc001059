"""What to do about an error, for who sits at a command line: its hint may be for who writes Python."""

from __future__ import annotations

import re

from unitbench.errors import BenchError, InvalidValue, SessionGone, UnknownCommand, UsageError
from unitbench.schema.printable import printable

AGAIN = "the same command line again, or unitbench --session {}, starts a new one"
STOP = "stop"
"""Ends a job where it stands in a line, and a session on the command line."""
SHOWN = 60
"""Characters of pasted bytes that a hint repeats."""
_HEX = re.compile(r"\W*(?:(?:0x|\\x)?[0-9a-f]{2}h?\W*){2,}", re.IGNORECASE | re.ASCII)


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
    if isinstance(error, UnknownCommand) and (data := _pasted(error.line[error.span[0] :])):
        return "; ".join(filter(None, (f"bytes are explained by: decode {data}", _nearer(error))))
    if getattr(error, "field", "") == "job" and before[-1:] == [STOP] and word[:1].isalpha():
        return f"{error.hint}; a session is ended on the command line: unitbench {STOP} {printable(word, 40)}"
    return ""


def _pasted(line: str) -> str:
    """What begins here, where it is nothing but two bytes or more as hex; shortened. A word may be spelt with the same
    letters, but for the digits."""
    if not _HEX.fullmatch(line) or not any(char.isdigit() for char in line):
        return ""
    from unitbench.offline import bytes_of

    try:
        bytes_of(line)
    except InvalidValue:
        return ""
    line = printable(" ".join(line.split()), 4 * SHOWN)
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rpartition(' ')[0] or line[:SHOWN]} ..."


def _nearer(error: UnknownCommand) -> str:
    """The hint, where it names something."""
    return error.hint if error.near else ""
