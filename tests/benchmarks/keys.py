"""From a key to what it changes on a pseudo-terminal: the menu and the toolbar, beside the echo of a bare prompt and
the menus of other shells, all in one run and in turns."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import pexpect

from tests.benchmarks.first_prompt import UNITBENCH
from tests.benchmarks.measure import Ratio, command, compiled
from tests.benchmarks.rivals.shells import installed
from tests.support.commands import SimProcess

NAME = "bench-keys"
TURNS, KEYS = 11, 4
QUIET_UNITS = ("--unit", "kramer=1", "--unit", "dcol=1")
"""Units that say nothing by themselves: what is told above the prompt would be timed too."""
FLOOR = "echo"
BARE = "from prompt_toolkit import PromptSession; PromptSession().prompt('ready> ')"
WORDS = [f"{head}{number:03}" for number in range(20) for head in "abcdefghij"]
STOCK = (
    "from prompt_toolkit import PromptSession; "
    "from prompt_toolkit.completion import FuzzyCompleter, WordCompleter; "
    f"PromptSession(completer=FuzzyCompleter(WordCompleter({WORDS}))).prompt('ready> ')"
)
ASKED, TOLD = "\x1b[6n", "\x1b[5;1R"
"""Where a program asks for the place of the cursor, and what it is told."""
DRAWN = "\x1b[?25h"
"""The end of each redraw: the cursor is shown again."""
QUIET_S = 0.03
"""When nothing has come for so long, a shell has drawn all that it wants to."""


class Shell:
    """One program on a terminal of 120 columns and 40 rows. ``keys`` are typed first, then ``last`` is timed until
    ``wanted`` has been written; then the line is cleared."""

    def __init__(self, words: Sequence[str], prompt: str, keys: str, last: str, wanted: str) -> None:
        self._keys, self._last, self._wanted = keys, last, wanted
        self.child = pexpect.spawn(words[0], list(words[1:]), dimensions=(40, 120), timeout=30)
        self.child.delaybeforesend = None
        if self.child.expect_exact([prompt, ASKED]):
            self.child.send(TOLD)
        self._settle()

    def _settle(self) -> None:
        """Read until nothing more comes."""
        while True:
            try:
                data = self.child.read_nonblocking(1 << 16, QUIET_S)
            except pexpect.TIMEOUT:
                return
            if ASKED.encode() in data:
                self.child.send(TOLD)

    def key_s(self) -> float:
        """How long the last key takes, the median of a few times."""
        return median(self._once() for _ in range(KEYS))

    def _once(self) -> float:
        if self._keys:
            self._press(self._keys)
        began = time.perf_counter()
        self.child.send(self._last)
        while self.child.expect_exact([self._wanted, ASKED]):
            self.child.send(TOLD)
        took = time.perf_counter() - began
        self._settle()
        self._press("\x05\x15")  # the end of the line, and all before it away
        return took

    def _press(self, keys: str) -> None:
        """Send keys and wait until they have been seen to."""
        self.child.send(keys)
        self.child.expect_exact(DRAWN)
        self._settle()


def ratios() -> Iterator[Ratio]:
    """All ratios of this part."""
    compiled()
    shells: dict[str, Shell] = {}
    try:
        with installed() as rivals, SimProcess(*QUIET_UNITS) as sim:
            units = [f"{name}://{sim.host(short)}" for name, short in (("kramer", "k1"), ("dcol", "t1"))]
            ours = (UNITBENCH, "--session", NAME, *units)
            python = sys.executable
            shells = {
                FLOOR: Shell((python, "-c", BARE), "ready>", "", "z", "z"),
                "stock fuzzy menu of 200": Shell((python, "-c", STOCK), "ready>", "", "a", "003"),
                "key to prefix menu": Shell(ours, "unitbench [", "", "d", "who is there: every unit"),
                "key to fuzzy menu": Shell(ours, "unitbench [", "", "sc", "look which units answer"),
                "key to toolbar": Shell(ours, "unitbench [", "", "#", "23 0D"),
            }
            if rivals is not None:
                shells |= _others(rivals)
            yield from _compared(shells)
    finally:
        for shell in shells.values():
            shell.child.close(force=True)
        command(UNITBENCH, "stop", NAME)()


def _others(folder: Path) -> dict[str, Shell]:
    return {
        "litecli": Shell((str(folder / "litecli"), ":memory:"), ":memory:>", "", "s", "system"),
        "ptpython": Shell((str(folder / "ptpython"),), ">>>", "", "i", "int"),
        "ipython": Shell((str(folder / "ipython"),), "In [", "im", "\t", "port"),
    }


def _compared(shells: Mapping[str, Shell]) -> Iterator[Ratio]:
    """Each of ours against each of the others, timed in turns."""
    taken: dict[str, list[float]] = {name: [] for name in shells}
    for turn in range(TURNS + 1):
        for name, shell in shells.items():
            found = shell.key_s()
            if turn:  # the first warms up
                taken[name].append(found)
    for name in (name for name in taken if name.startswith("key ")):
        for other in (other for other in taken if not other.startswith("key ")):
            pairs = sorted(a / b for a, b in zip(taken[name], taken[other], strict=True))
            mine, theirs = median(taken[name]), median(taken[other])
            yield Ratio(name, mine, theirs, median(pairs), pairs[0], pairs[-1], other)
