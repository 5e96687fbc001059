"""Whole processes: how long until something is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measure import Ratio, command, compare, compiled

HERE = Path(sys.executable).parent
PASS = command(sys.executable, "-c", "pass")
UNITBENCH = str(HERE / "unitbench")
BARE = "python -c pass"


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    compiled()
    yield compare("unitbench --version", command(UNITBENCH, "--version"), PASS, BARE)
    decode = command(UNITBENCH, "decode", "--protocol", "dcol", "0200AE0100AF03")
    yield compare("unitbench decode", decode, PASS, BARE)
    unsaid = command(UNITBENCH, "decode", "02 00 AE 01 00 AF 03")
    yield compare("unitbench decode, no protocol said", unsaid, PASS, BARE)
    yield compare("unitbench encode", command(UNITBENCH, "encode", "SECUR?"), PASS, BARE)
    name = "bench-start"
    once = command(UNITBENCH, "--session", name, "-c", "SECUR?")
    ipython = command(sys.executable, "-m", "IPython", "-c", "pass")
    command(UNITBENCH, "--session", name, "--sim", "-c", "SECUR?")()
    try:
        yield compare("-c SECUR? through a running keeper", once, ipython, "ipython -c pass", turns=7)
    finally:
        command(UNITBENCH, "stop", name)()
