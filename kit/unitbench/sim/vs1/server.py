"""Serves a simulated camera: every row of its table on a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from unitbench.schema.records import Service
from unitbench.sim.ports import served_at
from unitbench.sim.serve import DATAGRAM_SIZE, PEERS, bound
from unitbench.sim.units import SimUnit
from unitbench.sim.vs1 import web
from unitbench.sim.vs1.files import Files
from unitbench.sim.vs1.streams import Connection, WebConnection
from unitbench.wire.host import Peer
from unitbench.wire.vs1 import announce, control, rip
from unitbench.wire.vs1.unit import EVERYBODY, Vs1Unit

HTTP, FTP = 80, 21
EVERY_LOOPBACK = "127.255.255.255"


UNBOUND = (("udp", 68), ("udp", 49495))
"""Rows of the table at which the unit does not listen: the DHCP client is only noted, and announces go out."""


class Vs1Server:
    """One camera on its sockets, driven by its core's deadlines. ``served`` are its services, each with its
    port here.

    ``last_host`` is the last address of the set's block; on loopback announces go to its own broadcast address
    instead. ``clock`` is the unit's own; without it that of the event loop.
    """

    hears = False

    def __init__(
        self,
        unit: SimUnit,
        port_offset: int,
        last_host: str = "",
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        assert isinstance(unit.core, Vs1Unit)
        self.unit = unit
        self.core = unit.core
        self.served: list[tuple[Service, int]] = [
            (service, served_at(service.carrier, unit.host, service.port + port_offset))
            for service in unit.services
            if (service.carrier, service.port) not in UNBOUND
        ]
        self._announce_to = (
            EVERY_LOOPBACK if unit.host.startswith("127.") else last_host,
            announce.PORT + port_offset,
        )
        self._clock = clock
        self._files: Files | None = None
        self._count = 0
        self._streams: dict[Peer, Connection] = {}
        self._clients: dict[Peer, tuple[str, int]] = {}
        self._udp: dict[int, socket.socket] = {}
        self._tcp: dict[int, socket.socket] = {}
        self._servers: list[asyncio.Server] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def udp_ports(self) -> set[int]:
        """The UDP ports listened on."""
        return {port for service, port in self.served if service.carrier == "udp"}

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""
        for service, port in self.served:
            if service.carrier == "udp":
                sock = bound(socket.SOCK_DGRAM, self.unit.host, port, share=False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
                self._udp[service.port] = sock
            else:
                self._tcp[service.port] = bound(socket.SOCK_STREAM, self.unit.host, port, share=True)

    async def start(self) -> None:
        """Begin to answer."""
        loop = asyncio.get_running_loop()
        for port, sock in self._udp.items():
            loop.add_reader(sock, self._datagrams, port, sock)
        for port, sock in self._tcp.items():
            if port == FTP:
                self._files = Files(sock, self._file_client)
                self._files.start()
            else:
                self._servers.append(await loop.create_server(self._connection(port), sock=sock))
        self.core.begin(self._now())
        self.pump()

    def _connection(self, port: int) -> Callable[[], Connection]:
        kind = WebConnection if port == HTTP else Connection
        return lambda: kind(self, port)

    def _file_client(self, host: str, here: bool) -> None:
        if here:
            self.core.opened(("ftp", host), FTP, host, self._now())
        else:
            self.core.disconnected(("ftp", host), self._now())

    def number(self) -> int:
        """A number for the next connection."""
        self._count += 1
        return self._count

    def page(self) -> bytes:
        """The web page as it is now."""
        state = self.core.state
        known = {
            "unit name": state.name,
            "inet on ethernet (e)": state.ip_address,
            "status": state.status,
            "software": state.software,
            "in control": self.core.control.holder,
            "DHCP client (UDP 68)": "not simulated",
        }
        return web.page(state.name, known | state.boot)

    def _datagrams(self, port: int, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                if port == rip.PORT:
                    self.core.route_update(data, sender[0], self._now())
                    self.pump()
                else:
                    self.datagram(data, sender)

    def datagram(self, data: bytes, sender: tuple[str, int], sock: socket.socket | None = None) -> None:
        """A datagram for the port of control."""
        peer = ("udp", *sender)
        self._clients.pop(peer, None)
        self._clients[peer] = sender
        if len(self._clients) > PEERS:
            del self._clients[next(iter(self._clients))]
        self.core.receive(data, peer, self._now(), datagram=True)
        self.pump()

    def joined(self, stream: Connection) -> None:
        """A client has connected."""
        self._streams[stream.peer] = stream
        self.core.opened(stream.peer, stream.port, stream.host, self._now())
        self.pump()

    def left(self, stream: Connection) -> None:
        """It is gone."""
        if self._streams.pop(stream.peer, None):
            self.core.disconnected(stream.peer, self._now())

    def bytes_from(self, stream: Connection, data: bytes) -> None:
        """Bytes of a client."""
        self.core.receive(data, stream.peer, self._now(), datagram=False)
        self.pump()

    def writable(self, stream: Connection, yes: bool) -> None:
        """A client's connection is full, or has room again."""
        self.core.writable(stream.peer, yes)
        if yes:
            asyncio.get_running_loop().call_soon(self.pump)

    def pump(self) -> None:
        """Send what is due, close what is to be closed, and wake again when there is more."""
        now = self._now()
        self.core.tick(now)
        for out in self.core.outgoing(now):
            self._send(out.peer, out.data)
        for peer in self.core.cuts():
            stream = self._streams.get(peer)
            if stream is not None:
                self.left(stream)
                stream.abort()
            elif isinstance(peer, tuple) and peer[0] == "ftp" and self._files:
                self._files.cut(str(peer[1]))
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.core.deadline()
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, deadline - now), self._wake)

    def _send(self, peer: Peer, data: bytes) -> None:
        stream = self._streams.get(peer)
        if stream is not None:
            stream.write(data)
            return
        to = self._announce_to if peer == EVERYBODY else self._clients.get(peer)
        if to is not None:
            # Both leave from the port of control, so that the address book knows their sender.
            with contextlib.suppress(OSError):
                self._udp[control.PORT].sendto(data, to)

    def _wake(self) -> None:
        self._timer = None
        self.pump()

    def _now(self) -> float:
        return self._clock() if self._clock else asyncio.get_running_loop().time()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock in (*self._udp.values(), *self._tcp.values()):
            sock.close()

    def close(self) -> None:
        """Close every socket and connection."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._files is not None:
            self._files.close()
            self._files = None
        for stream in list(self._streams.values()):
            self.left(stream)
            stream.abort()
        for server in self._servers:
            server.close()
        loop = asyncio.get_running_loop()
        for sock in self._udp.values():
            loop.remove_reader(sock)
        self.release()
