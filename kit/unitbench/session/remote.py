"""A session in its keeper: found or started, joined, asked and listened to."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from unitbench.errors import SessionError, SessionGone
from unitbench.session.connection import Connection, join
from unitbench.session.endpoint import Endpoint, endpoint, locked
from unitbench.session.loop import LoopThread
from unitbench.session.operations import Operation, Since, StartSim
from unitbench.session.port import ENDED, Port
from unitbench.session.spawning import spawned
from unitbench.session.stream import Catchup, Event, State

START_S = 20.0
"""How long a keeper may take until it can be joined, in seconds."""
LOOK_S = 0.005
"""How often a view looks whether the keeper that it started is there."""
RETURNS = 3
"""How often a view comes back that is cut each time before it has read anything."""
CUT = f"it was cut {RETURNS} times while it came back; the session goes on without it"


class RemotePort(Port):
    """A connection to a keeper. A view that was cut because it read too slowly comes back by itself, to the same
    keeper only; what it had asked is not asked again."""

    def __init__(self, where: Endpoint, connection: Connection, state: State) -> None:
        self._where = where
        self._connection = connection
        self._state = state
        self._seq = state.seq
        self._heard: Callable[[Event], None] = lambda event: None
        self._lost: Callable[[str], None] = lambda reason: None
        self._returning: asyncio.Task[None] | None = None

    async def perform(self, operation: Operation) -> Any:
        if self._returning is not None:
            await asyncio.shield(self._returning)
        return await self._connection.call(operation)

    async def listen(self, heard: Callable[[Event], None], lost: Callable[[str], None]) -> None:
        self._heard, self._lost = heard, lost
        self._connection.listen(self._pass, self._cut)

    def _pass(self, event: Event) -> None:
        self._seq = event.seq
        self._heard(event)

    def _cut(self) -> None:
        self._returning = asyncio.get_running_loop().create_task(self._return())

    async def _return(self) -> None:
        """Go on in the stream where it was cut, without gap or double; or say that the session is gone."""
        try:
            if not await self._resumed():
                self._lost(ENDED)
        except SessionGone:
            self._lost(CUT)
        except SessionError as error:
            self._lost(error.message)
        finally:
            self._returning = None

    async def _resumed(self) -> bool:
        """Whether the session is there, and gone on with. Raises ``SessionGone`` where it is, but cuts us each time."""
        tries = 0
        while True:
            seq = self._seq
            try:
                return await self._resume()
            except SessionGone:
                tries = 1 if self._seq > seq else tries + 1
                if tries == RETURNS:
                    raise

    async def _resume(self) -> bool:
        joined = await join(self._where, self._state.who)
        if joined is None:
            return False
        connection, state = joined
        if (state.pid, state.started_ns) != (self._state.pid, self._state.started_ns):
            connection.close()  # another one has been started meanwhile, and knows nothing of us
            return False
        while self._seq < state.seq:
            past: Catchup = await connection.call(Since(self._seq))
            if past.missing:
                connection.close()
                raise SessionError(
                    f"{past.missing} events came too fast for this view and are no longer kept"
                )
            for event in past.events:
                if event.seq <= state.seq:
                    self._pass(event)
        self._connection = connection
        connection.listen(self._pass, self._cut)
        return True

    async def close(self) -> None:
        if self._returning is not None:
            self._returning.cancel()
        self._connection.close()


def attach(
    name: str, *, sim: bool, start: bool, who: str, linger_s: float | None, keep: bool
) -> Callable[[LoopThread], Coroutine[Any, Any, tuple[Port, State]]]:
    """What joins the session of that name, and starts its keeper where there is none and ``start`` is set."""
    where = endpoint(name)

    async def opening(loop: LoopThread) -> tuple[Port, State]:
        joined = await join(where, who)
        if joined is None and not start:
            raise SessionError(f"no session '{name}' runs", hint="unitbench sessions lists those that do")
        if joined is None:
            joined = await _start_andjoin(where, who, linger_s, keep)
        connection, state = joined
        if sim:
            found = state.found
            state = replace(await connection.call(StartSim()), found=found)
        return RemotePort(where, connection, state), state

    return opening


async def _start_andjoin(
    where: Endpoint, who: str, linger_s: float | None, keep: bool
) -> tuple[Connection, State]:
    """Start a keeper, one at a time, and join it."""
    until = time.monotonic() + START_S
    with locked(where.starting, wait=True):
        process: subprocess.Popen[bytes] | None = None
        while time.monotonic() < until:
            joined = await join(where, who)
            if joined is not None:
                return joined
            if process is None or process.poll() is not None:
                if process is not None and process.returncode not in (0, 3):
                    break
                _sweep(where)
                process = spawned(where, linger_s, keep)
                threading.Thread(target=process.wait, name="unitbench keeper's end", daemon=True).start()
            await asyncio.sleep(LOOK_S)
    said = where.log.read_text(encoding="utf-8", errors="replace").strip() if where.log.exists() else ""
    last = said.splitlines()[-1] if said else "it said nothing"
    raise SessionError(
        f"the keeper of session {where.name} did not start: {last}", hint=f"its log: {where.log}"
    )


def _sweep(where: Endpoint) -> None:
    """Take away the door of a keeper that was killed, lest it be knocked at until the new one has its own.

    Where even that fails, the keeper that is started next says what is wrong.
    """
    with contextlib.suppress(OSError), locked(where.lock, wait=False) as nobodys:
        if nobodys:
            where.shut()
