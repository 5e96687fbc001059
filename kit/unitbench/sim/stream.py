"""The TCP connections of a simulated unit."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from unitbench.sim.sockets import cut_by_reset
from unitbench.wire.host import Peer

if TYPE_CHECKING:
    from unitbench.sim.serve import UnitServer

FREED_S = 0.05
"""How long a full unit looks whether a client has just left before it turns the next one away."""
EARLY_BYTES = 65536
"""What is kept of a client until it is taken."""
UNREAD_BYTES = 1024 * 1024
"""A stream client that leaves more replies unread is cut."""


class Client(asyncio.Protocol):
    """The TCP connection of a client: what any server of a unit does with it."""

    _transport: asyncio.Transport | None = None

    def write(self, data: bytes) -> None:
        """Send bytes to this client, unless it is on its way out: asyncio complains of every such write."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()

    def hold(self, yes: bool) -> None:
        """Read no more for now, or again."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if yes else self._transport.resume_reading)()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def reset(self) -> None:
        """Cut the connection by RST."""
        if self._transport is not None:
            cut_by_reset(self._transport.get_extra_info("socket"))
            self._transport.abort()


class Stream(Client):
    """One TCP client of a unit. Bytes that come before it is taken are kept."""

    count = 0

    def __init__(self, server: UnitServer) -> None:
        Stream.count += 1
        self.peer: Peer = ("tcp", Stream.count)
        self._server = server
        self._early = bytearray()
        self._taken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._server.dead:  # while it was on its way in
            self.reset()
            return
        self._taken = self._server.joined(self)
        if not self._taken:
            asyncio.get_running_loop().call_later(FREED_S, self._again)

    def _again(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._taken = self._server.joined(self)
        if not self._taken:
            self._transport.close()
        elif self._early:
            self._server.bytes_from(self, bytes(self._early))

    def data_received(self, data: bytes) -> None:
        if self._taken:
            self._server.bytes_from(self, data)
        elif len(self._early) < EARLY_BYTES:
            self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._server.left(self)
