"""The keeper's door: a Unix socket, or loopback TCP where there are none. Only its own user comes in."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

from unitbench.session import proof
from unitbench.session.endpoint import TCP, Endpoint, peer
from unitbench.session.inlet import Inlet

PROOF_S = 5.0
"""How long a connection may take to prove that it knows the token, in seconds."""
WAITING_MOST = 64
"""Connections that may be at that at once; for one more the oldest is dropped."""


async def opened(where: Endpoint, carrier: str, view: Callable[[], Inlet]) -> asyncio.Server:
    """Listen at an endpoint; ``view`` makes what serves a connection that was let in."""
    where.shut()
    loop = asyncio.get_running_loop()
    if carrier == TCP:
        waiting: dict[_Porter, asyncio.Transport] = {}
        sock = socket.create_server((proof.HOST, 0))
        card = proof.issue(where.card, sock.getsockname()[1])
        return await loop.create_server(lambda: _Porter(card.token, view, waiting), sock=sock)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    umask = os.umask(0o177)
    try:
        sock.bind(str(where.socket))
    finally:
        os.umask(umask)
    return await loop.create_unix_server(lambda: _Guard(view), sock=sock)


class _Entrance(asyncio.Protocol):
    """Hands a connection on once it may come in."""

    def __init__(self, view: Callable[[], Inlet]) -> None:
        self._view = view
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def _admit(self, already: bytes = b"") -> None:
        assert self._transport is not None
        view = self._view()
        self._transport.set_protocol(view)
        view.connection_made(self._transport)
        if already:
            view.data_received(already)


class _Guard(_Entrance):
    """On a Unix socket the system says whose process is at the other end."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self._transport is not None
        user = peer(self._transport.get_extra_info("socket")).user
        if user is None or user == os.getuid():
            self._admit()
        else:
            self._transport.abort()


class _Porter(_Entrance):
    """On TCP the other end must prove that it knows the token; until then it hears nothing but random bytes."""

    def __init__(
        self,
        token: bytes,
        view: Callable[[], Inlet],
        waiting: dict[_Porter, asyncio.Transport],
    ) -> None:
        super().__init__(view)
        self._token = token
        self._nonce = proof.nonce()
        self._said = b""
        self._waiting = waiting
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self._transport is not None
        if len(self._waiting) >= WAITING_MOST:
            self._waiting.pop(next(iter(self._waiting))).abort()
        self._transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting[self] = self._transport
        self._timer = asyncio.get_running_loop().call_later(PROOF_S, self._transport.abort)
        self._transport.write(self._nonce)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._said += data
        views, said = self._said[: proof.NONCE_BYTES], self._said[proof.NONCE_BYTES :]
        if len(said) < proof.PROOF_BYTES:
            return
        self._passed()
        shown, rest = said[: proof.PROOF_BYTES], said[proof.PROOF_BYTES :]
        if not proof.proven(shown, self._token, proof.VIEW, self._nonce, views):
            self._transport.abort()
            return
        self._transport.write(proof.proof(self._token, proof.KEEPER, self._nonce, views))
        self._admit(rest)

    def connection_lost(self, exc: Exception | None) -> None:
        self._passed()

    def _passed(self) -> None:
        self._waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
