"""Serves a simulated camera: every row of its table on a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable

from unitbench.catalogue import vs1 as table
from unitbench.schema.records import Service
from unitbench.sim.gate import Gate
from unitbench.sim.ports import served_at
from unitbench.sim.serving import DATAGRAM_SIZE, PEERS, Serving
from unitbench.sim.sockets import BACKLOG, bound, reset
from unitbench.sim.units import SimUnit
from unitbench.sim.vs1 import web
from unitbench.sim.vs1.files import Files
from unitbench.sim.vs1.streams import Connection, WebConnection
from unitbench.wire.host import Peer
from unitbench.wire.vs1.unit import EVERYBODY, Vs1Unit

EVERY_LOOPBACK = "127.255.255.255"


class Vs1Server(Serving):
    """One camera on its sockets, driven by its core's deadlines. ``served`` are its services, each with its
    port here.

    ``last_host`` is the last address of the set's block; on loopback announces go to its own broadcast address
    instead.
    """

    hears = False

    core: Vs1Unit
    libraries = ("HTTP", "FTP")

    def __init__(self, unit: SimUnit, port_offset: int, last_host: str = "") -> None:
        assert isinstance(unit.core, Vs1Unit)
        super().__init__(unit)
        self.served: list[tuple[Service, int]] = [
            (service, served_at(service.carrier, unit.host, service.port + port_offset))
            for service in unit.services
            if service not in table.UNHEARD
        ]
        self._announce_to = (
            EVERY_LOOPBACK if unit.host.startswith("127.") else last_host,
            table.ANNOUNCE.port + port_offset,
        )
        self._files: Files | None = None
        self._count = 0
        self._streams: dict[Peer, Connection] = {}
        self._clients: dict[Peer, tuple[str, int]] = {}
        self._udp: dict[int, socket.socket] = {}
        self._coming: dict[asyncio.Task[None], int] = {}

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
                self.gates.append(self._gate(service.port, port))
                self.gates[-1].bind()

    def _gate(self, number: int, port: int) -> Gate:
        """What listens for a row of the table, at the port where that is served."""
        return Gate(
            self.unit.host,
            port,
            room=lambda: not self.only_one(self._there(number)),
            take=lambda sock: self._take(number, sock),
            reject=lambda: self.reject,
            dead=lambda: self.dead,
            backlog=BACKLOG,
        )

    def _there(self, number: int) -> int:
        """How many clients a row has."""
        files = self._files.count if self._files and number == table.FTP.port else 0
        streams = sum(stream.port == number for stream in self._streams.values())
        return files + streams + list(self._coming.values()).count(number)

    def _take(self, number: int, sock: socket.socket) -> None:
        if number == table.FTP.port:
            self._later(self._admit_file_client, sock)
            return
        task = asyncio.get_running_loop().create_task(self._open(number, sock))
        self._coming[task] = number
        task.add_done_callback(self._coming.pop)

    def _later(self, action: Callable[[socket.socket], object], sock: socket.socket) -> None:
        """Do something with a connection, at once or as late as the faults say."""
        wait = self.faults.delay()
        if wait:
            asyncio.get_running_loop().call_later(wait, action, sock)
        else:
            action(sock)

    def _admit_file_client(self, sock: socket.socket) -> None:
        if self._files is None or self.dead:
            reset(sock)
        else:
            self._files.admit(sock)

    async def _open(self, number: int, sock: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._connection(number), sock)
        except (OSError, asyncio.CancelledError):
            reset(sock)

    async def start(self) -> None:
        """Begin to answer."""
        loop = asyncio.get_running_loop()
        for port, sock in self._udp.items():
            loop.add_reader(sock, self._datagrams, port, sock)
        self._files = Files(self._file_client)
        for gate in self.gates:
            gate.start()
        self.core.begin(self.now())
        self.pump()

    def _connection(self, port: int) -> Callable[[], Connection]:
        kind = WebConnection if port == table.HTTP.port else Connection
        return lambda: kind(self, port)

    def _file_client(self, host: str, here: bool) -> None:
        if here:
            self.core.opened(("ftp", host), table.FTP.port, host, self.now())
        else:
            self.core.disconnected(("ftp", host), self.now())
            self.settle()

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
                if port == table.ROUTING.port and self.faults.deaf:
                    continue
                if port == table.ROUTING.port:
                    self.core.route_update(data, sender[0], self.now())
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
        self.line.receive(data, peer, datagram=True)

    def joined(self, stream: Connection) -> None:
        """A client has connected."""
        self._streams[stream.peer] = stream
        stream.hold("halfopen" in self.faults.values)
        self.faults.joined(stream.peer)
        self.core.opened(stream.peer, stream.port, stream.host, self.now())
        self.settle()
        self.pump()

    def left(self, stream: Connection) -> None:
        """It is gone."""
        if self._streams.pop(stream.peer, None):
            self.faults.left(stream.peer)
            self.core.disconnected(stream.peer, self.now())
            self.settle()

    def bytes_from(self, stream: Connection, data: bytes) -> None:
        """Bytes of a client."""
        self.line.receive(data, stream.peer, datagram=False)

    def writable(self, stream: Connection, yes: bool) -> None:
        """A client's connection is full, or has room again."""
        self.core.writable(stream.peer, yes)
        if yes:
            asyncio.get_running_loop().call_soon(self.pump)

    def moved(self) -> None:
        """Close what the core wants closed."""
        for peer in self.core.cuts():
            stream = self._streams.get(peer)
            if stream is not None:
                self.left(stream)
                stream.abort()
            elif isinstance(peer, tuple) and peer[0] == "ftp" and self._files:
                self._files.cut(str(peer[1]))

    def send(self, peer: Peer | None, data: bytes) -> None:
        """Let bytes leave: on a connection, as an announce, or from the port of control."""
        stream = self._streams.get(peer)
        if stream is not None:
            stream.write(data)
            return
        to = self._announce_to if peer == EVERYBODY else self._clients.get(peer)
        if to is not None:
            # Both leave from the port of control, so that the address book knows their sender.
            with contextlib.suppress(OSError):
                self._udp[table.CONTROL.port].sendto(data, to)

    def connections(self) -> Iterable[Connection]:
        """The clients that the core knows."""
        return list(self._streams.values())

    def cut(self) -> None:
        """End every connection by RST, transfers too."""
        for task in self._coming:
            task.cancel()
        for stream in list(self._streams.values()):
            self.left(stream)
            stream.reset()
        if self._files is not None:
            self._files.cut_all()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock in self._udp.values():
            sock.close()
        for gate in self.gates:
            gate.release()

    def close(self) -> None:
        """Close every socket and connection."""
        self.stop()
        if self._files is not None:
            self._files.close()
            self._files = None
        for task in self._coming:
            task.cancel()
        for stream in list(self._streams.values()):
            self.left(stream)
            stream.abort()
        loop = asyncio.get_running_loop()
        for sock in self._udp.values():
            loop.remove_reader(sock)
        self.release()
