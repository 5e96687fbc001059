"""Serves units on real sockets: each its own UDP socket and TCP listeners."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable

from unitbench import catalogue
from unitbench.sim.casting import Casting
from unitbench.sim.gate import Gate
from unitbench.sim.serving import DATAGRAM_SIZE, PEERS, Server, Serving
from unitbench.sim.sockets import BACKLOG, bound, reset
from unitbench.sim.stream import Stream
from unitbench.sim.units import SimUnit
from unitbench.wire.host import Peer


class UnitServer(Serving):
    """One unit on its sockets, driven by its core's deadlines."""

    def __init__(self, unit: SimUnit, port_offset: int) -> None:
        super().__init__(unit)
        self.hears = catalogue.protocol(unit.protocol).hears_broadcast
        self.served = [(service, service.port + port_offset) for service in unit.services]
        self.udp_ports = {port for service, port in self.served if service.carrier == "udp"}
        if unit.claims:
            self.served = []
        self._send: dict[Peer, Callable[[bytes], object]] = {}
        self._udp_peers: dict[Peer, Callable[[bytes], object]] = {}
        self._streams: set[Stream] = set()
        self._coming: set[asyncio.Task[None]] = set()
        self._lines: list[Peer] = []
        self._udp: list[socket.socket] = []
        self._lodger = False
        self._casting = Casting(
            self.core, unit.host, port_offset, clock=self.now, heard=self.pump, passed=self.faults.passed
        )

    def lodge(self, guest: UnitServer) -> None:
        """Let another unit claim this one's address: it has no socket, hears broadcasts and answers from here."""
        guest._udp = self._udp
        guest._lodger = True
        self._casting.shared = guest._casting.shared = True

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""
        for service, port in self.served:
            if service.carrier == "udp":
                self._udp.append(bound(socket.SOCK_DGRAM, self.unit.host, port, share=False))
            else:
                self.gates.append(self._gate(port))
                self.gates[-1].bind()

    def _gate(self, port: int) -> Gate:
        return Gate(
            self.unit.host,
            port,
            room=self._room,
            take=self._take,
            reject=lambda: self.reject or "accept_close",
            dead=lambda: self.dead,
            backlog=BACKLOG,
        )

    def _room(self) -> bool:
        """Whether faults let one more client in; how many the unit itself takes, ``joined`` says."""
        busy = "busy" in self.faults.values
        return not busy and not self.only_one(len(self._streams) + len(self._coming))

    def _take(self, sock: socket.socket) -> None:
        task = asyncio.get_running_loop().create_task(self._open(sock))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _open(self, sock: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: Stream(self), sock)
        except (OSError, asyncio.CancelledError):
            reset(sock)

    async def start(self) -> None:
        """Begin to answer."""
        loop = asyncio.get_running_loop()
        for sock in () if self._lodger else self._udp:
            loop.add_reader(sock, self._datagrams, sock)
        for gate in self.gates:
            gate.start()

    def _datagrams(self, sock: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                self.datagram(data, sender, sock)

    def datagram(self, data: bytes, sender: tuple[str, int], sock: socket.socket | None = None) -> None:
        """A datagram for this unit; the answer leaves from the unit's own socket."""
        own = sock or self._udp[0]
        peer = ("udp", *sender)
        self._udp_peers.pop(peer, None)
        self._udp_peers[peer] = lambda out: own.sendto(out, sender)
        if len(self._udp_peers) > PEERS:
            del self._udp_peers[next(iter(self._udp_peers))]
        self.line.receive(data, peer, datagram=True)

    def joined(self, stream: Stream) -> bool:
        """A stream client asks to be taken; False where the unit is full."""
        if len(self._streams) >= self.unit.clients:
            return False
        self.welcome(stream)
        return True

    def welcome(self, stream: Stream) -> None:
        """Take a stream client."""
        self._streams.add(stream)
        self._send[stream.peer] = stream.write
        stream.hold("halfopen" in self.faults.values)
        self.faults.joined(stream.peer)
        self.core.connected(stream.peer, self.now())
        self.settle()
        self.pump()

    def left(self, stream: Stream) -> None:
        """A stream client is gone."""
        if stream in self._streams:
            self._streams.remove(stream)
            self._send.pop(stream.peer, None)
            self.faults.left(stream.peer)
            self.core.disconnected(stream.peer, self.now())
            self.settle()

    def attach(self, peer: Peer, write: Callable[[bytes], object], forgets_s: float | None) -> None:
        """A serial line, on which a client may be at any time; ``forgets_s`` as its service has it."""
        self._send[peer] = write
        self._lines.append(peer)
        self.faults.joined(peer)
        self.core.attached(peer, self.now(), forgets_s)

    def returned(self) -> None:
        """Serial lines are there as before."""
        for peer in self._lines:
            self.faults.joined(peer)

    def bytes_from(self, stream: Stream, data: bytes) -> None:
        """Bytes of a stream client."""
        self.line.receive(data, stream.peer, datagram=False)

    def send(self, peer: Peer | None, data: bytes) -> None:
        """Let bytes leave, by the connection or the socket by which their client came."""
        send = self._send.get(peer) or self._udp_peers.get(peer)
        if send is not None:
            with contextlib.suppress(OSError):
                send(data)

    def moved(self) -> None:
        """Follow the ports that the core opens, and what it sends unasked."""
        self._casting.follow()

    def connections(self) -> Iterable[Stream]:
        """The stream clients that are there."""
        return list(self._streams)

    def cut(self) -> None:
        """End every connection by RST."""
        for task in self._coming:
            task.cancel()
        for stream in list(self._streams):
            self.left(stream)
            stream.reset()
        self._udp_peers.clear()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock in () if self._lodger else self._udp:
            sock.close()
        for gate in self.gates:
            gate.release()

    def close(self) -> None:
        """Close every socket and connection."""
        self.stop()
        for task in self._coming:
            task.cancel()
        for stream in list(self._streams):
            stream.abort()
        loop = asyncio.get_running_loop()
        for sock in () if self._lodger else self._udp:
            loop.remove_reader(sock)
        self._casting.close()
        self.release()


def server_of(unit: SimUnit, port_offset: int, last_host: str) -> Server:
    """What serves a unit; ``last_host`` is the last address of its block."""
    if unit.protocol == "recorder":
        from unitbench.sim.recorder.server import RecorderServer

        return RecorderServer(unit, port_offset)
    if unit.protocol == "dcol":
        from unitbench.sim.dcol.server import DcolServer

        return DcolServer(unit, port_offset)
    if unit.protocol == "vs1":
        from unitbench.sim.vs1.server import Vs1Server

        return Vs1Server(unit, port_offset, last_host)
    return UnitServer(unit, port_offset)
