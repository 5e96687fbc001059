"""Our simulated units in a process of their own: ``python -m … COUNT BLOCK_START``; they answer without delay, as
the hand-written ones beside them do."""

from __future__ import annotations

import sys

from unitbench import Sim, catalogue


def main(count: int, net: str) -> None:
    """Serve until stdin ends."""
    counts = dict.fromkeys(catalogue.names(), 0) | {"qstation": count}
    with Sim(counts, address=f"{net}.0.0/16", options={"all": {"reply_delay": 0}}) as sim:
        print("ready", *(unit.host for unit in sim.units), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
