"""Serves a simulated camera: every row of its table on a socket of its own.

With ``dhcp_interface`` its ports are open while it has a lease, at the leased address.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable

from unitbench.catalogue import vs1 as table
from unitbench.errors import OpenFailed
from unitbench.schema.records import Service
from unitbench.sim.automatic import Automatic
from unitbench.sim.gate import Gate
from unitbench.sim.moving import Moving
from unitbench.sim.ports import served_at
from unitbench.sim.serving import PEERS
from unitbench.sim.sockets import BACKLOG, reset
from unitbench.sim.units import SimUnit
from unitbench.sim.vs1 import web
from unitbench.sim.vs1.datagrams import Datagrams
from unitbench.sim.vs1.files import Files
from unitbench.sim.vs1.streams import Connection, WebConnection
from unitbench.wire.host import Peer
from unitbench.wire.vs1.unit import EVERYBODY, Vs1Unit

EVERY_LOOPBACK = "127.255.255.255"


class Vs1Server(Moving):
    """One camera on its sockets, driven by its core's deadlines. ``served`` are its services, each with its
    port here.

    ``last_host`` is the last address of the set's block; on loopback announces go to its own broadcast address
    instead, and with a lease to that of the lease's network.
    """

    hears = False

    core: Vs1Unit
    libraries = ("HTTP", "FTP")

    def __init__(self, unit: SimUnit, port_offset: int, last_host: str = "") -> None:
        assert isinstance(unit.core, Vs1Unit)
        super().__init__(unit)
        self._offset = port_offset
        self._last_host = EVERY_LOOPBACK if unit.host.startswith("127.") else last_host
        state = unit.core.state
        if state.dhcp_interface:
            self.automatic = Automatic(
                unit, state, state.name, pump=self.pump, place=lambda wanted: True, moved=self.relocate
            )
        self.served = [] if self.dhcp else self._places()
        self._files: Files | None = None
        self._count = 0
        self._streams: dict[Peer, Connection] = {}
        self._clients: dict[Peer, tuple[str, int]] = {}
        self._udp = Datagrams(self._came)
        self._coming: dict[asyncio.Task[None], int] = {}

    def _places(self) -> list[tuple[Service, int]]:
        """The rows at which it listens, each with its port here."""
        return [
            (service, served_at(service.carrier, self.unit.host, service.port + self._offset))
            for service in self.unit.services
            if service not in table.UNHEARD
        ]

    @property
    def udp_ports(self) -> set[int]:
        """The UDP ports listened on."""
        return {port for service, port in self.served if service.carrier == "udp"}

    def listen(self) -> None:
        """Take the ports at the unit's address."""
        self.served = self._places()
        try:
            for service, port in self.served:
                if service.carrier == "udp":
                    self._udp.bind(service.port, self.unit.host, port)
                else:
                    self.gates.append(self._gate(service.port, port))
                    self.gates[-1].bind()
        except OpenFailed:
            self._give_back()
            raise

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
        self._files = Files(self._file_client)
        self.hear()
        for gate in self.gates:
            gate.start()
        self.core.begin(self.now())
        if self.dhcp:
            self.dhcp.start()
        self.pump()

    def hear(self) -> None:
        """Begin to read the UDP ports."""
        self._udp.hear()

    def unhear(self) -> None:
        """Close the UDP ports."""
        self._udp.unhear()

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
            "netmask": state.netmask,
            "gateway inet (g)": state.gateway,
            "DNS server": state.dns_server,
            "status": state.status,
            "software": state.software,
            "in control": self.core.control.holder,
            "DHCP client (UDP 68)": state.network,
        }
        return web.page(state.name, known | state.boot)

    def _came(self, number: int, data: bytes, sender: tuple[str, int]) -> None:
        if number != table.ROUTING.port:
            self.datagram(data, sender)
        elif not self.faults.deaf:
            self.core.route_update(data, sender[0], self.now())
            self.pump()

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
        to = self._announce_to() if peer == EVERYBODY else self._clients.get(peer)
        if to is not None:
            self._udp.send(data, to)

    def _announce_to(self) -> tuple[str, int]:
        """Everybody on the unit's network."""
        leased = self.automatic.broadcasts[:1] if self.automatic else ()
        return (*leased, self._last_host)[0], table.ANNOUNCE.port + self._offset

    def connections(self) -> Iterable[Connection]:
        """The clients that the core knows."""
        return list(self._streams.values())

    def returned(self) -> None:
        """Power is back: it asks for its address anew."""
        if self.dhcp:
            self.dhcp.up()

    def cut(self) -> None:
        """End every connection by RST, transfers too; without power there is no lease either."""
        for stream in list(self._streams.values()):
            self.left(stream)
            stream.reset()
        self.drop()
        if self.dhcp and self.faults.down:
            self.dhcp.down()

    def drop(self) -> None:
        """End every connection, transfers too."""
        for task in self._coming:
            task.cancel()
        for stream in list(self._streams.values()):
            self.left(stream)
            stream.abort()
        self._clients.clear()
        if self._files is not None:
            self._files.cut_all()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        self._give_back()
        if self.dhcp:
            self.dhcp.release()

    def _give_back(self) -> None:
        self._udp.release()
        for gate in self.gates:
            gate.release()
        self.gates.clear()

    def close(self) -> None:
        """Close every socket and connection."""
        self.ended = True
        self.stop()
        self.drop()
        if self._files is not None:
            self._files.close()
            self._files = None
        self.unhear()
        if self.dhcp:
            self.dhcp.close()
        self.release()
