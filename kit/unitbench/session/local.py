"""A session in this process: the same operations without a keeper."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unitbench.session.awake import SYSTEM, Clocks
from unitbench.session.bench import Bench
from unitbench.session.loop import LoopThread
from unitbench.session.operations import Operation
from unitbench.session.port import Port
from unitbench.session.stream import Event, State

if TYPE_CHECKING:
    from unitbench.sim import Sim


class LocalPort(Port):
    """Performs operations on a bench of its own."""

    def __init__(self, bench: Bench, who: str, since: int) -> None:
        self._bench = bench
        self._who = who
        self._since = since

    async def perform(self, operation: Operation) -> Any:
        return await self._bench.perform(operation, self._who)

    async def listen(self, heard: Callable[[Event], None], lost: Callable[[str], None]) -> None:
        self._bench.bus.listen(heard, self._since)

    async def close(self) -> None:
        await self._bench.close()


def local(
    name: str, sim: bool | Sim, who: str, clocks: Clocks = SYSTEM, journal: str | Path = ""
) -> Callable[[LoopThread], Coroutine[Any, Any, tuple[Port, State]]]:
    """What opens a session in this process."""

    async def opening(loop: LoopThread) -> tuple[Port, State]:
        bench = Bench(name, clocks)
        bench.clients = lambda: (who,)
        if journal:
            bench.record(Path(journal).absolute())
        if sim:
            bench.start_sim(None if sim is True else sim)
        state = bench.state(who)
        return LocalPort(bench, who, state.seq), state

    return opening
