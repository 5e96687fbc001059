"""``python -m tests.identification [SEED ...]``: the confusion table of each seed, and what the clues were worth."""

from __future__ import annotations

import sys

from tests.identification.corpus import situations
from tests.identification.judged import confusion, judged, worth
from unitbench.lab.identification.judging import CLUES

CALIBRATED, JUDGED = 1, (2, 3, 4)


def main() -> int:
    """Print what was asked for."""
    seeds = [int(word) for word in sys.argv[1:]] or list(JUDGED)
    for seed in seeds:
        corpus = situations(seed)
        print(f"seed {seed}: {len(corpus)} situations\n{confusion(judged(corpus))}\n")
    print(f"clues on seed {CALIBRATED}: weight in the catalogue, counted, situations")
    for name, (weight, count) in worth(situations(CALIBRATED)).items():
        print(f"  {name:<16}{CLUES[name].weight:>6.2f}{weight:>8.2f}{count:>6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
