"""What a set in the foreground is asked on standard input while it runs: the state of a unit, or its log."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator

from unitbench.errors import BenchError, UsageError
from unitbench.schema.printable import printable
from unitbench.sim import Sim
from unitbench_shell.codes import complain

FORMS = "state UNIT, or log UNIT [N]"
LONGEST = 4096
"""Bytes of a line; what is longer is no question."""


def listen(rack: Sim) -> None:
    """Answer in a thread that ends with the process, or with its input."""
    try:
        source = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # there is none, or it is no file
        return
    if hasattr(
        signal, "SIGTTIN"
    ):  # in the background of a terminal a read then fails, and does not stop the set
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    threading.Thread(target=_answer, args=(rack, source), name="questions", daemon=True).start()


def _answer(rack: Sim, source: int) -> None:
    try:
        for line in _lines(source):
            try:
                print(answer(rack, line), flush=True)
            except BenchError as error:
                complain(error)
    except OSError:  # whoever asked is gone
        return


def _lines(source: int) -> Iterator[str]:
    """The lines as they come. Read past ``sys.stdin``, which a thread must not hold when the process ends."""
    held = b""
    while data := os.read(source, LONGEST):
        *lines, held = (held + data).split(b"\n")
        yield from (line.decode(errors="replace") for line in lines if line.strip())
        held = held[:LONGEST]


def answer(rack: Sim, line: str) -> str:
    """What a line asks for, as text; raises ``UsageError``."""
    from unitbench.session.arguments import entries
    from unitbench.session.insight import LAST, dump_of, dump_text, log_of, log_text

    match line.split():
        case ["state", unit]:
            return dump_text(dump_of(rack, unit))
        case ["log", unit]:
            return log_text(log_of(rack, unit, LAST))
        case ["log", unit, count]:
            return log_text(log_of(rack, unit, entries(count)))
    raise UsageError(
        f"'{printable(line.strip(), 60)}' is no question to a set of simulated units", hint=FORMS
    )
