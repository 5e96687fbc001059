"""What a virtual port listens with: a gate for connections, or a socket for datagrams."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from unitbench.sim.gate import Gate
from unitbench.sim.serving import DATAGRAM_SIZE
from unitbench.sim.sockets import BACKLOG, bound, reset
from unitbench.sim.stream import Stream
from unitbench.wire.dcol.openings import Opening
from unitbench.wire.host import Peer

if TYPE_CHECKING:
    from unitbench.sim.dcol.server import DcolServer


class PortStream(Stream):
    """A connection through a virtual port: of a client, or one that the unit dialled."""

    def __init__(self, server: DcolServer, opening: Opening) -> None:
        super().__init__(server)
        self.opening = opening

    def end(self) -> None:
        """Close the connection behind what was sent."""
        if self._transport is not None:
            self._transport.close()


class StreamDoor:
    """Where TCP clients of a virtual port come in."""

    def __init__(self, server: DcolServer, opening: Opening, port: int) -> None:
        self.port = port
        self._server = server
        self._opening = opening
        self._coming: set[asyncio.Task[None]] = set()
        self.gate = Gate(
            server.unit.host,
            port,
            room=lambda: not server.crowded(opening.number) and not (self._coming and server.only_one(1)),
            take=self._take,
            reject=lambda: server.reject or "accept_close",
            dead=lambda: server.dead,
            backlog=BACKLOG,
        )

    def bind(self) -> None:
        """Take the port; raises ``OpenFailed``."""
        self.gate.bind()

    def start(self) -> None:
        """Begin to take clients."""
        self.gate.start()

    def _take(self, sock: socket.socket) -> None:
        task = asyncio.get_running_loop().create_task(self._open(sock))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _open(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(lambda: PortStream(self._server, self._opening), sock)
        except (OSError, asyncio.CancelledError):
            reset(sock)

    def release(self) -> None:
        """Give the port back before anything was started."""
        self.gate.release()

    def close(self) -> None:
        """Take no more clients."""
        self.gate.close()
        for task in self._coming:
            task.cancel()


class DatagramDoor:
    """The UDP socket of a virtual port: at its port, or at any where it sends to a remote address."""

    def __init__(self, server: DcolServer, opening: Opening, port: int) -> None:
        self.port = port
        self._server = server
        self._opening = opening
        self._sock: socket.socket | None = None

    def bind(self) -> None:
        """Take the port; raises ``OpenFailed``."""
        self._sock = bound(socket.SOCK_DGRAM, self._server.unit.host, self.port, share=False)

    def start(self) -> None:
        """Begin to hear; who is dialled is a client at once."""
        assert self._sock is not None
        asyncio.get_running_loop().add_reader(self._sock, self._readable)
        if self._opening.remote:
            self._server.reached(
                self._opening, self._peer(self._opening.remote), self._to(self._opening.remote)
            )

    def _peer(self, sender: tuple[str, int]) -> Peer:
        return ("udp", self._opening.number, *sender)

    def _to(self, client: tuple[str, int]) -> Callable[[bytes], object]:
        sock = self._sock
        assert sock is not None
        return lambda data: sock.sendto(data, client)

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while self._sock is not None:
                data, sender = self._sock.recvfrom(DATAGRAM_SIZE)
                self._server.heard(self._opening, data, self._peer(sender), self._to(sender))

    def release(self) -> None:
        """Give the port back before anything was started."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def close(self) -> None:
        """Hear no more."""
        if self._sock is not None:
            asyncio.get_running_loop().remove_reader(self._sock)
        self.release()


Door = StreamDoor | DatagramDoor
