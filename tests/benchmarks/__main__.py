"""``python -m tests.benchmarks [PART ...]``: prints one line a ratio."""

from __future__ import annotations

import sys
from importlib import import_module

PARTS = ("codec", "start", "first_prompt", "keys", "roundtrip", "busy", "attach", "memory", "fleet")


def main() -> int:
    """Run the parts named on the command line, or all."""
    chosen = sys.argv[1:] or PARTS
    for part in chosen:
        if part not in PARTS:
            print(f"no part '{part}'; there are {', '.join(PARTS)}", file=sys.stderr)
            return 2
    print(f"{'what':<52} {'ours':>10} {'theirs':>10}   ratio (range)")
    for part in chosen:
        for ratio in import_module(f"tests.benchmarks.{part}").ratios():
            print(ratio.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
