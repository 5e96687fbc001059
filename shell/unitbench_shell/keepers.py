"""``sessions`` and ``stop``: the keepers of this user."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import time
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from unitbench.runtime import from_home
from unitbench.schema.printable import printable
from unitbench.session import keepers
from unitbench.session.jsonform import session_json
from unitbench.session.rendering import reserved
from unitbench.session.spans import about
from unitbench.session.stream import State
from unitbench_shell.codes import code_of, complain, worst

NARROW = 80
"""Columns of a table that goes to no terminal."""
LEAST = 10
"""Columns that a cell may always have."""
GAP = 2
UNITS_SHOWN = 12


def sessions(options: argparse.Namespace) -> int:
    """List the sessions that run."""
    states, errors = asyncio.run(keepers.look_at_all())
    if options.json:
        for state in states:
            print(json.dumps(session_json(state, time.time_ns())))
    elif states:
        width = shutil.get_terminal_size((NARROW, 24)).columns if sys.stdout.isatty() else NARROW
        print(listed(states, time.time_ns(), width))
    elif not errors:
        print("no session runs; unitbench --sim starts one with simulated units", file=sys.stderr)
    for error in errors:
        complain(error)
    return worst(code_of(error) for error in errors)


HEAD = ("session", "pid", "age", "clients", "open links", "reserved", "units")


def listed(states: Sequence[State], now_ns: int, width: int) -> str:
    """The sessions as a table that fits; what is too long for its column goes on below. Below a session stands where
    it is recorded."""
    rows = [
        (
            state.session,
            str(state.pid),
            about((now_ns - state.started_ns) / 1e9),
            ", ".join(printable(name, 40) for name in state.clients) or "-",
            ", ".join(unit.name for unit in state.units if unit.link != "closed") or "-",
            ", ".join(
                f"{unit.name} by {printable(reserved(unit), 60)}" for unit in state.units if unit.reserved_by
            )
            or "-",
            ", ".join(unit.name for unit in state.units[:UNITS_SHOWN]) + _more(len(state.units)) or "-",
        )
        for state in states
    ]
    sizes = _sizes([max(map(len, column)) for column in zip(HEAD, *rows, strict=True)], width)
    lines = []
    for row, state in zip((HEAD, *rows), (None, *states), strict=True):
        cells = [wrap(cell, size) or [""] for cell, size in zip(row, sizes, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            padded = (part.ljust(size) for part, size in zip(parts, sizes, strict=True))
            lines.append((" " * GAP).join(padded).rstrip())
        if state is not None:
            lines.append(
                f"{' ' * GAP}journal: {from_home(state.journal) if state.journal else 'in memory only'}"
            )
    return "\n".join(lines)


def _more(units: int) -> str:
    return f" and {units - UNITS_SHOWN} more" if units > UNITS_SHOWN else ""


def _sizes(wanted: list[int], width: int) -> list[int]:
    """How wide columns are that want so much: the widest give way until all fit."""
    sizes = list(wanted)
    while sum(sizes) + GAP * (len(sizes) - 1) > width and max(sizes) > LEAST:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes


def stop(options: argparse.Namespace) -> int:
    """End a session; returns when its keeper and its units have ended."""
    if asyncio.run(keepers.stop(options.name)):
        print(f"session {options.name} has ended", file=sys.stderr)
    else:
        print(f"no session {options.name} runs", file=sys.stderr)
    return 0
