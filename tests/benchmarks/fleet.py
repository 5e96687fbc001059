"""A thousand simulated units in one process, beside a thousand hand-written asyncio sockets in another: start,
memory, requests a second, and whether any reply is lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.benchmarks.measure import Amount, Ratio, compare, each
from tests.benchmarks.sweep import Swept, all_at_once, one_by_one

COUNT, FEW = 1000, 10
ROUNDS = 5
OURS, THEIRS = ("tests.benchmarks.units", "127.79"), ("tests.benchmarks.rivals.echo", "127.80")
FLOOR = f"{COUNT} asyncio sockets by hand"


class Fleet:
    """Units in a process of their own, which ends with the block."""

    def __init__(self, module: str, net: str, count: int = COUNT) -> None:
        self.broadcast = f"{net}.255.255"
        self._command = [sys.executable, "-m", module, str(count), net]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ready, *self.hosts = self._process.stdout.readline().split()
        assert ready == "ready", ready
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def resident(self) -> int:
        """Its memory in KiB."""
        return resident(self._process.pid)


def resident(pid: int) -> int:
    """The memory of a process in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def ratios() -> Iterator[Ratio | Amount]:
    """All ratios of this part."""
    name = f"start {COUNT} simulated units, with their process"
    yield compare(name, lambda: _start(*OURS), lambda: _start(*THEIRS), FLOOR, turns=5)
    yield Amount("memory of one more unit", _each(*OURS), _each(*THEIRS), "KiB", FLOOR)
    with Fleet(*OURS) as ours, Fleet(*THEIRS) as theirs:
        count = COUNT * ROUNDS
        yield from _swept(
            f"a request to one of {COUNT} units, 256 at a time",
            count,
            lambda: one_by_one(ours.hosts, ROUNDS),
            lambda: one_by_one(theirs.hosts, ROUNDS),
        )
        yield from _swept(
            f"{COUNT} answers to one broadcast, a buffer of 4 MiB",
            1,
            lambda: all_at_once(ours.hosts, ours.broadcast),
            lambda: all_at_once(theirs.hosts, theirs.broadcast),
        )
        lost = [all_at_once(side.hosts, side.broadcast, 0).lost for side in (ours, theirs)]
        yield Amount("replies lost by a client with the default buffer", *lost, "", FLOOR)
        yield Amount("memory of all afterwards", ours.resident / 1024, theirs.resident / 1024, "MiB", FLOOR)


def _start(module: str, net: str) -> None:
    with Fleet(module, net):
        pass


def _each(module: str, net: str) -> float:
    """What one more unit takes, in KiB."""
    with Fleet(module, net) as many, Fleet(module, f"{net[:-2]}{int(net[-2:]) + 2}", FEW) as few:
        return (many.resident - few.resident) / (COUNT - FEW)


def _swept(
    name: str, count: int, ours: Callable[[], Swept], theirs: Callable[[], Swept]
) -> Iterator[Ratio | Amount]:
    """The times, and every reply that did not come: those the kernel dropped among them."""
    came: tuple[list[Swept], list[Swept]] = [], []
    both = compare(name, lambda: came[0].append(ours()), lambda: came[1].append(theirs()), FLOOR, turns=5)
    yield each(count, both)
    if count > 1:
        yield Amount("  requests a second", count / both.ours_s, count / both.theirs_s, "", FLOOR)
    lost, dropped = ([sum(getattr(one, key) for one in side) for side in came] for key in ("lost", "dropped"))
    yield Amount("  replies lost in all turns", *lost, "", FLOOR)
    yield Amount("  datagrams dropped by the kernel", *dropped, "", FLOOR)
