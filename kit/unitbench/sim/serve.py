"""Serves units on real sockets: each its own UDP socket and TCP listeners, and the shared broadcast ones."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Protocol

from unitbench import catalogue
from unitbench.errors import OpenFailed
from unitbench.schema.records import Service
from unitbench.sim.casting import Casting
from unitbench.sim.units import SimUnit
from unitbench.wire.host import Peer

BACKLOG = 64
FREED_S = 0.05
"""How long a full unit looks whether a client has just left before it turns the next one away."""
DATAGRAM_SIZE = 65536
PEERS = 1000
"""UDP clients that a unit can still answer; the one that has been silent longest is forgotten first."""
UNREAD_BYTES = 1024 * 1024
"""A stream client that leaves more replies unread is cut."""
SPARE_FILES = 256
EVERYBODY = "127.255.255.255"
"""The broadcast address of the loopback interface: every set on this machine hears there."""
MENDS = {
    errno.EADDRINUSE: "another program or set has it: end that, or choose with --address or --port-offset",
    errno.EADDRNOTAVAIL: "the address is not this machine's",
    errno.EMFILE: "fewer units, or a higher limit of open files: ulimit -n",
}


def bound(kind: socket.SocketKind, host: str, port: int, *, share: bool) -> socket.socket:
    """A non-blocking socket bound to an address; ``share`` sets SO_REUSEADDR. Raises ``OpenFailed``."""
    sock = None
    try:
        sock = socket.socket(socket.AF_INET, kind)
        sock.setblocking(False)
        if share:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        if kind is socket.SOCK_STREAM:
            sock.listen(BACKLOG)
    except OSError as error:
        if sock is not None:
            sock.close()
        carrier = "tcp" if kind is socket.SOCK_STREAM else "udp"
        where = f"{host}:{port}/{carrier}"
        raise OpenFailed(
            f"cannot listen on {where}: {error.strerror}",
            endpoint=where,
            hint=MENDS.get(error.errno or 0, ""),
        ) from None
    return sock


def make_room(sockets: int) -> None:
    """Raise this process's own limit of open files, as far as it may, where so many sockets want it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * sockets + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


class Server(Protocol):
    """What serves a unit, as a set of units needs it."""

    unit: SimUnit
    served: list[tuple[Service, int]]

    @property
    def hears(self) -> bool:
        """Whether the unit answers broadcasts."""

    @property
    def udp_ports(self) -> set[int]:
        """The UDP ports that it has."""

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""

    async def start(self) -> None:
        """Begin to answer."""

    def datagram(self, data: bytes, sender: tuple[str, int]) -> None:
        """A datagram that was broadcast."""

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""

    def close(self) -> None:
        """Close every socket and connection."""


class UnitServer:
    """One unit on its sockets, driven by its core's deadlines."""

    def __init__(self, unit: SimUnit, port_offset: int) -> None:
        self.unit = unit
        self.core = unit.core
        self.hears = catalogue.protocol(unit.protocol).hears_broadcast
        self.served = [(service, service.port + port_offset) for service in unit.services]
        self.udp_ports = {port for service, port in self.served if service.carrier == "udp"}
        self._send: dict[Peer, Callable[[bytes], object]] = {}
        self._udp_peers: dict[Peer, Callable[[bytes], object]] = {}
        self._streams: set[Stream] = set()
        self._udp: list[socket.socket] = []
        self._tcp: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._timer: asyncio.TimerHandle | None = None
        self._casting = Casting(self.core, unit.host, port_offset, clock=self._now, heard=self.pump)

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed`` naming the one that is in use."""
        for service, port in self.served:
            if service.carrier == "udp":
                self._udp.append(bound(socket.SOCK_DGRAM, self.unit.host, port, share=False))
            else:
                self._tcp.append(bound(socket.SOCK_STREAM, self.unit.host, port, share=True))

    async def start(self) -> None:
        """Begin to answer."""
        loop = asyncio.get_running_loop()
        for sock in self._udp:
            loop.add_reader(sock, self._datagrams, sock)
        for sock in self._tcp:
            self._servers.append(await loop.create_server(lambda: Stream(self), sock=sock))

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
        self.core.receive(data, peer, self._now(), datagram=True)
        self.pump()

    def joined(self, stream: Stream) -> bool:
        """A stream client asks to be taken; False where the unit is full."""
        if len(self._streams) >= self.unit.clients:
            return False
        self._streams.add(stream)
        self._send[stream.peer] = stream.write
        self.core.connected(stream.peer, self._now())
        return True

    def left(self, stream: Stream) -> None:
        """A stream client is gone."""
        if stream in self._streams:
            self._streams.remove(stream)
            self._send.pop(stream.peer, None)
            self.core.disconnected(stream.peer, self._now())

    def bytes_from(self, stream: Stream, data: bytes) -> None:
        """Bytes of a stream client."""
        self.core.receive(data, stream.peer, self._now(), datagram=False)
        self.pump()

    def pump(self) -> None:
        """Send what is due and wake again when more will be."""
        now = self._now()
        self.core.tick(now)
        for out in self.core.outgoing(now):
            send = self._send.get(out.peer) or self._udp_peers.get(out.peer)
            if send is not None:
                with contextlib.suppress(OSError):
                    send(out.data)
        self._casting.follow()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.core.deadline()
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._wake)

    def _wake(self) -> None:
        self._timer = None
        self.pump()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock in (*self._udp, *self._tcp):
            sock.close()

    def close(self) -> None:
        """Close every socket and connection."""
        if self._timer:
            self._timer.cancel()
        for stream in list(self._streams):
            stream.abort()
        for server in self._servers:
            server.close()
        loop = asyncio.get_running_loop()
        for sock in self._udp:
            loop.remove_reader(sock)
        self._casting.close()
        self.release()


def server_of(unit: SimUnit, port_offset: int, last_host: str) -> Server:
    """What serves a unit; ``last_host`` is the last address of its block."""
    if unit.protocol == "recorder":
        from unitbench.sim.recorder.server import RecorderServer

        return RecorderServer(unit, port_offset)
    if unit.protocol == "vs1":
        from unitbench.sim.vs1.server import Vs1Server

        return Vs1Server(unit, port_offset, last_host)
    return UnitServer(unit, port_offset)


class Stream(asyncio.Protocol):
    """One TCP client of a unit. Bytes that come before it is taken are kept."""

    count = 0

    def __init__(self, server: UnitServer) -> None:
        Stream.count += 1
        self.peer: Peer = ("tcp", Stream.count)
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._early = bytearray()
        self._taken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
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
        elif len(self._early) < DATAGRAM_SIZE:
            self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._server.left(self)

    def write(self, data: bytes) -> None:
        """Send bytes to this client."""
        if self._transport is None:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()


class Broadcasts:
    """The sockets on which a whole set hears: one per UDP port at the interface's broadcast address, and one
    at the block's last address. Both hand a request to every unit that hears broadcasts on that port."""

    def __init__(self, servers: list[Server], last_host: str) -> None:
        self._hearing: dict[int, list[Server]] = {}
        for server in servers:
            if server.hears:
                for port in server.udp_ports:
                    self._hearing.setdefault(port, []).append(server)
        self._last_host = last_host
        self._socks: list[tuple[socket.socket, int]] = []
        self.shared: list[tuple[str, int]] = []
        """Where other sets hear as well; that is no place of this set."""

    def ports_of(self, protocol: str) -> list[int]:
        """The UDP ports on which units of a protocol hear."""
        return sorted(
            port
            for port, heard in self._hearing.items()
            if any(server.unit.protocol == protocol for server in heard)
        )

    def bind(self) -> None:
        """Take the addresses; raises ``OpenFailed``."""
        for port in self._hearing:
            self._socks.append((bound(socket.SOCK_DGRAM, self._last_host, port, share=False), port))
            if self._last_host.startswith("127."):
                self._socks.append((bound(socket.SOCK_DGRAM, EVERYBODY, port, share=True), port))
                self.shared.append((EVERYBODY, port))

    def release(self) -> None:
        """Give back addresses that were taken, before anything was started."""
        for sock, _ in self._socks:
            sock.close()

    def start(self) -> None:
        """Begin to hear."""
        loop = asyncio.get_running_loop()
        for sock, port in self._socks:
            loop.add_reader(sock, self._readable, sock, port)

    def _readable(self, sock: socket.socket, port: int) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                data, sender = sock.recvfrom(DATAGRAM_SIZE)
                for server in self._hearing[port]:
                    server.datagram(data, sender)

    def close(self) -> None:
        """Close the sockets."""
        for sock, _ in self._socks:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
