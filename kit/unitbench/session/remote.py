"""A session in its keeper: found or started, joined, asked and listened to."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec

from unitbench.errors import SessionError, UsageError
from unitbench.session import messages
from unitbench.session.endpoint import Endpoint, endpoint, holder, locked, peer
from unitbench.session.loop import LoopThread
from unitbench.session.model import Event, State
from unitbench.session.operations import Operation, StartSim
from unitbench.session.origin import default_origin
from unitbench.session.port import Port

START_S = 20.0
"""How long a keeper may take until it can be joined, in seconds."""
ANSWER_S = 5.0
"""How long a keeper may take to greet a view, in seconds."""
LOOK_S = 0.005
"""How often a view looks whether the keeper that it started is there."""


class Gone(SessionError):
    """The connection to a keeper has ended."""


class Refused(SessionError):
    """A keeper is there and does not take us."""


class RemotePort(Port):
    """A connection to a keeper."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def perform(self, operation: Operation) -> Any:
        return await self._connection.call(operation)

    async def listen(self, heard: Callable[[Event], None], lost: Callable[[str], None]) -> None:
        self._connection.listen(heard, lost)

    async def close(self) -> None:
        self._connection.close()


class Connection(asyncio.Protocol):
    """Calls out, answers and events in. Nothing is ever sent twice."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.welcome: asyncio.Future[State] = loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._calls: dict[int, tuple[Operation, asyncio.Future[Any]]] = {}
        self._count = 0
        self._early: list[Event] = []
        self._heard: Callable[[Event], None] | None = None
        self._lost: Callable[[str], None] | None = None
        self._leaving = False
        self.process: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.process = peer(transport.get_extra_info("socket")).process

    def say(self, message: msgspec.Struct) -> None:
        """Send a message; raises ``SessionError`` where the keeper is gone."""
        if self._transport is None:
            raise Gone("the session's keeper is gone", hint="attach again to start a new one")
        self._transport.write(messages.packed(message))

    async def call(self, operation: Operation) -> Any:
        """Have an operation performed."""
        self._count += 1
        number = self._count
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[number] = (operation, future)
        try:
            self.say(messages.Call(number, operation))  # type: ignore[arg-type]
            return await future
        except UnicodeEncodeError as error:
            raise UsageError(f"character {error.start} is no text: {error.reason}") from None
        except asyncio.CancelledError:
            with contextlib.suppress(SessionError):
                self.say(messages.Cancel(number))
            raise
        finally:
            self._calls.pop(number, None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            for body in messages.bodies(self._buffer):
                self._take(messages.from_keeper(body))
        except (SessionError, msgspec.DecodeError) as error:
            self._fail(Refused(f"the keeper speaks another language: {error}", hint="unitbench stop NAME"))
            self.close()

    def _take(self, message: messages.FromKeeper) -> None:
        match message:
            case messages.Welcome(state):
                self.welcome.set_result(state)
            case messages.Refused(reason, hint):
                self._fail(Refused(reason, hint=hint))
            case messages.News(event):
                if self._heard is not None:
                    self._heard(event)
                else:
                    self._early.append(event)
            case messages.Done(number, raw):
                operation, future = self._calls.get(number, (None, None))
                if operation is not None and future is not None and not future.done():
                    future.set_result(messages.result_of(operation, raw))
            case messages.Failed(number):
                _, future = self._calls.get(number, (None, None))
                if future is not None and not future.done():
                    future.set_exception(messages.raised(message))

    def listen(self, heard: Callable[[Event], None], lost: Callable[[str], None]) -> None:
        """Deliver the stream, with what has come since the welcome first."""
        self._heard, self._lost = heard, lost
        for event in self._early:
            heard(event)
        self._early.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        reason = "the connection to its keeper has ended"
        self._fail(
            Gone(
                f"{reason}; whether a request that was running reached the unit is not known",
                hint="attach again to start a new keeper; read the unit's state before sending again",
            )
        )
        if self._lost is not None and not self._leaving:
            self._lost(reason)

    def _fail(self, error: SessionError) -> None:
        if not self.welcome.done():
            self.welcome.set_exception(error)
        for _, future in self._calls.values():
            if not future.done():
                future.set_exception(error)

    def close(self) -> None:
        """Leave the session."""
        self._leaving = True
        if self._transport is not None:
            self._transport.close()


def attach(
    name: str, *, sim: bool, start: bool, who: str | None, linger_s: float | None, keep: bool
) -> Callable[[LoopThread], Coroutine[Any, Any, tuple[Port, State]]]:
    """What joins the session of that name, and starts its keeper where there is none and ``start`` is set."""
    where = endpoint(name)

    async def opening(loop: LoopThread) -> tuple[Port, State]:
        origin = who or default_origin()
        joined = await join(where, origin)
        if joined is None and not start:
            raise SessionError(f"no session '{name}' runs", hint="unitbench sessions lists those that do")
        if joined is None:
            joined = await _start_andjoin(where, origin, linger_s, keep)
        connection, state = joined
        if sim:
            state = await connection.call(StartSim())
        return RemotePort(connection), state

    return opening


async def join(where: Endpoint, who: str, *, passing: bool = False) -> tuple[Connection, State] | None:
    """Join a keeper that is there; None where there is none, or it is just leaving."""
    connection = await connect(where)
    state = await welcomed(connection, where, who, passing) if connection else None
    return (connection, state) if connection and state else None


async def connect(where: Endpoint) -> Connection | None:
    """A connection to a keeper; None where none listens."""
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_unix_connection(Connection, str(where.socket))
    except (FileNotFoundError, ConnectionError):
        return None
    except PermissionError:
        raise SessionError(f"the session {where.name} belongs to another user") from None
    return connection


async def welcomed(connection: Connection, where: Endpoint, who: str, passing: bool) -> State | None:
    """The state that a keeper greets with; None where it is just leaving. Raises ``SessionError``."""
    try:
        connection.say(messages.Hello(messages.PROTOCOL, who, passing))
        async with asyncio.timeout(ANSWER_S):
            return await connection.welcome
    except Gone:
        return None
    except TimeoutError:
        process = connection.process or holder(where.lock)
        hint = f"its process is {process}; see what holds it up, or kill it" if process else ""
        connection.close()
        raise SessionError(f"the keeper of session {where.name} does not answer", hint=hint) from None


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
                process = _spawn(where, linger_s, keep)
                threading.Thread(target=process.wait, name="unitbench keeper's end", daemon=True).start()
            await asyncio.sleep(LOOK_S)
    said = where.log.read_text(encoding="utf-8", errors="replace").strip() if where.log.exists() else ""
    last = said.splitlines()[-1] if said else "it said nothing"
    raise SessionError(
        f"the keeper of session {where.name} did not start: {last}", hint=f"its log: {where.log}"
    )


def _spawn(where: Endpoint, linger_s: float | None, keep: bool) -> subprocess.Popen[bytes]:
    """A keeper that inherits nothing but the environment."""
    command = [sys.executable, "-m", "unitbench.session.keeper", where.name]
    if linger_s is not None:
        command += ["--linger", str(linger_s)]
    if keep:
        command.append("--keep")
    with where.log.open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            cwd=Path(where.folder.anchor),
            start_new_session=True,
            close_fds=True,
        )
