"""The keepers of this user from outside: what they hold, and their end."""

from __future__ import annotations

import asyncio
import os
import signal

from unitbench.errors import SessionError, SessionGone
from unitbench.runtime import NoFolder
from unitbench.session.connection import Refused, connect, join, welcomed
from unitbench.session.endpoint import Endpoint, endpoint, holder, locked, names
from unitbench.session.operations import Look, Stop
from unitbench.session.remote import LOOK_S
from unitbench.session.stream import State


async def look(name: str) -> State | None:
    """The state of the session of that name; None where no keeper runs. Raises ``SessionError``."""
    try:
        joined = await join(endpoint(name), "look", passing=True)
    except NoFolder:
        return None
    if joined is None:
        return None
    connection, _ = joined
    try:
        state: State = await connection.call(Look())
    except SessionGone:
        return None
    finally:
        connection.close()
    return state


async def look_at_all() -> tuple[list[State], list[SessionError]]:
    """The states of all sessions of this user, and what is wrong with those that cannot be asked."""
    found = await asyncio.gather(*(look(name) for name in names()), return_exceptions=True)
    states = [state for state in found if isinstance(state, State)]
    errors = [error for error in found if isinstance(error, SessionError)]
    other = next((e for e in found if isinstance(e, BaseException) and not isinstance(e, SessionError)), None)
    if other is not None:
        raise other
    return states, errors


async def stop(name: str) -> bool:
    """End the session of that name and wait until its keeper is gone; False where none runs.

    One that speaks another version is sent a signal, upon which it ends just as orderly.
    """
    where = endpoint(name)
    connection = await connect(where)
    if connection is None:
        return False
    process = connection.process or holder(where.lock)
    ended = _end_of(process)
    try:
        if await welcomed(connection, where, "stop", passing=True) is not None:
            await connection.call(Stop())
        await (ended or _freed(where))
    except SessionGone:
        await (ended or _freed(where))
    except Refused:
        if process is None:
            raise
        os.kill(process, signal.SIGTERM)
        await (ended or _freed(where))
    finally:
        connection.close()
        if ended is not None:
            ended.cancel()
    return True


def _end_of(process: int | None) -> asyncio.Future[None] | None:
    """What to await for the end of a process; None where the system cannot tell."""
    try:
        watch = os.pidfd_open(process or 0)
    except (AttributeError, OSError):  # not Linux, or not to be seen from here
        return None
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ended.done():
            ended.set_result(None)

    loop.add_reader(watch, tell)

    def close(_: object) -> None:
        loop.remove_reader(watch)
        os.close(watch)

    ended.add_done_callback(close)
    return ended


async def _freed(where: Endpoint) -> None:
    """Wait until a keeper's lock is free; it holds it until shortly before its end."""
    while True:
        with locked(where.lock, wait=False) as free:
            if free:
                return
        await asyncio.sleep(LOOK_S)
