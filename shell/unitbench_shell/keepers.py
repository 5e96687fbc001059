"""``sessions`` and ``stop``: the keepers of this user."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

from unitbench.runtime import from_home
from unitbench.session import keepers
from unitbench.session.jsonform import session_json
from unitbench.session.rendering import table
from unitbench_shell.codes import code_of, complain, worst


def sessions(options: argparse.Namespace) -> int:
    """List the sessions that run."""
    states, errors = asyncio.run(keepers.look_at_all())
    found = [session_json(state, time.time_ns()) for state in states]
    if options.json:
        for item in found:
            print(json.dumps(item))
    elif found:
        rows = [
            (
                s["name"],
                s["pid"],
                f"{s['age_s']:.0f} s",
                ", ".join(s["clients"]) or "-",
                ", ".join(s["links"]) or "-",
                from_home(s["journal"]) if s["journal"] else "in memory only",
                ", ".join(s["units"]) or "-",
            )
            for s in found
        ]
        print(table(("session", "pid", "age", "clients", "open links", "journal", "units"), rows))
    elif not errors:
        print("no session runs; unitbench --sim starts one with simulated units", file=sys.stderr)
    for error in errors:
        complain(error)
    return worst(code_of(error) for error in errors)


def stop(options: argparse.Namespace) -> int:
    """End a session; returns when its keeper and its units have ended."""
    if asyncio.run(keepers.stop(options.name)):
        print(f"session {options.name} has ended", file=sys.stderr)
    else:
        print(f"no session {options.name} runs", file=sys.stderr)
    return 0
