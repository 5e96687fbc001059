"""The connections of a simulated camera: those that its core knows, and the web server's."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from unitbench.sim.stream import Client
from unitbench.sim.vs1 import web
from unitbench.wire.host import Peer

if TYPE_CHECKING:
    from unitbench.sim.vs1.server import Vs1Server

BUFFERED = 16384
"""What the connection of a slow reader holds before the core is told to wait."""


class Connection(Client):
    """One client of a port of the table. Its bytes are the core's business."""

    def __init__(self, server: Vs1Server, port: int) -> None:
        self.peer: Peer = ("tcp", server.number())
        self.port = port
        self.host = ""
        self._server = server

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
