"""The connections of a simulated camera: those that its core knows, and the web server's."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from unitbench.sim.sockets import cut_by_reset
from unitbench.sim.stream import UNREAD_BYTES
from unitbench.sim.vs1 import web
from unitbench.wire.host import Peer

if TYPE_CHECKING:
    from unitbench.sim.vs1.server import Vs1Server

BUFFERED = 16384
"""What the connection of a slow reader holds before the core is told to wait."""


class Connection(asyncio.Protocol):
    """One client of a port of the table. Its bytes are the core's business."""

    def __init__(self, server: Vs1Server, port: int) -> None:
        self.peer: Peer = ("tcp", server.number())
        self.port = port
        self.host = ""
        self._server = server
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=BUFFERED)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = transport.get_extra_info("peername")
        if peer is None or self._server.dead:  # it went, or the unit did, while it was on its way in
            self.reset()
            return
        self.host = str(peer[0])
        self._server.joined(self)

    def data_received(self, data: bytes) -> None:
        self._server.bytes_from(self, data)

    def pause_writing(self) -> None:
        self._server.writable(self, False)

    def resume_writing(self) -> None:
        self._server.writable(self, True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._server.left(self)

    def write(self, data: bytes) -> None:
        """Send bytes to this client, unless it is on its way out: asyncio complains of every such write."""
        if self._transport is not None and not self._transport.is_closing():
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


class WebConnection(Connection):
    """One request of a browser, one answer, and the end."""

    def __init__(self, server: Vs1Server, port: int) -> None:
        super().__init__(server, port)
        self._request = bytearray()
        self._asked = False

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing() or self._asked:
            return
        self._request += data
        if web.complete(bytes(self._request)):
            self._asked = True
            wait = self._server.faults.delay()
            if wait:
                asyncio.get_running_loop().call_later(wait, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(web.answer(bytes(self._request), (self.host, 0), self._server.page()))
        self._transport.close()
