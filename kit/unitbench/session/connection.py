"""A connection to a keeper: found by the session's name, let in, greeted. Calls go out, answers and events come in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from unitbench.errors import SessionError, SessionGone, UsageError
from unitbench.session import messages
from unitbench.session.endpoint import Endpoint, holder, locked, peer
from unitbench.session.inlet import Inlet
from unitbench.session.operations import Operation
from unitbench.session.stream import Event, State

ANSWER_S = 5.0
"""How long a keeper may take to let a view in, and to greet it, in seconds."""


class Refused(SessionError):
    """A keeper is there and does not take us."""


class Connection(Inlet):
    """Calls out, answers and events in. Nothing is ever sent twice."""

    def __init__(self, name: str) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        self._name = name
        self.welcome: asyncio.Future[State] = loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._calls: dict[int, tuple[Operation, asyncio.Future[Any]]] = {}
        self._count = 0
        self._early: list[Event] = []
        self._heard: Callable[[Event], None] | None = None
        self._lost: Callable[[], None] | None = None
        self._leaving = False
        self.process: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.process = peer(transport.get_extra_info("socket")).process

    def say(self, message: msgspec.Struct) -> None:
        """Send a message; raises ``SessionError`` where the keeper is gone."""
        if self._transport is None:
            raise SessionGone("the session's keeper is gone", session=self._name)
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
            hint = f"'unitbench stop {self._name}' ends it; its links and logins are then gone"
            reason = f"the keeper of session {self._name} speaks another language: {error}"
            self._fail(Refused(reason, hint=hint))
            self.close()

    def _take(self, message: messages.FromKeeper) -> None:
        match message:
            case messages.Welcome(state):
                if not self.welcome.done():  # who waited may have given up
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

    def listen(self, heard: Callable[[Event], None], lost: Callable[[], None]) -> None:
        """Deliver the stream, with what has come since the welcome first; ``lost`` if it ends before we leave."""
        self._heard, self._lost = heard, lost
        for event in self._early:
            heard(event)
        self._early.clear()
        if self._transport is None:
            asyncio.get_running_loop().call_soon(lost)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(
            SessionGone(
                "the connection to the session's keeper has ended; whether a request that was running reached "
                "the unit is not known",
                session=self._name,
                further="read the unit's state before sending again",
            )
        )
        if self._lost is not None and not self._leaving:
            self._lost()

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


async def join(where: Endpoint, who: str, *, passing: bool = False) -> tuple[Connection, State] | None:
    """Join a keeper that is there; None where there is none, or it is just leaving."""
    connection = await connect(where)
    state = await welcomed(connection, where, who, passing) if connection else None
    return (connection, state) if connection and state else None


async def connect(where: Endpoint) -> Connection | None:
    """A connection to a keeper; None where none listens. Raises ``SessionError``."""
    try:
        return await _by_socket(where) or await _by_card(where)
    except PermissionError:
        raise SessionError(f"the session {where.name} belongs to another user") from None


async def _by_socket(where: Endpoint) -> Connection | None:
    if not hasattr(socket, "AF_UNIX"):
        return None
    loop = asyncio.get_running_loop()
    try:
        _, connection = await loop.create_unix_connection(lambda: Connection(where.name), str(where.socket))
    except (FileNotFoundError, ConnectionError):
        return None
    return connection


async def _by_card(where: Endpoint) -> Connection | None:
    """By loopback TCP: who listens there must know the token, else the keeper has gone and left its port."""
    from unitbench.session import proof

    card = proof.read(where.card)
    if card is None:
        return None
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setblocking(False)
    connection: Connection | None = None
    try:
        async with asyncio.timeout(ANSWER_S):
            await loop.sock_connect(sock, (proof.HOST, card.port))
            if await _let_in(sock, card.token):
                _, connection = await loop.create_connection(lambda: Connection(where.name), sock=sock)
    except ConnectionError:
        return None
    except TimeoutError:
        if _held(where):
            raise _mute(where, holder(where.lock)) from None
    finally:
        if connection is None:
            sock.close()
    return connection


async def _let_in(sock: socket.socket, token: bytes) -> bool:
    """Prove who we are, and see whether the other end can."""
    from unitbench.session import proof

    keepers, views = await _exactly(sock, proof.NONCE_BYTES), proof.nonce()
    said = proof.proof(token, proof.VIEW, keepers, views)
    await asyncio.get_running_loop().sock_sendall(sock, views + said)
    shown = await _exactly(sock, proof.PROOF_BYTES)
    return proof.proven(shown, token, proof.KEEPER, keepers, views)


async def _exactly(sock: socket.socket, size: int) -> bytes:
    """So many bytes; raises ``ConnectionError`` where the other end closes before."""
    got = b""
    while len(got) < size:
        more = await asyncio.get_running_loop().sock_recv(sock, size - len(got))
        if not more:
            raise ConnectionResetError
        got += more
    return got


def _held(where: Endpoint) -> bool:
    """Whether a keeper holds its lock."""
    with locked(where.lock, wait=False) as free:
        return not free


def _mute(where: Endpoint, process: int | None) -> SessionError:
    hint = f"its process is {process}; see what holds it up, or kill it" if process else ""
    return SessionError(f"the keeper of session {where.name} does not answer", hint=hint)


async def welcomed(connection: Connection, where: Endpoint, who: str, passing: bool) -> State | None:
    """The state that a keeper greets with; None where it is just leaving. Raises ``SessionError``."""
    try:
        connection.say(messages.Hello(messages.PROTOCOL, who, passing, os.getpid()))
        async with asyncio.timeout(ANSWER_S):
            return await connection.welcome
    except SessionGone:
        return None
    except TimeoutError:
        process = connection.process or holder(where.lock)
        connection.close()
        raise _mute(where, process) from None
