"""What a session holds of a unit and must keep asking for: control of a camera."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from unitbench.errors import TransportError
from unitbench.schema.address import UnitAddress
from unitbench.schema.records import Command, Request

Ask = Callable[[UnitAddress, Request], Awaitable[str]]
"""Sends a request quietly and gives the outcome."""


class Holds:
    """``watched`` says whether a view is there: without one nothing is kept up, and the unit takes back what it
    gave. ``changed`` is called with a unit's name and the word for what is held, empty for nothing; ``lost``
    with the name and the word. ``speed_of`` says how much faster than real the clock of a simulated unit runs."""

    def __init__(
        self,
        ask: Ask,
        watched: Callable[[], bool],
        changed: Callable[[str, str], None],
        lost: Callable[[str, str], None],
        speed_of: Callable[[UnitAddress], float] = lambda where: 1.0,
    ) -> None:
        self._speed_of = speed_of
        self._ask = ask
        self._watched = watched
        self._changed = changed
        self._lost = lost
        self._held: dict[UnitAddress, tuple[str, Command]] = {}
        self._tasks: dict[UnitAddress, asyncio.Task[None]] = {}

    def answered(
        self, where: UnitAddress, unit: str, request: Request, command: Command, outcome: str
    ) -> None:
        """An answer has come to a command: follow what it says of what is held."""
        held = command.held
        if held is None or outcome == "malformed":
            return
        word = request.fields.get(held.field)
        if outcome == "ok" and word != held.gives:
            self._held[where] = (unit, command)
            self._changed(unit, held.name)
            if where not in self._tasks:
                self._tasks[where] = asyncio.get_running_loop().create_task(self._keep(where))
        elif where in self._held and (outcome == "ok" or word != held.gives):
            self._drop(where)

    async def _keep(self, where: UnitAddress) -> None:
        while where in self._held:
            unit, command = self._held[where]
            held = command.held
            assert held is not None
            await asyncio.sleep(held.every_s / self._speed_of(where))
            if self._watched() and await self._said(where, command, held.keeps) != "ok":
                self._drop(where)
                self._lost(unit, held.name)

    async def still(self, where: UnitAddress) -> bool | None:
        """Ask at once whether what is held there still is; None where nothing is held, or nobody watches."""
        if where not in self._held or not self._watched():
            return None
        unit, command = self._held[where]
        assert command.held is not None
        if await self._said(where, command, command.held.keeps) == "ok":
            return True
        self._drop(where)
        self._lost(unit, command.held.name)
        return False

    async def _said(self, where: UnitAddress, command: Command, word: str) -> str:
        assert command.held is not None
        request = Request(where.protocol, command.name, ((command.held.field, word),))
        with contextlib.suppress(TransportError):
            return await self._ask(where, request)
        return "closed"

    def _drop(self, where: UnitAddress) -> None:
        found = self._held.pop(where, None)
        task = self._tasks.pop(where, None)
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        if found is not None:
            self._changed(found[0], "")

    async def give_back(self, only: UnitAddress | None = None) -> None:
        """Give back what is held of the unit at ``only``; without it, of every unit."""
        for where, (_, command) in list(self._held.items()):
            if only not in (None, where):
                continue
            self._drop(where)
            assert command.held is not None
            await self._said(where, command, command.held.gives)
