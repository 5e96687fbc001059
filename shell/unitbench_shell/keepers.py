"""``sessions`` and ``stop``: the keepers of this user."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

from unitbench.session import remote
from unitbench.session.jsonform import session_json
from unitbench.session.rendering import table


def sessions(options: argparse.Namespace) -> int:
    """List the sessions that run."""
    found = [session_json(state, time.time_ns()) for state in asyncio.run(remote.look_at_all())]
    if options.json:
        for item in found:
            print(json.dumps(item))
    elif found:
        rows = [
            (s["name"], s["pid"], f"{s['age_s']:.0f} s", ", ".join(s["clients"]), ", ".join(s["units"]))
            for s in found
        ]
        print(table(("session", "pid", "age", "clients", "units"), rows))
    else:
        print("no session runs; unitbench --sim starts one with simulated units", file=sys.stderr)
    return 0


def stop(options: argparse.Namespace) -> int:
    """End a session; returns when its keeper and its units have ended."""
    if asyncio.run(remote.stop(options.name)):
        print(f"session {options.name} has ended", file=sys.stderr)
    else:
        print(f"no session {options.name} runs", file=sys.stderr)
    return 0
